"""A check of every answer's raw body: botocore turns a bad one into an empty one in silence.

HTML with status 200, cut JSON, an empty body and a body shorter than its Content-Length all become
``{}`` in botocore, which would read as "this set has no destinations". The check also keeps the
answer as it came: botocore's parser drops every field that its service model does not know.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from exporter.aws.faults import BadAnswerError

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

RAW = "RawAnswer"
"""The key under which an answer holds its own JSON, beside what botocore made of it."""


def check_answers(client: "SESV2Client") -> None:
    """Make every call of ``client`` raise ``BadAnswerError`` for a bad body, and keep good ones."""
    client.meta.events.register("before-parse.sesv2", _check)


def _check(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    if response_dict["status_code"] > 300:
        return
    body: bytes = response_dict["body"]
    headers = response_dict["headers"]
    promised = headers.get("content-length")
    plain = promised and promised.isdigit() and not headers.get("content-encoding")
    if plain and len(body) < int(promised):
        raise BadAnswerError(f"the answer was cut after {len(body)} of {promised} bytes")
    if not body.strip():
        raise BadAnswerError("the answer was empty")
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadAnswerError(f"the answer was not JSON: it begins with {_start(body)}") from None
    if not isinstance(value, dict):
        raise BadAnswerError(f"the answer was not a JSON object: it begins with {_start(body)}")
    customized_response_dict[RAW] = value
    # botocore's own reading of the answer serves nobody here, and it stumbles over other shapes.
    response_dict["body"] = b"{}"


def _start(body: bytes) -> str:
    return ascii(" ".join(body[:200].decode("utf-8", "replace").split())[:60])
