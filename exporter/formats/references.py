"""How an export refers to targets, and what a template asks for the code of one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from exporter.model.arns import TargetArn
from exporter.model.resources import Target
from exporter.model.targets import TARGET_TYPES


class ReferenceMode(StrEnum):
    """What stands in place of a target's ARN."""

    LITERAL = "literal"
    PORTABLE = "portable"
    VARIABLES = "variables"
    DATA = "data"

    @property
    def if_not_literal(self) -> str:
        """Its name as a manifest has it; empty for the default."""
        return "" if self is ReferenceMode.LITERAL else self.value


@dataclass(frozen=True)
class Expression:
    """Code of the output language, which is written as it is."""

    code: str


@dataclass(frozen=True)
class MapLine:
    """A line of a map: the expression for an ARN, or for those that a glob matches."""

    pattern: str
    expression: Expression
    where: str = ""


@dataclass(frozen=True)
class ReferenceOptions:
    """How the person wants targets to be referred to.

    Attributes:
        mode: What stands for those that no line of the map is about.
        lines: Those of the map for the export's format, in the file's order.
        in_place: Whether each target stands where it is used even if it is used again, as in code
            of which a part is shown.
    """

    mode: ReferenceMode = ReferenceMode.LITERAL
    lines: tuple[MapLine, ...] = ()
    in_place: bool = False

    def line_for(self, arn: str) -> MapLine | None:
        """The line about an ARN: the one that names it, else the first whose glob matches."""
        exact = (line for line in self.lines if line.pattern == arn)
        globs = (line for line in self.lines if fnmatchcase(arn, line.pattern))
        return next(exact, None) or next(globs, None)

    def mapped(self, found: Iterable[TargetArn]) -> dict[TargetArn, MapLine]:
        """The targets that lines of the map are about, each with its line."""
        lines = ((target, self.line_for(target.arn)) for target in found)
        return {target: line for target, line in lines if line is not None}


LITERAL = ReferenceOptions()
"""Every target by its ARN."""


@dataclass(frozen=True)
class References:
    """What stands for each target; one without an entry stands for itself.

    Attributes:
        used: The patterns of the map's lines that some target met.
    """

    expressions: Mapping[TargetArn, Expression] = field(default_factory=dict)
    used: frozenset[str] = frozenset()

    def arn(self, target: Target, field: str) -> str | Expression | None:
        """What stands for the ARN in a field (``topic_arn``) of a target."""
        arn: str | None = getattr(target, field)
        if arn is None or not self.expressions:
            return arn
        return self.expressions.get(TargetArn(TARGET_TYPES[target.kind].arns[field], arn), arn)


def unused(lines: Iterable[MapLine], used: Collection[str]) -> list[MapLine]:
    """The lines of a map whose patterns no target met."""
    return [line for line in lines if line.pattern not in used]
