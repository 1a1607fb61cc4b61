"""Recreate event destinations under new names (``--adopt-suffix``).

CloudFormation can import configuration sets, but not event destinations. Those are created next to
the old ones, which are deleted once the new ones deliver, so that no event is lost.
"""

from collections import Counter
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from exporter.lint.registry import SETTINGS_RULES
from exporter.model.identities import Identity, identities, identity_of
from exporter.model.resources import ConfigurationSet, Scope
from exporter.support.errors import ExporterError, UsageError

NAME_LIMIT = 64
"""Maximum length of an event destination's name (SES API v2)."""
PER_SET = 10
"""Maximum number of event destinations of a set (SES quotas); only for a note."""

_ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


def check_suffix(suffix: str) -> None:
    """Refuse a suffix that no name can have.

    Raises:
        UsageError: if it is empty, or has characters that SES doesn't allow in a name.
    """
    if not suffix or not set(suffix) <= _ALLOWED:
        raise UsageError(
            f"--adopt-suffix {suffix!r} is not valid in the name of an event destination",
            hint="use only letters, digits, '_' and '-', such as '-iac'",
        )


def adopt(scope: Scope, suffix: str) -> Scope:
    """Return the scope with its destinations under their new names.

    A destination that has its new name already, from an earlier adoption, stays the same.

    Raises:
        ExporterError: if a new name would be too long.
    """
    sets = tuple(_adopt_set(original, suffix) for original in scope.configuration_sets)
    long = [
        f"{configuration_set.name}/{destination.name}: {len(destination.name)} characters"
        for configuration_set in sets
        for destination in configuration_set.event_destinations
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
    destinations = original.event_destinations
    adopted = {d.name: d for d in destinations if d.name.endswith(suffix) and d.name != suffix}
    for destination in destinations:
        name = destination.name + suffix
        if destination.name not in adopted and name not in adopted:
            adopted[name] = replace(destination, name=name)
    return replace(original, event_destinations=tuple(adopted.values()))


def origin(adopted: Identity, suffix: str) -> Identity:
    """Return the old destination that an adopted one replaces."""
    name = adopted.event_destination
    if not suffix or name is None or not name.endswith(suffix):
        return adopted
    return Identity(adopted.configuration_set, name.removesuffix(suffix))


def successors(scope: Scope, suffix: str) -> dict[Identity, Identity]:
    """Map the new destinations to the old ones, which have to be deleted in the end.

    The scope has the old names.
    """
    adopted = set(identities(adopt(scope, suffix)))
    replaced = set(identities(scope)) - adopted
    origins = {new: origin(new, suffix) for new in adopted}
    return {new: old for new, old in sorted(origins.items(), key=str) if old in replaced}


def refused(scope: Scope, suffix: str) -> dict[Identity, str]:
    """Return the destinations that SES would refuse to create, by the offline rules of ``lint``.

    SES checks a destination when it is created (API reference, EventDestinationDefinition), and
    would refuse some old ones today. One refused destination rolls back a deployment.

    The scope has the old names.

    Returns:
        By new name, the reason why the destination is omitted, and what to do.
    """
    existing = set(identities(scope))
    adopted = adopt(scope, suffix)
    reasons: dict[Identity, str] = {}
    for rule in SETTINGS_RULES:
        for finding in rule.check(adopted) if rule.refused_on_create else ():
            new = Identity(finding.configuration_set, finding.event_destination)
            if new not in existing and new not in reasons:
                old = origin(new, suffix).event_destination
                reasons[new] = (
                    f"it {finding.message}, so SES would refuse to create it; the old one, "
                    f"{old!r}, stays in SES, outside the stack. Fix it in SES and export again"
                )
    return reasons


def crowded(
    adopted: Scope, replaced: Mapping[Identity, Identity], written: Collection[Identity]
) -> list[tuple[str, int]]:
    """Return the sets that would have too many destinations while old and new ones exist.

    Args:
        adopted: The scope with the new names.
        replaced: The result of ``successors``.
        written: What the code has; a new destination that it lacks isn't created.

    Returns:
        The names of the sets, each with the number of destinations that it would have.
    """
    destinations = {identity_of(*pair) for pair in adopted.destinations}
    new = {identity for identity in destinations if identity in written or identity not in replaced}
    numbers = Counter(identity.configuration_set for identity in (*new, *replaced.values()))
    return [(name, number) for name, number in sorted(numbers.items()) if number > PER_SET]
