"""CloudFormation's ``GetTemplateSummary``, with the list of types that can be imported.

moto's own response lacks that list. Keys and shape are from the CloudFormation API reference;
the identifiers are the ``primaryIdentifier`` of the resource schemas.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from flask import Flask, Response, request

IMPORTABLE: Mapping[str, tuple[str, ...]] = {
    "AWS::SES::ConfigurationSet": ("Name",),
    "AWS::SES::ConfigurationSetEventDestination": ("Id", "ConfigurationSetName"),
}
"""The types that the emulator can import, with the keys of their identifiers."""


def install(app: Flask) -> None:
    """Make moto's CloudFormation application respond to ``GetTemplateSummary``."""
    app.before_request(_answer)


def _answer() -> Response | None:
    if request.form.get("Action") != "GetTemplateSummary":
        return None
    return Response(_summary(request.form.get("TemplateBody", "{}")), content_type="text/xml")


def _summary(body: str) -> str:
    """Return the response for a JSON template."""
    template: dict[str, Any] = msgspec.json.decode(body)
    logical_ids: dict[str, list[str]] = defaultdict(list)
    for logical_id, resource in template.get("Resources", {}).items():
        logical_ids[resource["Type"]].append(logical_id)
    summaries = "".join(
        _tag(
            "member",
            _tag("ResourceType", escape(type_))
            + _members("LogicalResourceIds", ids)
            + _members("ResourceIdentifiers", IMPORTABLE[type_]),
        )
        for type_, ids in sorted(logical_ids.items())
        if type_ in IMPORTABLE
    )
    result = _members("ResourceTypes", sorted(logical_ids))
    result += _tag("ResourceIdentifierSummaries", summaries)
    return (
        '<GetTemplateSummaryResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">'
        + _tag("GetTemplateSummaryResult", result)
        + "</GetTemplateSummaryResponse>"
    )


def _members(name: str, values: Any) -> str:
    return _tag(name, "".join(_tag("member", escape(value)) for value in values))


def _tag(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"
