"""A deployed CloudFormation stack: its template and the values of its parameters.

``GetTemplate`` and ``DescribeStacks`` only read (CloudFormation API reference).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from exporter.aws.errors import BadAnswerError
from exporter.aws.session import Access, Connection, explained
from exporter.support.errors import ExporterError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_HIDDEN = "****"
"""What CloudFormation answers for a parameter with ``NoEcho``."""

_ABSENT_STATUS = frozenset({"DELETE_COMPLETE", "REVIEW_IN_PROGRESS"})
"""Nothing is deployed: it was deleted, or never made."""


@dataclass(frozen=True)
class Deployed:
    """A deployed stack.

    Attributes:
        template_text: Its template, YAML or JSON, macros already run where AWS tells it.
        parameters: Values of its parameters, hidden ones left out; those of the pseudo parameters
            ``AWS::StackName`` and ``AWS::StackId`` are among them.
    """

    template_text: str
    parameters: Mapping[str, str]
    account_id: str
    region: str


def deployed_template(access: Access, name: str) -> Deployed:
    """Read a deployed stack by its name or ARN.

    Raises:
        ExporterError: when there is no such stack, or CloudFormation does not answer.
    """
    connection = Connection(access)
    account_id = connection.account().account_id
    where = f"account {account_id}, region {connection.region}"
    with explained(where):
        client = connection.cloudformation()
        stack = _stack(client, name, where)
        text = _template(client, stack["StackId"])
    if not text:
        raise ExporterError(f"the stack {name} has no template", where=where)
    return Deployed(text, _parameters(stack), account_id, connection.region)


def _stack(client: "CloudFormationClient", name: str, where: str) -> Mapping[str, Any]:
    """What ``DescribeStacks`` says."""
    try:
        found = client.describe_stacks(StackName=name)["Stacks"]
        (stack,) = found
        status = stack["StackStatus"]
        stack["StackId"], stack["StackName"]
    except ClientError as error:
        if not _says_absent(error):
            raise
        raise _absent(name, where) from None
    except (ResponseParserError, KeyError, TypeError, ValueError):
        raise BadAnswerError("cloudformation:DescribeStacks answered without a stack") from None
    if status in _ABSENT_STATUS:
        raise _absent(name, where)
    return stack


def _says_absent(error: ClientError) -> bool:
    said = error.response.get("Error", {})
    return said.get("Code") == "ValidationError" and "does not exist" in said.get("Message", "")


def _absent(name: str, where: str) -> ExporterError:
    return ExporterError(
        f"there is no stack {name}",
        where=where,
        hint="'aws cloudformation list-stacks' lists those that there are; choose another account "
        "with --profile or another region with --region",
    )


def _template(client: "CloudFormationClient", stack_id: str) -> str:
    """The template as macros left it, or as it was given where that is not told."""
    try:
        try:
            answer = client.get_template(StackName=stack_id, TemplateStage="Processed")
            text = _text(answer.get("TemplateBody"))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ValidationError":
                raise
            text = ""
        if not text:
            answer = client.get_template(StackName=stack_id, TemplateStage="Original")
            text = _text(answer.get("TemplateBody"))
    except (ResponseParserError, KeyError):
        # botocore's parser of XML has no one error for an answer that is something else.
        raise BadAnswerError("cloudformation:GetTemplate answered without a template") from None
    return text


def _text(body: object) -> str:
    """Botocore gives a JSON template as the object that it stands for."""
    if isinstance(body, str):
        return body
    return json.dumps(body, indent=1, default=str) if body else ""


def _parameters(stack: Mapping[str, Any]) -> dict[str, str]:
    given = {
        parameter["ParameterKey"]: parameter["ParameterValue"]
        for parameter in stack.get("Parameters", ())
        if parameter.get("ParameterValue", _HIDDEN) != _HIDDEN and "ParameterKey" in parameter
    }
    return {"AWS::StackName": stack["StackName"], "AWS::StackId": stack["StackId"], **given}
