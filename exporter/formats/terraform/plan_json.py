"""The resources that a Terraform plan configures, from ``terraform show -json``.

They come from the plan's ``configuration``, not its ``planned_values``: an omitted argument is
planned with its live value, so a plan can be empty although the code doesn't match what is live.
The format is Terraform's JSON output format 1.x; the arguments are those of the AWS provider.
"""

from collections.abc import Collection, Mapping
from typing import Any

from exporter.formats.code_resource import CodeResource
from exporter.formats.terraform.names import DESTINATION_TYPE, LISTS, SET_TYPE, is_unset, pascal
from exporter.model import codec
from exporter.model.resources import ConfigurationSet, EventDestination
from exporter.support.errors import ExporterError

Json = Any


def is_repeated(resource: Json) -> bool:
    """Whether a resource in a plan's configuration has ``count`` or ``for_each``.

    The values of its instances are only in the planned values, with omitted arguments filled in.
    """
    return "for_each_expression" in resource or "count_expression" in resource


def configured(plan: Json, of: Collection[str] | None = None) -> list[CodeResource]:
    """Return the SES resources of a plan's root module without ``count`` and ``for_each``.

    Args:
        plan: The parsed output of ``terraform show -json PLANFILE``.
        of: The addresses that count; None for all.

    Raises:
        ExporterError: when a plan doesn't resolve the values of a resource that counts, or when
            they aren't those of a configuration set or a destination.
    """
    module = plan.get("configuration", {}).get("root_module", {})
    written = {
        resource["address"]: (resource["type"], _values(resource.get("expressions", {})))
        for resource in module.get("resources", ())
        if resource.get("type") in (SET_TYPE, DESTINATION_TYPE)
        and resource.get("mode", "managed") == "managed"
        and not is_repeated(resource)
    }
    names = {
        address: values.get("configuration_set_name")
        for address, (kind, values) in written.items()
        if kind == SET_TYPE
    }
    planned = {
        resource.get("address"): resource.get("values")
        for resource in plan.get("planned_values", {}).get("root_module", {}).get("resources", ())
    }
    return [
        (
            _set(address, _with_default_tags(values, planned.get(address), plan))
            if kind == SET_TYPE
            else _destination(address, _resolved(values, planned.get(address)), names)
        )
        for address, (kind, values) in written.items()
        if of is None or address in of
    ]


def _with_default_tags(written: dict[str, Json], planned: Json, plan: Json) -> dict[str, Json]:
    """Add the provider's ``default_tags``, which are part of the code too."""
    providers = plan["configuration"].get("provider_config", {}).values()
    all_tags = planned.get("tags_all") if isinstance(planned, dict) else None
    if not isinstance(all_tags, dict) or not any(
        "default_tags" in provider.get("expressions", {}) for provider in providers
    ):
        return written
    return {**written, "tags": all_tags}


def _resolved(written: Json, planned: Json) -> Json:
    """Replace references with their planned values: they are in the code, but not resolved."""
    if isinstance(written, dict):
        planned_values = planned if isinstance(planned, dict) else {}
        return {name: _resolved(value, planned_values.get(name)) for name, value in written.items()}
    if isinstance(written, list) and isinstance(planned, list) and len(written) == len(planned):
        return [_resolved(*pair) for pair in zip(written, planned, strict=True)]
    return planned if isinstance(written, _References) and isinstance(planned, str) else written


def _set(address: str, values: dict[str, Json]) -> CodeResource:
    api = to_api(values)
    tags = values.get("tags")
    if tags is not None:
        if not isinstance(tags, dict):
            raise ExporterError("its tags are not a literal map", where=address)
        api["Tags"] = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
    model = _decode(api, ConfigurationSet, address)
    return CodeResource.of_set(address, "", model)


def _destination(address: str, values: dict[str, Json], names: Mapping[str, Json]) -> CodeResource:
    set_name = _set_name(values.get("configuration_set_name"), names)
    blocks = values.get("event_destination")
    name = values.get("event_destination_name")
    if set_name is None or not isinstance(name, str) or not isinstance(blocks, list):
        raise ExporterError("its set, its name or its block is not a literal", where=address)
    if len(blocks) != 1:
        raise ExporterError("it doesn't have exactly one event_destination block", where=address)
    model = _decode({"Name": name, **to_api(blocks[0])}, EventDestination, address)
    return CodeResource.of_destination(address, "", set_name, model)


def _set_name(value: Json, names: Mapping[str, Json]) -> str | None:
    """Return a literal name, or the name of the set that a reference leads to."""
    if isinstance(value, _References):
        value = next((names[address] for address in value.to if address in names), None)
    return value if isinstance(value, str) else None


def _decode(api: Json, model: type[codec.M], address: str) -> codec.M:
    try:
        return codec.decode(api, model)
    except codec.MalformedError as error:
        raise ExporterError(f"the code does not describe a resource: {error}", where=address) from (
            None
        )


class _References:
    """An expression that isn't a literal: the addresses that it refers to."""

    def __init__(self, to: list[str]) -> None:
        self.to = to


def _values(expressions: Json) -> Json:
    """Return the values of a plan's ``expressions``."""
    if isinstance(expressions, list):
        return [_values(item) for item in expressions]
    if not isinstance(expressions, dict):
        return expressions
    if "constant_value" in expressions:
        return expressions["constant_value"]
    if "references" in expressions:
        return _References(expressions["references"])
    return {name: _values(value) for name, value in expressions.items()}


def to_api(block: dict[str, Json]) -> dict[str, Json]:
    """Convert a block's arguments to the API's spelling, except ``tags``, which differ in form."""
    api: dict[str, Json] = {}
    for name, value in block.items():
        if name == "tags" or is_unset(name, value):
            continue
        blocks = isinstance(value, list) and all(isinstance(item, dict) for item in value)
        if name in LISTS and blocks:
            api[LISTS[name]] = [to_api(item) for item in value]
        elif value and blocks:
            api[pascal(name)] = to_api(value[0])
        elif name in LISTS:
            api[LISTS[name]] = value
        elif isinstance(value, _References):
            api[pascal(name)] = f"(refers to {', '.join(value.to)})"
        else:
            api[pascal(name)] = value
    return api
