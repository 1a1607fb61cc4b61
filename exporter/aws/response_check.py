"""Check the raw body of every response, because botocore turns a bad one into an empty one.

HTML with status 200, truncated JSON, an empty body, a body shorter than its Content-Length, and
somebody else's JSON (``{"message": "blocked"}``) all become ``{}`` in botocore, which would mean
"this set has no destinations"; for XML of another shape its parser raises one of many exceptions.
So every client is checked here, against the service model that botocore itself parses the response
with. For SES, the check also keeps the raw response: botocore drops every field that its service
model does not know.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from xml.etree import ElementTree as Xml

import msgspec
from botocore.model import OperationModel, StructureShape

from exporter.aws.errors import ACTIONS, BadResponseError

RAW = "RawResponse"
"""The key under which a response from SES has its own JSON, next to botocore's result."""

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
"""The member that identifies an operation's response (API references). For an operation that is
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
"""Operations of ``OWN`` whose response may lack the member: servers omit it for an empty list, and
CloudFormation if there is no processed template, no resource or no export. A response with other
keys instead is still bad."""

_SECRET = frozenset({"AssumeRole"})
"""Operations whose responses are never shown, not even their beginning: they have credentials."""

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
"""A member's type in JSON, by its type in the service model; botocore handles other types."""


def check_responses(client: Any, tries: int = 1) -> None:
    """Make every call of a client raise ``BadResponseError`` for a bad body.

    Args:
        client: Any botocore client; one for SES keeps valid responses under ``RAW``.
        tries: How often to make a call with a bad response, at most three times; botocore itself
            never retries because of a body.
    """
    model = client.meta.service_model
    keeps = model.service_name == "sesv2"
    client.meta.events.register(
        f"before-parse.{model.service_id.hyphenize()}", partial(_check, keeps)
    )
    if tries > 1:
        client._make_api_call = _retrying(client._make_api_call, min(tries, _MOST_TRIES))


def _retrying(call: Callable[[str, Any], Any], tries: int) -> Callable[[str, Any], Any]:
    """Wrap a call so that it is made again if its response is bad."""

    def retrying(operation_name: str, api_params: Any) -> Any:
        for failed in range(1, tries):
            try:
                return call(operation_name, api_params)
            except BadResponseError:
                time.sleep(0.25 * failed)
        return call(operation_name, api_params)

    return retrying


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
        # A newer botocore may use another protocol; its responses would go unchecked.
        raise BadResponseError(f"ses2iac cannot check responses in the protocol {protocol!r}")
    value = _READERS[protocol](body, operation_model)
    _check_keys(value, body, operation_model)
    if keeps:
        customized_response_dict[RAW] = value
        # botocore's own result is not needed, and its parser fails on other shapes.
        response_dict["body"] = b"{}"
    elif "json" in protocol and not _fits(value, _output(operation_model)):
        raise _other_shape(body, operation_model)


def _check_length(body: bytes, headers: Mapping[str, str]) -> None:
    length = headers.get("content-length")
    is_comparable = length and length.isdigit() and not headers.get("content-encoding")
    if length and is_comparable and len(body) < int(length):
        raise BadResponseError(f"the response was cut off after {len(body)} of {length} bytes")
    if not body.strip():
        raise BadResponseError("the response was empty")


# The body
# --------------------------------------------------------------------------------------


def _json(body: bytes, operation: OperationModel) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadResponseError(f"the response was not JSON{_begins(body, operation)}") from None
    if not isinstance(value, dict):
        raise BadResponseError(f"the response was not a JSON object{_begins(body, operation)}")
    return value


