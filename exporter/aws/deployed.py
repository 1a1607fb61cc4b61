"""Deployed CloudFormation stacks: templates, parameters, physical ids and exports.

``DescribeStacks``, ``GetTemplate``, ``ListStackResources`` and ``ListExports`` only read
(CloudFormation API reference).
"""

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from exporter.aws.errors import BadAnswerError, explain, is_fatal
from exporter.aws.paging import every_page
from exporter.aws.session import Access, Connection, explained
from exporter.support.errors import ExporterError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_HIDDEN = "****"
"""What CloudFormation answers for a parameter with ``NoEcho``."""

_EMPTY_STATUS: Mapping[str, tuple[str, str]] = {
    "REVIEW_IN_PROGRESS": (
        "has no resources yet",
        "execute its change set first, or compare the template file",
    ),
    "ROLLBACK_COMPLETE": (
        "has no resources, because its creation failed",
        "delete it and deploy it again, or compare the template file",
    ),
}
"""Nothing is deployed, although there is a stack: why, and what to do ("Stack status codes")."""

_GONE_STATUS = frozenset({"DELETE_COMPLETE", "CREATE_FAILED"})
"""Of a resource that a stack lists and does not have."""

_NESTED = "AWS::CloudFormation::Stack"

Answer = TypeVar("Answer")


class DeployedStacks:
    """Reads the stacks of one account and region, and each of them once.

    Attributes:
        account_id: The account.
        region: The region.
        notes: What could not be read, and what that means; filled as stacks are asked.
    """

    def __init__(self, access: Access) -> None:
        """Connect.

        Raises:
            ExporterError: when nobody answers, or not for these credentials.
        """
        connection = Connection(access)
        self.account_id = connection.account().account_id
        self.region = connection.region
        self.where = f"account {self.account_id}, region {connection.region}"
        self.notes: list[str] = []
        self.client = connection.cloudformation()
        self._stacks: dict[str, DeployedStack] = {}

    def stack(self, name: str) -> "DeployedStack":
        """A stack that must be there.

        Args:
            name: Its name or ARN.

        Raises:
            ExporterError: when there is no such stack, or CloudFormation does not answer.
        """
        found = self.find(name)
        status = str(found.describe()["StackStatus"])
        if status.endswith(("_IN_PROGRESS", "_FAILED")):
            self.note(
                f"stack {name} is in {status}, so its template and its resources may not match"
            )
        return found

    def find(self, name: str) -> "DeployedStack":
        """A stack that may be there; nothing is asked before something of it is needed."""
        if name not in self._stacks:
            self._stacks[name] = DeployedStack(self, name)
        return self._stacks[name]

    def note(self, said: str) -> None:
        """Say something once."""
        if said not in self.notes:
            self.notes.append(said)

    def optional(self, ask: Callable[[], Answer], instead: Answer, meaning: str) -> Answer:
        """What may be denied; then a note says what that means.

        Raises:
            ExporterError: when CloudFormation does not answer.
        """
        with explained(self.where):
            try:
                return ask()
            except (BotoCoreError, ClientError) as error:
                # A network may have a way to SES alone.
                if is_fatal(error):
                    raise
                # AWS's own words name the person and the stack, at length.
                said = explain(error, self.where).what.partition(": ")[0]
                self.note(f"{said}, so {meaning}")
                return instead

    @cached_property
    def exports(self) -> Mapping[str, str]:
        """What stacks export, by name."""
        return self.optional(self._exports, {}, "values imported from other stacks are unknown")

    def _exports(self) -> Mapping[str, str]:
        def page(token: str) -> tuple[Mapping[str, str], str]:
            answer: Any = self.client.list_exports(**({"NextToken": token} if token else {}))
            found = {each["Name"]: each["Value"] for each in answer.get("Exports", ())}
            return found, answer.get("NextToken") or ""

        return _read("cloudformation:ListExports", lambda: _every(page, "ListExports"))


