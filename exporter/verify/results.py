"""The results of checks."""

from dataclasses import dataclass, field
from enum import StrEnum

from exporter.support.redaction import redacted


class Tool(StrEnum):
    """The tools that run checks, as named in ``--require``."""

    OURSELVES = "ses2iac"
    TERRAFORM = "terraform"
    CFN_LINT = "cfn-lint"
    PYTHON = "python"
    BLACK = "black"
    CDK = "aws-cdk-lib"
    AWS = "aws"


class CheckOutcome(StrEnum):
    """How a check ended; a check that didn't run hasn't passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class CheckFinding:
    """How a check ended, and why; secrets in the output of tools are redacted.

    Attributes:
        said: The result, or why the check didn't run, in one line.
        items: The faults, a line each; warnings if the check passed.
        missing: For a check that didn't run, the tool that it lacks.
    """

    outcome: CheckOutcome
    said: str = ""
    items: tuple[str, ...] = ()
    hint: str = ""
    missing: Tool | None = None

    def __post_init__(self) -> None:
        """Redact secrets."""
        object.__setattr__(self, "said", redacted(self.said))
        object.__setattr__(self, "items", tuple(map(redacted, self.items)))
        object.__setattr__(self, "hint", redacted(self.hint))


def passed(said: str = "", items: tuple[str, ...] | list[str] = (), hint: str = "") -> CheckFinding:
    """Return the result of a check that found no fault; its items, if any, are warnings."""
    return CheckFinding(CheckOutcome.PASSED, said, tuple(items), hint)


def failed(said: str, items: tuple[str, ...] | list[str] = (), hint: str = "") -> CheckFinding:
    """Return the result of a check that found a fault."""
    return CheckFinding(CheckOutcome.FAILED, said, tuple(items), hint)


def not_run(
    said: str,
    hint: str = "",
    missing: Tool | None = None,
    items: tuple[str, ...] = (),
) -> CheckFinding:
    """Return the result of a check without its tool, or after another one failed."""
    return CheckFinding(CheckOutcome.NOT_RUN, said, items, hint, missing)


@dataclass(frozen=True)
class Result:
    """One check of one scope.

    Attributes:
        version: The version of the tool; empty if it is missing.
        path: The scope's folder below the export's; ``.`` for the export's own.
    """

    check: str
    tool: Tool
    version: str
    finding: CheckFinding
    seconds: float
    path: str

    @property
    def outcome(self) -> CheckOutcome:
        """How the check ended."""
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
        """Whether this resource doesn't prevent the import."""
        return self in _READY


# A resource that is in a stack is ready: it may be the stack into which it was imported.
_READY = (Readiness.IMPORTABLE, Readiness.IN_STACK, Readiness.TO_ADOPT, Readiness.ADOPTED)


@dataclass(frozen=True)
class ResourceReadiness:
    """What CloudFormation could do with one resource.

    Attributes:
        resource: ``SET`` or ``SET/DESTINATION``.
        stack: The stack that owns it already; empty if none does.
    """

    path: str
    resource: str
    address: str
    readiness: Readiness
    identifier: dict[str, str]
    stack: str = ""


@dataclass(frozen=True)
class VerifyReport:
    """The results of all checks.

    Attributes:
        resources: For CloudFormation and CDK with credentials, the readiness of each resource.
        notes: Programs that were not trusted, and why.
    """

    results: tuple[Result, ...]
    resources: tuple[ResourceReadiness, ...] = field(default=())
    notes: tuple[str, ...] = ()

    @property
    def has_failed(self) -> bool:
        """Whether a check found a fault."""
        return any(result.outcome is CheckOutcome.FAILED for result in self.results)

    def missing(self, required: frozenset[Tool]) -> list[Result]:
        """Return the checks that didn't run because a required tool is missing."""
        return [result for result in self.results if result.finding.missing in required]
