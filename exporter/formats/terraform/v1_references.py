"""References to resources of the SES API v1 in Terraform code, and what takes their place.

Where the resource of v2 stands in the same module, a reference names it. Elsewhere nothing of it is
in reach, and the names themselves take the place of the reference. An attribute that has no
counterpart in v2 is left to a person.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from tree_sitter import Node

from exporter.formats.filters import hcl_key, hcl_string
from exporter.formats.replaced_code import Addresses
from exporter.formats.terraform.hcl.instances import Key
from exporter.formats.terraform.hcl.syntax import Block, Source, parse
from exporter.formats.terraform.hcl.values import parts
from exporter.formats.terraform.names import NAME_ARGUMENTS, SET_TYPES, V1_TYPES
from exporter.model.identities import Identity
from exporter.model.resources import Scope

_BARE = frozenset({"depends_on", "replace_triggered_by"})
"""Arguments that take references and nothing else."""

_ADDRESS = re.compile(rf"\b(?P<type>{'|'.join(sorted(V1_TYPES))})\.(?P<label>[A-Za-z_][\w-]*)")


class Step(Enum):
    """How a reference goes on behind the address of the resource."""

    WHOLE = auto()
    """``X``, perhaps with more behind it."""
    ATTRIBUTE = auto()
    """``X.name``."""
    INSTANCE = auto()
    """``X["a"].name``."""
    EACH = auto()
    """``X[*].name``."""


@dataclass(frozen=True)
class Found:
    """A reference to a resource of API v1, or a block that is about one.

    Attributes:
        where: The file and line, from the root module.
        text: What is to be replaced, as it is written.
        address: The type and label.
        attribute: The attribute that is asked for; empty for none.
        index: The key of the instance, as it is written.
        is_bare: Whether it stands where only references may stand.
        inside: The lines of the block of API v1 that it stands in; empty for any other block.
        is_readable: Whether the file is in a language in which it can be replaced.
    """

    where: str
    text: str
    address: str
    step: Step = Step.WHOLE
    attribute: str = ""
    index: str = ""
    is_bare: bool = False
    inside: str = ""
    is_readable: bool = True


@dataclass(frozen=True)
class Import:
    """An ``import`` block of a resource of API v1."""

    lines: str
    address: str


@dataclass(frozen=True)
class OldInstance:
    """An instance of a resource of API v1.

    Attributes:
        module: The address of its module, with a dot behind it; empty for the root module.
    """

    module: str
    key: Key
    identity: Identity


@dataclass
class OldResource:
    """A resource of API v1 in one folder, which several calls may use.

    Attributes:
        how: ``count``, ``for_each``, or neither.
        addresses: Its addresses, without keys of instances.
    """

    folder: str
    lines: str
    block: Block
    how: str | None
    addresses: dict[str, None] = field(default_factory=dict)
    instances: list[OldInstance] = field(default_factory=list)
    fault: str = ""

    @property
    def title(self) -> str:
        """Its first line without the brace."""
        kind, label = self.block.labels
        return f'resource "{kind}" "{label}"'


# Finding
# --------------------------------------------------------------------------------------


def lines_of(name: str, node: Node) -> str:
    """The file and lines of a block: ``main.tf:3-9``."""
    first, last = node.start_point[0] + 1, node.end_point[0] + 1
    return f"{name}:{first}" if first == last else f"{name}:{first}-{last}"


def references(text: str, name: str, types: Collection[str] = V1_TYPES) -> Iterator[Found]:
    """The references in a file, in order.

    Args:
        text: The file.
        name: Its path from the root module.
        types: The types of the resources that are looked for.

    Raises:
        ExporterError: when it is no code.
    """
    for block in parse(text, name).blocks:
        if block.type in ("import", "moved", "removed"):
            continue
        is_v1 = block.type == "resource" and block.labels[:1] and block.labels[0] in V1_TYPES
        inside = lines_of(name, block.node) if is_v1 else ""
        for found in _in_node(block.source, block.node, name, inside):
            if found.address.partition(".")[0] in types:
                yield found


def imports(text: str, name: str) -> Iterator[Import]:
    """The ``import`` blocks of a file that are about resources of API v1; see ``references``."""
    for block in parse(text, name).blocks:
        to = block.body.attributes.get("to") if block.type == "import" else None
        if to is not None:
            address = re.sub(r"\[[^\]]*\]", "", to.source.text_of(to.node))
            yield Import(lines_of(name, block.node), address)


def in_json(text: str, name: str) -> Iterator[Found]:
    """The references in a file in JSON: by their text, as they stand within strings."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return
    for number, line in enumerate(text.splitlines(), 1):
        for match in _ADDRESS.finditer(line):
            found = match.group()
            yield Found(f"{name}:{number}", found, found, is_readable=False)


