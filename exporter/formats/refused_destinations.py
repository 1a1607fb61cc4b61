"""Destinations that pass a format's gate and that SES would refuse."""

from collections.abc import Mapping

from msgspec.structs import replace

from exporter.formats.fidelity import Assessment, Effect, Entry
from exporter.model.identities import Identity, identity_of


def without(assessment: Assessment, refused: Mapping[Identity, str]) -> Assessment:
    """Leave out destinations that the format can hold and SES would not create."""
    if not refused:
        return assessment
    sets = tuple(
        replace(
            found,
            event_destinations=tuple(
                each
                for each in found.event_destinations
                if Identity(found.name, each.name) not in refused
            ),
        )
        for found in assessment.scope.configuration_sets
    )
    there = {identity_of(*pair) for pair in assessment.scope.destinations}
    entries = tuple(
        Entry(
            Effect.DESTINATION,
            reason,
            configuration_set=who.configuration_set,
            event_destination=who.event_destination or "",
        )
        for who, reason in refused.items()
        if who in there
    )
    scope = replace(assessment.scope, configuration_sets=sets)
    return Assessment(scope, (*assessment.entries, *entries))
