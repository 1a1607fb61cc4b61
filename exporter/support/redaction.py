"""Remove secrets from messages, including text from libraries in them.

Errors are redacted when they are created, so that reports contain no secrets either, and every
message again when it is printed, because tracebacks contain text from libraries. Results (code,
snapshots) contain what AWS returned, unchanged.
"""

import os
import re
from collections.abc import Iterator
from urllib.parse import quote

HIDDEN = "***"

SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
"""Variables whose values are never shown (AWS SDKs and Tools Reference Guide)."""

_URL_VARIABLE = re.compile(r"AWS_ENDPOINT_URL(_.*)?|(HTTPS?|ALL)_PROXY", re.IGNORECASE)
"""Variables with a URL, which may contain a user and a password."""

_SHORTEST_SECRET = 8
"""Shorter values are used with emulators (``test``) or occur in words; keys have 16 characters or
more."""

_PATTERNS = (
    # Messages of botocore and urllib3 about an unreachable or invalid endpoint. A password may
    # contain characters that end it for a URL parser, so everything up to the last @ is removed.
    (
        re.compile(r'((?:Invalid endpoint: |endpoint URL: "|proxy URL: ")(?:[\w+.-]+://)?).*@'),
        rf"\1{HIDDEN}@",
    ),
    (re.compile(r"(//)[^\s\"'<>/?#]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(integer value as )'[^']*'"), rf"\1{HIDDEN}"),
    (re.compile(r"(Failed to parse: )(?:'[^']*'|\S+)"), rf"\1{HIDDEN}"),
    (re.compile(r"(Invalid header value ).+"), rf"\1{HIDDEN}"),
    (re.compile(r"(AWS4-HMAC-SHA256 ).+"), rf"\1{HIDDEN}"),
    (re.compile(r"([?&]X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s\"']+"), rf"\1{HIDDEN}"),
    # As in JSON, XML, INI files and headers.
    (
        re.compile(
            r"((?:secret_?access_?key|session_?token|x-amz-security-token)"
            r"[\"']?\s*[:=>]\s*[\"']?)[^\s\"'<,}]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)

_known: set[str] = set()


def know(*values: str | None) -> None:
    """Hide these secrets from now on, except those that are too short to be secrets."""
    for value in values:
        _known.update(_spellings(value or ""))


def know_url(url: str | None) -> None:
    """Hide the user, password and query of a URL from now on, even if the URL is invalid."""
    _known.update(_secrets_in(url or ""))


def redacted(text: str) -> str:
    """Return the text without known secrets and anything that looks like one."""
    for secret in sorted(_known | {*_of_environment()}, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, HIDDEN + "@" if secret.endswith("@") else HIDDEN)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _of_environment() -> Iterator[str]:
    for name, value in os.environ.items():
        if name in SECRET_VARIABLES:
            yield from _spellings(value)
        elif _URL_VARIABLE.fullmatch(name):
            yield from _secrets_in(value)


def _secrets_in(url: str) -> Iterator[str]:
    """Yield the secrets in a URL; none if it has neither a user nor a query."""
    _, slashes, rest = url.partition("//")
    userinfo, at, _ = (rest if slashes else url).rpartition("@")
    if at:
        # With the @, even a short one can't be part of something else.
        yield userinfo + at
        yield from _spellings(userinfo)
        yield from _spellings(userinfo.partition(":")[2])
    for part in re.split(r"[?&=]", url.partition("?")[2]):
        yield from _spellings(part)


def _spellings(secret: str) -> Iterator[str]:
    """Yield a secret as it appears in messages of libraries: whole, in parts, escaped."""
    pieces = {secret, secret.strip(), ascii(secret)[1:-1], quote(secret, safe="")}
    pieces |= {*re.split(r"[\s/?#@]+", secret)} | {" ".join(secret.split())}
    yield from (piece for piece in pieces if len(piece) >= _SHORTEST_SECRET)
