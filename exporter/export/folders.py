"""Which folder of an export each account and region goes to."""

from dataclasses import dataclass

from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.model.identities import key_of
from exporter.model.read_result import ReadResult
from exporter.model.resources import Scope


@dataclass(frozen=True)
class Folders:
    """The folders of an export.

    Attributes:
        kept: What the previous export holds of other accounts and regions; its files stay as they
            are.
        abandoned: The same where a person forces another account's export into the folder.
    """

    scopes: tuple[tuple[str, Scope], ...]
    kept: tuple[ScopeRecord, ...] = ()
    abandoned: tuple[ScopeRecord, ...] = ()


def assign(reading: ReadResult, previous: Manifest | None) -> Folders:
    """The folder of each scope that holds something, now or in the previous export.

    A scope keeps its folder, which is a root module or a set of stacks of its own. Alone it has the
    export's own folder; it does not matter which of several hold something today. The models keep
    account and region free of path syntax.
    """
    records = {record.place: record for record in previous.scopes} if previous else {}
    read = {key_of(scope) for scope in reading.scopes}
    others = [record for record in records.values() if record.place not in read]
    is_another = bool(records) and len(others) == len(records)
    kept = () if is_another else tuple(others)
    unread = sum(not each.name for each in reading.unread)
    is_alone = len(reading.scopes) + unread + len(kept) == 1
    scopes = [
        (_folder(scope, records, is_alone=is_alone), scope)
        for scope in reading.scopes
        if scope.configuration_sets or key_of(scope) in records
    ]
    return Folders(tuple(scopes), kept, tuple(others) if is_another else ())


def _folder(
    scope: Scope, records: dict[tuple[str | None, str], ScopeRecord], *, is_alone: bool
) -> str:
    record = records.get(key_of(scope))
    if record is not None:
        return record.path
    return HERE if is_alone else f"{scope.account_id or 'unknown-account'}/{scope.region}"
