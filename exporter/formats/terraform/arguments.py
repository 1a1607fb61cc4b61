"""Which arguments of the provider's resources the Terraform templates write.

An argument that the provider has and this table lacks is one that the code leaves to the provider:
its default may plan a change of what is live. ``verify`` says so, from ``terraform providers
schema``.
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
"""By type, with the blocks that an argument stands in (``BLOCK.ARGUMENT``)."""

# `id` and `tags_all` are the provider's own to set; `region` (6.x) is that of the provider block.
_LEFT_TO_THE_PROVIDER = frozenset({"id", "region", "tags_all"})


def arguments(block: Json) -> Iterator[str]:
    """The arguments of a resource that code may write.

    Args:
        block: The resource's ``block`` in the output of ``terraform providers schema -json``.

    Returns:
        The arguments, with the blocks that they stand in; without those that are only read back,
        and without those that are left to the provider.
    """
    for path in _paths(block, ""):
        if path not in _LEFT_TO_THE_PROVIDER:
            yield path


def not_written(schemas: Json) -> list[str]:
    """The arguments and blocks of a provider that no export writes.

    Args:
        schemas: The parsed output of ``terraform providers schema -json``.

    Returns:
        ``TYPE: ARGUMENT`` each; of a block that is not written at all, only the block.

    Raises:
        KeyError: when no provider has the resources; with ``AttributeError`` and ``TypeError``
            when it is no such output.
    """
    types = {
        name: schema
        for provider in schemas["provider_schemas"].values()
        for name, schema in provider.get("resource_schemas", {}).items()
    }
    found = []
    for type_, written in WRITTEN.items():
        known = {*written, *(block for each in written for block in _blocks_of(each))}
        missing = [each for each in arguments(types[type_]["block"]) if each not in known]
        missing += [each for each in _blocks(types[type_]["block"], "") if each not in known]
        tops = [each for each in missing if not any(b in missing for b in _blocks_of(each))]
        found += [f"{type_}: {each}" for each in sorted(tops)]
    return found


def _paths(block: Json, place: str) -> Iterator[str]:
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("optional") or attribute.get("required"):
            yield f"{place}{name}"
    for name, inner in block.get("block_types", {}).items():
        yield from _paths(inner["block"], f"{place}{name}.")


def _blocks(block: Json, place: str) -> Iterator[str]:
    for name, inner in block.get("block_types", {}).items():
        yield f"{place}{name}"
        yield from _blocks(inner["block"], f"{place}{name}.")


def _blocks_of(path: str) -> Iterator[str]:
    """The blocks that an argument stands in, the outermost first."""
    parts = path.split(".")
    for end in range(1, len(parts)):
        yield ".".join(parts[:end])
