"""Event destinations under a new name, for where CloudFormation cannot import the old ones.

The sets are imported, the destinations are made anew beside the old ones, and those are deleted
once both deliver: so no event is lost on the way.
"""

from collections import Counter
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from exporter.lint.registry import SETTINGS_RULES
from exporter.model.identities import Identity, identities, identity_of
from exporter.model.resources import ConfigurationSet, Scope
from exporter.support.errors import ExporterError, UsageError

NAME_LIMIT = 64
"""Characters of an event destination's name (SES API v2)."""
PER_SET = 10
"""Event destinations of a set (SES quotas); named in advice, nothing fails by it."""

_ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def check_suffix(suffix: str) -> None:
    """Refuse a suffix that no name can have.

    Raises:
        UsageError: when it is empty or holds other characters than SES allows in a name.
    """
    if not suffix or not set(suffix) <= _ALLOWED:
        raise UsageError(
            f"--adopt-suffix {suffix!r} is not valid in the name of an event destination",
            hint="use only letters, digits, '_' and '-', such as '-iac'",
        )


def adopt(scope: Scope, suffix: str) -> Scope:
    """The same destinations under their new names.

    One that has its new name already, from an earlier adoption, stays as it is.

    Raises:
        ExporterError: when a new name would be too long.
    """
    sets = tuple(_adopt_set(found, suffix) for found in scope.configuration_sets)
    long = [
        f"{found.name}/{destination.name}: {len(destination.name)} characters"
        for found in sets
        for destination in found.event_destinations
        if len(destination.name) > NAME_LIMIT
    ]
    if long:
        raise ExporterError(
            f"the suffix {suffix!r} makes names longer than {NAME_LIMIT} characters:",
            where=scope.title,
            items=long,
            hint="choose a shorter --adopt-suffix",
        )
    return replace(scope, configuration_sets=sets)


def _adopt_set(original: ConfigurationSet, suffix: str) -> ConfigurationSet:
    there = original.event_destinations
    adopted = {d.name: d for d in there if d.name.endswith(suffix) and d.name != suffix}
    for destination in there:
        name = destination.name + suffix
        if destination.name not in adopted and name not in adopted:
            adopted[name] = replace(destination, name=name)
    return replace(original, event_destinations=tuple(adopted.values()))


def origin(adopted: Identity, suffix: str) -> Identity:
    """The destination that one with a new name is made from."""
    name = adopted.event_destination
    if not suffix or name is None or not name.endswith(suffix):
        return adopted
    return Identity(adopted.configuration_set, name.removesuffix(suffix))


def successors(scope: Scope, suffix: str) -> dict[Identity, Identity]:
    """The destinations that have to be deleted in the end, by those that take their place.

    The scope has the old names.
    """
    kept = set(identities(adopt(scope, suffix)))
    replaced = set(identities(scope)) - kept
    found = {who: origin(who, suffix) for who in kept}
    return {new: old for new, old in sorted(found.items(), key=str) if old in replaced}


def refused(scope: Scope, suffix: str) -> dict[Identity, str]:
    """The destinations that SES would not create, by the offline rules of ``lint`` that say so.

    SES checks a destination when it is created (API reference, EventDestinationDefinition); an old
    one may lead to what it would refuse today. One refused destination rolls back a deployment.

    The scope has the old names.

    Returns:
        By their new names, the reason why each is left out, and what to do.
    """
    there = set(identities(scope))
    adopted = adopt(scope, suffix)
    found: dict[Identity, str] = {}
    for rule in SETTINGS_RULES:
        for hit in rule.check(adopted) if rule.refused_on_create else ():
            who = Identity(hit.configuration_set, hit.event_destination)
            if who not in there and who not in found:
                old = origin(who, suffix).event_destination
                found[who] = (
                    f"it {hit.message}, so SES would refuse to create it; the old one, {old!r}, "
                    "stays in SES, outside the stack. Fix it in SES and export again"
                )
    return found


def crowded(
    adopted: Scope, replaced: Mapping[Identity, Identity], written: Collection[Identity]
) -> list[tuple[str, int]]:
    """The sets that would hold more destinations than SES allows while both are there.

    What the code does not hold is not made; ``replaced`` is what ``successors`` gives.

    Returns:
        The sets' names, each with the number of destinations that it would hold.
    """
    there = {identity_of(*pair) for pair in adopted.destinations}
    new = {who for who in there if who in written or who not in replaced}
    held = Counter(who.configuration_set for who in (*new, *replaced.values()))
    return [(name, number) for name, number in sorted(held.items()) if number > PER_SET]
