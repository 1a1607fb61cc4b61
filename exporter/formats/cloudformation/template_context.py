"""What the functions of a CloudFormation template can refer to, and the limits of their work."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from exporter.formats.code_inputs import Deployment, OtherNames
from exporter.formats.code_resource import Unknown
from exporter.formats.unresolved import ANY_NAME, NamePattern
from exporter.support.errors import ExporterError

Json = Any
"""JSON in which any value may be ``Unknown``; None means absent (``AWS::NoValue``)."""

_DEEPEST = 50
_MOST_STEPS = 1_000_000


class UnknowableError(Exception):
    """A function can't be evaluated: the reason, and what is known about its text."""

    def __init__(self, reason: str, pattern: NamePattern = ANY_NAME) -> None:
        super().__init__(reason)
        self.unknown = Unknown(reason, pattern=pattern)


@dataclass(frozen=True)
class Surroundings:
    """What is known about a template besides its text.

    Attributes:
        given: Parameter values as passed to CloudFormation, including pseudo parameters
            (``AWS::StackName``); each may be ``Unknown``.
        resolved: Parameter values as the template's functions see them: for an SSM parameter, its
            value in SSM.
        account_id: The value of ``AWS::AccountId``, if known.
        region: The value of ``AWS::Region``, if known.
        deployment: The stack in the account, if it can be asked.
        is_deployed: Whether the template is that of the deployed stack, so that the stack's names
            are right whatever the template says.
        other: The names on the other side of the comparison.
        nested_text: Reads the template of a nested stack by its location in the code: returns the
            file's name and text, or None if there is no such file.
        tags: The tags of the stack, if the code sets them; CloudFormation adds them to its sets.
        exported: Returns the value that other templates of the same code export, by name, account
            and region; None if none does.
        above: The files of the templates that this one is nested in, and its own.
        prefix_length: The length of the name that CloudFormation generates for a nested stack.
    """

    given: Mapping[str, Json] = field(default_factory=dict)
    resolved: Mapping[str, str] = field(default_factory=dict)
    account_id: str | None = None
    region: str | None = None
    deployment: Deployment | None = None
    is_deployed: bool = False
    other: OtherNames | None = None
    nested_text: Callable[[str], tuple[str, str] | None] = lambda _location: None
    tags: Mapping[str, str] | None = None
    exported: Callable[[str, str | None, str | None], Json] = lambda *_named: None
    above: tuple[str, ...] = ()
    prefix_length: int | None = None

    @property
    def stack_name(self) -> str | None:
        """The name of the stack, if known."""
        name = self.given.get("AWS::StackName")
        return name if isinstance(name, str) else None

    @property
    def name_length(self) -> int | None:
        """The length of the stack's name, if known."""
        return self.prefix_length if self.stack_name is None else len(self.stack_name)


@dataclass
class Context:
    """What a template's functions can refer to.

    Attributes:
        parameters: Its ``Parameters``.
        mappings: Its ``Mappings``.
        conditions: Its ``Conditions``.
        outputs: Its ``Outputs``.
        resources: All its resources, by logical id.
        around: What is known about it besides its text.
        where: The template, for messages.
        open_nested: Reads the template of a nested stack by its logical id.
        inferred: Generated names that were recognized by the logical id in them, by logical id.
    """

    parameters: Mapping[str, Json] = field(default_factory=dict)
    mappings: Mapping[str, Json] = field(default_factory=dict)
    conditions: Mapping[str, Json] = field(default_factory=dict)
    outputs: Mapping[str, Json] = field(default_factory=dict)
    resources: Mapping[str, Json] = field(default_factory=dict)
    around: Surroundings = field(default_factory=Surroundings)
    where: str = ""
    open_nested: Callable[[str, "Context"], "Context"] | None = None
    inferred: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, str], Json] = field(default_factory=dict)
    _active: set[tuple[str, str]] = field(default_factory=set)
    _depth: int = 0
    _steps: int = 0

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Enter one more level of nesting.

        Raises:
            UnknowableError: when it is too deep.
        """
        if self._depth >= _DEEPEST:
            raise UnknowableError("it is nested too deeply")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def spend(self, steps: int) -> None:
        """Count the work, so that no template takes forever.

        Raises:
            ExporterError: when it is too much.
        """
        self._steps += steps
        if self._steps > _MOST_STEPS:
            raise ExporterError(
                "its functions are too much to evaluate",
                where=self.where,
                hint="compare with a snapshot of the account instead",
            )

    def once(self, kind: str, name: str, work: Callable[[str, "Context"], Json]) -> Json:
        """Return ``work(name, self)``, evaluated once.

        Raises:
            UnknowableError: when the evaluation needs its own result.
        """
        key = (kind, name)
        if key in self._active:
            raise UnknowableError(f"{name} refers to itself")
        if key not in self._known:
            self._active.add(key)
            try:
                self._known[key] = work(name, self)
            except UnknowableError as error:
                self._known[key] = error.unknown
            finally:
                self._active.discard(key)
        value = self._known[key]
        self.spend(len(value) if isinstance(value, list) else 1)
        return value

    def type_of(self, logical_id: str) -> str:
        """Return the type of a resource; empty if it has none."""
        declared = self.resources.get(logical_id)
        return str(declared.get("Type")) if isinstance(declared, dict) else ""

    def physical_id(self, logical_id: str) -> str | None:
        """Return a resource's physical id in the deployed stack; None if unknown."""
        deployment = self.around.deployment
        return deployment.physical_id(logical_id) if deployment is not None else None


def context_of(template: Mapping[str, Json], where: str, around: Surroundings) -> Context:
    """Return the context of a parsed template.

    Raises:
        ExporterError: when a section isn't a mapping.
    """
    sections = {}
    for section in ("Parameters", "Mappings", "Conditions"):
        sections[section] = template.get(section) or {}
        if not isinstance(sections[section], dict):
            raise ExporterError(f"its {section} are not a mapping", where=where)
    outputs = template.get("Outputs")
    return Context(
        parameters=sections["Parameters"],
        mappings=sections["Mappings"],
        conditions=sections["Conditions"],
        outputs=outputs if isinstance(outputs, dict) else {},
        resources=template["Resources"],
        around=around,
        where=where,
    )
