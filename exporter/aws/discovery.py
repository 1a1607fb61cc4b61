"""Find the accounts and regions to read."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from exporter.aws.paging import every_page
from exporter.aws.region_reader import AccountRegion
from exporter.aws.session import (
    ANY_REGION,
    Access,
    Account,
    Connection,
    Role,
    checked_account_id,
    explained,
)
from exporter.aws.workers import in_parallel
from exporter.model import arns
from exporter.model.account_query import AccountQuery
from exporter.model.read_result import ReadFailure
from exporter.support.errors import ExporterError
from exporter.support.remarks import Remark, Said
from exporter.support.text import count, did_you_mean, nearest

_HOME = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
"""The region of Organizations' endpoint in each partition (AWS General Reference)."""


@dataclass
class Discovered:
    """The accounts and regions that the queries match.

    Attributes:
        unread: Accounts whose credentials were refused.
    """

    account_regions: list[AccountRegion] = field(default_factory=list)
    unread: list[ReadFailure] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)


@dataclass
class _Login:
    """The credentials for a query, and the account that they belong to."""

    query: AccountQuery
    role: Role | None = None
    connection: Connection | None = None
    account: Account | None = None
    error: ExporterError | None = None

    @property
    def title(self) -> str:
        if self.role is not None:
            return f"role {self.role.arn}"
        profile = self.query.profile
        return f"profile {profile}" if profile else "the current credentials"

    def connect(self) -> Connection:
        """Prepare the credentials; no call is made yet."""
        if self.connection is None:
            query = self.query
            region = query.regions[0] if query.regions else None
            access = Access(query.profile, region, query.endpoint_url, self.role)
            self.connection = Connection(access)
            if not self.connection.region and query.all_regions:
                self.connection = self.connection.in_region(ANY_REGION)
        return self.connection

    def enter(self) -> None:
        try:
            self.account = self.connect().account()
        except ExporterError as error:
            self.error = error


def discover(queries: Sequence[AccountQuery], stop: threading.Event) -> Discovered:
    """Find the accounts and regions that the queries match.

    Raises:
        ExporterError: if a region or account does not exist, an organization can't be listed, or
            no account can be accessed.
    """
    result = Discovered()
    logins = [login for query in queries for login in _logins(query, result.notes)]
    _check_regions(logins)
    in_parallel((login.enter for login in logins if login.error is None), stop)
    failed = [login for login in logins if login.error is not None]
    if failed and len(failed) == len(logins):
        raise _no_access(failed)
    for login in failed:
        assert login.error is not None
        role = arns.split(login.role.arn) if login.role else None
        account_id = role.account if role else None
        error = login.error
        result.unread.append(
            ReadFailure("", error.what, error.hint, account_id=account_id, place=login.title)
        )
    _add_distinct((region for login in logins for region in _account_regions(login)), result)
    return result


def _no_access(failed: list[_Login]) -> ExporterError:
    errors = [(login.title, login.error) for login in failed if login.error is not None]
    title, first = errors[0]
    if len(errors) == 1:
        where = title if failed[0].role else first.where
        return ExporterError(first.what, where=where, hint=first.hint, items=first.items)
    items = [f"{title}: {error.what}" for title, error in errors]
    return ExporterError(
        f"none of {count(len(errors), 'account')} can be accessed", hint=first.hint, items=items
    )


def _logins(query: AccountQuery, notes: list[Said]) -> list[_Login]:
    if query.organization_role is not None:
        return _organization(query, notes)
    if not query.role_arns:
        return [_Login(query)]
    return [_Login(query, _role(query, arn)) for arn in query.role_arns]


def _role(query: AccountQuery, arn: str) -> Role:
    return Role(arn, query.external_id, query.role_session_name)


def _organization(query: AccountQuery, notes: list[Said]) -> list[_Login]:
    """Return logins with a role in each active account; the caller's own account needs none."""
    own = _Login(query)
    account = own.connect().account()
    accounts = _accounts(own.connect(), account)
    unknown = sorted({*query.include_accounts, *query.exclude_accounts} - accounts.keys())
    if unknown:
        raise ExporterError(
            f"not in the organization: {', '.join(unknown)}",
            where=f"account {account.account_id}",
            hint="list its accounts with 'aws organizations list-accounts'",
        )
    logins = []
    for account_id, is_active in sorted(accounts.items()):
        if query.include_accounts and account_id not in query.include_accounts:
            continue
        if account_id in query.exclude_accounts:
            continue
        if not is_active:
            notes.append(Remark(f"account {account_id}", "not active; skipped", "account"))
        elif account_id == account.account_id:
            logins.append(own)
        else:
            arn = f"arn:{account.partition}:iam::{account_id}:role/{query.organization_role}"
            logins.append(_Login(query, _role(query, arn)))
    if not logins:
        raise ExporterError(
            "no account of the organization is left to read",
            where=f"account {account.account_id}",
            hint="check --include-account and --exclude-account",
        )
    return logins


def _accounts(connection: Connection, account: Account) -> dict[str, bool]:
    """Return the ids of the organization's accounts, each with whether it is active."""
    client = connection.service("organizations", _HOME.get(account.partition, ANY_REGION))

    def list_page(token: str) -> tuple[dict[str, bool], str]:
        page = client.list_accounts(**({"NextToken": token} if token else {}))
        # 'State' was called 'Status' before September 2026.
        members = {
            checked_account_id(member.get("Id", "")): (member.get("State") or member.get("Status"))
            == "ACTIVE"
            for member in page["Accounts"]
        }
        return members, page.get("NextToken") or ""

    with explained(f"account {account.account_id}"):
        return every_page("organizations:ListAccounts", list_page)


def _check_regions(logins: Iterable[_Login]) -> None:
    """Refuse a region that does not exist before anything is read."""
    known: set[str] = set()
    for login in logins:
        try:
            connection = login.connect()
        except ExporterError as error:
            login.error = error
            continue
        known = known or connection.known_regions()
        home = connection.region
        for region in login.query.regions or ((home,) if home else ()):
            if region not in known:
                raise ExporterError(
                    f"unknown region {region!r}",
                    hint=did_you_mean(nearest(region, known))
                    or "if the region is new, upgrade boto3",
                )


def _account_regions(login: _Login) -> Iterator[AccountRegion]:
    if login.account is None or login.connection is None:
        return
    connection, query = login.connection, login.query
    regions = query.regions or (connection.region,)
    if query.all_regions:
        regions = tuple(connection.regions_of("sesv2", login.account.partition))
    for region in regions:
        yield AccountRegion(
            connection.in_region(region), login.account, connection, not query.all_regions
        )


def _add_distinct(account_regions: Iterable[AccountRegion], result: Discovered) -> None:
    """Add each account and region once, the first of duplicates, sorted."""
    distinct: dict[tuple[str, str], AccountRegion] = {}
    for account_region in account_regions:
        earlier = distinct.setdefault(account_region.key, account_region)
        if earlier is not account_region:
            text = "requested more than once; read once"
            result.notes.append(Remark(account_region.title, text, "account and region"))
            if account_region.is_asked_for and not earlier.is_asked_for:
                distinct[account_region.key] = replace(earlier, is_asked_for=True)
    result.account_regions = [distinct[key] for key in sorted(distinct)]
