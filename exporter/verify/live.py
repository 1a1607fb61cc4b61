"""Compare an export with the live account."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import msgspec

from exporter.diff import compare as diff
from exporter.diff.model import Changed, ValueChange
from exporter.diff.side import Item, Side, SideScope, of_loaded, of_scope
from exporter.export.adoption import origin
from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.fidelity import Judge
from exporter.formats.manifest import Resource, ScopeRecord
from exporter.model.account_query import AccountQuery
from exporter.model.checkpoint import ReadObserver
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure, ReadResult
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError
from exporter.support.progress import Progress
from exporter.support.text import count
from exporter.verify.results import CheckFinding, Tool, failed, not_run, passed


class UnreachableError(Exception):
    """The account can't be read; ``finding`` is the result of the check."""

    def __init__(self, finding: CheckFinding) -> None:
        super().__init__(finding.said)
        self.finding = finding


@dataclass
class Live:
    """The live sets of one scope of an export, read on first use."""

    record: ScopeRecord
    query: AccountQuery = field(default_factory=AccountQuery)
    offline: bool = False
    progress: Progress = field(default_factory=Progress)

    def reading(self) -> ReadResult:
        """Read the sets.

        Raises:
            UnreachableError: if they can't be read, or the credentials are for another account.
        """
        if isinstance(self._outcome, CheckFinding):
            raise UnreachableError(self._outcome)
        return self._outcome

    @cached_property
    def _outcome(self) -> ReadResult | CheckFinding:
        if self.offline:
            return not_run("--offline was given", missing=Tool.AWS)
        # boto3 takes a third of a second to load, which nothing offline needs.
        from exporter.aws.reader import read_live  # noqa: PLC0415
        from exporter.aws.region_reader import SetsToRead  # noqa: PLC0415
        from exporter.aws.session import Connection  # noqa: PLC0415

        names = {resource.configuration_set for resource in self.record.resources}
        try:
            account_id = Connection(self.access).account().account_id
            if self.record.account_id not in (None, account_id):
                return not_run(
                    f"the credentials are for account {account_id}, but the export is of "
                    f"{self.record.account_id}",
                    hint="choose a profile of that account with --profile",
                    missing=Tool.AWS,
                )
            query = replace(self.query, regions=(self.record.region,))
            return read_live((query,), SetsToRead(names.__contains__), ReadObserver(self.progress))
        except ExporterError as error:
            return not_run(str(error), hint=error.hint, missing=Tool.AWS)

    @property
    def access(self) -> Any:
        """The access to the account, in the export's region."""
        from exporter.aws.session import Access  # noqa: PLC0415 - as above

        return Access(self.query.profile, self.record.region, self.query.endpoint_url)

    def scope(self) -> Scope:
        """Return the live scope; empty if none of its sets exists any longer."""
        scopes = self.reading().scopes
        return scopes[0] if scopes else self.record.bare_scope


def compare(
    code: Iterable[CodeResource], record: ScopeRecord, live: Live, judge: Judge
) -> CheckFinding:
    """Check that code has the live values of each resource of an export.

    Both are compared as sides of ``diff``, so the results are the same, except that a value missing
    in the code is a difference here. Values that the format doesn't support are not compared: the
    export has reported them.
    """
    live_scope = _as_named_by(record, live.scope())
    unread = {failure.name: failure for failure in live.reading().unread}
    described = of_loaded(Loaded(tuple(code)))
    difference = diff.compare(Side("code", (described,), judge), Side("live", (live_scope,)))
    changed = {each.resource: each for each in difference.changes if isinstance(each, Changed)}
    items = []
    for resource in record.resources:
        identity = resource.identity
        if identity.configuration_set in unread:
            continue
        if identity not in live_scope.items:
            items.append(_gone(resource))
        elif identity not in described.items:
            items.append(f"{identity}: not in the code ({resource.address})")
        elif identity in changed:
            items += [f"{identity}: {_in_words(change)}" for change in changed[identity].values]
    if items or unread:
        return _failed(f"{count(len(items), 'difference')} between code and account", items, unread)
    return passed(f"{count(len(record.resources), 'resource')} as live")


def _as_named_by(record: ScopeRecord, scope: Scope) -> SideScope:
    """Return the live values of each resource of an export, by its name in the export.

    A destination that isn't recreated under its new name yet has the values of the old one.
    """
    live_scope = of_scope(scope)
    items: dict[Identity, Item] = {}
    for resource in record.resources:
        new = resource.identity
        old = origin(new, record.adopt_suffix)
        item = live_scope.items.get(new) or live_scope.items.get(old)
        if item is not None:
            items[new] = item
    return replace(live_scope, items=items)


def _gone(resource: Resource) -> str:
    return f"{resource.identity}: gone from the account ({resource.address})"


def unread_lines(unread: Mapping[str, ReadFailure]) -> tuple[list[str], str]:
    """Return a line for each set that could not be read, and the first hint."""
    lines = [f"{name}: could not be read: {each.reason}" for name, each in sorted(unread.items())]
    return lines, next((failure.hint for failure in unread.values() if failure.hint), "")


def _failed(what: str, items: Sequence[str], unread: Mapping[str, ReadFailure]) -> CheckFinding:
    """Return the result of a check with differences, or sets that could not be read."""
    not_read, hint = unread_lines(unread)
    summary = what if items else f"{count(len(unread), 'set')} could not be read"
    return failed(summary, [*not_read, *items], hint)


def gone(record: ScopeRecord, live: Live) -> CheckFinding | None:
    """Check that the resources of an export still exist, if their values can't be compared.

    Returns:
        None if all exist.
    """
    live_scope = _as_named_by(record, live.scope())
    unread = {failure.name: failure for failure in live.reading().unread}
    missing = [
        _gone(resource)
        for resource in record.resources
        if resource.identity not in live_scope.items and resource.configuration_set not in unread
    ]
    if not missing and not unread:
        return None
    return _failed(f"{count(len(missing), 'resource')} gone from the account", missing, unread)


def _in_words(change: ValueChange) -> str:
    """Return a change in words."""
    return f"{change.path}: code has {_value(change.old)}, live is {_value(change.new)}"


def _value(value: Any) -> str:
    return "nothing" if value is None else msgspec.json.encode(value).decode()


def missing_from(code: Iterable[CodeResource], record: ScopeRecord) -> tuple[list[str], list[str]]:
    """Compare the resources in code with those in the manifest.

    Returns:
        A line for each that is missing in the code, and for each that is missing in the manifest.
    """
    described = {(resource.address, resource.identity) for resource in code}
    recorded = {(resource.address, resource.identity) for resource in record.resources}
    absent = [f"{name}: not in the code as {address}" for address, name in recorded - described]
    more = [
        f"{name}: in the code as {address}, not in the manifest"
        for address, name in described - recorded
    ]
    return sorted(absent), sorted(more)
