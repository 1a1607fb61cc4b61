"""The arguments of the provider's resources that the Terraform templates write.

The code leaves any other argument to the provider, whose default may plan a change of the live
resource. ``verify`` reports such arguments, from ``terraform providers schema``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE

Json = Any

WRITTEN: Mapping[str, frozenset[str]] = {
    SET_TYPE: frozenset(
        {
            "configuration_set_name",
            "delivery_options.max_delivery_seconds",
            "delivery_options.sending_pool_name",
            "delivery_options.tls_policy",
            "reputation_options.reputation_metrics_enabled",
            "sending_options.sending_enabled",
            "suppression_options.suppressed_reasons",
            "tags",
            "tracking_options.custom_redirect_domain",
            "tracking_options.https_policy",
            "vdm_options.dashboard_options.engagement_metrics",
            "vdm_options.guardian_options.optimized_shared_delivery",
        }
    ),
    DESTINATION_TYPE: frozenset(
        {
            "configuration_set_name",
            "event_destination.cloud_watch_destination.dimension_configuration"
            ".default_dimension_value",
            "event_destination.cloud_watch_destination.dimension_configuration.dimension_name",
            "event_destination.cloud_watch_destination.dimension_configuration"
            ".dimension_value_source",
            "event_destination.enabled",
            "event_destination.event_bridge_destination.event_bus_arn",
            "event_destination.kinesis_firehose_destination.delivery_stream_arn",
            "event_destination.kinesis_firehose_destination.iam_role_arn",
            "event_destination.matching_event_types",
            "event_destination.pinpoint_destination.application_arn",
            "event_destination.sns_destination.topic_arn",
            "event_destination_name",
        }
    ),
}
"""By type; an argument in a block is ``BLOCK.ARGUMENT``."""

# The provider sets `id` and `tags_all`; `region` (6.x) defaults to that of the provider block.
_LEFT_TO_THE_PROVIDER = frozenset({"id", "region", "tags_all"})


def arguments(block: Json) -> Iterator[str]:
    """Yield the arguments of a resource that code can set.

    Args:
        block: The resource's ``block`` in the output of ``terraform providers schema -json``.

    Returns:
        The arguments as ``BLOCK.ARGUMENT``, without read-only ones and those that are left to the
        provider.
    """
    for path in _paths(block, ""):
        if path not in _LEFT_TO_THE_PROVIDER:
            yield path


def not_written(schemas: Json) -> list[str]:
    """Return the arguments and blocks of the provider that no export writes.

    Args:
        schemas: The parsed output of ``terraform providers schema -json``.

    Returns:
        A ``TYPE: ARGUMENT`` for each; only the block if none of its arguments is written.

    Raises:
        KeyError: when no provider has the resources. This, ``AttributeError`` or ``TypeError``
            when ``schemas`` isn't such output.
    """
    types = {
        name: schema
        for provider in schemas["provider_schemas"].values()
        for name, schema in provider.get("resource_schemas", {}).items()
    }
    result = []
    for type_, written in WRITTEN.items():
        known = {*written, *(block for argument in written for block in _blocks_of(argument))}
        missing = [
            argument for argument in arguments(types[type_]["block"]) if argument not in known
        ]
        missing += [
            argument for argument in _blocks(types[type_]["block"], "") if argument not in known
        ]
        outermost = [
            argument for argument in missing if not any(b in missing for b in _blocks_of(argument))
        ]
        result += [f"{type_}: {argument}" for argument in sorted(outermost)]
    return result


def _paths(block: Json, prefix: str) -> Iterator[str]:
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("optional") or attribute.get("required"):
            yield f"{prefix}{name}"
    for name, inner in block.get("block_types", {}).items():
        yield from _paths(inner["block"], f"{prefix}{name}.")


def _blocks(block: Json, prefix: str) -> Iterator[str]:
    for name, inner in block.get("block_types", {}).items():
        yield f"{prefix}{name}"
        yield from _blocks(inner["block"], f"{prefix}{name}.")


def _blocks_of(path: str) -> Iterator[str]:
    """Yield the blocks around an argument, the outermost first."""
    parts = path.split(".")
    for end in range(1, len(parts)):
        yield ".".join(parts[:end])
