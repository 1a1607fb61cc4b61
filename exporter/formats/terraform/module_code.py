"""The code files of a module, in each layout."""

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
        addresses: The address of each resource.
        instances: See ``Instances``.
        keyed: Resources without a name in code, because the data lists them by their live name.
    """

    files: tuple[RenderedFile, ...]
    addresses: Mapping[Identity, Address]
    references: TerraformReferences
    instances: Instances = field(default_factory=dict)
    keyed: frozenset[Identity] = frozenset()


def of_resources(plan: RenderContext, inputs: RenderInputs, setting: Setting) -> Code:
    """Write each resource as a block, in the layout of the options."""
    references = setting.looked_up(
        refer(
            plan.targets,
            plan.scope,
            inputs.options.references,
            repeated=plan.repeated_targets,
            region=_region(setting),
            is_declared=setting.is_declared,
        )
    )
    templates = _Templates(plan, references, setting)
    files = list(_supporting_files(templates, terraform="1.5"))
    if references.locals:
        files.append(templates.file("locals.tf"))
    if inputs.options.layout is Layout.PER_SET:
        files += _set_files(templates)
    else:
        files += _resource_files(templates)
    return Code(tuple(files), _block_addresses(plan), references)


def of_data(plan: RenderContext, inputs: RenderInputs, setting: Setting) -> Code:
    """Write the sets as data, with code that loops over them.

    Sets that can't be data are written as in the layout ``per-set``.
    """
    by_target, keys = by_key(
        plan.targets,
        plan.scope,
        inputs.options.references,
        region=_region(setting),
        is_declared=setting.is_declared,
    )
    references = setting.looked_up(by_target)
    data_plan, code_plan = data_layout.parts(plan)
    sets = data_layout.as_data(data_plan, keys)
    templates = _Templates(plan, references, setting)
    needed = ".".join(map(str, data_layout.NEEDS))
    files = list(_supporting_files(templates, terraform=needed))
    has_data = sets.has_sets or sets.has_destinations
    if has_data or references.targets:
        files.append(templates.file("locals.tf", "data_locals.tf", data=sets if has_data else None))
    if any(set_data.view.identities or set_data.is_commented for set_data in sets.sets):
        files.append(templates.file(data_layout.DATA_FILE, data=sets))
    for name, is_needed in (
        ("configuration_sets.tf", sets.has_sets),
        ("event_destinations.tf", sets.has_destinations),
    ):
        if is_needed:
            files.append(templates.file(name, f"data_{name}", data=sets))
    files += _set_files(replace(templates, plan=code_plan))
    addresses = {
        **{identity: of_instance(identity) for identity in data_plan.identities},
        **_block_addresses(code_plan),
    }
    return Code(
        tuple(files),
        {identity: addresses[identity] for identity in plan.identities},
        references,
        _instances(data_plan, sets),
        _keyed(data_plan),
    )


def _keyed(plan: RenderContext) -> frozenset[Identity]:
    sets = (Identity(view.name) for view in plan.sets)
    destinations = (
        Identity(of_set.name, destination.name) for of_set, destination in plan.destinations
    )
    return frozenset((*sets, *destinations))


def _instances(plan: RenderContext, sets: data_layout.SetsAsData) -> Instances:
    destinations = sum(identity.event_destination is not None for identity in plan.identities)
    of_sets = "local.managed_sets" if sets.is_mixed else "local.configuration_sets"
    instances = {
        _SETS.block: (Expression(of_sets), len(plan.identities) - destinations),
        _DESTINATIONS.block: (Expression("local.event_destinations"), destinations),
    }
    return {block: value for block, value in instances.items() if value[1]}


def _block_addresses(plan: RenderContext) -> dict[Identity, Address]:
    """Return the addresses of resources that are a block each."""
    labels = {Identity(view.name): view.label for view in plan.sets}
    labels |= {
        Identity(of_set.name, destination.name): destination.label
        for of_set, destination in plan.destinations
    }
    return {
        identity: Address(resource_type(identity), labels[identity]) for identity in plan.identities
    }


def _region(setting: Setting) -> str:
    """Return the expression for the region: the variable exists only with our own provider."""
    return REGION if setting.with_provider else LOOKED_UP_REGION


# The files
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Templates:
    """Renders templates with the values that each of them gets."""

    plan: RenderContext
    references: TerraformReferences
    setting: Setting

    def file(self, path: str, template: str = "", **more: Any) -> RenderedFile:
        """Render a file with the template of the same name, or with another one."""
        text = render(
            f"terraform/{template or path}",
            plan=self.plan,
            scope=self.plan.scope,
            references=self.references,
            setting=self.setting,
            **more,
        )
        return RenderedFile(path, text)


def _supporting_files(templates: _Templates, terraform: str) -> Iterator[RenderedFile]:
    """Yield the files besides the resources: versions, provider, variables, data sources."""
    references, setting = templates.references, templates.setting
    if setting.with_versions:
        yield templates.file("versions.tf", terraform=terraform)
    if setting.with_provider:
        yield templates.file("providers.tf")
    if references.variables or (references.is_portable and setting.with_provider):
        yield templates.file("variables.tf")
    if references.has_data:
        yield templates.file("data.tf")


def _resource_files(templates: _Templates) -> list[RenderedFile]:
    """Return one file for the sets and one for the destinations."""
    names = []
    if any(view.model or view.comments for view in templates.plan.sets):
        names.append("configuration_sets.tf")
    if templates.plan.destinations:
        names.append("event_destinations.tf")
    return [templates.file(name, is_part=False) for name in names]


def _set_files(templates: _Templates) -> list[RenderedFile]:
    """Return one file for each configuration set, and the comments of sets without a file."""
    files = _resource_files(replace(templates, plan=without_file(templates.plan)))
    for view in with_file(templates.plan):
        of_set = replace(templates, plan=part(templates.plan, view))
        files.append(of_set.file(terraform_file(view.label), "set.tf", view=view, is_part=True))
    return files
