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

from exporter.aws.errors import BadResponseError, explain, is_fatal
from exporter.aws.paging import every_page
from exporter.aws.session import Access, Connection, explained
from exporter.support.errors import ExporterError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_HIDDEN = "****"
"""What CloudFormation returns for a parameter with ``NoEcho``."""

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
"""Statuses of a stack that exists without resources: why, and what to do."""

_GONE_STATUS = frozenset({"DELETE_COMPLETE", "CREATE_FAILED"})
"""Statuses of a resource that a stack lists but does not have."""

_NESTED = "AWS::CloudFormation::Stack"

Result = TypeVar("Result")


class DeployedStacks:
    """Reads stacks of one account and region, each once.

    Attributes:
        account_id: The account.
        region: The region.
        notes: What could not be read, and the consequence; grows as stacks are read.
    """

    def __init__(self, access: Access) -> None:
        """Connect.

        Raises:
            ExporterError: if AWS can't be reached or rejects the credentials.
        """
        connection = Connection(access)
        self.account_id = connection.account().account_id
        self.region = connection.region
        self.where = f"account {self.account_id}, region {connection.region}"
        self.notes: list[str] = []
        self.client = connection.cloudformation()
        self._stacks: dict[str, DeployedStack] = {}

    def stack(self, name: str) -> "DeployedStack":
        """Return a stack that must exist.

        Args:
            name: Its name or ARN.

        Raises:
            ExporterError: if there is no such stack, or the call fails.
        """
        stack = self.find(name)
        status = str(stack.describe()["StackStatus"])
        if status.endswith(("_IN_PROGRESS", "_FAILED")):
            self.note(
                f"stack {name} is in {status}, so its template and its resources may not match"
            )
        return stack

    def find(self, name: str) -> "DeployedStack":
        """Return a stack that may exist; no call is made until something of it is needed."""
        if name not in self._stacks:
            self._stacks[name] = DeployedStack(self, name)
        return self._stacks[name]

    def note(self, text: str) -> None:
        """Add a note, once."""
        if text not in self.notes:
            self.notes.append(text)

    def optional(self, read: Callable[[], Result], fallback: Result, consequence: str) -> Result:
        """Read something that may fail or be denied; then add a note with the consequence.

        Raises:
            ExporterError: if further calls would fail too.
        """
        with explained(self.where):
            try:
                return read()
            except (BotoCoreError, ClientError) as error:
                # Even an unreachable endpoint: a network may allow SES but not CloudFormation.
                if is_fatal(error):
                    raise
                # Without AWS's own message, which repeats the caller's and the stack's ARN.
                problem = explain(error, self.where).what.partition(": ")[0]
                self.note(f"{problem}, so {consequence}")
                return fallback

    @cached_property
    def exports(self) -> Mapping[str, str]:
        """The values that stacks export, by export name."""
        return self.optional(self._exports, {}, "values imported from other stacks are unknown")

    def _exports(self) -> Mapping[str, str]:
        def page(token: str) -> tuple[Mapping[str, str], str]:
            response: Any = self.client.list_exports(**({"NextToken": token} if token else {}))
            values = {export["Name"]: export["Value"] for export in response.get("Exports", ())}
            return values, response.get("NextToken") or ""

        return _read("cloudformation:ListExports", lambda: _every(page, "ListExports"))


