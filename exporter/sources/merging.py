"""Joining snapshots that were taken apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exporter.model.resources import Scope, Snapshot
from exporter.sources.snapshot import FORMAT_VERSION
from exporter.support.errors import ExporterError


@dataclass(frozen=True)
class Part:
    """A snapshot and the file that it came from."""

    name: str
    snapshot: Snapshot


_Key = tuple[str, str]
"""A scope's account and region; the account is empty where the source does not tell it."""

_Found = Mapping[_Key, Sequence[tuple[str, Scope]]]
"""Each account and region, with what every file that has it says of it."""

_Said = Iterable[tuple[str, Mapping[str, object]]]
"""Files, each with the things that it holds, by what messages call them."""


def merge(parts: Sequence[Part]) -> Snapshot:
    """Join snapshots into one; their order makes no difference.

    Raises:
        ExporterError: when one account and region is different in two of them, or may be the same
            as one whose account nobody knows; every such scope is listed.
    """
    found = _found(parts)
    _refuse_unknown_accounts(found)
    items = [
        f"{there[0][1].title}: {difference}"
        for there in (found[key] for key in sorted(found))
        if any(scope != there[0][1] for _, scope in there)
        for difference in _differences([(name, _held(scope)) for name, scope in there])
    ]
    fields = {field.name: field for part in parts for field in part.snapshot.unknown_fields}
    for name in sorted(fields):
        # A file that does not have the field says nothing about it.
        said = [
            (part.name, {f"field {name}": field})
            for part in parts
            for field in part.snapshot.unknown_fields
            if field.name == name
        ]
        items += _differences(said)
    if items:
        raise ExporterError(
            "the snapshots contradict each other",
            items=items,
            hint="drop the outdated files, or read these accounts and regions again",
        )
    return Snapshot(
        format_version=FORMAT_VERSION,
        scopes=tuple(there[0][1] for there in found.values()),
        unknown_fields=tuple(fields[name] for name in sorted(fields)),
    )


def _found(parts: Sequence[Part]) -> _Found:
    found: dict[_Key, list[tuple[str, Scope]]] = {}
    for part in parts:
        for scope in part.snapshot.scopes:
            key = (scope.account_id or "", scope.region)
            found.setdefault(key, []).append((part.name, scope))
    return found


def _refuse_unknown_accounts(found: _Found) -> None:
    """Refuse a scope of no known account where there is another one of its region."""
    items: list[str] = []
    for region in sorted(region for account, region in found if not account):
        there = found["", region]
        beside = [
            f"account {key[0]} in {_listed(name for name, _ in found[key])}"
            for key in sorted(found)
            if key[0] and key[1] == region
        ]
        if beside or any(scope != there[0][1] for _, scope in there):
            said = [f"unknown account in {_listed(name for name, _ in there)}", *beside]
            items.append(f"region {region}: {'; '.join(said)}")
    if items:
        raise ExporterError(
            "it is unknown whether these are the same account",
            items=items,
            hint="drop files made from AWS CLI output, or read that account with 'ses2iac "
            "snapshot'",
        )


def _held(scope: Scope) -> dict[str, object]:
    """What two files must agree on."""
    return {
        **{f"configuration set {found.name}": found for found in scope.configuration_sets},
        "field Partition": scope.partition,
        "field Selection": scope.selection,
        **{f"field {field.name}": field for field in scope.unknown_fields},
    }


def _differences(said: _Said) -> Iterator[str]:
    said = list(said)
    for label in sorted({label for _, things in said for label in things}):
        groups: dict[object, list[str]] = {}
        for name, things in said:
            if label in things:
                groups.setdefault(things[label], []).append(name)
        absent = _listed(name for name, things in said if label not in things)
        where = " and ".join(sorted(_grouped(names) for names in groups.values()))
        if len(groups) > 1:
            yield f"{label} differs between {where}" + (f"; not in {absent}" if absent else "")
        elif absent:
            yield f"{label} is in {_listed(*groups.values())}, not in {absent}"


def _grouped(names: Iterable[str]) -> str:
    """Files that say the same."""
    shown = _listed(names)
    return f"({shown})" if ", " in shown else shown


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))
