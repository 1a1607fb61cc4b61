"""``--replaces``: what a person must know of the code that an export takes the place of."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from exporter.export.folders import Folders
from exporter.formats.manifest import HERE
from exporter.formats.replaced_code import OldBlock, Replacement
from exporter.support.errors import UsageError
from exporter.support.text import count, listed, shortened

_SHOWN = 10


def check(replaces: Path | None, folders: Folders) -> None:
    """Refuse the code of one root module for several accounts and regions.

    Raises:
        UsageError: when there is a scope that does not have DIR for itself.
    """
    if replaces is not None and any(path != HERE for path, _ in folders.scopes):
        raise UsageError(
            "--replaces names the code of one account and region, and this export is of several",
            hint="choose one with --region, or export them one by one",
        )


def warnings(replacements: Iterable[Replacement]) -> Iterator[str]:
    """What is not replaced although it may have to be."""
    for each in replacements:
        yield from _warnings(each)


def _warnings(replacement: Replacement) -> Iterator[str]:
    doubts = [each.said for each in replacement.unresolved]
    if doubts:
        yield (
            f"{replacement.folder}: left as it is, since what it manages cannot be told; what this "
            f"export writes too has two owners: {'; '.join(shortened(doubts, _SHOWN))}"
        )
    if not replacement.blocks and not doubts:
        if replacement.left:
            left = _left(replacement.left)
            yield f"{replacement.folder}: nothing is replaced; {left} not part of this export"
        else:
            yield f"{replacement.folder}: holds nothing of the SES API v1, so nothing is replaced"


def notes(replacements: Iterable[Replacement]) -> Iterator[str]:
    """What else becomes of the code."""
    for each in replacements:
        yield from _notes(each) if each.blocks else ()


def _notes(replacement: Replacement) -> Iterator[str]:
    if replacement.left:
        left = _left(replacement.left)
        yield f"{replacement.folder}: {left} not part of this export, and left alone"
    if replacement.gone:
        gone = listed(map(str, replacement.gone), _SHOWN)
        yield (
            f"{replacement.folder}: SES does not have {gone}; Terraform forgets the resource, and "
            "nothing takes its place"
        )


def _left(blocks: Collection[OldBlock]) -> str:
    shown = (f"{each.shown} {each.addresses[0]}" for each in blocks)
    verb = "is" if len(blocks) == 1 else "are"
    return f"{count(len(blocks), 'block')} of the SES API v1 ({listed(shown, _SHOWN)}) {verb}"
