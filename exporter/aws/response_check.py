"""A check of every answer's raw body: botocore turns a bad one into an empty one in silence.

HTML with status 200, cut JSON, an empty body, a body shorter than its Content-Length, and JSON of
somebody else (``{"message": "blocked"}``) all become ``{}`` in botocore, which would read as "this
set has no destinations"; of XML that is something else its parser makes any exception. So every
client is checked here, by the service model that botocore itself reads the answer with. For SES,
the check also keeps the answer as it came: botocore's parser drops every field that its service
model does not know.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from xml.etree import ElementTree as Xml

import msgspec
from botocore.model import OperationModel, StructureShape

from exporter.aws.errors import ACTIONS, BadAnswerError

RAW = "RawAnswer"
"""The key under which an answer of SES holds its own JSON, beside what botocore made of it."""

OWN: Mapping[str, str] = {
    "ListConfigurationSets": "ConfigurationSets",
    "GetConfigurationSet": "ConfigurationSetName",
    "GetConfigurationSetEventDestinations": "EventDestinations",
    "GetCallerIdentity": "Account",
    "AssumeRole": "Credentials",
    "ListAccounts": "Accounts",
    "DescribeStacks": "Stacks",
    "ListStackResources": "StackResourceSummaries",
    "ListExports": "Exports",
    "GetTemplate": "TemplateBody",
    "GetTopicAttributes": "Attributes",
    "DescribeKey": "KeyMetadata",
    "GetKeyPolicy": "Policy",
    "DescribeDeliveryStream": "DeliveryStreamDescription",
    "GetRole": "Role",
    "DescribeEventBus": "Arn",
}
"""The member that makes an answer that of its operation (API references). For an operation that is
not listed, any member of its output does."""

_MAY_OMIT = frozenset(
    {
        "ListConfigurationSets",
        "GetConfigurationSetEventDestinations",
        "GetTemplate",
        "ListStackResources",
        "ListExports",
    }
)
"""Operations of ``OWN`` whose answer may lack the member: servers omit it for an empty list, and
CloudFormation where it has no processed template, no resource or no export. Other keys in its place
are a bad answer."""

_SECRET = frozenset({"AssumeRole"})
"""Operations of whose answers not even the beginning is shown: they hold credentials."""

_MOST_TRIES = 3

_TYPES: Mapping[str, type] = {
    "list": list,
    "structure": dict,
    "map": dict,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
}
"""What a member is in JSON, by its type in the service model; other types are botocore's matter."""


def check_answers(client: Any, tries: int = 1) -> None:
    """Make every call of a client raise ``BadAnswerError`` for a bad body.

    Args:
        client: Any client of botocore's; one for SES keeps good answers under ``RAW``.
        tries: How often a call with a bad answer is made, at most three times; botocore itself
            makes no call again for what a body holds.
    """
    model = client.meta.service_model
    keeps = model.service_name == "sesv2"
    client.meta.events.register(
        f"before-parse.{model.service_id.hyphenize()}", partial(_check, keeps)
    )
    if tries > 1:
        client._make_api_call = _again(client._make_api_call, min(tries, _MOST_TRIES))


def _again(make: Callable[[str, Any], Any], tries: int) -> Callable[[str, Any], Any]:
    """A call that is made again while its answer is bad."""

    def made(operation_name: str, api_params: Any) -> Any:
        for failed in range(1, tries):
            try:
                return make(operation_name, api_params)
            except BadAnswerError:
                time.sleep(0.25 * failed)
        return make(operation_name, api_params)

    return made


def _check(
    keeps: bool,
    response_dict: dict[str, Any],
    customized_response_dict: dict[str, Any],
    operation_model: OperationModel,
    **_: object,
) -> None:
    if response_dict["status_code"] > 300:
        return
    body: bytes = response_dict["body"]
    _check_length(body, response_dict["headers"])
    protocol = operation_model.service_model.resolved_protocol
    if protocol not in _READERS:
        # A newer botocore may use another protocol, which is not checked here, so it is refused.
        raise BadAnswerError(f"ses2iac cannot check responses in the protocol {protocol!r}")
    value = _READERS[protocol](body, operation_model)
    _check_keys(value, body, operation_model)
    if keeps:
        customized_response_dict[RAW] = value
        # botocore's own reading of the answer is not needed here, and it stumbles over other
        # shapes.
        response_dict["body"] = b"{}"
    elif "json" in protocol and not _fits(value, _output(operation_model)):
        raise _other_shape(body, operation_model)


