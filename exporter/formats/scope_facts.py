"""What an export knows about an account and region besides what was read there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from exporter.formats.before_import import StackResource
from exporter.formats.code_beside import CodeBeside
from exporter.formats.manifest import HERE
from exporter.model.identities import Identity
from exporter.model.read_result import Fate


@dataclass(frozen=True)
class PreviousExport:
    """What the previous export decided and this one keeps.

    Attributes:
        pinned_names: Labels that it or a person gave.
        stacks: The number of each configuration set's stack.
        imported: Resources whose import is done.
        previous_addresses: The addresses at which state may have each resource, oldest first;
            also of resources that left the code.
        fates: The resources that the code had, or that left it but may still be in state, with
            what is known about each.
        in_stacks: The resources of stacks, as the manifest records them.
        forgotten: Further addresses at which state may have something that left the code.
    """

    pinned_names: Mapping[Identity, str] = field(default_factory=dict)
    stacks: Mapping[str, int] = field(default_factory=dict)
    imported: frozenset[Identity] = frozenset()
    previous_addresses: Mapping[Identity, tuple[str, ...]] = field(default_factory=dict)
    fates: Mapping[Identity, Fate] = field(default_factory=dict)
    in_stacks: tuple[StackResource, ...] = ()
    forgotten: tuple[str, ...] = ()

    @property
    def former_labels(self) -> dict[Identity, tuple[str, ...]]:
        """The labels in those addresses, except for instances, which share one."""
        return {
            identity: tuple(
                address.rpartition(".")[2] for address in addresses if "[" not in address
            )
            for identity, addresses in self.previous_addresses.items()
        }

    @property
    def stack_numbers(self) -> dict[str, int]:
        """The stack of each configuration set that a stack has, or has a destination of."""
        return {resource.identity.configuration_set: resource.stack for resource in self.in_stacks}

    def left_by(
        self, written: Iterable[Identity], replaced: Iterable[Identity]
    ) -> dict[Identity, Fate]:
        """Return the resources that leave the code, sorted, with what is known about each.

        ``replaced`` are old destinations, which have to be deleted once the new ones exist; that
        takes other steps.
        """
        leaving = set(self.fates).difference(written, replaced)
        ordered = sorted(leaving, key=lambda identity: identity.names)
        return {identity: self.fates[identity] for identity in ordered}


@dataclass(frozen=True)
class DescribedResource:
    """A resource that a person's own code in the folder already describes.

    Attributes:
        address: Its address, with instance keys.
        where: The file and line.
        differs: The paths of the values that differ from those in SES.
    """

    address: str
    where: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScopeFacts:
    """What an export knows about one account and region.

    Attributes:
        managed_by_code: The sets that other code manages, each with that code; only their
            destinations are written.
        adopted: For an export that recreates the destinations under other names, the old
            destination for each new one, to be deleted in the end; None for any other export.
        refused: Destinations that SES would not create, and why.
        folder: The folder of the files, relative to the export's.
        beside: Other people's code in the folder.
        described: Resources that other code in the folder already describes; they are imported
            there.
        module_root: The relative path from the folder of the files to the root module that calls
            them.
        root: The relative path from the folder of the files to the export's.
    """

    previous: PreviousExport = field(default_factory=PreviousExport)
    managed_by_code: Mapping[str, str] = field(default_factory=dict)
    adopted: Mapping[Identity, Identity] | None = None
    refused: Mapping[Identity, str] = field(default_factory=dict)
    folder: str = HERE
    beside: CodeBeside = field(default_factory=CodeBeside)
    described: Mapping[Identity, DescribedResource] = field(default_factory=dict)
    module_root: str = ""
    root: str = HERE
