"""Code whose resources an export takes over under another type (``--replaces``).

For Terraform, these are the resources of the SES API v1: SES has one configuration set, whichever
of its APIs made it. The code is a person's own, so that the export only says what to change there.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exporter.formats.unresolved import Unresolved
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError
from exporter.support.text import shortened

Addresses = Mapping[Identity, str]
"""Where what the export writes or imports stands in the code of its folder."""


@dataclass(frozen=True)
class OldBlock:
    """A block of code whose resources get another type.

    Attributes:
        where: Its file and lines, from the folder that the person named: ``main.tf:11-18``.
        title: Its first line, without the brace.
        shown: Its file and line as a message shows them.
        addresses: The addresses of its resources without keys of instances; several where several
            calls use one module.
        holds: What its instances are in SES.
        fault: Why the export can't take its place; empty when it can.
        imports: Where its ``import`` blocks stand, which make no sense without it.
    """

    where: str
    title: str
    shown: str
    addresses: tuple[str, ...]
    holds: tuple[Identity, ...]
    fault: str = ""
    imports: tuple[str, ...] = ()


@dataclass(frozen=True)
class OldReference:
    """A reference to a resource of an ``OldBlock``.

    Attributes:
        where: Its file and line, from the folder that the person named.
        text: The reference as it is written, on one line.
        block: The ``where`` of the block.
        inside: The ``where`` of the block that it stands in, if it is such a block.
        renamed: Gives what takes its place; None where there is nothing to be put there unseen, and
            a person decides.
    """

    where: str
    text: str
    block: str
    inside: str
    renamed: Callable[[Addresses], str | None]


@dataclass(frozen=True)
class Replacement:
    """What one export replaces.

    Attributes:
        is_own: Whether the code stands in the export's own folder, and so has its state.
        folder: The folder of the code, for messages.
        way: The way to it from the export's folder.
        left: Blocks of which nothing is exported; they stay as they are.
        gone: What the blocks describe and SES does not have.
    """

    is_own: bool
    folder: Path
    way: str
    blocks: tuple[OldBlock, ...]
    references: tuple[OldReference, ...]
    left: tuple[OldBlock, ...] = ()
    gone: tuple[Identity, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that Terraform has to forget, each once."""
        found = (address for block in self.blocks for address in block.addresses)
        return tuple(dict.fromkeys(found))

    @property
    def forgotten_here(self) -> tuple[str, ...]:
        """Those of them that are in the state of the export's own folder."""
        return self.addresses if self.is_own else ()


@dataclass(frozen=True)
class ReplacedCode:
    """What a folder holds that can be replaced.

    Attributes:
        labels: The names in code that the resources have there, where one resource has one.
        unresolved: What may be such resources and can't be told.
        is_gone: Whether something would have been read if SES had it, and was not.
    """

    folder: Path
    way: str = "."
    is_own: bool = False
    blocks: tuple[OldBlock, ...] = ()
    references: tuple[OldReference, ...] = ()
    labels: Mapping[Identity, str] = field(default_factory=dict)
    unresolved: tuple[Unresolved, ...] = ()
    is_gone: Callable[[Identity], bool] = lambda _who: False

    def by(self, written: Collection[Identity]) -> Replacement:
        """What of it an export replaces.

        Args:
            written: What the export writes or imports.

        Raises:
            ExporterError: when a block can be replaced in part only: nothing can be taken out of a
                block without the rest.
        """
        written = frozenset(written)
        concerned = [b for b in self.blocks if written.intersection(b.holds) or self._is_gone(b)]
        self._refuse_faulty(concerned)
        self._refuse_parts(concerned, written)
        names = {block.where for block in concerned}
        gone = (w for b in concerned for w in b.holds if w not in written)
        return Replacement(
            self.is_own,
            self.folder,
            self.way,
            tuple(concerned),
            tuple(r for r in self.references if r.block in names and r.inside not in names),
            tuple(b for b in self.blocks if b.where not in names and not b.fault),
            tuple(dict.fromkeys(gone)),
            self.unresolved,
        )

    def _is_gone(self, block: OldBlock) -> bool:
        return bool(block.holds) and all(map(self.is_gone, block.holds))

    def _refuse_faulty(self, blocks: Iterable[OldBlock]) -> None:
        items = [
            f"{block.shown}: {block.title} ({_listed(block.holds)}): {block.fault}"
            for block in blocks
            if block.fault
        ]
        if items:
            raise ExporterError(
                "manages resources of this export with the SES API v1, in blocks that can't be "
                "replaced:",
                where=str(self.folder),
                items=shortened(items),
                hint="leave the resources of these blocks out with --exclude",
            )

    def _refuse_parts(self, blocks: Iterable[OldBlock], written: frozenset[Identity]) -> None:
        items = []
        for block in blocks:
            own = [who for who in block.holds if who in written]
            others = [who for who in block.holds if who not in written and not self.is_gone(who)]
            if others:
                items.append(
                    f"{block.shown}: {block.title} has {_listed(own)}, but also {_listed(others)}"
                )
        if items:
            raise ExporterError(
                "has blocks of which this export has only some resources, but Terraform can only "
                "forget a whole block:",
                where=str(self.folder),
                items=shortened(items),
                hint="export all resources of a block or none (--include, --exclude)",
            )


def _listed(resources: Collection[Identity]) -> str:
    return ", ".join(shortened(map(str, dict.fromkeys(resources)), 5))
