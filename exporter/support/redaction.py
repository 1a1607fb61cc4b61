"""The one redaction: no message of this program, and no word of a library in it, holds a secret.

Every error passes through it when it is made, so that reports hold none either, and everything that
is printed for people once more when it is printed: tracebacks hold the words of libraries too.
Results (code, snapshots) hold what AWS answered and stay as they are.
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
"""Variables whose value is told nowhere (AWS SDKs and Tools Reference Guide)."""

_URL_VARIABLE = re.compile(r"AWS_ENDPOINT_URL(_.*)?|(HTTPS?|ALL)_PROXY", re.IGNORECASE)
"""Variables with a URL, which may hold a user and a password."""

_LEAST = 8
"""Shorter values are those of emulators (``test``) and parts of common words; keys have 16 signs or
more."""

_PATTERNS = (
    # What botocore and urllib3 say of an endpoint that cannot be reached or is none. A password may
    # hold what ends it for a parser of URLs, so that all up to the last @ goes.
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
    # As JSON, XML, INI files and headers spell it.
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
    """Hide these secrets from now on.

    One that is too short to be a secret is left.
    """
    for value in values:
        _known.update(_spellings(value or ""))


def know_url(url: str | None) -> None:
    """Hide the user, the password and the query of a URL from now on, however odd the URL is."""
    _known.update(_secrets_in(url or ""))


def redacted(text: str) -> str:
    """A text without any secret that is known, and without what looks like one."""
    for secret in sorted(_known | {*_of_environment()}, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, HIDDEN + "@" if secret.endswith("@") else HIDDEN)
    for pattern, left in _PATTERNS:
        text = pattern.sub(left, text)
    return text


def _of_environment() -> Iterator[str]:
    for name, value in os.environ.items():
        if name in SECRET_VARIABLES:
            yield from _spellings(value)
        elif _URL_VARIABLE.fullmatch(name):
            yield from _secrets_in(value)


def _secrets_in(url: str) -> Iterator[str]:
    """What of a URL is told nowhere; nothing of one that has neither a user nor a query."""
    _, slashes, rest = url.partition("//")
    before, at, _ = (rest if slashes else url).rpartition("@")
    if at:
        # With its @, a short one cannot be a part of something else.
        yield before + at
        yield from _spellings(before)
        yield from _spellings(before.partition(":")[2])
    for part in re.split(r"[?&=]", url.partition("?")[2]):
        yield from _spellings(part)


def _spellings(secret: str) -> Iterator[str]:
    """A secret as it stands in the words of libraries: whole, in parts, escaped."""
    pieces = {secret, secret.strip(), ascii(secret)[1:-1], quote(secret, safe="")}
    pieces |= {*re.split(r"[\s/?#@]+", secret)} | {" ".join(secret.split())}
    yield from (piece for piece in pieces if len(piece) >= _LEAST)
