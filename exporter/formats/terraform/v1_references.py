"""Replace references to resources of the SES API v1 in Terraform code.

If the v2 resource is in the same module, the new reference uses its address. Otherwise it can't be
referred to, and the literal name replaces the reference. An attribute without a counterpart in v2
is left to the user.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from exporter.formats.filters import hcl_key, hcl_string
from exporter.formats.replaced_code import Addresses
from exporter.formats.terraform.code_references import Reference, Step, address_of, lines_of
from exporter.formats.terraform.hcl.instances import Key
from exporter.formats.terraform.hcl.syntax import Block, parse
from exporter.formats.terraform.names import SET_TYPES, V1_TYPES
from exporter.model.identities import Identity
from exporter.model.resources import Scope

_ADDRESS = address_of(V1_TYPES)


@dataclass(frozen=True)
class Import:
    """An ``import`` block and the address that it imports to."""

    lines: str
    address: str


@dataclass(frozen=True)
class OldInstance:
    """An instance of a v1 resource.

    Attributes:
        module: The address of its module with a trailing dot; empty for the root module.
        key: Its ``for_each`` key or ``count`` index; None without either.
        identity: The set or destination in SES.
    """

    module: str
    key: Key
    identity: Identity


@dataclass
class OldResource:
    """A v1 resource block in a folder, which several module calls may use.

    Attributes:
        folder: The folder, relative to the root module.
        lines: The file and lines of the block.
        block: The block.
        how: ``count``, ``for_each`` or None.
        addresses: Its addresses without instance keys, in order.
        instances: Its instances in the account and region of the export.
        fault: Why it can't be replaced; empty if it can.
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
        """The first line of the block without the brace."""
        kind, label = self.block.labels
        return f'resource "{kind}" "{label}"'


def imports(text: str, name: str) -> Iterator[Import]:
    """Yield the ``import`` blocks of a file; ``name`` is its path relative to the root module."""
    for block in parse(text, name).blocks:
        to = block.body.attributes.get("to") if block.type == "import" else None
        if to is not None:
            address = re.sub(r"\[[^\]]*\]", "", to.source.text_of(to.node))
            yield Import(lines_of(name, block), address)


# Replacements
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Renamer:
    """Finds the replacements of references.

    Attributes:
        scope: The account and region of the resources.
        reach: The folder of the v2 resources, relative to the root module; None if they are in
            another root.
    """

    scope: Scope
    reach: str | None

    def of(self, reference: Reference, resource: OldResource) -> Callable[[Addresses], str | None]:
        """Return a function from the addresses of the v2 resources to the replacement.

        It returns an empty string to delete the reference, and None to leave it to the user.
        """

        def renamed(addresses: Addresses) -> str | None:
            return _Renaming(self, resource, addresses).of(reference)

        return renamed


