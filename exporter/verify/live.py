"""What the account holds today, beside what an export says."""

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
    """The account cannot be read; the finding, which is the check's own then, says why."""

    def __init__(self, finding: CheckFinding) -> None:
        super().__init__(finding.said)
        self.finding = finding


@dataclass
class Live:
    """The live configuration of one scope's export, read when it is first asked for.

    Only the sets that the export holds are read.
    """

    record: ScopeRecord
    query: AccountQuery = field(default_factory=AccountQuery)
    offline: bool = False
    progress: Progress = field(default_factory=Progress)

    def reading(self) -> ReadResult:
        """What is there.

        Raises:
            UnreachableError: when it cannot be read, or the credentials are another account's.
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
        """How to reach the account in the export's region."""
        from exporter.aws.session import Access  # noqa: PLC0415 - as above

        return Access(self.query.profile, self.record.region, self.query.endpoint_url)

    def scope(self) -> Scope:
        """The scope; empty when none of its sets is there any more."""
        scopes = self.reading().scopes
        return scopes[0] if scopes else self.record.bare_scope


def compare(
    code: Iterable[CodeResource], record: ScopeRecord, live: Live, judge: Judge
) -> CheckFinding:
    """Whether code says what is live, for every resource of an export.

    Both are sides of ``diff``, so that it and this say the same of the same; but for an export,
    what it does not say is no less a difference.

    What the format cannot hold was said by the export, and is not compared.
    """
    there = _as_named_by(record, live.scope())
    unread = {each.name: each for each in live.reading().unread}
    described = of_loaded(Loaded(tuple(code)))
    difference = diff.compare(Side("code", (described,), judge), Side("live", (there,)))
    changed = {each.resource: each for each in difference.changes if isinstance(each, Changed)}
    items = []
    for resource in record.resources:
        who = resource.identity
        if who.configuration_set in unread:
            continue
        if who not in there.items:
            items.append(_gone(resource))
        elif who not in described.items:
            items.append(f"{who}: not in the code ({resource.address})")
        elif who in changed:
            items += [f"{who}: {said(change)}" for change in changed[who].values]
    if items or unread:
        return _failed(f"{count(len(items), 'difference')} between code and account", items, unread)
    return passed(f"{count(len(record.resources), 'resource')} as live")


def _as_named_by(record: ScopeRecord, scope: Scope) -> SideScope:
    """What is live of each resource of an export.

    A destination that is yet to be recreated under a new name is what it is made from.
    """
    there = of_scope(scope)
    items: dict[Identity, Item] = {}
    for resource in record.resources:
        who = resource.identity
        item = there.items.get(who) or there.items.get(origin(who, record.adopt_suffix))
        if item is not None:
            items[who] = item
    return replace(there, items=items)


def _gone(resource: Resource) -> str:
    return f"{resource.identity}: gone from the account ({resource.address})"


def said_of_unread(unread: Mapping[str, ReadFailure]) -> tuple[list[str], str]:
    """A line for each set that could not be read, and what to do about the first."""
    lines = [f"{name}: could not be read: {each.reason}" for name, each in sorted(unread.items())]
    return lines, next((each.hint for each in unread.values() if each.hint), "")


def _failed(what: str, items: Sequence[str], unread: Mapping[str, ReadFailure]) -> CheckFinding:
    """A check that found something, or could not read all; what could not be read comes first."""
    not_read, hint = said_of_unread(unread)
    said = what if items else f"{count(len(unread), 'set')} could not be read"
    return failed(said, [*not_read, *items], hint)


def gone(record: ScopeRecord, live: Live) -> CheckFinding | None:
    """What of an export is no longer in the account, where code cannot be compared with it.

    Returns:
        None when all of it is there.
    """
    there = _as_named_by(record, live.scope())
    unread = {each.name: each for each in live.reading().unread}
    missing = [
        _gone(resource)
        for resource in record.resources
        if resource.identity not in there.items and resource.configuration_set not in unread
    ]
    if not missing and not unread:
        return None
    return _failed(f"{count(len(missing), 'resource')} gone from the account", missing, unread)


def said(change: ValueChange) -> str:
    """A change as a person reads it."""
    return f"{change.path}: code has {_value(change.old)}, live is {_value(change.new)}"


def _value(value: Any) -> str:
    return "nothing" if value is None else msgspec.json.encode(value).decode()


def missing_from(code: Iterable[CodeResource], record: ScopeRecord) -> tuple[list[str], list[str]]:
    """How the resources in code differ from those of the manifest.

    Returns:
        Those that are missing from the code, and those that the manifest does not know.
    """
    described = {(resource.address, resource.identity) for resource in code}
    recorded = {(resource.address, resource.identity) for resource in record.resources}
    absent = [f"{who}: not in the code as {at}" for at, who in recorded - described]
    more = [f"{who}: in the code as {at}, not in the manifest" for at, who in described - recorded]
    return sorted(absent), sorted(more)