def _in_node(source: Source, top: Node, name: str, inside: str) -> Iterator[Found]:
    """Without recursion, as trees may be deep."""
    waiting = [(top, False)]
    while waiting:
        node, is_bare = waiting.pop()
        if node.type == "attribute":
            is_bare = source.text_of(node.named_children[0]) in _BARE
        children = parts(node)
        for at, child in enumerate(children):
            if child.type == "variable_expr":
                found = _reference(source, children[at:], name, inside, is_bare=is_bare)
                if found is not None:
                    yield found
        waiting += ((child, is_bare) for child in reversed(children))


def _reference(
    source: Source, nodes: list[Node], name: str, inside: str, *, is_bare: bool
) -> Found | None:
    kind = source.text_of(nodes[0])
    if kind not in NAME_ARGUMENTS or len(nodes) < 2 or nodes[1].type != "get_attr":
        return None
    address = f"{kind}.{_attribute(source, nodes[1])}"
    step, attribute, index, end = _step(source, nodes[2:], is_bare=is_bare)
    last = end or nodes[1]
    text = source.text(nodes[0].start_byte, last.end_byte)
    where = f"{name}:{nodes[0].start_point[0] + 1}"
    return Found(where, text, address, step, attribute, index, is_bare, inside)


def _step(
    source: Source, nodes: list[Node], *, is_bare: bool
) -> tuple[Step, str, str, Node | None]:
    """How a reference goes on, and the last node of it that is replaced."""
    first = nodes[0] if nodes else None
    second = nodes[1] if len(nodes) > 1 else None
    if first is not None and first.type == "get_attr":
        return Step.ATTRIBUTE, _attribute(source, first), "", first
    if first is not None and first.type == "index":
        index = source.text_of(first).strip("[].").strip()
        if second is not None and second.type == "get_attr":
            return Step.INSTANCE, _attribute(source, second), index, second
        if is_bare:
            return Step.INSTANCE, "", index, first
    if first is not None and first.type == "splat":
        inner = parts(parts(first)[0])
        if len(inner) > 1 and inner[1].type == "get_attr":
            return Step.EACH, _attribute(source, inner[1]), "", inner[1]
    return Step.WHOLE, "", "", None


def _attribute(source: Source, node: Node) -> str:
    return source.text_of(parts(node)[1])


# Replacing
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Renamer:
    """What takes the place of references.

    Attributes:
        scope: The account and region of the resources.
        reach: The folder, from the root module, that the resources of v2 are written to; None where
            that is another root.
    """

    scope: Scope
    reach: str | None

    def of(self, found: Found, resource: OldResource) -> Callable[[Addresses], str | None]:
        """What takes the place of a reference, by where the resources of v2 stand."""

        def renamed(addresses: Addresses) -> str | None:
            return _Renaming(self, resource, addresses).of(found)

        return renamed


