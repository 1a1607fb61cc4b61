"""Load the SES resources that anyone's Terraform code describes, without running Terraform.

A value that can't be evaluated from the code alone is ``Unknown``, never a guess.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from exporter.formats.code_inputs import CodeInputs, undeclared
from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.terraform.hcl.describe import describe
from exporter.formats.terraform.hcl.module import Module
from exporter.formats.terraform.hcl.providers import DEFAULT, Provider
from exporter.formats.terraform.hcl.resolver import Budget
from exporter.formats.terraform.hcl.root_values import root_values
from exporter.formats.terraform.hcl.run import Run
from exporter.formats.terraform.hcl.tree import CodeTree, RootAlone
from exporter.formats.terraform.hcl.walk import MissingCall, walk
from exporter.formats.terraform.names import NAME_ARGUMENTS
from exporter.formats.unresolved import Reach, Unresolved
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError

ALL_TYPES = frozenset(NAME_ARGUMENTS)
_NO_INPUTS = CodeInputs()
_MAX_STEPS = 300_000
"""Stops code that would take forever. Every file read adds more steps than real code needs."""


@dataclass
class _Contents:
    """The resources of one account and region."""

    resources: dict[Identity, CodeResource] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)


_ScopeKey = tuple[str | None, str | None, str]
"""An account, a region and, where one is unknown, what tells it apart from others."""


def load_root(
    tree: CodeTree, inputs: CodeInputs, types: Collection[str] = ALL_TYPES
) -> list[Loaded]:
    """Load a root module and all modules that it calls.

    Args:
        tree: The files of the modules.
        inputs: The values that the code doesn't contain.
        types: The resource types to load.

    Returns:
        One result for each account and region of its provider configurations, at least one. What
        may belong to any of them is unresolved in each.

    Raises:
        ExporterError: when a file isn't Terraform code or is too large, when something is declared
            twice, or when a module calls itself.
    """
    root = root_module(tree, inputs)
    by_scope: dict[_ScopeKey, _Contents] = {}
    anywhere: list[Unresolved] = []
    for module in walk(root):
        if isinstance(module, MissingCall):
            missing, where = module.why, module.block.where
            anywhere.append(Unresolved(where, module.address, missing.reason, missing.hint))
            continue
        for provider, resource in _resources_in(module, types):
            _add(by_scope.setdefault(_scope_key(provider), _Contents()), resource)
    if not by_scope:
        by_scope[_scope_key(_main_provider(root))] = _Contents()
    notes = tuple(undeclared("--var", inputs.variables, root.config.variables, "variable"))
    return [
        Loaded(
            tuple(contents.resources.values()),
            (*contents.unresolved, *anywhere),
            account_id,
            region,
            notes,
        )
        for (account_id, region, _), contents in by_scope.items()
    ]


def load(files: Mapping[str, str], scope: Scope | None = None) -> Loaded:
    """Load the files of one folder, without other modules; see ``load_one``.

    Args:
        files: The texts of ``*.tf`` and ``*.tfvars`` files by path, as the user sees it.
        scope: The account and region of the export that wrote the code.
    """
    return load_one(RootAlone(files), scope)


def load_one(
    tree: CodeTree,
    scope: Scope | None,
    inputs: CodeInputs = _NO_INPUTS,
    types: Collection[str] = ALL_TYPES,
) -> Loaded:
    """Load the resources of a root module in one account and region.

    Args:
        tree: The files of the modules.
        scope: The account and region; None for those of the first provider configuration.
        inputs: The values that the code doesn't contain.
        types: The resource types to load.

    Returns:
        The resources that are, or may be, in that account and region. Resources elsewhere are
        unresolved, with a reach of nothing.

    Raises:
        ExporterError: see ``load_root``.
    """
    if scope is not None:
        inputs = inputs.for_scope(scope)
    first, *others = sorted(
        load_root(tree, inputs, types), key=lambda loaded: not _may_be_in(loaded, scope)
    )
    if not _may_be_in(first, scope):
        first, others = replace(first, resources=()), [first, *others]
    elsewhere = [
        Unresolved(
            resource.where,
            resource.address,
            "it is in another account or region",
            "",
            _REACHES_NOTHING,
        )
        for loaded in others
        for resource in loaded.resources
    ]
    return Loaded(first.resources, (*first.unresolved, *elsewhere), first.account_id, first.region)


def _may_be_in(loaded: Loaded, scope: Scope | None) -> bool:
    if scope is None:
        return True
    is_account = scope.account_id in (None, loaded.account_id) or loaded.account_id is None
    return is_account and loaded.region in (None, scope.region)


_REACHES_NOTHING = Reach(has_sets=False, has_destinations=False)


def root_module(tree: CodeTree, inputs: CodeInputs) -> Module:
    """Return a root module that is ready to be evaluated.

    Raises:
        ExporterError: when a file isn't Terraform code or is too large, or when something is
            declared twice.
    """
    run = Run(tree, inputs, Budget(_MAX_STEPS))
    config = run.config(".")
    assert config is not None
    values = root_values(config.variables, tree.code(".") or {}, inputs)
    return Module(run, config, _variable_values=values)


def _resources_in(
    module: Module, types: Collection[str]
) -> Iterator[tuple[Provider, CodeResource | Unresolved]]:
    for address in module.config.ses:
        block = module.config.resources[address]
        if block.labels[0] not in types:
            continue
        for instance in module.instances(block, address):
            provider = module.provider_of(block, instance.names)
            yield provider, describe(module, block, instance, provider)


def _main_provider(root: Module) -> Provider:
    default = root.providers.get(DEFAULT)
    return default or next(iter(root.providers.values()), Provider())


def _scope_key(provider: Provider) -> _ScopeKey:
    # Two configurations whose account or region is unknown may belong to different ones.
    distinguishing = [
        provider.name if provider.region is None else "",
        provider.access if provider.account_id is None else "",
    ]
    return provider.account_id, provider.region, "\n".join(distinguishing)


def _add(contents: _Contents, resource: CodeResource | Unresolved) -> None:
    if isinstance(resource, Unresolved):
        contents.unresolved.append(resource)
        return
    first = contents.resources.setdefault(resource.identity, resource)
    if first is not resource:
        raise ExporterError(
            f"{resource.address} and {first.address} (at {first.where}) both describe "
            f"{resource.identity}",
            where=resource.where,
            hint="remove one of the two",
        )
