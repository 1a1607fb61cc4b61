"""What an export finds out about an account and region beside what was read there."""

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
        previous_addresses: The addresses under which state may hold each resource, the oldest
            first; of what left the code too.
        fates: What the code held, or what left it and state may still hold, with what is known of
            each resource.
        in_stacks: What stacks hold, as far as the manifest remembers it.
        forgotten: More addresses at which state may hold something that left the code.
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
        """The labels in those addresses; an instance of a ``for_each`` has none of its own."""
        return {
            who: tuple(at.rpartition(".")[2] for at in addresses if "[" not in at)
            for who, addresses in self.previous_addresses.items()
        }

    @property
    def stack_numbers(self) -> dict[str, int]:
        """The stack of each configuration set of which a stack holds something."""
        return {each.identity.configuration_set: each.stack for each in self.in_stacks}

    def left_by(
        self, written: Iterable[Identity], replaced: Iterable[Identity]
    ) -> dict[Identity, Fate]:
        """The resources that leave the code, in order, with what is known of each.

        ``replaced`` is to be deleted once its successors are there; that has steps of its own.
        """
        left = set(self.fates).difference(written, replaced)
        return {who: self.fates[who] for who in sorted(left, key=lambda who: who.names)}


@dataclass(frozen=True)
class DescribedResource:
    """Something that a person's own code in the folder describes already.

    Attributes:
        address: Its address, with keys of instances.
        where: The file and line.
        differs: The paths of the values that are not the same in SES.
    """

    address: str
    where: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScopeFacts:
    """What an export finds out about one account and region.

    Attributes:
        managed_by_code: The sets that other code holds, each with that code; only their
            destinations are written.
        adopted: For an export that recreates the destinations under other names, those that have
            to be deleted in the end, by their successors; None for any other export.
        folder: The folder of the files below that of the export.
        beside: What other people's code in the folder says.
        described: What other code in the folder describes already; it is imported there.
        module_root: The way from the folder of the files to that of the root module that calls
            them.
        root: The way from the folder of the files to that of the export, as a path.
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
