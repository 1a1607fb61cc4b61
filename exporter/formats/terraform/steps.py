"""The blocks that are applied once: ``import``, ``moved`` and ``removed``.

Import blocks are allowed only in the root module
(https://developer.hashicorp.com/terraform/language/import): if the export is a module that others
call, all three go into the root module that calls it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from exporter.formats.base import FileRole, RenderedFile, RenderInputs
from exporter.formats.environment import render
from exporter.formats.references import Expression
from exporter.formats.render_context import RenderContext
from exporter.formats.terraform import moves, removals
from exporter.formats.terraform.addresses import block_of
from exporter.formats.terraform.moves import Trails
from exporter.formats.terraform.names import is_v1
from exporter.formats.terraform.removals import Removal
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError

IMPORTS_FILE = "imports.tf"

Instances = Mapping[str, tuple[Expression, int]]
"""By the address of a block with ``for_each``: its expression, and the number of instances."""


_NO_INSTANCES: Instances = {}


@dataclass(frozen=True)
class ImportBlock:
    """An ``import`` block.

    Attributes:
        address: Of a resource or an instance; with ``each`` or ``keys``, of the block with
            ``for_each``.
        id: The import id; empty with ``each`` or ``keys``.
        each: The expression for the keys of all instances, which are their import ids.
        keys: The keys of the instances to import.
    """

    address: str
    id: str = ""
    each: Expression | None = None
    keys: tuple[str, ...] = ()


def files(
    plan: RenderContext,
    inputs: RenderInputs,
    addresses: Mapping[Identity, str],
    former: Trails,
    instances: Instances,
) -> list[RenderedFile]:
    """Render the files with such blocks that are needed.

    Args:
        plan: What is exported.
        inputs: What is already imported, and what left the code.
        addresses: The current addresses of the resources.
        former: The addresses that they move from.
        instances: The blocks with ``for_each``.

    Raises:
        ExporterError: if a resource would have to leave the address of a block with ``for_each``.
    """
    modules = names_in(inputs.options.module)
    rendered = []
    elsewhere = imported_elsewhere(inputs, addresses)
    pending = {
        identity: address
        for identity, address in _pending(inputs, addresses).items()
        if identity not in elsewhere
    }
    if inputs.options.with_imports and pending:
        text = import_blocks(plan.scope, pending, modules, instances)
        rendered.append(RenderedFile(IMPORTS_FILE, text, FileRole.IMPORT, tuple(pending)))
    pairs = moves.blocks(former, addresses)
    if pairs:
        root_pairs = [(_from_root(modules, old), _from_root(modules, new)) for old, new in pairs]
        text = render(f"terraform/{moves.MOVES_FILE}", scope=plan.scope, moves=root_pairs)
        rendered.append(RenderedFile(moves.MOVES_FILE, text, FileRole.MOVES))
    replaced = inputs.replacement.forgotten_here if inputs.replacement else ()
    forgotten = (*inputs.previous.forgotten, *replaced)
    removed = removals.removals(inputs.departed, addresses, former, forgotten)
    _refuse_stuck(instances, pairs, removed)
    if removed:
        # The addresses of replaced code already start at the root module.
        blocks = [
            removal if is_v1(removal.address) else _removal_from_root(modules, removal)
            for removal in removed
        ]
        text = render(f"terraform/{removals.FILE}", scope=plan.scope, removed=blocks)
        rendered.append(RenderedFile(removals.FILE, text, FileRole.REMOVALS))
    return rendered


def _pending(inputs: RenderInputs, addresses: Mapping[Identity, str]) -> dict[Identity, str]:
    """Return the addresses of the resources that need an import."""
    pending = {
        identity: address
        for identity, address in addresses.items()
        if identity not in inputs.imported
    }
    described = {identity: resource.address for identity, resource in inputs.described.items()}
    return pending | described


def imported_elsewhere(
    inputs: RenderInputs, addresses: Mapping[Identity, str]
) -> dict[Identity, str]:
    """Return the resources that need an import and have one in other code, with file and line."""
    imported = inputs.facts.beside.configured.imported
    if not imported:
        return {}
    modules = names_in(inputs.options.module)
    places = {
        identity: imported.get(_from_root(modules, address))
        for identity, address in _pending(inputs, addresses).items()
    }
    return {identity: place for identity, place in places.items() if place is not None}


def _refuse_stuck(
    instances: Instances, pairs: Iterable[tuple[str, str]], removed: Iterable[Removal]
) -> None:
    """Refuse to move or remove a resource at an address that is now a block with ``for_each``.

    Terraform takes the address for that block, and reports that it still exists.

    Raises:
        ExporterError: if there is such a resource.
    """
    stuck = [old for old, new in pairs if old in instances and block_of(new) not in instances]
    stuck += [removal.address for removal in removed if removal.address in instances]
    if stuck:
        raise ExporterError(
            "state may have a single resource at an address that --layout data needs:",
            items=stuck,
            hint="first export in the old layout, with that resource renamed or excluded; apply, "
            "delete moved.tf and removed.tf, then change the layout",
        )


def _removal_from_root(modules: Iterable[str], removal: Removal) -> Removal:
    moved_from = _from_root(modules, removal.moved_from) if removal.moved_from else None
    # "Module instance keys not allowed": the block is for all instances of the module.
    without_keys = [name.partition("[")[0] for name in modules]
    return Removal(_from_root(without_keys, removal.address), moved_from)


def import_blocks(
    scope: Scope,
    addresses: Mapping[Identity, str],
    modules: Iterable[str] = (),
    instances: Instances = _NO_INSTANCES,
) -> str:
    """Render ``imports.tf``.

    Args:
        scope: The account and region, for the header.
        addresses: The addresses of the resources to import.
        modules: The names of the modules that contain them, from the root module on.
        instances: The blocks with ``for_each``, each of which one import block can import.
    """
    ordered = sorted(addresses, key=_sets_first)
    imports = list(_imports(ordered, addresses, tuple(modules), instances))
    return render("terraform/imports.tf", scope=scope, imports=imports)


def _imports(
    ordered: list[Identity],
    addresses: Mapping[Identity, str],
    modules: tuple[str, ...],
    instances: Instances,
) -> Iterator[ImportBlock]:
    by_block: dict[str, list[Identity]] = {}
    for identity in ordered:
        by_block.setdefault(block_of(addresses[identity]), []).append(identity)
    done = set()
    for identity in ordered:
        block = block_of(addresses[identity])
        if block not in instances:
            yield ImportBlock(_from_root(modules, addresses[identity]), identity.import_id)
        elif block not in done:
            done.add(block)
            for_each, count = instances[block]
            keys = tuple(instance.import_id for instance in by_block[block])
            # The root module can't refer to the locals of a module that it calls.
            if len(keys) == count and not modules:
                yield ImportBlock(block, each=for_each)
            else:
                yield ImportBlock(_from_root(modules, block), keys=keys)


def expected(imports: int, changed: int) -> str:
    """Return the expected summary of the plan, if the imports aren't in state yet."""
    return f"{imports} to import, 0 to add, {changed} to change, 0 to destroy"


def _from_root(modules: Iterable[str], address: str) -> str:
    """Return the address, from the root module on, of an address in a module."""
    return "".join([*(f"module.{name}." for name in modules), address])


def names_in(module: str) -> tuple[str, ...]:
    """Return the names in ``a.module.b``, a module's address without its first ``module.``."""
    return tuple(module.split(".module.")) if module else ()


def _sets_first(identity: Identity) -> tuple[bool, tuple[str, ...]]:
    return (identity.event_destination is not None, identity.names)
