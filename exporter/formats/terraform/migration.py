"""Write ``MIGRATE.md``: the changes to make in code that manages SES by its API v1."""

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
    """The variables of the template.

    Attributes:
        is_own: Whether the code shares a state with the export.
        folder: The relative path to the folder of the code.
        deleted: Blocks to delete: file and lines, and the first line of the block.
        renamed: References: file and line, the old text, the new text (empty to delete it).
        undecided: References without an equivalent: file and line, and the text.
        removed: The addresses that Terraform has to forget.
        expected: The expected summary of the plan after these changes.
    """

    is_own: bool
    folder: str
    deleted: list[tuple[str, str]]
    renamed: list[tuple[str, str, str]]
    undecided: list[tuple[str, str]]
    removed: tuple[str, ...]
    expected: str


def files(
    context: RenderContext, inputs: RenderInputs, addresses: Addresses, expected: str
) -> list[RenderedFile]:
    """Return the file if the export replaces any v1 resources.

    Args:
        context: What the export writes.
        inputs: The inputs of the rendering, with the code to replace.
        addresses: The addresses of the resources that the export writes.
        expected: The expected summary of the plan after the migration.
    """
    replacement = inputs.replacement
    if replacement is None or not replacement.blocks:
        return []
    described = {
        identity: resource.address for identity, resource in inputs.facts.described.items()
    }
    # Code can't refer to resources within a called module.
    reachable = {
        identity: address
        for identity, address in described.items()
        if not address.startswith("module.")
    }
    v2_addresses = {**addresses, **reachable}
    renamed = [(r.where, r.text, r.renamed(v2_addresses)) for r in replacement.references]
    guide = _Guide(
        is_own=replacement.is_own,
        folder=replacement.relative_path,
        deleted=_deleted(replacement),
        renamed=[(where, old, new) for where, old, new in renamed if new is not None],
        undecided=[(where, old) for where, old, new in renamed if new is None],
        removed=replacement.addresses,
        expected=expected,
    )
    text = render(f"terraform/{FILE}", scope=context.scope, guide=guide)
    return [RenderedFile(FILE, text, FileRole.IMPORT)]


def _deleted(replacement: Replacement) -> list[tuple[str, str]]:
    """Return the blocks to delete: file and lines, and the first line."""
    return [
        entry
        for block in replacement.blocks
        for entry in (
            (block.where, block.title),
            *((where, f"import {{ to = {block.addresses[0]} }}") for where in block.imports),
        )
    ]


def with_steps(
    replacement: Replacement | None, placed: Iterable[RenderedFile], steps: tuple[str, ...]
) -> tuple[str, ...]:
    """Add the manual changes of the code to the next steps.

    Resources in the state of this folder must leave the code before any plan. Resources in another
    root are imported here first, so that they are managed at all times.
    """
    if replacement is None or not replacement.blocks:
        return steps
    names = (rendered.path.rpartition("/")[2] for rendered in placed)
    file = next(name for name in names if name.endswith(FILE))
    edits = f"delete {count(len(_deleted(replacement)), 'block')}"
    if replacement.references:
        edits += f" and rename {count(len(replacement.references), 'reference')}"
    if replacement.is_own:
        return (f"{edits}, as {file} lists    # before any plan", *steps)
    return (*steps, f"{edits} in {replacement.folder}, as {file} lists    # before any plan there")
