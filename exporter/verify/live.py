"""What the account holds today, beside what an export says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
from msgspec import structs

from exporter.diff.model import ValueChange, changes
from exporter.export.adoption import origin
from exporter.formats.code_resource import CodeResource
from exporter.formats.fidelity import Judge, assess
from exporter.formats.manifest import ScopeRecord
from exporter.model.account_query import AccountQuery
from exporter.model.checkpoint import ReadObserver
from exporter.model.identities import Identity, identity_of
from exporter.model.read_result import ReadResult
from exporter.model.resources import ConfigurationSet, EventDestination, ReputationOptions, Scope
from exporter.support.errors import ExporterError
from exporter.support.progress import Progress
from exporter.support.text import count
from exporter.verify.results import CheckFinding, Tool, failed, not_run, passed


@dataclass(frozen=True)
class Login:
    """How to reach the accounts, as the command line says it.

    Attributes:
        profile: A profile of the AWS configuration.
        endpoint_url: Where to send the requests instead of to AWS.
        offline: Ask nobody.
    """

    profile: str | None = None
    endpoint_url: str | None = None
    offline: bool = False


class UnreachableError(Exception):
    """The account cannot be read; the finding says why."""

    def __init__(self, finding: CheckFinding) -> None:
        super().__init__(finding.said)
        self.finding = finding


@dataclass
class Live:
    """The live configuration of one scope's export, read when it is first asked for.

    Only the sets that the export holds are read.
    """

    record: ScopeRecord
    login: Login
    progress: Progress = field(default_factory=Progress)

    @property
    def region(self) -> str:
        """The export's region; the person's own setting does not matter."""
        return self.record.region

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
        if self.login.offline:
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
                    f"the credentials are of account {account_id}, "
                    f"the export is of {self.record.account_id}",
                    hint="choose a profile of that account with --profile",
                    missing=Tool.AWS,
                )
            target = AccountQuery(
                profile=self.login.profile,
                regions=(self.region,),
                endpoint_url=self.login.endpoint_url,
            )
            return read_live((target,), SetsToRead(names.__contains__), ReadObserver(self.progress))
        except ExporterError as error:
            return not_run(str(error), hint=error.hint, missing=Tool.AWS)

    @property
    def access(self) -> Any:
        """How to reach the account in the export's region."""
        from exporter.aws.session import Access  # noqa: PLC0415 - as above

        return Access(self.login.profile, self.region, self.login.endpoint_url)

    def scope(self) -> Scope:
        """The scope; empty when none of its sets is there any more."""
        reading = self.reading()
        empty = Scope(partition=self.record.partition, region=self.region)
        return reading.scopes[0] if reading.scopes else empty

    def resources(self, judge: Judge) -> dict[Identity, ConfigurationSet | EventDestination]:
        """What a format would write of each resource that is there; see ``written``."""
        return written(self.scope(), judge)


def written(scope: Scope, judge: Judge) -> dict[Identity, ConfigurationSet | EventDestination]:
    """What a format can hold of each resource of a scope."""
    found: dict[Identity, ConfigurationSet | EventDestination] = {}
    for each in assess(scope, judge, configuration_sets=True).scope.configuration_sets:
        found[Identity(each.name)] = without_state(structs.replace(each, event_destinations=()))
        for destination in each.event_destinations:
            found[Identity(each.name, destination.name)] = destination
    return found


def without_state(model: ConfigurationSet) -> ConfigurationSet:
    """A set without the time of its last fresh start: SES keeps it, no code sets it."""
    options = model.reputation_options
    if options is None or options.last_fresh_start is None:
        return model
    bare: ReputationOptions | None = structs.replace(options, last_fresh_start=None)
    return structs.replace(model, reputation_options=bare)


def compare(
    code: Iterable[CodeResource], record: ScopeRecord, live: Live, judge: Judge
) -> CheckFinding:
    """Whether code says what is live, for every resource of an export.

    Args:
        code: What the code describes.
        record: What the export holds.
        live: What is there.
        judge: The format's rule; what it cannot hold was said by the export and is not compared.
    """
    try:
        there = live.resources(judge)
        unread = {unread.name: unread for unread in live.reading().unread}
    except UnreachableError as error:
        return error.finding
    described = {resource.identity: resource.model for resource in code}
    items = [f"{name}: could not be read: {each.reason}" for name, each in sorted(unread.items())]
    hint = next((each.hint for each in unread.values() if each.hint), "")
    for resource in record.resources:
        who = resource.identity
        found = there.get(who) or _before_adoption(who, record, there)
        if who.configuration_set in unread:
            continue
        if found is None:
            items.append(f"{who}: gone from the account ({resource.address})")
        elif who not in described:
            items.append(f"{who}: not in the code ({resource.address})")
        else:
            items += [f"{who}: {said(change)}" for change in changes(described[who], found)]
    if len(items) > len(unread):
        differences = count(len(items) - len(unread), "difference")
        return failed(f"{differences} between code and account", items, hint)
    if unread:
        return failed(f"{count(len(unread), 'set')} could not be read", items, hint)
    return passed(f"{count(len(record.resources), 'resource')} as live")


def gone(record: ScopeRecord, live: Live) -> CheckFinding | None:
    """What of an export is no longer in the account, where code cannot be compared with it.

    Returns:
        None when all of it is there.
    """
    try:
        scope = live.scope()
        unread = {each.name: each for each in live.reading().unread}
    except UnreachableError as error:
        return error.finding
    there = {*map(identity_of, scope.configuration_sets)}
    there |= {identity_of(*pair) for pair in scope.destinations}
    missing = [
        f"{resource.identity}: gone from the account ({resource.address})"
        for resource in record.resources
        if resource.identity not in there
        and origin(resource.identity, record.adopt_suffix) not in there
        and resource.configuration_set not in unread
    ]
    items = [f"{name}: could not be read: {each.reason}" for name, each in sorted(unread.items())]
    hint = next((each.hint for each in unread.values() if each.hint), "")
    if missing:
        said = f"{count(len(missing), 'resource')} gone from the account"
        return failed(said, [*items, *missing], hint)
    if unread:
        return failed(f"{count(len(unread), 'set')} could not be read", items, hint)
    return None


def _before_adoption(
    who: Identity,
    record: ScopeRecord,
    there: Mapping[Identity, ConfigurationSet | EventDestination],
) -> EventDestination | None:
    """For a destination that is yet to be made under a new name, the one that it is made from."""
    old = there.get(origin(who, record.adopt_suffix))
    if isinstance(old, EventDestination) and who.event_destination:
        return structs.replace(old, name=who.event_destination)
    return None


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
