"""Assign a folder of the export to each account and region."""

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
        scopes: The scopes of this export, each with its folder relative to the export's.
        kept: Other scopes of the previous export, whose files stay as they are.
        abandoned: The scopes of the previous export, if all are of other accounts or regions;
            only ``--force`` replaces them.
    """

    scopes: tuple[tuple[str, Scope], ...]
    kept: tuple[ScopeRecord, ...] = ()
    abandoned: tuple[ScopeRecord, ...] = ()


def assign(
    reading: ReadResult, previous: Manifest | None, folder: Callable[[Scope], str]
) -> Folders:
    """Assign a folder to each scope that has sets, or had a folder in the previous export.

    A scope keeps its folder, which is a root module or a set of stacks. A single scope has the
    export's own folder. Of several, each has a folder below, even if only one has sets. The models
    make sure that account and region contain no path syntax.

    Args:
        reading: What was read.
        previous: The manifest of the previous export.
        folder: Returns the name of a scope's folder if the export has several.
    """
    records = {record.key: record for record in previous.scopes} if previous else {}
    read = {key_of(scope) for scope in reading.scopes}
    others = [record for record in records.values() if record.key not in read]
    is_another = bool(records) and len(others) == len(records)
    kept = () if is_another else tuple(others)
    unread = sum(not failure.name for failure in reading.unread)
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