class DeployedStack:
    """A deployed stack; each part is read when it is first needed."""

    def __init__(self, stacks: DeployedStacks, name: str) -> None:
        self._stacks = stacks
        self._name = name

    def describe(self) -> Mapping[str, Any]:
        """Return the stack as ``DescribeStacks`` describes it.

        Raises:
            ExporterError: if there is no such stack, or the call fails.
        """
        return self._described

    @cached_property
    def _described(self) -> Mapping[str, Any]:
        with explained(self._stacks.where):
            return _stack(self._stacks.client, self._name, self._stacks.where)

    @property
    def parameters(self) -> Mapping[str, str]:
        """Values of its parameters, without hidden ones; those of SSM parameters resolved.

        They include the pseudo parameters ``AWS::StackName`` and ``AWS::StackId``.
        """
        return _parameters(self._optional) if self._optional else {}

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags, which CloudFormation also adds to its resources."""
        return {tag["Key"]: tag["Value"] for tag in self._optional.get("Tags", ())}

    @cached_property
    def _optional(self) -> Mapping[str, Any]:
        """The stack from ``DescribeStacks``; empty if that is denied, or it does not exist."""
        if "_described" in self.__dict__:
            return self._described

        def read() -> Mapping[str, Any]:
            try:
                return _stack(self._stacks.client, self._name, self._stacks.where)
            except ExporterError:
                self._note_absent()
                return {}

        return self._stacks.optional(read, {}, "its parameter values and tags are unknown")

    @property
    def _id(self) -> str:
        """Its id if known, so that all calls are about the same stack; otherwise its name."""
        described = self.__dict__.get("_described")
        return str(described["StackId"]) if described else self._name

    def template_text(self) -> str:
        """Return its template, YAML or JSON; with macros processed, if AWS returns that.

        Raises:
            ExporterError: if it has none, or the call fails.
        """
        with explained(self._stacks.where):
            text = _template(self._stacks.client, self._id)
        if not text:
            raise ExporterError(f"the stack {self._name} has no template", where=self._stacks.where)
        return text

    def physical_id(self, logical_id: str) -> str | None:
        """Return the physical id of a resource; None if it has none or that is unknown."""
        return (self._resources or {}).get(logical_id, ("", None))[1]

    def has(self, logical_id: str) -> bool | None:
        """Tell whether it has a resource; None if its resources are unknown."""
        return None if self._resources is None else logical_id in self._resources

    def imported(self, name: str) -> str | None:
        """Return the value that another stack exports under a name."""
        return self._stacks.exports.get(name)

    def nested(self, logical_id: str) -> "DeployedStack | None":
        """Return the nested stack that is a resource of this one; None if it isn't one."""
        kind, physical = (self._resources or {}).get(logical_id, ("", None))
        return self._stacks.find(physical) if kind == _NESTED and physical else None

    @cached_property
    def _resources(self) -> Mapping[str, tuple[str, str | None]] | None:
        """Types and physical ids by logical id; None if they can't be read."""

        def page(token: str) -> tuple[Mapping[str, tuple[str, str | None]], str]:
            more = {"NextToken": token} if token else {}
            response: Any = self._stacks.client.list_stack_resources(StackName=self._id, **more)
            resources = {
                summary["LogicalResourceId"]: (
                    summary["ResourceType"],
                    summary.get("PhysicalResourceId") or None,
                )
                for summary in response.get("StackResourceSummaries", ())
                if summary["ResourceStatus"] not in _GONE_STATUS
            }
            return resources, response.get("NextToken") or ""

        def read() -> Mapping[str, tuple[str, str | None]] | None:
            try:
                return _read(
                    "cloudformation:ListStackResources",
                    lambda: _every(page, "ListStackResources"),
                )
            except ClientError as error:
                if not _says_absent(error):
                    raise
                self._note_absent()
                return None

        return self._stacks.optional(read, None, "names generated by CloudFormation are unknown")

    def _note_absent(self) -> None:
        self._stacks.note(f"there is no stack {self._name} in {self._stacks.where}")


def _every(
    page: Callable[[str], tuple[Mapping[str, Result], str]], operation: str
) -> Mapping[str, Result]:
    return every_page(f"cloudformation:{operation}", page)


def _read(action: str, call: Callable[[], Result]) -> Result:
    """Make a call.

    Raises:
        BadResponseError: if the response is not what the API promises.
    """
    try:
        return call()
    except (ResponseParserError, KeyError, TypeError):
        # botocore's XML parser raises any of these for a response of another shape.
        raise BadResponseError(f"{action} returned no list") from None


def _stack(client: "CloudFormationClient", name: str, where: str) -> Mapping[str, Any]:
    try:
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
        status = stack["StackStatus"]
        stack["StackId"], stack["StackName"]
    except ClientError as error:
        if not _says_absent(error):
            raise
        raise _absent(name, where) from None
    except (ResponseParserError, KeyError, TypeError, ValueError):
        raise BadResponseError("cloudformation:DescribeStacks returned no stack") from None
    if status == "DELETE_COMPLETE":
        raise _absent(name, where)
    if status in _EMPTY_STATUS:
        why, hint = _EMPTY_STATUS[status]
        raise ExporterError(f"stack {name} {why} ({status})", where=where, hint=hint)
    return stack


def _says_absent(error: ClientError) -> bool:
    details = error.response.get("Error", {})
    is_refused = details.get("Code") == "ValidationError"
    return is_refused and "does not exist" in str(details.get("Message", ""))


def _absent(name: str, where: str) -> ExporterError:
    return ExporterError(
        f"there is no stack {name}",
        where=where,
        hint="list the stacks with 'aws cloudformation list-stacks'; choose another account "
        "with --profile or another region with --region",
    )


def _template(client: "CloudFormationClient", stack_id: str) -> str:
    """Return the template as processed by macros, or the original one if that isn't returned."""
    try:
        try:
            response = client.get_template(StackName=stack_id, TemplateStage="Processed")
            text = _text(response.get("TemplateBody"))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ValidationError":
                raise
            text = ""
        if not text:
            response = client.get_template(StackName=stack_id, TemplateStage="Original")
            text = _text(response.get("TemplateBody"))
    except (ResponseParserError, KeyError):
        # botocore's XML parser raises either for a response of another shape.
        raise BadResponseError("cloudformation:GetTemplate returned no template") from None
    return text


def _text(body: object) -> str:
    """Return a template's text; botocore parses a JSON template into an object."""
    if isinstance(body, str):
        return body
    return json.dumps(body, indent=1, default=str) if body else ""


def _parameters(stack: Mapping[str, Any]) -> dict[str, str]:
    values = {}
    for parameter in stack.get("Parameters", ()):
        value = parameter.get("ResolvedValue", parameter.get("ParameterValue", _HIDDEN))
        if value != _HIDDEN and "ParameterKey" in parameter:
            values[parameter["ParameterKey"]] = value
    return {"AWS::StackName": stack["StackName"], "AWS::StackId": stack["StackId"], **values}
