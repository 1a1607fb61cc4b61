"""``ses2iac verify``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.options.sources import LiveOptions
from exporter.cli.terminal import console
from exporter.model.account_query import AccountQuery
from exporter.support.errors import ExitCode, ExporterError, UsageError
from exporter.verify.results import Result, Tool

_ALL = "all"


class Output(StrEnum):
    """How the results are printed."""

    TABLE = "table"
    JSON = "json"


@grouped
def verify(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The export's folder.", show_default=False)
    ],
    live: LiveOptions,
    output: Annotated[Output, typer.Option("--output", "-o", help="Output format.")] = Output.TABLE,
    require: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TOOL",
            help="Fail if this tool is missing: terraform, cfn-lint, python, black, "
            "aws-cdk-lib, aws (credentials), or all; repeatable.",
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0.1,
            help="Time limit per tool; by default it grows with the number of resources.",
            show_default=False,
        ),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help="The Python interpreter that has aws-cdk-lib.", show_default=False
        ),
    ] = None,
    trust_dir: Annotated[
        bool,
        typer.Option(
            "--trust-dir",
            help="Run programs found in DIR (.venv, .terraform/providers) even if git doesn't "
            "ignore them.",
        ),
    ] = False,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Terraform: plan from this state (the output of 'terraform state pull'); by "
            "default DIR's own terraform.tfstate.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Check an export with its format's own tools, without changing anything.

    Runs code from DIR: its Terraform providers and its CDK app. Only Terraform's plan gets AWS
    credentials.
    """
    required = _required(require or ())
    from exporter.reports import verify_document  # noqa: PLC0415
    from exporter.verify import run  # noqa: PLC0415 - loads the renderers

    manifest = run.load(directory)
    options = run.VerifyOptions(
        query=AccountQuery(profile=live.profile, endpoint_url=live.endpoint_url),
        offline=live.offline,
        region=live.region,
        python=python,
        trust_dir=trust_dir,
        state=state,
        time_limit=time_limit,
    )
    from exporter.cli.terminal.check_progress import watcher  # noqa: PLC0415 - loads rich
    from exporter.reports.verify_table import as_table  # noqa: PLC0415

    results = run.verify(directory, manifest, options, watcher())
    console.remarks(notes=results.notes)
    missing = results.missing(required)
    passed = not missing and not results.has_failed
    if output is Output.JSON:
        console.result(verify_document.as_json(manifest, results, passed=passed))
    else:
        console.result(as_table(manifest, results, is_verbose=console.settings.verbose))
    if missing:
        _say_missing(missing)
    raise typer.Exit(ExitCode.DONE if passed else ExitCode.FAILED)


def _required(names: list[str] | tuple[()]) -> frozenset[Tool]:
    known = [tool.value for tool in Tool if tool is not Tool.OURSELVES]
    for name in names:
        if name not in (*known, _ALL):
            raise UsageError(
                f"--require {name!r}: no such tool", hint=f"use {', '.join(known)}, or all"
            )
    return frozenset(Tool(name) for name in (known if _ALL in names else names))


def _say_missing(results: list[Result]) -> None:
    checks = [f"{result.check}: {result.finding.said}" for result in results]
    tools = ", ".join(sorted({str(result.finding.missing) for result in results}))
    console.error(ExporterError(f"required but missing: {tools}; not run:", items=checks))
