"""``ses2iac lint``."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Annotated

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.options.sources import WholeSetOptions
from exporter.cli.reading import read
from exporter.cli.terminal import console
from exporter.cli.terminal.output import is_coloured, width
from exporter.lint.choice import RuleSelection, choose
from exporter.lint.model import Facts, Severity
from exporter.lint.report import LintReport
from exporter.lint.run import lint_all
from exporter.model.read_result import ReadResult, what_is_missing
from exporter.model.target_facts import NeededResource
from exporter.sources.read import LIVE, Source
from exporter.support.errors import ExitCode, UsageError
from exporter.support.text import count

RULES_PANEL = "Rules"
_rule_option = partial(typer.Option, rich_help_panel=RULES_PANEL)


def _list_rules(requested: bool) -> None:
    """Print each rule with its severity and title, and exit."""
    if not requested:
        return
    from exporter.lint.registry import RULES, TARGET_RULES  # noqa: PLC0415 - rarely needed

    console.listed(
        [
            (
                rule.id,
                f"{rule.severity}: {rule.title}"
                + (" (with --check-targets)" if rule in TARGET_RULES else ""),
            )
            for rule in RULES
        ]
    )
    raise typer.Exit


@dataclass(frozen=True)
class RuleOptions:
    """Which rules to run."""

    select: Annotated[
        list[str] | None,
        _rule_option(
            metavar="RULE",
            help="Run only this rule, or the rules that match this glob; repeatable.",
        ),
    ] = None
    ignore: Annotated[
        list[str] | None,
        _rule_option(
            metavar="RULE", help="Skip this rule, or the rules that match this glob; repeatable."
        ),
    ] = None
    check_targets: Annotated[
        bool,
        _rule_option(
            "--check-targets",
            help="Also check in AWS the topics, streams, roles, buses and keys that "
            "destinations use.",
        ),
    ] = False

    list_rules: Annotated[
        bool,
        _rule_option("--list-rules", help="List the rules.", is_eager=True, callback=_list_rules),
    ] = False

    def choice(self) -> RuleSelection:
        """Return the selected rules.

        Raises:
            UsageError: if no rule has a name, or none is left.
        """
        return choose(self.select or (), self.ignore or (), check_targets=self.check_targets)


class Output(StrEnum):
    """How the findings are printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class FailOn(StrEnum):
    """The lowest severity that counts as a failure."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


@grouped
def lint(
    source: WholeSetOptions,
    rules: RuleOptions,
    output: Annotated[Output, typer.Option("--output", "-o", help="Output format.")] = Output.TEXT,
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit with 3 on a finding of this severity or higher.")
    ] = FailOn.WARNING,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Count the findings of each rule.")
    ] = False,
) -> None:
    """Find settings that are wrong or risky."""
    choice = rules.choice()
    if statistics and output is not Output.TEXT:
        raise UsageError(
            f"--statistics needs --output text, not {output}",
            hint="drop one of them; JSON has each finding with its rule",
        )
    if rules.check_targets and source.origin != LIVE:
        raise UsageError(
            f"--check-targets asks AWS, which --from {source.origin} doesn't",
            hint="drop --from or --check-targets",
        )
    reading = read(source)
    if reading.is_empty:
        console.note(f"no configuration set in {reading.where}")
    report = _report(source.source(), reading, choice, fail_on, check_targets=rules.check_targets)
    console.result(_printed(report, output, statistics=statistics))
    if output is not Output.TEXT or statistics:
        # The text lists them itself.
        console.remarks(unchecked.remark for unchecked in report.unchecked)
    raise typer.Exit(_exit_code(report))


def _report(
    source: Source,
    reading: ReadResult,
    choice: RuleSelection,
    fail_on: FailOn,
    *,
    check_targets: bool,
) -> LintReport:
    read_facts: Callable[[frozenset[NeededResource]], Facts] | None = None
    if check_targets:
        # Only these rules need boto3, which takes a third of a second to load.
        from exporter.aws.targets_check import read_targets  # noqa: PLC0415

        read_facts = partial(read_targets, source.targets())
    return LintReport(
        scopes=lint_all(reading.scopes, source.selection, choice, read_facts),
        fail_on=None if fail_on is FailOn.NEVER else Severity(fail_on),
        checked_targets=check_targets,
        unread=reading.unread,
    )


def _printed(report: LintReport, output: Output, *, statistics: bool) -> str:
    if output is Output.JSON:
        from exporter.reports.lint_document import as_json  # noqa: PLC0415

        return as_json(report)
    if output is Output.MARKDOWN:
        from exporter.reports.lint_markdown import as_markdown  # noqa: PLC0415

        return as_markdown(report)
    from exporter.reports.lint_text import as_statistics, as_text  # noqa: PLC0415

    if statistics:
        return as_statistics(report)
    return as_text(report, colour=is_coloured(), width=width())


def _exit_code(report: LintReport) -> ExitCode:
    """Partial wins over failed: 3 means that the findings are complete."""
    failures = sum(unchecked.is_failure for unchecked in report.unchecked)
    missing = [what_is_missing(report.unread)] if report.unread else []
    missing += [count(failures, "target")] if failures else []
    if missing:
        console.warn(f"partial: {' and '.join(missing)} could not be read")
        return ExitCode.PARTIAL
    return ExitCode.DIFFERENT if report.is_failed else ExitCode.DONE
