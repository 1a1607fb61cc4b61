"""Nested stacks and their templates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from exporter.formats.cloudformation import template_text
from exporter.formats.cloudformation.foreach import Expanded, expanded
from exporter.formats.cloudformation.intrinsics import resolve
from exporter.formats.cloudformation.template_context import (
    Context,
    Json,
    Surroundings,
    UnknowableError,
    context_of,
)
from exporter.formats.cloudformation.template_yaml import Source
from exporter.formats.code_inputs import Deployment
from exporter.formats.code_resource import Unknown
from exporter.support.errors import ExporterError

NESTED_TYPES: Mapping[str, str] = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
"""The types of nested stacks, each with the property that locates the template."""

_ADDED = 15
"""Characters in a nested stack's name besides its parent's name and the logical id."""
_DEEPEST = 8
_MOST = 500


@dataclass
class Opened:
    """A parsed template, ready to be read.

    Attributes:
        source: The template and its lines.
        context: What its functions can refer to.
        expanded: Its resources, with loops expanded.
    """

    source: Source
    context: Context
    expanded: Expanded

    def line_of(self, logical_id: str) -> int | None:
        """Return the line of a resource, or of the loop that creates it; None for JSON."""
        return self.source.lines.get(self.expanded.made_by.get(logical_id, logical_id))


@dataclass(frozen=True)
class NestedDeployment:
    """A nested stack of a deployed stack; AWS is asked only when a value is needed."""

    above: Deployment
    logical_id: str

    @cached_property
    def _stack(self) -> Deployment | None:
        return self.above.nested(self.logical_id)

    @property
    def parameters(self) -> Mapping[str, str]:
        """The values of its parameters."""
        return self._stack.parameters if self._stack is not None else {}

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags of the parent stack, which CloudFormation passes on."""
        return self.above.tags

    def physical_id(self, logical_id: str) -> str | None:
        """Return a resource's physical id; None if unknown."""
        return self._stack.physical_id(logical_id) if self._stack is not None else None

    def has(self, logical_id: str) -> bool | None:
        """Return whether it has a resource; None if unknown."""
        return self._stack.has(logical_id) if self._stack is not None else None

    def imported(self, name: str) -> str | None:
        """Return the value that another stack exports under a name; None if unknown."""
        return self.above.imported(name)

    def nested(self, logical_id: str) -> Deployment | None:
        """Return one of its own nested stacks; None if unknown."""
        return self._stack.nested(logical_id) if self._stack is not None else None

    def template_text(self) -> str:
        """Return its template; empty if unknown."""
        return self._stack.template_text() if self._stack is not None else ""


@dataclass
class Templates:
    """Parses a template and its nested templates, each once."""

    _opened: dict[tuple[int, str], Opened] = field(default_factory=dict)

    def parsed(self, text: str, where: str, around: Surroundings) -> Opened:
        """Parse a template.

        Raises:
            ExporterError: when it isn't a template.
        """
        source = template_text.read(text, where)
        context = context_of(source.template, where, around)
        context.open_nested = lambda logical_id, parent: self.nested(logical_id, parent).context
        resources = expanded(source.template["Resources"], context)
        context.resources = resources.resources
        return Opened(source, context, resources)

    def nested(self, logical_id: str, parent: Context) -> Opened:
        """Return the template of a nested stack.

        Raises:
            UnknowableError: when it can't be found or read.
        """
        key = (id(parent), logical_id)
        if key not in self._opened:
            if len(self._opened) >= _MOST or len(parent.around.above) >= _DEEPEST:
                raise UnknowableError("too many templates are nested in each other")
            self._opened[key] = self._read(logical_id, parent)
        return self._opened[key]

    def _read(self, logical_id: str, parent: Context) -> Opened:
        declared = parent.resources.get(logical_id)
        if not isinstance(declared, dict) or declared.get("Type") not in NESTED_TYPES:
            raise UnknowableError(f"refers to {logical_id}, which is no nested stack")
        around = parent.around
        properties = declared.get("Properties")
        parameters = _parameters(properties if isinstance(properties, dict) else {}, parent)
        deployment = NestedDeployment(around.deployment, logical_id) if around.deployment else None
        try:
            text = self._text(logical_id, declared, parent)
        except ExporterError as error:
            raise UnknowableError(f"its template cannot be read: {error.what}") from None
        if text is None:
            raise UnknowableError("its template was not found")
        where, body = text
        if where in around.above:
            raise UnknowableError("its template is nested in itself")
        inner = Surroundings(
            given=parameters,
            account_id=around.account_id,
            region=around.region,
            deployment=deployment,
            is_deployed=around.is_deployed,
            other=around.other,
            nested_text=around.nested_text,
            exported=around.exported,
            tags=around.tags,
            above=(*around.above, where),
            prefix_length=(around.name_length or 0) + len(logical_id) + _ADDED,
        )
        try:
            return self.parsed(body, where, inner)
        except ExporterError as error:
            raise UnknowableError(f"its template cannot be read: {error.what}") from None

    @staticmethod
    def _text(
        logical_id: str, declared: Mapping[str, Json], parent: Context
    ) -> tuple[str, str] | None:
        around = parent.around
        for location in _locations(declared, parent) if not around.is_deployed else ():
            text = around.nested_text(location)
            if text is not None:
                return text
        # A template in a bucket isn't read; the deployed stack has its text.
        stack = around.deployment.nested(logical_id) if around.deployment else None
        return (f"{parent.where}/{logical_id}", stack.template_text()) if stack else None


def _locations(declared: Mapping[str, Json], context: Context) -> list[str]:
    """Where the template of a nested stack may be: an asset (CDK), a path or a URL."""
    metadata = declared.get("Metadata")
    asset = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
    properties = declared.get("Properties")
    name = NESTED_TYPES[str(declared["Type"])]
    location = resolve(properties.get(name), context) if isinstance(properties, dict) else None
    if isinstance(location, Unknown) and location.pattern.stretches[-1]:
        # If the bucket is a parameter, the end of the URL is known, and has the file's name.
        location = f"//unknown/{location.pattern.stretches[-1]}"
    return [each for each in (asset, location) if isinstance(each, str) and each]


def _parameters(properties: Mapping[str, Json], context: Context) -> dict[str, Json]:
    """The parameters that a nested stack gets; lists as comma-separated text."""
    resolved = resolve(properties.get("Parameters"), context)
    if isinstance(resolved, Unknown):
        raise UnknowableError(f"its parameters are unknown: {resolved.reason}")
    parameters = resolved if isinstance(resolved, dict) else {}
    return {name: _as_text(value) for name, value in parameters.items()}


def _as_text(value: Json) -> Json:
    if not isinstance(value, list):
        return value
    unknown = next((each for each in value if isinstance(each, Unknown)), None)
    return unknown if unknown is not None else ",".join(map(str, value))
