"""Check the credentials of every request before it is signed.

Credentials read from a file or pasted often end with a line break. The HTTP client refuses those
and shows them in its error, so they are refused here, by name. Every credential that was checked
is hidden in all later messages.
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
"""The parts of credentials: botocore's name, the name in messages, and environment variables."""


def check_credentials(client: Any) -> None:
    """Make a client's calls raise ``CredentialsError`` for credentials that can't be sent."""
    client.meta.events.register_first("before-sign", _check)


def _check(request_signer: Any, **_: object) -> None:
    credentials = request_signer._credentials
    if credentials is None:
        # botocore reports missing credentials itself.
        return
    frozen = credentials.get_frozen_credentials()
    for part, title, variables in _PARTS:
        value = getattr(frozen, part) or ""
        redaction.know(value)
        if problem := _problem(value):
            name = _name(value, title, variables, credentials)
            raise CredentialsError(f"{name} contains {problem}")


def _problem(value: str) -> str:
    """Describe what an HTTP header can't contain in a value; empty for a valid one."""
    if "\n" in value or "\r" in value:
        return "a line break"
    if any(char.isspace() for char in value):
        return "a space"
    if not value.isascii() or not value.isprintable():
        return "a character that credentials cannot contain"
    return ""


def _name(value: str, title: str, variables: tuple[str, ...], credentials: Any) -> str:
    """Name a value by where it comes from, if that is known."""
    for variable in variables:
        if os.environ.get(variable) == value:
            return variable
    method = getattr(credentials, "method", "")
    return f"the {title} (from {method})" if method else f"the {title}"
