"""Check a CloudFormation export: linted, complete, as live, and ready to import."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from functools import partial
from importlib import metadata
from pathlib import Path

from exporter.formats.cloudformation.render import FORMAT
from exporter.support import processes
from exporter.support.installing import install_command
from exporter.support.text import count
from exporter.verify import readiness, templates
from exporter.verify.checks import Check, Context
from exporter.verify.results import CheckFinding, Tool, failed, not_run, passed

_HOW_TO_GET = f"{install_command('cfn-lint')}, or put cfn-lint on PATH"
_SHOWN = 20


def checks(context: Context) -> Iterator[Check]:
    """Yield the checks of one scope."""
    command, version = _cfn_lint(context.workspace.folder)
    yield Check("lint", Tool.CFN_LINT, partial(_lint, context, command), version)
    loaded = [
        templates.load(path, context.record) for path in context.workspace.files("template*.yaml")
    ]
    yield Check("template", Tool.OURSELVES, partial(_template, context, loaded))
    yield Check("values", Tool.OURSELVES, partial(templates.values, loaded, context, FORMAT.judge))
    yield Check("import", Tool.AWS, partial(readiness.assess, context), "cloudformation")


def _cfn_lint(folder: Path) -> tuple[list[str], str]:
    """Return the command of cfn-lint and its version; an empty command if it is missing."""
    if importlib.util.find_spec("cfnlint") is not None:
        code = "import sys; from cfnlint.runner import main; sys.exit(main())"
        return [sys.executable, "-c", code], metadata.version("cfn-lint")
    program = processes.find("cfn-lint")
    if program is None:
        return [], ""
    try:
        words = processes.run([program, "--version"], folder, 60).out.split()
    except processes.EngineError:
        words = []
    return [program], words[-1] if words else "?"


def _lint(context: Context, command: list[str]) -> CheckFinding:
    if not command:
        return not_run("cfn-lint is not installed", _HOW_TO_GET, missing=Tool.CFN_LINT)
    work = context.workspace
    names = [path.name for path in (*work.files("template*.yaml"), *work.files("import-*.yaml"))]
    if not names:
        return failed("there is no template")
    options = ["--format", "json", "--regions", context.record.region]
    ran = processes.run(
        [*command, *options, "--", *names],
        work.folder,
        work.limit(base=120, each=0.5),
        # A configuration file in the home directory could disable rules.
        processes.without_aws(HOME=str(work.folder), USERPROFILE=str(work.folder)),
        name="cfn-lint",
    )
    try:
        findings = [_finding(match) for match in json.loads(ran.out or "[]")]
    except (ValueError, KeyError, TypeError):
        findings = []
    if findings:
        return failed(count(len(findings), "finding"), findings)
    if ran.code:
        lines = processes.shortened(f"{ran.out}\n{ran.err}", work.folder)
        return failed(f"cfn-lint ended with exit code {ran.code}", lines[-_SHOWN:])
    return passed(f"no finding for {context.record.region}")


def _finding(match: dict[str, object]) -> str:
    location: dict[str, dict[str, int]] = match["Location"]  # type: ignore[assignment]
    rule: dict[str, str] = match["Rule"]  # type: ignore[assignment]
    line = location["Start"]["LineNumber"]
    return f"{match['Filename']}:{line}: {rule['Id']} {match['Message']}"


def _template(context: Context, loaded: list[templates.Template]) -> CheckFinding:
    """Check what cfn-lint doesn't."""
    if not loaded:
        return failed("there is no template")
    faults = templates.faults(loaded, context.record)
    for path in context.workspace.files("resources-to-import*.json"):
        faults += _import_list(context, path, loaded)
    if faults:
        return failed(count(len(faults), "fault"), faults)
    resources = count(len(context.record.resources), "resource")
    return passed(f"{resources} in {count(len(loaded), 'template')}, within the limits")


def _import_list(context: Context, path: Path, loaded: list[templates.Template]) -> list[str]:
    suffix = path.stem.removeprefix("resources-to-import")
    only_sets = context.workspace.folder / f"import-template{suffix}.yaml"
    if only_sets.exists():
        template = templates.load(only_sets, context.record)
        faults = [*template.wrong, *templates.policy_faults(template)]
        return [*faults, *templates.import_faults(path, template, context.record)]
    for template in loaded:
        if template.file == f"template{suffix}.yaml":
            return templates.import_faults(path, template, context.record)
    return [f"{path.name}: there is no template{suffix}.yaml"]
