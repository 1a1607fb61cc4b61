"""``MIGRATE.md``: what to change in code that manages SES by its API v1, so that v2 takes over."""

from collections.abc import Iterable
from dataclasses import dataclass

from exporter.formats.base import FileRole, RenderedFile, RenderInputs
from exporter.formats.environment import render
from exporter.formats.render_context import RenderContext
from exporter.formats.replaced_code import Addresses, Replacement
from exporter.support.text import count

FILE = "MIGRATE.md"


@dataclass(frozen=True)
class _Guide:
    """What the template sees.

    Attributes:
        is_own: Whether the code is in the state of the export's own root.
        folder: The way to the folder of the code.
        deleted: Blocks to delete: where, and what they are.
        renamed: References: where, what stands there, and what takes its place; empty for nothing.
        undecided: References of which a person decides.
        removed: The addresses that Terraform has to forget.
        expected: What the plan says when all was done.
    """

    is_own: bool
    folder: str
    deleted: list[tuple[str, str]]
    renamed: list[tuple[str, str, str]]
    undecided: list[tuple[str, str]]
    removed: tuple[str, ...]
    expected: str


def files(
    plan: RenderContext, inputs: RenderInputs, addresses: Addresses, expected: str
) -> list[RenderedFile]:
    """The file, where there is something to replace.

    Args:
        plan: What the export writes.
        inputs: What it takes the place of.
        addresses: Where what it writes stands.
        expected: What the plan says when all was done.
    """
    replacement = inputs.replacement
    if replacement is None or not replacement.blocks:
        return []
    theirs = {who: each.address for who, each in inputs.facts.described.items()}
    # What is in a module is out of reach.
    near = {who: at for who, at in theirs.items() if not at.startswith("module.")}
    there = {**addresses, **near}
    renamed = [(r.where, r.text, r.renamed(there)) for r in replacement.references]
    guide = _Guide(
        is_own=replacement.is_own,
        folder=replacement.way,
        deleted=_deleted(replacement),
        renamed=[(where, old, new) for where, old, new in renamed if new is not None],
        undecided=[(where, old) for where, old, new in renamed if new is None],
        removed=replacement.addresses,
        expected=expected,
    )
    text = render(f"terraform/{FILE}", scope=plan.scope, guide=guide)
    return [RenderedFile(FILE, text, FileRole.IMPORT)]


def _deleted(replacement: Replacement) -> list[tuple[str, str]]:
    """The blocks to delete, with what they are."""
    return [
        each
        for block in replacement.blocks
        for each in (
            (block.where, block.title),
            *((where, f"import {{ to = {block.addresses[0]} }}") for where in block.imports),
        )
    ]


def with_steps(
    replacement: Replacement | None, placed: Iterable[RenderedFile], steps: tuple[str, ...]
) -> tuple[str, ...]:
    """The commands to go on with, and when to change the code by hand.

    What is in the state of this folder has to leave its code before any plan. What is in another
    root is imported here first: then nothing is without an owner in between.
    """
    if replacement is None or not replacement.blocks:
        return steps
    names = (each.path.rpartition("/")[2] for each in placed)
    file = next(name for name in names if name.endswith(FILE))
    done = f"delete {count(len(_deleted(replacement)), 'block')}"
    if replacement.references:
        done += f" and rename {count(len(replacement.references), 'reference')}"
    if replacement.is_own:
        return (f"{done}, as {file} lists    # before any plan", *steps)
    return (*steps, f"{done} in {replacement.folder}, as {file} lists    # before any plan there")