@dataclass(frozen=True)
class _Renaming:
    renamer: Renamer
    resource: OldResource
    addresses: Addresses

    def of(self, reference: Reference) -> str | None:
        renamed = self._in_hcl(reference)
        # A list of references in JSON can't have an empty string.
        if reference.is_in_json and (not renamed or '"' in f"{reference.text}{renamed}"):
            return None
        return renamed

    def _in_hcl(self, reference: Reference) -> str | None:
        if reference.is_reference_only:
            return self._reference_only(reference.index)
        if reference.step is Step.WHOLE:
            return self._object() if self.resource.how is None else self._all(self._object)
        if reference.step is Step.ATTRIBUTE:
            return self._single(reference.attribute) if self.resource.how is None else None
        if reference.step is Step.SPLAT:
            return self._splat(reference.attribute)
        return self._keyed(reference.index, reference.attribute)

    @property
    def _is_set(self) -> bool:
        return self.resource.block.labels[0] in SET_TYPES

    @property
    def _is_in_reach(self) -> bool:
        return self.renamer.reach == self.resource.folder

    @property
    def _is_called_once(self) -> bool:
        return len({instance.module for instance in self.resource.instances}) == 1

    def _reference_only(self, index: str) -> str | None:
        """Replace a reference where only references are allowed; empty if none is possible."""
        if not self._is_in_reach:
            return ""
        instance = self._instance_at(index) if index else None
        if index and instance is None:
            return None
        instances = self.resource.instances if instance is None else [instance]
        return ", ".join(filter(None, map(self._address, instances)))

    def _splat(self, attribute: str) -> str | None:
        """Replace a splat, which turns a single resource into a list and fails on a map."""
        if self.resource.how is None:
            value = self._single(attribute)
            return None if value is None else f"[{value}]"
        is_list = self.resource.how == "count"
        return self._all(lambda instance: self._value(instance, attribute)) if is_list else None

    def _keyed(self, index: str, attribute: str) -> str | None:
        if self.resource.how is None or _ADDRESS.search(index) or "\n" in index:
            return None
        single = self._instance_at(index)
        if single is not None:
            return self._value(single, attribute)
        values = self._all(lambda instance: self._value(instance, attribute))
        return None if values is None else f"{values}[{index}]"

    def _instance_at(self, index: str) -> OldInstance | None:
        """Return the instance with a literal key."""
        for instance in self.resource.instances if self._is_called_once else ():
            key = instance.key
            if index == (str(key) if isinstance(key, int) else hcl_string(key or "")):
                return instance
        return None

    def _all(self, convert: Callable[[OldInstance], str | None]) -> str | None:
        """Combine a value of each instance to a list or an object, as a reference does."""
        if not self._is_called_once:
            return None
        values = {instance.key: convert(instance) for instance in self.resource.instances}
        known = {key: value for key, value in values.items() if value is not None}
        if len(known) < len(values):
            return None
        if self.resource.how == "count":
            return f"[{', '.join(known.values())}]"
        return _as_object({hcl_key(str(key)): value for key, value in known.items()})

    def _object(self, instance: OldInstance | None = None) -> str | None:
        """Return an object with the v1 attributes that have the same meaning in v2."""
        names = ("arn", "id", "name") if self._is_set else ("configuration_set_name", "name")
        values = {
            n: self._single(n) if instance is None else self._value(instance, n) for n in names
        }
        known = {name: value for name, value in values.items() if value is not None}
        return _as_object(known) if len(known) == len(values) else None

    def _single(self, attribute: str) -> str | None:
        """Return an attribute of a resource without instances.

        If v2 is out of reach, the expression of the block's own name is right in every call.
        """
        argument = _ARGUMENTS[self._is_set].get(attribute)
        written = self.resource.block.body.attributes.get(argument or "")
        if written is not None and not self._is_in_reach:
            text = written.source.text_of(written.node)
            if "\n" not in text and not _ADDRESS.search(text):
                return text
        return self._value(self.resource.instances[0], attribute) if self._is_called_once else None

    def _value(self, instance: OldInstance, attribute: str) -> str | None:
        identity, address = instance.identity, self._address(instance)
        names = _NAMES[self._is_set]
        if address and attribute in names:
            return f"{address}.{names[attribute]}"
        argument = _ARGUMENTS[self._is_set].get(attribute)
        if argument is not None:
            is_own = not self._is_set and argument == "name"
            return hcl_string((is_own and identity.event_destination) or identity.configuration_set)
        return self._arn(identity) if attribute == "arn" else None

    def _arn(self, identity: Identity) -> str | None:
        scope = self.renamer.scope
        if scope.account_id is None:
            return None
        owner = f"arn:{scope.partition}:ses:{scope.region}:{scope.account_id}"
        of_set = f"{owner}:configuration-set/{identity.configuration_set}"
        name = identity.event_destination
        return hcl_string(f"{of_set}:event-destination/{name}" if name else of_set)

    def _address(self, instance: OldInstance) -> str:
        """Return the address of the v2 resource; empty if it can't be referred to."""
        return self.addresses.get(instance.identity, "") if self._is_in_reach else ""


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
"""For sets (True) and destinations: the v1 attributes and the v2 ones with the same values."""

_ARGUMENTS: Mapping[bool, Mapping[str, str]] = {
    True: {"id": "name", "name": "name"},
    False: {"configuration_set_name": "configuration_set_name", "id": "name", "name": "name"},
}
"""For sets (True) and destinations: the argument that determines an attribute."""


def _as_object(values: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{name} = {value}' for name, value in values.items())} }}"
