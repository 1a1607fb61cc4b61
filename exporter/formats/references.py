"""How an export refers to targets, and what a template asks for the code of one."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from exporter.model.arns import TargetArn
from exporter.model.resources import Target
from exporter.model.targets import TARGET_TYPES


class ReferenceMode(StrEnum):
    """What the code has instead of a target's ARN."""

    LITERAL = "literal"
    PORTABLE = "portable"
    VARIABLES = "variables"
    DATA = "data"

    @property
    def if_not_literal(self) -> str:
        """Its name in a manifest; empty for the default."""
        return "" if self is ReferenceMode.LITERAL else self.value


@dataclass(frozen=True)
class Expression:
    """Code of the output language, written unchanged."""

    code: str


@dataclass(frozen=True)
class MapLine:
    """A line of ``--map``: the expression for an ARN, or for those that a glob matches."""

    pattern: str
    expression: Expression
    where: str = ""


@dataclass(frozen=True)
class ReferenceOptions:
    """How the code refers to targets.

    Attributes:
        mode: For targets that no line of the map matches.
        lines: The lines of the map for the export's format, in the file's order.
        in_place: Whether to write a target wherever it is used, even if it is used again; for code
            that is shown in part.
    """

    mode: ReferenceMode = ReferenceMode.LITERAL
    lines: tuple[MapLine, ...] = ()
    in_place: bool = False

    def line_for(self, arn: str) -> MapLine | None:
        """Return the line that names an ARN, else the first whose glob matches it."""
        exact = (line for line in self.lines if line.pattern == arn)
        globs = (line for line in self.lines if fnmatchcase(arn, line.pattern))
        return next(exact, None) or next(globs, None)

    def mapped(self, targets: Iterable[TargetArn]) -> dict[TargetArn, MapLine]:
        """Return the targets that the map matches, each with its line."""
        lines = ((target, self.line_for(target.arn)) for target in targets)
        return {target: line for target, line in lines if line is not None}


LITERAL = ReferenceOptions()
"""Every target by its ARN."""


@dataclass(frozen=True)
class References:
    """The code for each target; one without an expression is written as its ARN.

    Attributes:
        used: The patterns of the map that matched a target.
    """

    expressions: Mapping[TargetArn, Expression] = field(default_factory=dict)
    used: frozenset[str] = frozenset()

    def arn(self, target: Target, field: str) -> str | Expression | None:
        """Return the code for the ARN in a field (``topic_arn``) of a target."""
        arn: str | None = getattr(target, field)
        if arn is None or not self.expressions:
            return arn
        return self.expressions.get(TargetArn(TARGET_TYPES[target.kind].arns[field], arn), arn)


def unused(lines: Iterable[MapLine], used: Collection[str]) -> list[MapLine]:
    """Return the lines of a map that matched no target."""
    return [line for line in lines if line.pattern not in used]
