"""Blocks that do their work once: ``import``, ``moved`` and ``removed``.

Import blocks are allowed in the root module alone
(https://developer.hashicorp.com/terraform/language/import): where the export is a module that
others call, all three stand in the root that calls it.
"""

from collections.abc import Iterable, Mapping

from exporter.formats.base import FileRole, RenderedFile, RenderInputs
from exporter.formats.environment import render
from exporter.formats.render_context import RenderContext
from exporter.formats.terraform import moves, removals
from exporter.formats.terraform.names import resource_type
from exporter.model.identities import Identity
from exporter.model.resources import Scope

IMPORTS_FILE = "imports.tf"

Former = Mapping[Identity, tuple[str, ...]]


def files(
    plan: RenderContext, inputs: RenderInputs, addresses: Mapping[Identity, str], former: Former
) -> list[RenderedFile]:
    """The files of such blocks that there is a need for.

    Args:
        plan: What is exported.
        inputs: What was imported already, and what left the code.
        addresses: Where the resources stand now.
        former: The addresses from which they are moved.
    """
    modules = names_in(inputs.options.module)
    found = []
    pending = {who: plan.labels[who] for who in addresses if who not in inputs.imported}
    if inputs.options.with_imports and pending:
        text = import_blocks(plan.scope, pending, modules)
        found.append(RenderedFile(IMPORTS_FILE, text, FileRole.IMPORT, tuple(pending)))
    data = {"scope": plan.scope, "module_path": modules}
    if former:
        text = render(
            f"terraform/{moves.MOVES_FILE}", **data, moves=moves.blocks(former, addresses)
        )
        found.append(RenderedFile(moves.MOVES_FILE, text, FileRole.MOVES))
    removed = removals.addresses(inputs.departed, addresses, former, inputs.previous.forgotten)
    if removed:
        text = render(f"terraform/{removals.FILE}", **data, removed=removed)
        found.append(RenderedFile(removals.FILE, text, FileRole.REMOVALS))
    return found


def import_blocks(scope: Scope, labels: Mapping[Identity, str], modules: Iterable[str] = ()) -> str:
    """The text of ``imports.tf``.

    Args:
        scope: The account and region, for the header.
        labels: The resources to import, with their labels.
        modules: The names of the modules that lead to them.
    """
    imports = [
        (resource_type(who), labels[who], who.import_id) for who in sorted(labels, key=_sets_first)
    ]
    return render("terraform/imports.tf", scope=scope, imports=imports, module_path=modules)


def names_in(module: str) -> tuple[str, ...]:
    """The names in ``a.module.b``, the address of a module without its first ``module.``."""
    return tuple(module.split(".module.")) if module else ()


def _sets_first(identity: Identity) -> tuple[bool, tuple[str, ...]]:
    return (identity.event_destination is not None, identity.names)
