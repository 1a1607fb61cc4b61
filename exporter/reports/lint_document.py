"""The JSON report of ``lint`` (``docs/lint.md``)."""

from msgspec import UNSET

from exporter.lint.model import Rule, Severity
from exporter.lint.report import LintFinding, LintReport, ScopeReport, Unchecked
from exporter.model import codec
from exporter.reports.document import FORMAT_VERSION, Struct, Text, UnreadRow, unread_rows


class CountsRow(Struct, frozen=True):
    """How many findings of each severity, unchecked targets and unread sets there are."""

    error: int
    warning: int
    info: int
    unchecked: int
    unread: int


class FindingRow(Struct, frozen=True, kw_only=True):
    """A finding of a rule; without an event destination, it is about the set."""

    rule: str
    severity: Severity
    configuration_set: str
    event_destination: Text = UNSET
    message: str


class DestinationRow(Struct, frozen=True):
    """An event destination and its set."""

    configuration_set: str
    event_destination: str


class UncheckedRow(Struct, frozen=True, kw_only=True):
    """A target that could not be checked; ``failed`` says whether a call failed."""

    target: str
    rules: tuple[str, ...]
    destinations: tuple[DestinationRow, ...]
    reason: str
    hint: Text = UNSET
    failed: bool


class ScopeRow(Struct, frozen=True):
    """One account and region; the account is null if the source doesn't give it."""

    account_id: str | None
    region: str
    configuration_sets: int
    findings: tuple[FindingRow, ...]
    unchecked: tuple[UncheckedRow, ...]


class RuleRow(Struct, frozen=True):
    """A rule with a finding."""

    id: str
    severity: Severity
    title: str
    why: str
    advice: str
    url: str


class Document(Struct, frozen=True):
    """The JSON report of ses2iac lint."""

    format_version: int
    failed: bool
    fail_on: Severity | None
    checked_targets: bool
    counts: CountsRow
    scopes: tuple[ScopeRow, ...]
    rules: tuple[RuleRow, ...]
    unread: tuple[UnreadRow, ...]


def as_json(report: LintReport) -> str:
    """Return the report as JSON."""
    counts = report.counts
    return codec.pretty(
        Document(
            format_version=FORMAT_VERSION,
            failed=report.is_failed,
            fail_on=report.fail_on,
            checked_targets=report.checked_targets,
            counts=CountsRow(
                error=counts[Severity.ERROR],
                warning=counts[Severity.WARNING],
                info=counts[Severity.INFO],
                unchecked=sum(1 for _ in report.unchecked),
                unread=len(report.unread),
            ),
            scopes=tuple(map(_scope, report.scopes)),
            rules=tuple(map(_rule, report.rules)),
            unread=unread_rows(report.unread),
        )
    )


def _scope(scope: ScopeReport) -> ScopeRow:
    return ScopeRow(
        account_id=scope.account_id,
        region=scope.region,
        configuration_sets=scope.sets,
        findings=tuple(map(_finding, scope.findings)),
        unchecked=tuple(map(_unchecked, scope.unchecked)),
    )


def _finding(finding: LintFinding) -> FindingRow:
    hit = finding.hit
    return FindingRow(
        rule=finding.rule.id,
        severity=finding.rule.severity,
        configuration_set=hit.configuration_set,
        event_destination=UNSET if hit.event_destination is None else hit.event_destination,
        message=hit.message,
    )


def _unchecked(unchecked: Unchecked) -> UncheckedRow:
    return UncheckedRow(
        target=unchecked.target,
        rules=unchecked.rules,
        destinations=tuple(DestinationRow(*each) for each in unchecked.destinations),
        reason=unchecked.reason,
        hint=unchecked.hint or UNSET,
        failed=unchecked.is_failure,
    )


def _rule(rule: Rule) -> RuleRow:
    return RuleRow(rule.id, rule.severity, rule.title, rule.why, rule.advice, rule.url)
