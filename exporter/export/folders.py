"""Which folder of an export each account and region goes to."""

from collections.abc import Callable
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


def assign(
    reading: ReadResult, previous: Manifest | None, folder: Callable[[Scope], str]
) -> Folders:
    """The folder of each scope that holds something, now or in the previous export.

    A scope keeps its folder, which is a root module or a set of stacks of its own. Alone it has the
    export's own folder; it does not matter which of several hold something today. The models keep
    account and region free of path syntax.

    Args:
        reading: What was read.
        previous: The manifest of the previous export.
        folder: Names the folder of a scope that does not have the export for itself.
    """
    records = {record.place: record for record in previous.scopes} if previous else {}
    read = {key_of(scope) for scope in reading.scopes}
    others = [record for record in records.values() if record.place not in read]
    is_another = bool(records) and len(others) == len(records)
    kept = () if is_another else tuple(others)
    unread = sum(not each.name for each in reading.unread)
    is_alone = len(reading.scopes) + unread + len(kept) == 1

    def folder_of(scope: Scope) -> str:
        record = records.get(key_of(scope))
        has_all = record.path == HERE if record is not None else is_alone
        return HERE if has_all else folder(scope)

    scopes = [
        (folder_of(scope), scope)
        for scope in reading.scopes
        if scope.configuration_sets or key_of(scope) in records
    ]
    return Folders(tuple(scopes), kept, tuple(others) if is_another else ())