def _xml(body: bytes, operation: OperationModel) -> dict[str, Any]:
    """Return the members of a response's result as XML elements."""
    try:
        root = Xml.fromstring(body)  # noqa: S314 - botocore uses the same parser afterwards
    except (Xml.ParseError, LookupError, ValueError, RecursionError):
        raise BadResponseError(
            f"{_action(operation)} did not return XML{_begins(body, operation)}"
        ) from None
    wrapper = _output(operation).serialization.get("resultWrapper")
    if wrapper is None:
        return {_local(element): element for element in root}
    result = next((element for element in root if _local(element) == wrapper), None)
    if result is None:
        raise _other_shape(body, operation)
    return {_local(element): element for element in result}


def _local(element: Xml.Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


_READERS: Mapping[str, Callable[[bytes, OperationModel], dict[str, Any]]] = {
    "json": _json,
    "rest-json": _json,
    "query": _xml,
}
"""By protocol: the function that parses the members of a response."""


# Its members
# --------------------------------------------------------------------------------------


def _check_keys(value: Mapping[str, Any], body: bytes, operation: OperationModel) -> None:
    """Refuse a response that is not the operation's."""
    members: Mapping[str, Any] = _output(operation).members
    own = OWN.get(operation.name)
    if own is None:
        if value and not value.keys() & members.keys():
            raise _other_shape(body, operation)
        return
    if own not in value:
        if value.keys() - members.keys() or operation.name not in _MAY_OMIT:
            raise BadResponseError(
                f"{_action(operation)} returned no {own}{_begins(body, operation)}"
            )
        return
    _check_own(value[own], own, operation)


def _check_own(value: Any, own: str, operation: OperationModel) -> None:
    shape: Any = _output(operation).members[own]
    kind: Any = _TYPES.get(shape.type_name, object)
    if not isinstance(value, (Xml.Element, kind)):
        raise other_value(value, _WORDS[shape.type_name])
    if shape.type_name == "list" and shape.member.type_name == "string":
        for item in value:
            if not isinstance(item, str):
                raise other_value(item, "a string")
    if shape.type_name == "structure" and (missing := _lacks(value, shape)):
        raise BadResponseError(f"{_action(operation)} returned no {missing[0]} in {own}")


def other_value(value: Any, expected: str) -> BadResponseError:
    """Return the error for a JSON value that is something else than the API says."""
    shown = msgspec.json.encode(value).decode()[:60]
    return BadResponseError(f"the response has {shown} instead of {expected}")


_WORDS = {"list": "a list", "structure": "an object", "map": "an object", "string": "a string"}


def _lacks(value: Any, shape: Any) -> list[str]:
    """Return the required members that a structure lacks."""
    names = {_local(each) for each in value} if isinstance(value, Xml.Element) else {*value}
    return [name for name in getattr(shape, "required_members", ()) if name not in names]


def _fits(value: Any, shape: Any) -> bool:
    """Tell whether a JSON value has the shape that botocore's parser relies on."""
    kind: Any = _TYPES.get(shape.type_name, object)
    if value is None:
        return True
    if not isinstance(value, kind):
        return False
    if shape.type_name == "list":
        return all(_fits(item, shape.member) for item in value)
    if shape.type_name == "map":
        return all(_fits(item, shape.value) for item in value.values())
    if shape.type_name == "structure":
        members = shape.members
        return all(_fits(value[name], members[name]) for name in value if name in members)
    return True


def _output(operation: OperationModel) -> StructureShape:
    """Return the shape of a response; every operation that is called here has one."""
    shape = operation.output_shape
    assert shape is not None
    return shape


def _other_shape(body: bytes, operation: OperationModel) -> BadResponseError:
    return BadResponseError(
        f"{_action(operation)} returned something else{_begins(body, operation)}"
    )


def _action(operation: OperationModel) -> str:
    service = operation.service_model.service_name
    return ACTIONS.get(operation.name, f"{service}:{operation.name}")


def _begins(body: bytes, operation: OperationModel) -> str:
    if operation.name in _SECRET:
        return ""
    start = ascii(" ".join(body[:200].decode("utf-8", "replace").split())[:60])
    return f": it begins with {start}"
