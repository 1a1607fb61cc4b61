"""Code whose resources an export takes over with another type (``--replaces``).

For Terraform, these are the resources of the SES API v1: a configuration set is the same in both
APIs, whichever created it. The code is a person's own, so the export only says what to change.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exporter.formats.unresolved import Unresolved
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError
from exporter.support.text import shortened

Addresses = Mapping[Identity, str]
"""The address of each resource that the export writes or imports."""


@dataclass(frozen=True)
class OldBlock:
    """A block of code whose resources get another type.

    Attributes:
        where: Its file and lines, relative to the folder that the person named:
            ``main.tf:11-18``.
        title: Its first line, without the brace.
        shown: Its file and line in messages.
        addresses: The addresses of its resources, without instance keys; several if several calls
            use one module.
        resources: The resources that it describes.
        fault: Why the export can't replace it; empty if it can.
        imports: Where its ``import`` blocks are, which must go with it.
    """

    where: str
    title: str
    shown: str
    addresses: tuple[str, ...]
    resources: tuple[Identity, ...]
    fault: str = ""
    imports: tuple[str, ...] = ()


@dataclass(frozen=True)
class OldReference:
    """A reference to a resource of an ``OldBlock``.

    Attributes:
        where: Its file and line, relative to the folder that the person named.
        text: The reference as it is written, on one line.
        block: The ``where`` of the block.
        inside: The ``where`` of the ``OldBlock`` that contains the reference, if one does.
        renamed: Returns the reference that replaces it; None if a person has to decide.
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
        is_own: Whether the code is in the export's own folder, and so shares its state.
        folder: The folder of the code, for messages.
        relative_path: The path to it from the export's folder.
        blocks: The blocks to delete.
        references: The references to them, outside of them.
        untouched: Blocks with no exported resource; they stay as they are.
        gone: Resources that the blocks describe and SES doesn't have.
        unresolved: Code that may describe such resources, and can't be evaluated.
    """

    is_own: bool
    folder: Path
    relative_path: str
    blocks: tuple[OldBlock, ...]
    references: tuple[OldReference, ...]
    untouched: tuple[OldBlock, ...] = ()
    gone: tuple[Identity, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses that Terraform has to forget, each once."""
        return tuple(dict.fromkeys(address for block in self.blocks for address in block.addresses))

    @property
    def forgotten_here(self) -> tuple[str, ...]:
        """Those of the addresses that are in the state of the export's own folder."""
        return self.addresses if self.is_own else ()


@dataclass(frozen=True)
class ReplacedCode:
    """The code in a folder that can be replaced.

    Attributes:
        labels: The name in code of each resource, if it is the only one with that name.
        unresolved: Code that may describe such resources, and can't be evaluated.
        is_gone: Whether a resource would have been read if SES had it, and was not.
    """

    folder: Path
    relative_path: str = "."
    is_own: bool = False
    blocks: tuple[OldBlock, ...] = ()
    references: tuple[OldReference, ...] = ()
    labels: Mapping[Identity, str] = field(default_factory=dict)
    unresolved: tuple[Unresolved, ...] = ()
    is_gone: Callable[[Identity], bool] = lambda _identity: False

    def by(self, written: Collection[Identity]) -> Replacement:
        """Return the parts that an export replaces.

        Args:
            written: What the export writes or imports.

        Raises:
            ExporterError: if a block can be replaced only in part: Terraform can only forget a
                whole block.
        """
        written = frozenset(written)
        blocks = [
            block
            for block in self.blocks
            if written.intersection(block.resources) or self._is_gone(block)
        ]
        self._refuse_faulty(blocks)
        self._refuse_parts(blocks, written)
        replaced = {block.where for block in blocks}
        gone = (
            identity for block in blocks for identity in block.resources if identity not in written
        )
        return Replacement(
            self.is_own,
            self.folder,
            self.relative_path,
            tuple(blocks),
            tuple(r for r in self.references if r.block in replaced and r.inside not in replaced),
            untouched=tuple(b for b in self.blocks if b.where not in replaced and not b.fault),
            gone=tuple(dict.fromkeys(gone)),
            unresolved=self.unresolved,
        )

    def _is_gone(self, block: OldBlock) -> bool:
        return bool(block.resources) and all(map(self.is_gone, block.resources))

    def _refuse_faulty(self, blocks: Iterable[OldBlock]) -> None:
        items = [
            f"{block.shown}: {block.title} ({_listed(block.resources)}): {block.fault}"
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
            own = [identity for identity in block.resources if identity in written]
            others = [
                identity
                for identity in block.resources
                if identity not in written and not self.is_gone(identity)
            ]
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
