"""References to resources of the SES API v1 in Terraform code, and what takes their place.

Where the resource of v2 stands in the same module, a reference names it. Elsewhere nothing of it is
in reach, and the names themselves take the place of the reference. An attribute that has no
counterpart in v2 is left to a person.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from exporter.formats.filters import hcl_key, hcl_string
from exporter.formats.replaced_code import Addresses
from exporter.formats.terraform.code_references import Found, Step, address_of, lines_of
from exporter.formats.terraform.hcl.instances import Key
from exporter.formats.terraform.hcl.syntax import Block, parse
from exporter.formats.terraform.names import SET_TYPES, V1_TYPES
from exporter.model.identities import Identity
from exporter.model.resources import Scope

_ADDRESS = address_of(V1_TYPES)


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


def imports(text: str, name: str) -> Iterator[Import]:
    """The ``import`` blocks of a file that are about resources of API v1; see ``references``."""
    for block in parse(text, name).blocks:
        to = block.body.attributes.get("to") if block.type == "import" else None
        if to is not None:
            address = re.sub(r"\[[^\]]*\]", "", to.source.text_of(to.node))
            yield Import(lines_of(name, block), address)


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
