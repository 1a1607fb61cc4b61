"""Which accounts and regions to read, and with which profile and roles."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from exporter.support.errors import UsageError


@dataclass(frozen=True)
class AccountQuery:
    """Accounts and regions to read, and credentials; None and () mean the AWS configuration's."""

    profile: str | None = None
    regions: tuple[str, ...] = ()
    all_regions: bool = False
    role_arns: tuple[str, ...] = ()
    external_id: str | None = field(default=None, repr=False)
    role_session_name: str | None = None
    organization_role: str | None = None
    include_accounts: tuple[str, ...] = ()
    exclude_accounts: tuple[str, ...] = ()
    endpoint_url: str | None = None


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field of a query, or with the value at ``index`` of a list."""

    field: str
    what: str
    hint: str
    index: int | None = None


Words = Mapping[str, str]
"""What messages call each field of ``AccountQuery``."""

KEYS: Words = {
    **{info.name: info.name for info in fields(AccountQuery)},
    "regions": "region",
    "role_arns": "role_arn",
}
"""The keys of a ``[[target]]`` table."""

FLAGS: Words = {
    **{name: f"--{key.replace('_', '-')}" for name, key in KEYS.items()},
    "include_accounts": "--include-account",
    "exclude_accounts": "--exclude-account",
}
"""The names of the command line's options."""

_ACCOUNT = re.compile(r"[0-9]{12}")
# IAM allows any visible ASCII character in a path and these in a name.
_ROLE = r"(?:[!-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,64}"
_ROLE_NAME = re.compile(rf"(?!arn:){_ROLE}")
_ROLE_ARN = re.compile(rf"arn:aws[a-z-]*:iam::[0-9]{{12}}:role/{_ROLE}")
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_+=,.@:/-]{2,1224}")
_SESSION_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}")


def check(query: AccountQuery, where: str = "") -> None:
    """Refuse options that can't be combined or have invalid values.

    ``where`` is the source of the options; empty for the command line.

    Raises:
        UsageError: for the first problem.
    """
    for problem in problems(query, FLAGS):
        raise UsageError(problem.what, where=where, hint=problem.hint)


def problems(query: AccountQuery, words: Words) -> Iterator[Problem]:
    """Yield the problems of a query; no message contains the external ID."""
    yield from _combinations(query, words)
    yield from _values(query, words)


def _combinations(query: AccountQuery, words: Words) -> Iterator[Problem]:
    if query.regions and query.all_regions:
        yield Problem(
            "all_regions",
            f"{words['regions']} and {words['all_regions']} can't be combined",
            "use one of the two",
        )
    if query.role_arns and query.organization_role is not None:
        yield Problem(
            "organization_role",
            f"{words['role_arns']} and {words['organization_role']} can't be combined",
            "use one of the two",
        )
    if query.organization_role is None:
        for name in ("include_accounts", "exclude_accounts"):
            if getattr(query, name):
                yield Problem(
                    name,
                    f"{words[name]} needs {words['organization_role']}",
                    f"add {words['organization_role']}, or drop {words[name]}",
                )
    if not query.role_arns and query.organization_role is None:
        for name in ("external_id", "role_session_name"):
            if getattr(query, name) is not None:
                yield Problem(
                    name,
                    f"{words[name]} needs a role",
                    f"add {words['role_arns']} or {words['organization_role']}; for a "
                    f"profile's role, set {name} in the AWS configuration",
                )


def _values(query: AccountQuery, words: Words) -> Iterator[Problem]:
    for index, arn in enumerate(query.role_arns):
        if not _ROLE_ARN.fullmatch(arn):
            yield Problem(
                "role_arns",
                f"{words['role_arns']} {arn!r} is not the ARN of a role",
                "use arn:aws:iam::123456789012:role/NAME",
                index,
            )
    role = query.organization_role
    if role is not None and not _ROLE_NAME.fullmatch(role):
        yield Problem(
            "organization_role",
            f"{words['organization_role']} {role!r} is not the name of a role",
            "use the name that the role has in every account, with its path if it has one: "
            "NAME or PATH/NAME",
        )
    for name in ("include_accounts", "exclude_accounts"):
        for index, account in enumerate(getattr(query, name)):
            if not _ACCOUNT.fullmatch(account):
                yield Problem(
                    name,
                    f"{words[name]} {account!r} is not the ID of an account",
                    "use its 12 digits",
                    index,
                )
    # An external ID is a shared secret, so the message must not show it.
    if query.external_id is not None and not _EXTERNAL_ID.fullmatch(query.external_id):
        yield Problem(
            "external_id",
            f"{words['external_id']} is not a valid external ID",
            "use 2 to 1224 letters, digits and any of + = , . @ : / - _",
        )
    session = query.role_session_name
    if session is not None and not _SESSION_NAME.fullmatch(session):
        yield Problem(
            "role_session_name",
            f"{words['role_session_name']} {session!r} is not a valid session name",
            "use 2 to 64 letters, digits and any of + = , . @ - _",
        )
