"""Describe an SES resource in Terraform code, in the API's spelling."""

from exporter.formats.code_resource import CodeResource, Unknown
from exporter.formats.terraform import v1
from exporter.formats.terraform.hcl import lifecycle
from exporter.formats.terraform.hcl.arguments import META_BLOCKS, tags, to_api
from exporter.formats.terraform.hcl.blocks import blocks
from exporter.formats.terraform.hcl.instances import Instance
from exporter.formats.terraform.hcl.lifecycle import Path
from exporter.formats.terraform.hcl.module import META_ARGUMENTS, Module
from exporter.formats.terraform.hcl.providers import Provider
from exporter.formats.terraform.hcl.run import HINT
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.hcl.types import Value, pattern_of
from exporter.formats.terraform.names import (
    DESTINATION_TYPE,
    NAME_ARGUMENTS,
    SET_TYPE,
    SET_TYPES,
    V1_TYPES,
)
from exporter.formats.terraform.unknown_values import all_unknown
from exporter.formats.unresolved import Unresolved, a_destination, a_set
from exporter.model.identities import Identity


def describe(
    module: Module, block: Block, instance: Instance, provider: Provider
) -> CodeResource | Unresolved:
    """Return what an instance of a resource is in SES, or why that isn't known.

    Args:
        module: The module that contains the block.
        block: The block of an SES resource.
        instance: One of its instances.
        provider: Its provider configuration.
    """
    kind = block.labels[0]
    prefix = f"{module.address}." if module.address else ""
    address = instance.address(f"{prefix}{'.'.join(block.labels)}")
    arguments = NAME_ARGUMENTS[kind]
    names = [module.name(block, argument, instance.names) for argument in arguments]
    patterns = map(pattern_of, names)
    reach = a_set(*patterns) if kind in SET_TYPES else a_destination(*patterns)
    doubt = instance.doubt_sentence or module.doubt
    if doubt:
        return Unresolved(block.where, address, doubt, HINT, reach)
    for argument, name in zip(arguments, names, strict=True):
        if isinstance(name, Unknown):
            reason = f"its {argument} is not known: {name.reason}"
            return Unresolved(block.where, address, reason, HINT, reach)
    values = _values(module, block, instance, provider)
    if isinstance(values, str):
        return Unresolved(block.where, address, values, HINT, reach)
    return CodeResource(address, block.where, Identity(*names), values)


def _values(
    module: Module, block: Block, instance: Instance, provider: Provider
) -> dict[str, Value] | str:
    kind, ignored = block.labels[0], lifecycle.ignored_paths(block)
    if () in ignored:
        v2_type = SET_TYPE if kind in SET_TYPES else DESTINATION_TYPE
        return all_unknown(v2_type, lifecycle.IGNORED)
    if kind in V1_TYPES:
        skip = META_ARGUMENTS | META_BLOCKS | set(NAME_ARGUMENTS[kind])
        api = to_api(module, block.body, instance.names, skip)
        return v1.as_v2(kind, lifecycle.mark_ignored(api, ignored))
    if kind == SET_TYPE:
        return _set_values(module, block, instance, provider, ignored)
    return _destination_values(module, block, instance, ignored)


def _set_values(
    module: Module, block: Block, instance: Instance, provider: Provider, ignored: list[Path]
) -> dict[str, Value]:
    body = block.body
    skip = META_ARGUMENTS | META_BLOCKS | {"configuration_set_name", "tags", "tags_all"}
    values = lifecycle.mark_ignored(to_api(module, body, instance.names, skip), ignored)
    own_tags = (
        module.value(body.attributes["tags"], instance.names) if "tags" in body.attributes else None
    )
    all_tags = lifecycle.mark_ignored_tags(
        tags(provider.default_tags(), own_tags), own_tags, ignored
    )
    all_tags = lifecycle.mark_ignored_keys(all_tags, provider.ignored_tags())
    if all_tags is not None:
        values["Tags"] = all_tags
    return values


def _destination_values(
    module: Module, block: Block, instance: Instance, ignored: list[Path]
) -> dict[str, Value] | str:
    destination_blocks = blocks(module, block.body, instance.names, frozenset()).get(
        "event_destination", []
    )
    if isinstance(destination_blocks, Unknown):
        return all_unknown(DESTINATION_TYPE, destination_blocks)
    if len(destination_blocks) != 1:
        return f"it has {len(destination_blocks)} event_destination blocks, not one"
    if ("event_destination",) in ignored:
        return all_unknown(DESTINATION_TYPE, lifecycle.IGNORED)
    body, names = destination_blocks[0]
    values = to_api(module, body, names, frozenset())
    # The provider's default, whatever the live value is.
    values.setdefault("Enabled", False)
    metrics = values.get("CloudWatchDestination")
    if isinstance(metrics, dict):
        metrics.setdefault("DimensionConfigurations", [])
    return lifecycle.mark_ignored(values, [path[1:] for path in ignored])