class DeployedStack:
    """A deployed stack; each part is asked for when it is first needed."""

    def __init__(self, stacks: DeployedStacks, name: str) -> None:
        self._stacks = stacks
        self._name = name

    def describe(self) -> Mapping[str, Any]:
        """What ``DescribeStacks`` says of it.

        Raises:
            ExporterError: when there is no such stack, or CloudFormation does not answer.
        """
        return self._described

    @cached_property
    def _described(self) -> Mapping[str, Any]:
        with explained(self._stacks.where):
            return _stack(self._stacks.client, self._name, self._stacks.where)

    @property
    def parameters(self) -> Mapping[str, str]:
        """Values of its parameters, hidden ones left out; those of SSM as they were looked up.

        Those of the pseudo parameters ``AWS::StackName`` and ``AWS::StackId`` are among them.
        """
        return _parameters(self._known) if self._known else {}

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags, which CloudFormation gives to its resources too."""
        return {each["Key"]: each["Value"] for each in self._known.get("Tags", ())}

    @cached_property
    def _known(self) -> Mapping[str, Any]:
        """What ``DescribeStacks`` says; nothing where it is denied, or there is no such stack."""
        if "_described" in self.__dict__:
            return self._described

        def ask() -> Mapping[str, Any]:
            try:
                return _stack(self._stacks.client, self._name, self._stacks.where)
            except ExporterError:
                self._say_absent()
                return {}

        return self._stacks.optional(ask, {}, "its parameter values and tags are unknown")

    @property
    def _id(self) -> str:
        """By its id where it is known, so that all answers are of one stack."""
        described = self.__dict__.get("_described")
        return str(described["StackId"]) if described else self._name

    def template_text(self) -> str:
        """Its template, YAML or JSON, macros already run where AWS tells it.

        Raises:
            ExporterError: when it has none, or CloudFormation does not answer.
        """
        with explained(self._stacks.where):
            text = _template(self._stacks.client, self._id)
        if not text:
            said = f"the stack {self._name} has no template"
            raise ExporterError(said, where=self._stacks.where)
        return text

    def physical_id(self, logical_id: str) -> str | None:
        """The physical id of a resource; None where it has none, or does not tell it."""
        return (self._resources or {}).get(logical_id, ("", None))[1]

    def has(self, logical_id: str) -> bool | None:
        """Whether it has a resource; None where it does not tell its resources."""
        return None if self._resources is None else logical_id in self._resources

    def imported(self, name: str) -> str | None:
        """The value that another stack exports under a name."""
        return self._stacks.exports.get(name)

    def nested(self, logical_id: str) -> "DeployedStack | None":
        """The stack that a resource of it is."""
        kind, physical = (self._resources or {}).get(logical_id, ("", None))
        return self._stacks.find(physical) if kind == _NESTED and physical else None

    @cached_property
    def _resources(self) -> Mapping[str, tuple[str, str | None]] | None:
        """Types and physical ids by logical id; None where they are not told."""

        def page(token: str) -> tuple[Mapping[str, tuple[str, str | None]], str]:
            more = {"NextToken": token} if token else {}
            answer: Any = self._stacks.client.list_stack_resources(StackName=self._id, **more)
            found = {
                each["LogicalResourceId"]: (
                    each["ResourceType"],
                    each.get("PhysicalResourceId") or None,
                )
                for each in answer.get("StackResourceSummaries", ())
                if each["ResourceStatus"] not in _GONE_STATUS
            }
            return found, answer.get("NextToken") or ""

        def ask() -> Mapping[str, tuple[str, str | None]] | None:
            try:
                return _read(
                    "cloudformation:ListStackResources",
                    lambda: _every(page, "ListStackResources"),
                )
            except ClientError as error:
                if not _says_absent(error):
                    raise
                self._say_absent()
                return None

        return self._stacks.optional(ask, None, "names generated by CloudFormation are unknown")

    def _say_absent(self) -> None:
        self._stacks.note(f"there is no stack {self._name} in {self._stacks.where}")


def _every(
    page: Callable[[str], tuple[Mapping[str, Answer], str]], operation: str
) -> Mapping[str, Answer]:
    return every_page(f"cloudformation:{operation}", page)


def _read(action: str, ask: Callable[[], Answer]) -> Answer:
    """What is answered.

    Raises:
        BadAnswerError: when it is not what the API promises.
    """
    try:
        return ask()
    except (ResponseParserError, KeyError, TypeError):
        # botocore's parser of XML has no one error for an answer that is something else.
        raise BadAnswerError(f"{action} returned no list") from None


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
        raise BadAnswerError("cloudformation:DescribeStacks returned no stack") from None
    if status == "DELETE_COMPLETE":
        raise _absent(name, where)
    if status in _EMPTY_STATUS:
        why, hint = _EMPTY_STATUS[status]
        raise ExporterError(f"stack {name} {why} ({status})", where=where, hint=hint)
    return stack


def _says_absent(error: ClientError) -> bool:
    said = error.response.get("Error", {})
    is_refused = said.get("Code") == "ValidationError"
    return is_refused and "does not exist" in str(said.get("Message", ""))


def _absent(name: str, where: str) -> ExporterError:
    return ExporterError(
        f"there is no stack {name}",
        where=where,
        hint="list the stacks with 'aws cloudformation list-stacks'; choose another account "
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
        raise BadAnswerError("cloudformation:GetTemplate returned no template") from None
    return text


def _text(body: object) -> str:
    """Botocore gives a JSON template as the object that it stands for."""
    if isinstance(body, str):
        return body
    return json.dumps(body, indent=1, default=str) if body else ""


def _parameters(stack: Mapping[str, Any]) -> dict[str, str]:
    given = {}
    for parameter in stack.get("Parameters", ()):
        value = parameter.get("ResolvedValue", parameter.get("ParameterValue", _HIDDEN))
        if value != _HIDDEN and "ParameterKey" in parameter:
            given[parameter["ParameterKey"]] = value
    return {"AWS::StackName": stack["StackName"], "AWS::StackId": stack["StackId"], **given}
