"""What the functions of a CloudFormation template can refer to, and how much work they may be."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from exporter.formats.cloudformation.names import SET_TYPE
from exporter.formats.code_resource import Unknown
from exporter.support.errors import ExporterError

Json = Any
"""JSON with ``Unknown`` at any place; None is absent, as ``AWS::NoValue`` is."""

_DEEPEST = 50
_MOST_STEPS = 1_000_000


class UnknowableError(Exception):
    """Why a function cannot be evaluated, as the end of a sentence."""


@dataclass
class Context:
    """What a template's functions can refer to.

    Attributes:
        parameters: Its ``Parameters``.
        mappings: Its ``Mappings``.
        conditions: Its ``Conditions``.
        sets: Its configuration sets, by logical id.
        declared: The logical ids of all its resources.
        given: Values of parameters; those of pseudo parameters count too.
        account_id: What ``AWS::AccountId`` is, if known.
        region: What ``AWS::Region`` is, if known.
        where: The template, for messages.
    """

    parameters: Mapping[str, Json] = field(default_factory=dict)
    mappings: Mapping[str, Json] = field(default_factory=dict)
    conditions: Mapping[str, Json] = field(default_factory=dict)
    sets: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    declared: Collection[str] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    account_id: str | None = None
    region: str | None = None
    where: str = ""
    _known: dict[tuple[str, str], Json] = field(default_factory=dict)
    _active: set[tuple[str, str]] = field(default_factory=set)
    _depth: int = 0
    _steps: int = 0

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level further down."""
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
                hint="take a snapshot of what is deployed and compare with that",
            )

    def once(self, kind: str, name: str, work: Callable[[str, "Context"], Json]) -> Json:
        """What ``work`` makes of a name, evaluated once; a cycle is unknown."""
        key = (kind, name)
        if key in self._active:
            raise UnknowableError(f"{name} refers to itself")
        if key not in self._known:
            self._active.add(key)
            try:
                self._known[key] = work(name, self)
            except UnknowableError as error:
                self._known[key] = Unknown(str(error))
            finally:
                self._active.discard(key)
        found = self._known[key]
        self.spend(len(found) if isinstance(found, list) else 1)
        return found


def context_of(
    template: Mapping[str, Json],
    where: str,
    given: Mapping[str, str],
    account_id: str | None = None,
    region: str | None = None,
) -> Context:
    """The context of a parsed template.

    Raises:
        ExporterError: when a section is no mapping.
    """
    sections = {}
    for section in ("Parameters", "Mappings", "Conditions"):
        sections[section] = template.get(section) or {}
        if not isinstance(sections[section], dict):
            raise ExporterError(f"its {section} are no mapping", where=where)
    resources: Mapping[str, Json] = template["Resources"]
    return Context(
        parameters=sections["Parameters"],
        mappings=sections["Mappings"],
        conditions=sections["Conditions"],
        sets={
            logical_id: resource
            for logical_id, resource in resources.items()
            if isinstance(resource, dict) and resource.get("Type") == SET_TYPE
        },
        declared=resources.keys(),
        given=given,
        account_id=account_id,
        region=region,
        where=where,
    )
