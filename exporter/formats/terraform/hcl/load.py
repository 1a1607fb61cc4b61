"""Terraform code that other people wrote to what it describes, without running Terraform.

What the code alone does not tell is ``Unknown`` at its place, never a guess.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.terraform.hcl.describe import described
from exporter.formats.terraform.hcl.module import Module
from exporter.formats.terraform.hcl.providers import DEFAULT, Provider
from exporter.formats.terraform.hcl.root_values import root_values
from exporter.formats.terraform.hcl.run import Run
from exporter.formats.terraform.hcl.tree import CodeTree, RootAlone
from exporter.formats.terraform.hcl.walk import MissingCall, walk
from exporter.formats.terraform.hcl.world import Budget
from exporter.formats.terraform.names import NAME_ARGUMENTS
from exporter.formats.unresolved import Reach, Unresolved
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError

ALL_TYPES = frozenset(NAME_ARGUMENTS)
_NO_INPUTS = CodeInputs()
_MOST_STEPS = 300_000
"""Real code takes a few steps a line, which are granted beside; this bounds what takes forever."""


@dataclass
class _Found:
    """What is of one account and region."""

    resources: dict[Identity, CodeResource] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)


_Where = tuple[str | None, str | None, str]
"""An account, a region, and how the account is reached."""


def load_root(
    tree: CodeTree, inputs: CodeInputs, types: Collection[str] = ALL_TYPES
) -> list[Loaded]:
    """What a root module describes, with all the modules that it calls.

    Args:
        tree: Where its files are.
        inputs: What is known beside the code.
        types: The types of resources that count.

    Returns:
        One for each account and region that its provider configurations are of; what may be of any
        of them is unresolved in each. At least one.

    Raises:
        ExporterError: when a file is no Terraform code or too large, when something stands
            twice, or a module calls itself.
    """
    root = root_module(tree, inputs)
    found: dict[_Where, _Found] = {}
    anywhere: list[Unresolved] = []
    for module in walk(root):
        if isinstance(module, MissingCall):
            why, where = module.why, module.block.where
            anywhere.append(Unresolved(where, module.address, why.reason, why.hint))
            continue
        for provider, each in _in_module(module, types):
            _add(found.setdefault(_where(provider), _Found()), each)
    if not found:
        found[_where(root.providers.get(DEFAULT) or _first(root))] = _Found()
    return [
        Loaded(tuple(of.resources.values()), (*of.unresolved, *anywhere), account_id, region)
        for (account_id, region, _), of in found.items()
    ]


def load(files: Mapping[str, str], place: Scope | None = None) -> Loaded:
    """What files of one folder describe; see ``load_one``.

    Args:
        files: The path as the user sees it -> the text, of code and of ``*.tfvars``.
        place: The account and region of an export, whose code they are.
    """
    return load_one(RootAlone(files), place)


def load_one(
    tree: CodeTree,
    place: Scope | None,
    inputs: CodeInputs = _NO_INPUTS,
    types: Collection[str] = ALL_TYPES,
) -> Loaded:
    """What a root module describes that is of one account and region.

    Args:
        tree: Where its files are.
        place: The account and region of an export, whose code the folder holds.
        inputs: What else is known beside the code.
        types: The types of resources that count.

    Returns:
        What is, or may be, of that account and region; where none is given, of the first one. What
        is of another is named, and reaches nothing.

    Raises:
        ExporterError: see ``load_root``.
    """
    if place is not None:
        inputs = inputs.for_scope(place)
    first, *others = sorted(
        load_root(tree, inputs, types), key=lambda loaded: not _is_of(loaded, place)
    )
    if not _is_of(first, place):
        first, others = replace(first, resources=()), [first, *others]
    elsewhere = [
        Unresolved(each.where, each.address, "it is of another account or region", "", _NOTHING)
        for loaded in others
        for each in loaded.resources
    ]
    return Loaded(first.resources, (*first.unresolved, *elsewhere), first.account_id, first.region)


def _is_of(loaded: Loaded, place: Scope | None) -> bool:
    if place is None:
        return True
    is_account = place.account_id in (None, loaded.account_id) or loaded.account_id is None
    return is_account and loaded.region in (None, place.region)


_NOTHING = Reach(has_sets=False, has_destinations=False)


def root_module(tree: CodeTree, inputs: CodeInputs) -> Module:
    """A root module, of which nothing is evaluated yet.

    Raises:
        ExporterError: when a file is no Terraform code or too large, or something stands twice.
    """
    run = Run(tree, inputs, Budget(_MOST_STEPS))
    config = run.config(".")
    assert config is not None
    values = root_values(config.variables, tree.code(".") or {}, inputs)
    return Module(run, config, _given=values)


def _in_module(
    module: Module, types: Collection[str]
) -> Iterator[tuple[Provider, CodeResource | Unresolved]]:
    for address in module.config.ses:
        block = module.config.resources[address]
        if block.labels[0] not in types:
            continue
        for instance in module.instances(block, address):
            provider = module.provider_of(block, instance.names)
            yield provider, described(module, block, instance, provider)


def _first(root: Module) -> Provider:
    return next(iter(root.providers.values()), Provider())


def _where(provider: Provider) -> _Where:
    # Where the account or the region is not known, two configurations may be of two places.
    marks = [
        provider.name if provider.region is None else "",
        provider.access if provider.account_id is None else "",
    ]
    return provider.account_id, provider.region, "\n".join(marks)


def _add(found: _Found, each: CodeResource | Unresolved) -> None:
    if isinstance(each, Unresolved):
        found.unresolved.append(each)
        return
    first = found.resources.setdefault(each.identity, each)
    if first is not each:
        raise ExporterError(
            f"{each.address} and {first.address} (at {first.where}) both describe {each.identity}",
            where=each.where,
            hint="remove one of the two",
        )