@dataclass(frozen=True)
class _Renaming:
    renamer: Renamer
    resource: OldResource
    addresses: Addresses

    def of(self, found: Found) -> str | None:
        if not found.is_readable:
            return None
        if found.is_bare:
            return self._bare(found.index)
        if found.step is Step.WHOLE:
            return self._object() if self.resource.how is None else self._all(self._object)
        if found.step is Step.ATTRIBUTE:
            return self._only(found.attribute) if self.resource.how is None else None
        if found.step is Step.EACH:
            return self._each(found.attribute)
        return self._keyed(found.index, found.attribute)

    @property
    def _is_set(self) -> bool:
        return self.resource.block.labels[0] in SET_TYPES

    @property
    def _is_in_reach(self) -> bool:
        return self.renamer.reach == self.resource.folder

    @property
    def _is_called_once(self) -> bool:
        return len({each.module for each in self.resource.instances}) == 1

    def _bare(self, index: str) -> str | None:
        """Where nothing but references may stand; empty where there is none to put there."""
        if not self._is_in_reach:
            return ""
        at = self._at(index) if index else None
        if index and at is None:
            return None
        instances = self.resource.instances if at is None else [at]
        return ", ".join(filter(None, map(self._address, instances)))

    def _each(self, attribute: str) -> str | None:
        """A splat: of what is no list, it makes a list; over a map it has no such attribute."""
        if self.resource.how is None:
            value = self._only(attribute)
            return None if value is None else f"[{value}]"
        is_list = self.resource.how == "count"
        return self._all(lambda each: self._value(each, attribute)) if is_list else None

    def _keyed(self, index: str, attribute: str) -> str | None:
        if self.resource.how is None or _ADDRESS.search(index) or "\n" in index:
            return None
        at = self._at(index)
        if at is not None:
            return self._value(at, attribute)
        values = self._all(lambda each: self._value(each, attribute))
        return None if values is None else f"{values}[{index}]"

    def _at(self, index: str) -> OldInstance | None:
        """The instance of a key that is written out."""
        for each in self.resource.instances if self._is_called_once else ():
            key = each.key
            if index == (str(key) if isinstance(key, int) else hcl_string(key or "")):
                return each
        return None

    def _all(self, one: Callable[[OldInstance], str | None]) -> str | None:
        """What there is of all instances, in the shape that a reference to them has."""
        if not self._is_called_once:
            return None
        values = {each.key: one(each) for each in self.resource.instances}
        known = {key: value for key, value in values.items() if value is not None}
        if len(known) < len(values):
            return None
        if self.resource.how == "count":
            return f"[{', '.join(known.values())}]"
        return _as_object({hcl_key(str(key)): value for key, value in known.items()})

    def _object(self, each: OldInstance | None = None) -> str | None:
        """What of a resource means the same in v1 and v2, under the names of v1."""
        names = ("arn", "id", "name") if self._is_set else ("configuration_set_name", "name")
        values = {n: self._only(n) if each is None else self._value(each, n) for n in names}
        known = {name: value for name, value in values.items() if value is not None}
        return _as_object(known) if len(known) == len(values) else None

    def _only(self, attribute: str) -> str | None:
        """An attribute of a resource that is one in its module.

        Out of reach, what the block itself says of a name holds for each call of the module.
        """
        argument = _ARGUMENTS[self._is_set].get(attribute)
        written = self.resource.block.body.attributes.get(argument or "")
        if written is not None and not self._is_in_reach:
            text = written.source.text_of(written.node)
            if "\n" not in text and not _ADDRESS.search(text):
                return text
        return self._value(self.resource.instances[0], attribute) if self._is_called_once else None

    def _value(self, each: OldInstance, attribute: str) -> str | None:
        who, address = each.identity, self._address(each)
        names = _NAMES[self._is_set]
        if address and attribute in names:
            return f"{address}.{names[attribute]}"
        argument = _ARGUMENTS[self._is_set].get(attribute)
        if argument is not None:
            is_own = not self._is_set and argument == "name"
            return hcl_string((is_own and who.event_destination) or who.configuration_set)
        return self._arn(who) if attribute == "arn" else None

    def _arn(self, who: Identity) -> str | None:
        scope = self.renamer.scope
        if scope.account_id is None:
            return None
        owner = f"arn:{scope.partition}:ses:{scope.region}:{scope.account_id}"
        of_set = f"{owner}:configuration-set/{who.configuration_set}"
        name = who.event_destination
        return hcl_string(f"{of_set}:event-destination/{name}" if name else of_set)

    def _address(self, each: OldInstance) -> str:
        """Where the resource of v2 stands, if it is in reach."""
        return self.addresses.get(each.identity, "") if self._is_in_reach else ""


_NAMES: Mapping[bool, Mapping[str, str]] = {
    True: {
        "arn": "arn",
        "id": "id",
        "last_fresh_start": "reputation_options[0].last_fresh_start",
        "name": "configuration_set_name",
        "reputation_metrics_enabled": "reputation_options[0].reputation_metrics_enabled",
        "sending_enabled": "sending_options[0].sending_enabled",
        "tracking_options": "tracking_options",
    },
    False: {
        "configuration_set_name": "configuration_set_name",
        # The id of v2 has the name of the set before it.
        "id": "event_destination_name",
        "name": "event_destination_name",
    },
}
"""Of sets (True) and destinations: the attributes of v1 that v2 has with the same values."""

_ARGUMENTS: Mapping[bool, Mapping[str, str]] = {
    True: {"id": "name", "name": "name"},
    False: {"configuration_set_name": "configuration_set_name", "id": "name", "name": "name"},
}
"""Of sets (True) and destinations: the argument that gives an attribute its value."""


def _as_object(values: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{name} = {value}' for name, value in values.items())} }}"
