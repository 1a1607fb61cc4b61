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
from exporter.formats.terraform.names import is_v1
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
    pending = {who: at for who, at in addresses.items() if who not in inputs.imported}
    pending |= {who: each.address for who, each in inputs.described.items()}
    if inputs.options.with_imports and pending:
        text = import_blocks(plan.scope, pending, modules)
        found.append(RenderedFile(IMPORTS_FILE, text, FileRole.IMPORT, tuple(pending)))
    data = {"scope": plan.scope, "module_path": modules}
    if former:
        text = render(
            f"terraform/{moves.MOVES_FILE}", **data, moves=moves.blocks(former, addresses)
        )
        found.append(RenderedFile(moves.MOVES_FILE, text, FileRole.MOVES))
    replaced = inputs.replacement.forgotten_here if inputs.replacement else ()
    forgotten = (*inputs.previous.forgotten, *replaced)
    removed = removals.addresses(inputs.departed, addresses, former, forgotten)
    if removed:
        # What code of a person's own had, it had at an address from the root module on.
        shown = [at if is_v1(at) else _within(modules, at) for at in removed]
        text = render(f"terraform/{removals.FILE}", scope=plan.scope, removed=shown)
        found.append(RenderedFile(removals.FILE, text, FileRole.REMOVALS))
    return found


def import_blocks(
    scope: Scope, addresses: Mapping[Identity, str], modules: Iterable[str] = ()
) -> str:
    """The text of ``imports.tf``.

    Args:
        scope: The account and region, for the header.
        addresses: The resources to import, with their addresses.
        modules: The names of the modules that lead to them.
    """
    names = tuple(modules)
    ordered = sorted(addresses, key=_sets_first)
    imports = [(_within(names, addresses[who]), who.import_id) for who in ordered]
    return render("terraform/imports.tf", scope=scope, imports=imports)


def expected(imports: int, changed: int) -> str:
    """What a plan says in its last line when all is right, of a state that lacks the imports."""
    return f"{imports} to import, 0 to add, {changed} to change, 0 to destroy"


def _within(modules: Iterable[str], address: str) -> str:
    """An address in a module, from the root module on."""
    return "".join([*(f"module.{name}." for name in modules), address])


def names_in(module: str) -> tuple[str, ...]:
    """The names in ``a.module.b``, the address of a module without its first ``module.``."""
    return tuple(module.split(".module.")) if module else ()


def _sets_first(identity: Identity) -> tuple[bool, tuple[str, ...]]:
    return (identity.event_destination is not None, identity.names)
