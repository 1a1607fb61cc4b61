"""``--replaces``: checks, warnings and notes about the code that an export replaces."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from exporter.export.folders import Folders
from exporter.formats.manifest import HERE, Manifest
from exporter.formats.replaced_code import OldBlock, Replacement
from exporter.support.errors import UsageError
from exporter.support.text import count, listed, shortened

_SHOWN = 10


def check(replaces: Path | None, folders: Folders) -> None:
    """Refuse ``--replaces`` for several accounts and regions.

    Raises:
        UsageError: if there are several, each in a folder below DIR.
    """
    if replaces is not None and any(path != HERE for path, _ in folders.scopes):
        raise UsageError(
            "--replaces takes the code of one account and region, and this export has several",
            hint="choose one with --region, or export them one at a time",
        )


def doubts(replacements: Iterable[Replacement]) -> list[str]:
    """Return where the replaced code can't be evaluated."""
    return [doubt.said for replacement in replacements for doubt in replacement.unresolved]


def warnings(replacements: Iterable[Replacement], previous: Manifest | None) -> Iterator[str]:
    """Yield warnings about code that isn't replaced, but perhaps should be.

    Args:
        replacements: What the export replaces.
        previous: The manifest of the previous export, which may have replaced all of it.
    """
    is_done = previous is not None and previous.options.replaces is not None
    for replacement in replacements:
        yield from _warnings(replacement, is_done=is_done)


def _warnings(replacement: Replacement, *, is_done: bool) -> Iterator[str]:
    unknown = doubts([replacement])
    if unknown:
        yield (
            f"{replacement.folder}: unchanged, because ses2iac can't tell what it manages; "
            "resources that this export writes too may now have two owners: "
            f"{'; '.join(shortened(unknown, _SHOWN))}"
        )
    if not replacement.blocks and not unknown:
        if replacement.untouched:
            blocks = _listed(replacement.untouched)
            yield f"{replacement.folder}: nothing replaced; {blocks} not part of this export"
        elif not is_done:
            yield f"{replacement.folder}: nothing replaced; there are no SES API v1 resources"


def notes(replacements: Iterable[Replacement]) -> Iterator[str]:
    """Yield notes on code that isn't replaced, or replaced by nothing."""
    for replacement in replacements:
        yield from _notes(replacement) if replacement.blocks else ()


def _notes(replacement: Replacement) -> Iterator[str]:
    if replacement.untouched:
        blocks = _listed(replacement.untouched)
        yield f"{replacement.folder}: {blocks} not part of this export, and unchanged"
    if replacement.gone:
        gone = listed(map(str, replacement.gone), _SHOWN)
        yield (
            f"{replacement.folder}: SES no longer has {gone}; Terraform forgets the resource, and "
            "nothing replaces it"
        )


def _listed(blocks: Collection[OldBlock]) -> str:
    shown = (f"{block.shown} {block.addresses[0]}" for block in blocks)
    verb = "is" if len(blocks) == 1 else "are"
    return f"{count(len(blocks), 'block')} of the SES API v1 ({listed(shown, _SHOWN)}) {verb}"
