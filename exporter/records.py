"""What a manifest remembers of a scope: its resources, their values, and what left the code."""

from collections.abc import Iterator, Mapping

from msgspec import structs

from exporter import wire
from exporter.manifest import Departed, LeftOut, Resource, ScopeRecord, Values
from exporter.models import ConfigurationSet, EventDestination, Scope
from exporter.naming import Identity, identity_of
from exporter.render.base import FileRole
from exporter.render.export import ScopeExport


def bare(path: str, scope: Scope) -> ScopeRecord:
    """A record that says which account and region a folder is of."""
    return ScopeRecord(path, scope.partition, scope.region, scope.account_id)


def record(path: str, done: ScopeExport, stood: Mapping[Identity, tuple[str, ...]]) -> ScopeRecord:
    """The record of a rendered scope.

    Args:
        path: Its folder below the export's.
        done: The scope.
        stood: Where state may hold what left the code.
    """
    rendering = done.rendering
    values = dict(_values(done.scope))
    handed_out = {
        who: file.path
        for file in rendering.files
        if file.role is FileRole.IMPORT
        for who in file.imports
    }
    resources = tuple(
        Resource(
            configuration_set=who.configuration_set,
            event_destination=who.event_destination or "",
            address=rendering.addresses[who],
            stack=rendering.stacks.get(who.configuration_set, 0),
            import_file=handed_out.get(who, ""),
            imported=who in done.imported,
            former=rendering.former.get(who, ()),
            values=values[who],
        )
        for who in done.plan.identities
    )
    return structs.replace(
        bare(path, done.scope),
        resources=resources,
        departed=tuple(
            Departed(
                who.configuration_set, who.event_destination or "", addresses=stood.get(who, ())
            )
            for who in done.departed
        ),
        left_out=tuple(
            LeftOut(who.configuration_set, who.event_destination or "", values=values[who])
            for who in done.left_out
        ),
        fidelity=done.entries,
    )


def _values(scope: Scope) -> Iterator[tuple[Identity, Values]]:
    for found in scope.configuration_sets:
        yield identity_of(found), _without(found, "ConfigurationSetName", "EventDestinations")
        for destination in found.event_destinations:
            yield identity_of(found, destination), _without(destination, "Name")


def _without(model: ConfigurationSet | EventDestination, *names: str) -> Values:
    tree: Values = wire.encode(model)
    reputation = tree.get("ReputationOptions")
    if reputation:
        # State that SES keeps, and not a setting.
        reputation.pop("LastFreshStart", None)
    return {name: value for name, value in tree.items() if name not in names}


def scope_of(record: ScopeRecord) -> Scope:
    """What was read of a scope, as its record remembers it.

    Raises:
        MalformedError: when anybody edited the values into another shape.
    """
    sets: dict[str, Values] = {}
    destinations: dict[str, list[Values]] = {}
    held: tuple[Resource | LeftOut, ...] = (*record.resources, *record.left_out)
    for each in held:
        name = each.configuration_set
        if each.event_destination:
            destination = {"Name": each.event_destination, **(each.values or {})}
            destinations.setdefault(name, []).append(destination)
        else:
            sets[name] = each.values or {}
    found = [
        {
            "ConfigurationSetName": name,
            **sets.get(name, {"OptionsKnown": False}),
            "EventDestinations": destinations.get(name, []),
        }
        for name in sorted({*sets, *destinations})
    ]
    tree = {"Partition": record.partition, "Region": record.region, "ConfigurationSets": found}
    if record.account_id is not None:
        tree["AccountId"] = record.account_id
    return wire.decode(tree, Scope)
