"""``MIGRATE.md``: what to change in code that manages SES by its API v1, so that v2 takes over."""

from collections.abc import Mapping

from exporter.formats.base import FileRole, RenderedFile, RenderInputs
from exporter.formats.environment import render
from exporter.formats.render_context import RenderContext
from exporter.formats.replaced_code import Replacement
from exporter.model.identities import Identity
from exporter.support.text import count

FILE = "MIGRATE.md"


def files(
    plan: RenderContext, inputs: RenderInputs, expected: str, addresses: Mapping[Identity, str]
) -> list[RenderedFile]:
    """The file, where there is something to replace.

    Args:
        plan: What the export writes.
        inputs: What it takes the place of.
        expected: What the plan says when all was done.
        addresses: Where what it writes stands.
    """
    replacement = inputs.replacement
    if replacement is None or not replacement.blocks:
        return []
    labels = {who: at.partition(".")[2] for who, at in addresses.items()}
    renamed = [(r.where, r.text, r.renamed(labels)) for r in replacement.references]
    text = render(
        f"terraform/{FILE}",
        scope=plan.scope,
        is_own=replacement.is_own,
        folder=str(replacement.folder),
        deleted=_deleted(replacement),
        renamed=[each for each in renamed if each[2] is not None],
        undecided=[(where, old) for where, old, new in renamed if new is None],
        removed=replacement.addresses,
        expected=expected,
    )
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


def with_steps(replacement: Replacement | None, steps: tuple[str, ...]) -> tuple[str, ...]:
    """The commands to go on with, and when to change the code by hand.

    What is in the state of this folder has to leave its code before any plan. What is in another
    root is imported here first: then nothing is without an owner in between.
    """
    if replacement is None or not replacement.blocks:
        return steps
    done = f"delete {count(len(_deleted(replacement)), 'block')}"
    if replacement.references:
        done += f" and rename {count(len(replacement.references), 'reference')}"
    if replacement.is_own:
        return (f"{done}, as {FILE} lists    # before any plan", *steps)
    return (*steps, f"{done} in {replacement.folder}, as {FILE} lists    # before any plan there")
