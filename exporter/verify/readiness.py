"""Check whether CloudFormation could import each resource today, without creating anything."""

from collections import Counter
from dataclasses import replace

from exporter.export.adoption import origin
from exporter.formats.cloudformation.names import DESTINATION_TYPE, SET_TYPE, resource_type
from exporter.formats.manifest import Resource, ScopeRecord
from exporter.formats.stacks import resource_identifier
from exporter.model.identities import Identity, identity_of
from exporter.model.read_result import ReadFailure
from exporter.support.errors import ExporterError
from exporter.support.text import count
from exporter.verify.checks import Context
from exporter.verify.live import unread_lines
from exporter.verify.results import (
    CheckFinding,
    Readiness,
    ResourceReadiness,
    Tool,
    failed,
    not_run,
    passed,
)

# The smallest template with both types: what can be imported depends only on the types.
_QUESTION = {
    "Resources": {
        "Set": {
            "Type": SET_TYPE,
            "DeletionPolicy": "Retain",
            "Properties": {"Name": "example"},
        },
        "Destination": {
            "Type": DESTINATION_TYPE,
            "DeletionPolicy": "Retain",
            "Properties": {
                "ConfigurationSetName": "example",
                "EventDestination": {
                    "Name": "example",
                    "MatchingEventTypes": ["bounce"],
                    "CloudWatchDestination": {"DimensionConfigurations": []},
                },
            },
        },
    }
}


def assess(context: Context) -> CheckFinding:
    """Check whether the import could begin, and fill the context's ``resources``."""
    record, live = context.record, context.live
    scope = live.scope()
    from exporter.aws.readiness import importable_types  # noqa: PLC0415 - loads boto3

    try:
        importable = importable_types(live.access, _QUESTION)
    except ExporterError as error:
        return not_run(str(error), error.hint, missing=Tool.AWS)
    if importable is None:
        return not_run(
            "CloudFormation did not report what it can import there",
            hint="AWS reports it; an emulator may not",
            missing=Tool.AWS,
        )
    owners = {identity_of(each): each.owning_stack for each in scope.configuration_sets}
    owners |= {identity_of(*pair): None for pair in scope.destinations}
    unread = {failure.name: failure for failure in live.reading().unread}
    for resource in record.resources:
        if resource.configuration_set not in unread:
            readiness = _readiness(resource, record, owners, importable)
            context.resources.append(_row(resource, record, readiness, owners))
    return _finding(context, importable, unread)


def _readiness(
    resource: Resource,
    record: ScopeRecord,
    owners: dict[Identity, str | None],
    importable: dict[str, frozenset[str]],
) -> Readiness:
    identity = resource.identity
    if identity not in owners:
        old = origin(identity, record.adopt_suffix)
        return Readiness.TO_ADOPT if old != identity and old in owners else Readiness.GONE
    if owners[identity] is not None:
        return Readiness.IN_STACK
    if record.adopt_suffix and identity.event_destination:
        return Readiness.ADOPTED
    keys = importable.get(resource_type(identity))
    if keys is None:
        return Readiness.NOT_IMPORTABLE
    has_same_keys = keys == set(resource_identifier(identity))
    return Readiness.IMPORTABLE if has_same_keys else Readiness.OTHER_KEYS


def _row(
    resource: Resource,
    record: ScopeRecord,
    readiness: Readiness,
    owners: dict[Identity, str | None],
) -> ResourceReadiness:
    is_by_identifier = readiness is Readiness.IMPORTABLE
    identifier = resource_identifier(resource.identity) if is_by_identifier else {}
    return ResourceReadiness(
        path=record.path,
        resource=str(resource.identity),
        address=resource.address,
        readiness=readiness,
        identifier=identifier,
        stack=owners.get(resource.identity) or "",
    )


_ADVICE = {
    Readiness.NOT_IMPORTABLE: "IMPORT.md has other steps for these, which lose no event",
    Readiness.IN_STACK: "a resource can be in only one stack: unless you imported it there, remove "
    "it from that stack, or from this export (--exclude)",
    Readiness.OTHER_KEYS: "upgrade ses2iac; this version knows the identifiers of November 2026",
    Readiness.GONE: "export again to remove deleted resources from the code",
}


def _finding(
    context: Context, importable: dict[str, frozenset[str]], unread: dict[str, ReadFailure]
) -> CheckFinding:
    counted = Counter(resource.readiness for resource in context.resources)
    summary = ", ".join(f"{number} {readiness}" for readiness, number in counted.items())
    items, hint = unread_lines(unread)
    hints = [hint] if hint else []
    if unread:
        summary = ", ".join([*filter(None, [summary]), f"{count(len(unread), 'set')} not read"])
    if counted[Readiness.OTHER_KEYS]:
        items += [
            f"{type_}: CloudFormation identifies it by {', '.join(sorted(keys))}"
            for type_, keys in sorted(importable.items())
        ]
    hints += [advice for readiness, advice in _ADVICE.items() if counted[readiness]]
    if items or any(not readiness.is_ready for readiness in counted):
        return failed(summary, items, hint="; ".join(hints))
    return replace(passed(summary), hint="; ".join(hints))
