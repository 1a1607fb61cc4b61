"""The files of code of a module, in each layout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from exporter.formats.base import RenderedFile, RenderInputs
from exporter.formats.environment import render
from exporter.formats.layout import Layout, part, terraform_file, with_file, without_file
from exporter.formats.references import Expression
from exporter.formats.render_context import RenderContext
from exporter.formats.terraform import data_layout
from exporter.formats.terraform.addresses import INSTANCES, Address, of_instance
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE, resource_type
from exporter.formats.terraform.references import (
    LOOKED_UP_REGION,
    REGION,
    TerraformReferences,
    by_key,
    refer,
)
from exporter.formats.terraform.setting import Setting
from exporter.formats.terraform.steps import Instances
from exporter.model.identities import Identity

_SETS: Final = Address(SET_TYPE, INSTANCES)
_DESTINATIONS: Final = Address(DESTINATION_TYPE, INSTANCES)


@dataclass(frozen=True)
class Code:
    """The code of one scope.

    Attributes:
        addresses: Where each resource stands.
        instances: By the address of a block with ``for_each``, what that goes through and how
            many instances it makes.
        keyed: What data has by its live name, so that it has no name in code.
    """

    files: tuple[RenderedFile, ...]
    addresses: Mapping[Identity, Address]
    references: TerraformReferences
    instances: Instances = field(default_factory=dict)
    keyed: frozenset[Identity] = frozenset()


def of_resources(plan: RenderContext, inputs: RenderInputs, setting: Setting) -> Code:
    """Each resource in a block of its own, in the layout of the options."""
    found = refer(
        plan.targets,
        plan.scope,
        inputs.options.references,
        repeated=plan.repeated_targets,
        region=_region(setting),
    )
    references = setting.looked_up(found)
    seen = _Seen(plan, references, setting)
    files = list(_around(seen, terraform="1.5"))
    if references.locals:
        files.append(seen.file("locals.tf"))
    if inputs.options.layout is Layout.PER_SET:
        files += _set_files(seen)
    else:
        files += _resource_files(seen)
    return Code(tuple(files), _plain(plan), references)


def of_data(plan: RenderContext, inputs: RenderInputs, setting: Setting) -> Code:
    """The sets as data, with code that goes through them; what can't be data as in ``per-set``."""
    found, keys = by_key(
        plan.targets, plan.scope, inputs.options.references, region=_region(setting)
    )
    references = setting.looked_up(found)
    as_data, rest = data_layout.parts(plan)
    sets = data_layout.as_data(as_data, keys)
    seen = _Seen(plan, references, setting)
    files = list(_around(seen, terraform=".".join(map(str, data_layout.NEEDS))))
    has_data = sets.has_sets or sets.has_destinations
    if has_data or references.targets:
        files.append(seen.file("locals.tf", "data_locals.tf", data=sets if has_data else None))
    if any(each.view.identities or each.is_commented for each in sets.sets):
        files.append(seen.file(data_layout.DATA_FILE, data=sets))
    for name, is_there in (
        ("configuration_sets.tf", sets.has_sets),
        ("event_destinations.tf", sets.has_destinations),
    ):
        if is_there:
            files.append(seen.file(name, f"data_{name}", data=sets))
    files += _set_files(replace(seen, plan=rest))
    addresses = {
        **{who: of_instance(who) for who in as_data.identities},
        **_plain(rest),
    }
    return Code(
        tuple(files),
        {who: addresses[who] for who in plan.identities},
        references,
        _instances(as_data, sets),
        _keyed(as_data),
    )


def _keyed(plan: RenderContext) -> frozenset[Identity]:
    sets = (Identity(view.name) for view in plan.sets)
    return frozenset((*sets, *(Identity(of.name, each.name) for of, each in plan.destinations)))


def _instances(plan: RenderContext, sets: data_layout.SetsAsData) -> Instances:
    destinations = sum(who.event_destination is not None for who in plan.identities)
    of_sets = "local.managed_sets" if sets.is_mixed else "local.configuration_sets"
    found = {
        _SETS.block: (Expression(of_sets), len(plan.identities) - destinations),
        _DESTINATIONS.block: (Expression("local.event_destinations"), destinations),
    }
    return {block: of for block, of in found.items() if of[1]}


def _plain(plan: RenderContext) -> dict[Identity, Address]:
    """Where resources stand that have a block of their own."""
    sets = {Identity(view.name): view.label for view in plan.sets}
    labels = sets | {Identity(of.name, each.name): each.label for of, each in plan.destinations}
    return {who: Address(resource_type(who), labels[who]) for who in plan.identities}


def _region(setting: Setting) -> str:
    """The expression for the region: the variable stands beside our own provider."""
    return REGION if setting.with_provider else LOOKED_UP_REGION


# The files
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Seen:
    """What every template sees."""

    plan: RenderContext
    references: TerraformReferences
    setting: Setting

    def file(self, path: str, template: str = "", **more: Any) -> RenderedFile:
        """A file by the template of its name, or by another one."""
        text = render(
            f"terraform/{template or path}",
            plan=self.plan,
            scope=self.plan.scope,
            references=self.references,
            setting=self.setting,
            **more,
        )
        return RenderedFile(path, text)


def _around(seen: _Seen, terraform: str) -> Iterator[RenderedFile]:
    """What is said beside the resources: versions, provider, variables, what is looked up."""
    references, setting = seen.references, seen.setting
    if setting.with_versions:
        yield seen.file("versions.tf", terraform=terraform)
    if setting.with_provider:
        yield seen.file("providers.tf")
    if references.variables or (references.is_portable and setting.with_provider):
        yield seen.file("variables.tf")
    if references.has_data:
        yield seen.file("data.tf")


def _resource_files(seen: _Seen) -> list[RenderedFile]:
    """One file a kind of resource."""
    files = []
    if any(view.model or view.comments for view in seen.plan.sets):
        files.append("configuration_sets.tf")
    if seen.plan.destinations:
        files.append("event_destinations.tf")
    return [seen.file(name, is_part=False) for name in files]


def _set_files(seen: _Seen) -> list[RenderedFile]:
    """One file a configuration set."""
    files = _resource_files(replace(seen, plan=without_file(seen.plan)))
    for view in with_file(seen.plan):
        own = replace(seen, plan=part(seen.plan, view))
        files.append(own.file(terraform_file(view.label), "set.tf", view=view, is_part=True))
    return files
