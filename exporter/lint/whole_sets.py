"""A selection that keeps sets whole.

Whether any destination of a set hears of bounces can only be said of all of them.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from exporter.model.resources import Scope
from exporter.sources.patterns import facts_of_destination, facts_of_set
from exporter.sources.selection import Selection


class WholeSets(Selection):
    """Takes all destinations of each set of which the selection takes anything."""

    def apply(self, scope: Scope) -> Scope:
        """The scope with the sets of which anything is selected, as they are.

        Raises:
            ExporterError: when that hangs on tags that were not read.
        """
        kept = {found.name for found in super().apply(scope).configuration_sets}
        sets = tuple(found for found in scope.configuration_sets if found.name in kept)
        return replace(scope, configuration_sets=sets)


def selected(selection: Selection, scopes: Iterable[Scope]) -> list[frozenset[tuple[str, str]]]:
    """Which destinations of each scope are selected themselves, by set and name."""
    return [
        frozenset(
            (found.name, destination.name)
            for found, destination in scope.destinations
            if selection.takes_destination(facts_of_destination(facts_of_set(found), destination))
        )
        for scope in scopes
    ]
