"""A CloudFormation export: linted, complete, as live, and ready to be imported."""

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
    """The checks of one scope."""
    command, version = _cfn_lint(context.workspace.folder)
    yield Check("lint", Tool.CFN_LINT, partial(_lint, context, command), version)
    loaded = [
        templates.load(path, context.record) for path in context.workspace.files("template*.yaml")
    ]
    yield Check("template", Tool.OURSELVES, partial(_template, context, loaded))
    yield Check("values", Tool.OURSELVES, partial(templates.values, loaded, context, FORMAT.judge))
    yield Check("import", Tool.AWS, partial(readiness.assess, context), "cloudformation")


def _cfn_lint(folder: Path) -> tuple[list[str], str]:
    """How to run cfn-lint, and its version; an empty command when it is missing."""
    if importlib.util.find_spec("cfnlint") is not None:
        code = "import sys; from cfnlint.runner import main; sys.exit(main())"
        return [sys.executable, "-c", code], metadata.version("cfn-lint")
    program = processes.find("cfn-lint")
    if program is None:
        return [], ""
    try:
        said = processes.run([program, "--version"], folder, 60).out.split()
    except processes.EngineError:
        said = []
    return [program], said[-1] if said else "?"


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
        # A configuration file in the person's home could silence it.
        processes.without_aws(HOME=str(work.folder), USERPROFILE=str(work.folder)),
        name="cfn-lint",
    )
    try:
        found = [_match(each) for each in json.loads(ran.out or "[]")]
    except (ValueError, KeyError, TypeError):
        found = []
    if found:
        return failed(count(len(found), "finding"), found)
    if ran.code:
        said = processes.shortened(f"{ran.out}\n{ran.err}", work.folder)
        return failed(f"cfn-lint ended with exit code {ran.code}", said[-_SHOWN:])
    return passed(f"no finding for {context.record.region}")


def _match(found: dict[str, object]) -> str:
    location: dict[str, dict[str, int]] = found["Location"]  # type: ignore[assignment]
    rule: dict[str, str] = found["Rule"]  # type: ignore[assignment]
    line = location["Start"]["LineNumber"]
    return f"{found['Filename']}:{line}: {rule['Id']} {found['Message']}"


def _template(context: Context, loaded: list[templates.Template]) -> CheckFinding:
    """What cfn-lint does not see."""
    if not loaded:
        return failed("there is no template")
    found = templates.faults(loaded, context.record)
    listed = context.workspace.files("resources-to-import*.json")
    for path in listed:
        found += _import_list(context, path, loaded)
    if found:
        return failed(count(len(found), "fault"), found)
    said = count(len(context.record.resources), "resource")
    return passed(f"{said} in {count(len(loaded), 'template')}, within the limits")


def _import_list(context: Context, path: Path, loaded: list[templates.Template]) -> list[str]:
    suffix = path.stem.removeprefix("resources-to-import")
    only_sets = context.workspace.folder / f"import-template{suffix}.yaml"
    if only_sets.exists():
        template = templates.load(only_sets, context.record)
        found = [*template.wrong, *templates.policy_faults(template)]
        return [*found, *templates.import_faults(path, template, context.record)]
    for template in loaded:
        if template.file == f"template{suffix}.yaml":
            return templates.import_faults(path, template, context.record)
    return [f"{path.name}: there is no template{suffix}.yaml"]