def _check_length(body: bytes, headers: Mapping[str, str]) -> None:
    promised = headers.get("content-length")
    plain = promised and promised.isdigit() and not headers.get("content-encoding")
    if promised and plain and len(body) < int(promised):
        raise BadAnswerError(f"the response was cut off after {len(body)} of {promised} bytes")
    if not body.strip():
        raise BadAnswerError("the response was empty")


# The body
# --------------------------------------------------------------------------------------


def _json(body: bytes, operation: OperationModel) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadAnswerError(f"the response was not JSON{_begins(body, operation)}") from None
    if not isinstance(value, dict):
        raise BadAnswerError(f"the response was not a JSON object{_begins(body, operation)}")
    return value


def _xml(body: bytes, operation: OperationModel) -> dict[str, Any]:
    """The members in the result of an answer, each as its element."""
    try:
        root = Xml.fromstring(body)  # noqa: S314 - botocore reads it with the same parser next
    except (Xml.ParseError, LookupError, ValueError, RecursionError):
        raise BadAnswerError(
            f"{_action(operation)} did not return XML{_begins(body, operation)}"
        ) from None
    wrapper = _output(operation).serialization.get("resultWrapper")
    if wrapper is None:
        return {_local(each): each for each in root}
    result = next((each for each in root if _local(each) == wrapper), None)
    if result is None:
        raise _other_shape(body, operation)
    return {_local(each): each for each in result}


def _local(element: Xml.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


_READERS: Mapping[str, Callable[[bytes, OperationModel], dict[str, Any]]] = {
    "json": _json,
    "rest-json": _json,
    "query": _xml,
}
"""By protocol what reads the members of an answer."""


# What it holds
# --------------------------------------------------------------------------------------


def _check_keys(value: Mapping[str, Any], body: bytes, operation: OperationModel) -> None:
    """Refuse what is not the answer to the question."""
    members: Mapping[str, Any] = _output(operation).members
    own = OWN.get(operation.name)
    if own is None:
        if value and not value.keys() & members.keys():
            raise _other_shape(body, operation)
        return
    if own not in value:
        if value.keys() - members.keys() or operation.name not in _MAY_OMIT:
            raise BadAnswerError(
                f"{_action(operation)} returned no {own}{_begins(body, operation)}"
            )
        return
    _check_own(value[own], own, operation)


def _check_own(value: Any, own: str, operation: OperationModel) -> None:
    shape: Any = _output(operation).members[own]
    kind: Any = _TYPES.get(shape.type_name, object)
    if not isinstance(value, (Xml.Element, kind)):
        raise _other_value(value, _WORDS[shape.type_name])
    if shape.type_name == "list" and shape.member.type_name == "string":
        for each in value:
            if not isinstance(each, str):
                raise _other_value(each, "a string")
    if shape.type_name == "structure" and (missing := _lacks(value, shape)):
        raise BadAnswerError(f"{_action(operation)} returned no {missing[0]} in {own}")


def _other_value(value: Any, wanted: str) -> BadAnswerError:
    return BadAnswerError(f"the response has {repr(value)[:60]} instead of {wanted}")


_WORDS = {"list": "a list", "structure": "an object", "map": "an object", "string": "a string"}


def _lacks(value: Any, shape: Any) -> list[str]:
    """What a structure has to hold and does not."""
    there = {_local(each) for each in value} if isinstance(value, Xml.Element) else {*value}
    return [name for name in getattr(shape, "required_members", ()) if name not in there]


def _fits(value: Any, shape: Any) -> bool:
    """Whether a JSON value is what botocore's parser takes it for; it fails oddly where not."""
    kind: Any = _TYPES.get(shape.type_name, object)
    if value is None:
        return True
    if not isinstance(value, kind):
        return False
    if shape.type_name == "list":
        return all(_fits(each, shape.member) for each in value)
    if shape.type_name == "map":
        return all(_fits(each, shape.value) for each in value.values())
    if shape.type_name == "structure":
        members = shape.members
        return all(_fits(value[name], members[name]) for name in value if name in members)
    return True


def _output(operation: OperationModel) -> StructureShape:
    """The shape of an answer; every operation that is called here has one."""
    shape = operation.output_shape
    assert shape is not None
    return shape


def _other_shape(body: bytes, operation: OperationModel) -> BadAnswerError:
    return BadAnswerError(f"{_action(operation)} returned something else{_begins(body, operation)}")


def _action(operation: OperationModel) -> str:
    service = operation.service_model.service_name
    return ACTIONS.get(operation.name, f"{service}:{operation.name}")


def _begins(body: bytes, operation: OperationModel) -> str:
    if operation.name in _SECRET:
        return ""
    start = ascii(" ".join(body[:200].decode("utf-8", "replace").split())[:60])
    return f": it begins with {start}"
