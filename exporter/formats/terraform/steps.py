"""Blocks that do their work once: ``import``, ``moved`` and ``removed``.

Import blocks are allowed in the root module alone
(https://developer.hashicorp.com/terraform/language/import): where the export is a module that
others call, all three stand in the root that calls it.
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
"""By the address of a block with ``for_each``, what that goes through and how many it makes."""


_NO_INSTANCES: Instances = {}


@dataclass(frozen=True)
class ImportBlock:
    """An ``import`` block.

    Attributes:
        address: Of a resource or an instance; with ``each`` or ``keys`` of the block of instances.
        each: What gives the keys of all instances, which are their import ids.
        keys: The keys of those instances that are imported.
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
    """The files of such blocks that there is a need for.

    Args:
        plan: What is exported.
        inputs: What was imported already, and what left the code.
        addresses: Where the resources stand now.
        former: The addresses from which they are moved.
        instances: Which of them data describes.
    """
    modules = names_in(inputs.options.module)
    found = []
    elsewhere = imported_elsewhere(inputs, addresses)
    pending = {who: at for who, at in _pending(inputs, addresses).items() if who not in elsewhere}
    if inputs.options.with_imports and pending:
        text = import_blocks(plan.scope, pending, modules, instances)
        found.append(RenderedFile(IMPORTS_FILE, text, FileRole.IMPORT, tuple(pending)))
    data = {"scope": plan.scope}
    pairs = moves.blocks(former, addresses)
    if pairs:
        shown_pairs = [(_within(modules, old), _within(modules, new)) for old, new in pairs]
        text = render(f"terraform/{moves.MOVES_FILE}", **data, moves=shown_pairs)
        found.append(RenderedFile(moves.MOVES_FILE, text, FileRole.MOVES))
    replaced = inputs.replacement.forgotten_here if inputs.replacement else ()
    forgotten = (*inputs.previous.forgotten, *replaced)
    removed = removals.removals(inputs.departed, addresses, former, forgotten)
    _refuse_stuck(instances, pairs, removed)
    if removed:
        # What code of a person's own had, it had at an address from the root module on.
        shown = [each if is_v1(each.address) else _removal(modules, each) for each in removed]
        text = render(f"terraform/{removals.FILE}", **data, removed=shown)
        found.append(RenderedFile(removals.FILE, text, FileRole.REMOVALS))
    return found


def _pending(inputs: RenderInputs, addresses: Mapping[Identity, str]) -> dict[Identity, str]:
    """What needs an import, with its address."""
    pending = {who: at for who, at in addresses.items() if who not in inputs.imported}
    return pending | {who: each.address for who, each in inputs.described.items()}


def imported_elsewhere(
    inputs: RenderInputs, addresses: Mapping[Identity, str]
) -> dict[Identity, str]:
    """What needs an import and has one in other code, with its place."""
    theirs = inputs.facts.beside.configured.imported
    if not theirs:
        return {}
    modules = names_in(inputs.options.module)
    places = {
        who: theirs.get(_within(modules, at)) for who, at in _pending(inputs, addresses).items()
    }
    return {who: place for who, place in places.items() if place is not None}


def _refuse_stuck(
    instances: Instances, pairs: Iterable[tuple[str, str]], removed: Iterable[Removal]
) -> None:
    """Refuse a step away from an address whose block now stands for instances.

    Terraform takes it for that block, and says that it still exists.

    Raises:
        ExporterError: when there is one.
    """
    stuck = [old for old, new in pairs if old in instances and block_of(new) not in instances]
    stuck += [each.address for each in removed if each.address in instances]
    if stuck:
        raise ExporterError(
            "state may have a single resource at an address that --layout data needs:",
            items=stuck,
            hint="first export in the old layout, with that resource renamed or excluded; apply, "
            "delete moved.tf and removed.tf, then change the layout",
        )


def _removal(modules: Iterable[str], each: Removal) -> Removal:
    before = _within(modules, each.moved_from) if each.moved_from else None
    # "Module instance keys not allowed": no instance has the resource any more.
    of_all = [name.partition("[")[0] for name in modules]
    return Removal(_within(of_all, each.address), before)


def import_blocks(
    scope: Scope,
    addresses: Mapping[Identity, str],
    modules: Iterable[str] = (),
    instances: Instances = _NO_INSTANCES,
) -> str:
    """The text of ``imports.tf``.

    Args:
        scope: The account and region, for the header.
        addresses: The resources to import, with their addresses.
        modules: The names of the modules that lead to them.
        instances: What one block may import together.
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
    together: dict[str, list[Identity]] = {}
    for who in ordered:
        together.setdefault(block_of(addresses[who]), []).append(who)
    done = set()
    for who in ordered:
        block = block_of(addresses[who])
        if block not in instances:
            yield ImportBlock(_within(modules, addresses[who]), who.import_id)
        elif block not in done:
            done.add(block)
            of_all, number = instances[block]
            found = tuple(each.import_id for each in together[block])
            # The root that calls a module does not see its locals.
            if len(found) == number and not modules:
                yield ImportBlock(block, each=of_all)
            else:
                yield ImportBlock(_within(modules, block), keys=found)


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
