"""What a check found."""

from dataclasses import dataclass, field
from enum import StrEnum

from exporter.support.redaction import redacted


class Tool(StrEnum):
    """Who judges; the names that ``--require`` takes."""

    OURSELVES = "ses2iac"
    TERRAFORM = "terraform"
    CFN_LINT = "cfn-lint"
    PYTHON = "python"
    BLACK = "black"
    CDK = "aws-cdk-lib"
    AWS = "aws"


class CheckOutcome(StrEnum):
    """How a check ended; one that did not run is not one that passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class CheckFinding:
    """How a check ended, and why; without secrets, which the words of other programs may hold.

    Attributes:
        said: What was found, or why the check did not run, in one line.
        items: Each thing that is wrong, a line each; of a check that passed, that is a warning.
        missing: For a check that did not run, what it lacks.
    """

    outcome: CheckOutcome
    said: str = ""
    items: tuple[str, ...] = ()
    hint: str = ""
    missing: Tool | None = None

    def __post_init__(self) -> None:
        """Hide what is secret."""
        object.__setattr__(self, "said", redacted(self.said))
        object.__setattr__(self, "items", tuple(map(redacted, self.items)))
        object.__setattr__(self, "hint", redacted(self.hint))


def passed(said: str = "", items: tuple[str, ...] | list[str] = (), hint: str = "") -> CheckFinding:
    """A check that found nothing wrong; its items, if any, are warnings."""
    return CheckFinding(CheckOutcome.PASSED, said, tuple(items), hint)


def failed(said: str, items: tuple[str, ...] | list[str] = (), hint: str = "") -> CheckFinding:
    """A check that found something wrong."""
    return CheckFinding(CheckOutcome.FAILED, said, tuple(items), hint)


def not_run(
    said: str,
    hint: str = "",
    missing: Tool | None = None,
    items: tuple[str, ...] = (),
) -> CheckFinding:
    """A check that could not be made, for want of a tool or because an earlier one failed."""
    return CheckFinding(CheckOutcome.NOT_RUN, said, items, hint, missing)


@dataclass(frozen=True)
class Result:
    """One check of one scope.

    Attributes:
        version: Of the tool; empty when it is missing.
        path: The scope's folder below the export's; ``.`` is the export's own.
    """

    check: str
    tool: Tool
    version: str
    finding: CheckFinding
    seconds: float
    path: str

    @property
    def outcome(self) -> CheckOutcome:
        """How it ended."""
        return self.finding.outcome


class Readiness(StrEnum):
    """What CloudFormation could do with a resource today."""

    IMPORTABLE = "importable"
    IN_STACK = "already in a stack"
    TO_ADOPT = "to be created next to the old one"
    ADOPTED = "created under its new name"
    GONE = "already gone"
    NOT_IMPORTABLE = "not importable in this region"
    OTHER_KEYS = "importable only with another identifier"

    @property
    def is_ready(self) -> bool:
        """Whether the import can go on as far as this resource is concerned."""
        return self in _READY


# Whether the stack that holds a resource is the one that it was imported into, nobody can tell.
_READY = (Readiness.IMPORTABLE, Readiness.IN_STACK, Readiness.TO_ADOPT, Readiness.ADOPTED)


@dataclass(frozen=True)
class ResourceReadiness:
    """What CloudFormation could do with one resource.

    Attributes:
        resource: ``SET`` or ``SET/DESTINATION``.
        stack: The stack that holds it already; empty when none does.
    """

    path: str
    resource: str
    address: str
    readiness: Readiness
    identifier: dict[str, str]
    stack: str = ""


@dataclass(frozen=True)
class VerifyReport:
    """All that was found.

    Attributes:
        resources: For CloudFormation and CDK with credentials, every resource's readiness.
        notes: What was not used, and why.
    """

    results: tuple[Result, ...]
    resources: tuple[ResourceReadiness, ...] = field(default=())
    notes: tuple[str, ...] = ()

    @property
    def has_failed(self) -> bool:
        """Whether a check found something wrong."""
        return any(result.outcome is CheckOutcome.FAILED for result in self.results)

    def missing(self, required: frozenset[Tool]) -> list[Result]:
        """The checks that did not run for want of a tool that is required."""
        return [result for result in self.results if result.finding.missing in required]
