"""A look at the credentials of every request before it is signed.

One that was read from a file or pasted often ends with a line break. The HTTP client refuses it and
shows it in its error; so it is refused here, by its name. What is looked at is hidden from then on
in all that is told.
"""

import os
from typing import Any

from exporter.aws.errors import CredentialsError
from exporter.support import redaction

_PARTS = (
    ("access_key", "access key id", ("AWS_ACCESS_KEY_ID",)),
    ("secret_key", "secret access key", ("AWS_SECRET_ACCESS_KEY",)),
    ("token", "session token", ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")),
)
"""What credentials consist of: as botocore calls it, in words, and the variables it may be in."""


def check_credentials(client: Any) -> None:
    """Make a client's calls raise ``CredentialsError`` for credentials that cannot be sent."""
    client.meta.events.register_first("before-sign", _check)


def _check(request_signer: Any, **_: object) -> None:
    credentials = request_signer._credentials
    if credentials is None:
        # botocore says itself that there are none.
        return
    frozen = credentials.get_frozen_credentials()
    for part, words, variables in _PARTS:
        value = getattr(frozen, part) or ""
        redaction.know(value)
        if bad := _unfit(value):
            raise CredentialsError(f"{_named(value, words, variables, credentials)} contains {bad}")


def _unfit(value: str) -> str:
    """What of a value a header cannot carry, in words; empty for a good one."""
    if "\n" in value or "\r" in value:
        return "a line break"
    if any(char.isspace() for char in value):
        return "a space"
    if not value.isascii() or not value.isprintable():
        return "a character that credentials cannot contain"
    return ""


def _named(value: str, words: str, variables: tuple[str, ...], credentials: Any) -> str:
    """Where a value comes from, as far as botocore tells."""
    for name in variables:
        if os.environ.get(name) == value:
            return name
    method = getattr(credentials, "method", "")
    return f"the {words} (from {method})" if method else f"the {words}"
