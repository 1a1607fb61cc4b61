"""Merge snapshots that were taken separately."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exporter.model.resources import Scope, Snapshot
from exporter.sources.snapshot import FORMAT_VERSION
from exporter.support.errors import ExporterError


@dataclass(frozen=True)
class Part:
    """A snapshot and the name of its file."""

    name: str
    snapshot: Snapshot


_Key = tuple[str, str]
"""A scope's account and region; the account is empty if the source doesn't name it."""

_ScopesByKey = Mapping[_Key, Sequence[tuple[str, Scope]]]
"""For each account and region: the files that have it, each with its scope."""

_Contents = Iterable[tuple[str, Mapping[str, object]]]
"""Files with their contents, by the names used in messages."""


def merge(parts: Sequence[Part]) -> Snapshot:
    """Merge snapshots into one; their order makes no difference.

    Raises:
        ExporterError: if an account and region differs between two of them, or may be the same
            as one whose account is unknown; lists all of these.
    """
    by_key = _by_key(parts)
    _refuse_unknown_accounts(by_key)
    items = [
        f"{scopes[0][1].title}: {difference}"
        for scopes in (by_key[key] for key in sorted(by_key))
        if any(scope != scopes[0][1] for _, scope in scopes)
        for difference in _differences([(name, _contents(scope)) for name, scope in scopes])
    ]
    fields = {field.name: field for part in parts for field in part.snapshot.unknown_fields}
    for name in sorted(fields):
        # A file without the field does not contradict one that has it.
        contents = [
            (part.name, {f"field {name}": field})
            for part in parts
            for field in part.snapshot.unknown_fields
            if field.name == name
        ]
        items += _differences(contents)
    if items:
        raise ExporterError(
            "the snapshots contradict each other",
            items=items,
            hint="drop the outdated files, or read these accounts and regions again",
        )
    return Snapshot(
        format_version=FORMAT_VERSION,
        scopes=tuple(scopes[0][1] for scopes in by_key.values()),
        unknown_fields=tuple(fields[name] for name in sorted(fields)),
    )


def _by_key(parts: Sequence[Part]) -> _ScopesByKey:
    by_key: dict[_Key, list[tuple[str, Scope]]] = {}
    for part in parts:
        for scope in part.snapshot.scopes:
            key = (scope.account_id or "", scope.region)
            by_key.setdefault(key, []).append((part.name, scope))
    return by_key


def _refuse_unknown_accounts(by_key: _ScopesByKey) -> None:
    """Refuse a scope of an unknown account if there is another one of its region."""
    items: list[str] = []
    for region in sorted(region for account, region in by_key if not account):
        unknown = by_key["", region]
        others = [
            f"account {key[0]} in {_listed(name for name, _ in by_key[key])}"
            for key in sorted(by_key)
            if key[0] and key[1] == region
        ]
        if others or any(scope != unknown[0][1] for _, scope in unknown):
            accounts = [f"unknown account in {_listed(name for name, _ in unknown)}", *others]
            items.append(f"region {region}: {'; '.join(accounts)}")
    if items:
        raise ExporterError(
            "it is unknown whether these are the same account",
            items=items,
            hint="drop files made from AWS CLI output, or read that account with 'ses2iac "
            "snapshot'",
        )


def _contents(scope: Scope) -> dict[str, object]:
    """Return what two files must agree on."""
    return {
        **{f"configuration set {set_.name}": set_ for set_ in scope.configuration_sets},
        "field Partition": scope.partition,
        "field Selection": scope.selection,
        **{f"field {field.name}": field for field in scope.unknown_fields},
    }


def _differences(contents: _Contents) -> Iterator[str]:
    contents = list(contents)
    for label in sorted({label for _, content in contents for label in content}):
        groups: dict[object, list[str]] = {}
        for name, content in contents:
            if label in content:
                groups.setdefault(content[label], []).append(name)
        absent = _listed(name for name, content in contents if label not in content)
        where = " and ".join(sorted(_grouped(names) for names in groups.values()))
        if len(groups) > 1:
            yield f"{label} differs between {where}" + (f"; not in {absent}" if absent else "")
        elif absent:
            yield f"{label} is in {_listed(*groups.values())}, not in {absent}"


def _grouped(names: Iterable[str]) -> str:
    """List files with the same content, in parentheses if there are several."""
    shown = _listed(names)
    return f"({shown})" if ", " in shown else shown


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))
