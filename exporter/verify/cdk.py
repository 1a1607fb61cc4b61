"""Check a CDK export: compiled, formatted, and synthesized to the expected templates."""

import importlib.util
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec

from exporter.formats import values
from exporter.formats.base import RenderInputs
from exporter.formats.cdk.app import app_stack, is_package
from exporter.formats.cdk.data_layout import CODE_FILE
from exporter.formats.cdk.render import FORMAT
from exporter.formats.cloudformation import render
from exporter.formats.cloudformation import template_text as loader
from exporter.formats.fidelity import Assessment
from exporter.formats.manifest import HERE, ScopeRecord
from exporter.formats.options import ExportOptions
from exporter.formats.references import ReferenceOptions
from exporter.formats.render_context import make_render_context
from exporter.formats.scope_facts import PreviousExport, ScopeFacts
from exporter.formats.stacks import FIRST_LIMIT, resource_identifier
from exporter.model import codec
from exporter.support import processes
from exporter.support.errors import ExporterError
from exporter.support.installing import install_command
from exporter.support.processes import Ran
from exporter.support.text import count
from exporter.verify import imports, live, readiness, templates
from exporter.verify.checks import Check, Context
from exporter.verify.results import CheckFinding, Tool, failed, not_run, passed
from exporter.verify.workspace import Whole, Workspace

Json = Any

_GET_BLACK = f"{install_command('black')}, or put black on PATH"
_GET_CDK = (
    "run python3 -m venv .venv && .venv/bin/pip install -r requirements.txt in the "
    "export's folder, or pass --python with an interpreter that has it"
)
_NAME_PYTHON = "pass a Python interpreter with --python"
_GET_NODE = "install it from https://nodejs.org; CDK needs it"


def checks(context: Context) -> Iterator[Check]:
    """Yield the checks of one scope."""
    synthesis = _Synthesis.prepare(context)
    yield Check("compile", Tool.PYTHON, partial(_compile, context, synthesis), synthesis.version)
    command, version = _black()
    yield Check("format", Tool.BLACK, partial(_format, context, command), version)
    yield Check("synth", Tool.CDK, synthesis.run, synthesis.cdk)
    yield Check("resources", Tool.OURSELVES, partial(_resources, context, synthesis))
    yield Check("values", Tool.OURSELVES, partial(_values, context, synthesis))
    yield Check("import", Tool.AWS, partial(readiness.assess, context), "cloudformation")


def _sources(context: Context) -> list[str]:
    work = context.workspace
    return [path.relative_to(work.folder).as_posix() for path in work.files("**/*.py")]


def _compile(context: Context, synthesis: "_Synthesis") -> CheckFinding:
    if synthesis.problem:
        return failed(synthesis.problem, hint=_NAME_PYTHON)
    work = context.workspace
    code = (
        "import sys\n"
        "for name in sys.argv[1:]:\n"
        "    compile(open(name, encoding='utf-8').read(), name, 'exec')\n"
    )
    names = _sources(context)
    if not names:
        return failed("there is no Python file")
    command = [synthesis.python, "-c", code, *names]
    ran = processes.run(command, work.folder, work.limit(base=60, each=0.1))
    if ran.code:
        return _python_error(ran, work.folder, "does not compile")
    return passed(count(len(names), "module"))


def _python_error(ran: Ran, folder: Path, what: str) -> CheckFinding:
    """Return the result of a failed run: the error at the end of the traceback, and its line."""
    lines = processes.shortened(f"{ran.out}\n{ran.err}", folder, lines=400)
    error = lines[-1] if lines else f"{what} without output (exit code {ran.code})"
    file_lines = [line for line in lines[:-1] if line.startswith('File "')]
    return failed(error, file_lines[-1:])


def _black() -> tuple[list[str], str]:
    """Return the command of Black and its version; an empty command if it is missing."""
    if importlib.util.find_spec("black") is not None:
        return [sys.executable, "-m", "black"], metadata.version("black")
    program = processes.find("black")
    return ([program], "") if program else ([], "")


def _format(context: Context, command: list[str]) -> CheckFinding:
    """Check that Black, with its defaults, would not change the code."""
    if not command:
        return not_run("Black is not installed", _GET_BLACK, missing=Tool.BLACK)
    work = context.workspace
    # With more than one worker, Black needs sockets.
    ran = _run_black(context, command, "--check", "--workers", "1", *_sources(context))
    unformatted = re.findall(r"^would reformat (.+)$", ran.err, re.MULTILINE)
    if ran.code == 1 and unformatted:
        shown = _run_black(
            context, command, "--diff", "--quiet", _below(unformatted[0], work.folder)
        )
        return failed(f"{count(len(unformatted), 'file')} not formatted", _changes(shown.out))
    if ran.code:
        lines = processes.shortened(f"{ran.out}\n{ran.err}", work.folder)
        faults = [line for line in lines if "cannot" in line]
        if faults:
            return failed(faults[0])
        return failed(f"Black ended with exit code {ran.code}", lines[-3:])
    return passed()


def _below(path: str, folder: Path) -> str:
    """Return the path of a file as it was passed to Black, which may print an absolute one."""
    absolute = Path(path)
    return absolute.relative_to(folder).as_posix() if absolute.is_absolute() else path


def _run_black(context: Context, command: list[str], *arguments: str) -> Ran:
    """Run Black with its defaults."""
    work = context.workspace
    # An empty file, so that the person's configuration doesn't apply.
    config = work.folder / "black.toml"
    config.write_text("", encoding="utf-8")
    return processes.run(
        [*command, "--config", config.name, *arguments],
        work.folder,
        work.limit(base=120, each=0.5),
        processes.without_aws(("BLACK_",), BLACK_CACHE_DIR=str(work.folder), NO_COLOR="1"),
        name="black",
    )


def _changes(diff: str) -> list[str]:
    """Return the changed lines of a unified diff, with the names of the files."""
    return [
        line.partition("\t")[0]
        for line in diff.splitlines()
        if line.startswith(("-", "+")) and not line.startswith("+++")
    ]


@dataclass
class _Synthesis:
    """A run of the CDK app.

    Attributes:
        python: The Python interpreter.
        version: The version of Python.
        cdk: The version of its aws-cdk-lib; empty if it has none.
        assembly: The synthesized templates by stack; None before synthesis.
        problem: Why the interpreter can't be used; empty if it can.
        lacks: Another package that the code needs and the interpreter doesn't have.
    """

    context: Context
    python: str
    version: str = ""
    cdk: str = ""
    assembly: dict[str, templates.Template] | None = None
    problem: str = ""
    lacks: str = ""

    @staticmethod
    def prepare(context: Context) -> "_Synthesis":
        synthesis = _Synthesis(context, _python(context))
        code = (
            "import sys, importlib.metadata as m\n"
            "print('.'.join(map(str, sys.version_info[:3])))\n"
            "for d in ['aws-cdk-lib', 'PyYAML']:\n"
            "    print(m.version(d) if any(m.distributions(name=d)) else '')\n"
        )
        try:
            ran = processes.run(
                [synthesis.python, "-c", code],
                context.workspace.folder,
                context.workspace.limit(base=60, each=0),
            )
        except processes.EngineError as error:
            synthesis.problem = str(error)
            return synthesis
        synthesis.version, synthesis.cdk, yaml, *_ = [*ran.out.splitlines(), "", "", ""]
        if not yaml and context.workspace.files(f"**/{CODE_FILE}"):
            synthesis.lacks = "PyYAML"
        if ran.code or not synthesis.version:
            synthesis.problem = (
                f"{synthesis.python} is not a Python interpreter (exit code {ran.code})"
            )
        return synthesis

    def run(self) -> CheckFinding:
        """Check that the app synthesizes the stacks in the manifest."""
        if self.problem:
            return failed(self.problem, hint=_NAME_PYTHON)
        if not self.cdk:
            return not_run(f"no aws-cdk-lib in {self.python}", _GET_CDK, missing=Tool.CDK)
        if self.lacks:
            reason = f"no {self.lacks} in {self.python}, which the layout needs"
            return not_run(reason, _GET_CDK, missing=Tool.CDK)
        if processes.find("node") is None:
            return not_run("Node.js is not on PATH", _GET_NODE, missing=Tool.CDK)
        work = self.context.workspace
        whole = _app(work)
        out = whole.folder / "cdk.out"
        environment = processes.without_aws(
            ("CDK_",),
            CDK_OUTDIR=str(out),
            # Five times as fast; CloudFormation validates templates anyway.
            CDK_VALIDATION="false",
            JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION="1",
            PYTHONDONTWRITEBYTECODE="1",
        )
        if "cdk" not in whole.ran:
            limit = work.limit(base=300, each=0.5, is_whole=True)
            whole.ran["cdk"] = processes.run(
                [self.python, "app.py"], whole.folder, limit, environment
            )
        ran = whole.ran["cdk"]
        if ran.code:
            return _python_error(ran, whole.folder, "synthesis failed")
        synthesized = {
            path.name.removesuffix(_TEMPLATE): path for path in sorted(out.glob(f"*{_TEMPLATE}"))
        }
        expected = {name for record in whole.records for name in _construct_ids(record).values()}
        if set(synthesized) != expected:
            names = ", ".join(sorted(synthesized)) or "none"
            return failed(f"got the stacks {names}", [f"expected {', '.join(sorted(expected))}"])
        record = self.context.record
        own = sorted({*_construct_ids(record).values()})
        self.assembly = {name: templates.load(synthesized[name], record) for name in own}
        return passed(count(len(own), "stack"))


_TEMPLATE = ".template.json"


def _app(work: Workspace) -> Whole:
    """Return the app with the stacks of a scope.

    In exports of older versions, each of several scopes has an app in its own folder, until it is
    exported again. Now there is one app for all.
    """
    if _has_own_app(work.record):
        return Whole(work.source, work.folder, (work.record,))
    whole = work.whole
    return replace(whole, records=tuple(r for r in whole.records if not _has_own_app(r)))


def _has_own_app(record: ScopeRecord) -> bool:
    return record.path != HERE and not is_package(record.path)


def _construct_ids(record: ScopeRecord) -> dict[int, str]:
    """Return the construct ids of the stacks of a scope, by their numbers."""
    scope, first = record.bare_scope, record.stack_name
    numbers = sorted({resource.stack for resource in record.resources})
    return {
        number: app_stack(scope, record.path, number, "", first).construct_id for number in numbers
    }


def _python(context: Context) -> str:
    """Return the chosen Python, or that of the export's environment if trusted, or our own."""
    if context.python:
        # An absolute path, because tools run in another folder.
        return processes.find(context.python) or os.path.abspath(context.python)  # noqa: PTH100
    for program in (".venv/bin/python", ".venv/Scripts/python.exe"):
        folder = _app(context.workspace).source
        interpreter = folder / program
        if interpreter.exists() and context.trust.allows(folder, ".venv", program):
            # Don't resolve the link: its target isn't in the virtual environment.
            return os.path.abspath(interpreter)  # noqa: PTH100
    return sys.executable


def _resources(context: Context, synthesis: _Synthesis) -> CheckFinding:
    """Check that the synthesized resources are the same as in CloudFormation's format."""
    if synthesis.assembly is None:
        return not_run("there is no assembly")
    synthesized = synthesis.assembly
    faults = templates.faults(map(_without_cdk, synthesized.values()), context.record)
    for path in context.workspace.files("resource-mapping*.json"):
        faults += _mapping_faults(path, context)
    try:
        expected = _rendered(context, synthesized)
    except ExporterError as error:
        return failed(str(error), faults)
    for name, template in synthesized.items():
        faults += _unequal(_plain(template.declared), _plain(expected.get(name, {})))
    if faults:
        return failed(count(len(faults), "fault"), faults)
    number = count(len(context.record.resources), "resource")
    return passed(f"{number}, same as in the CloudFormation rendering")


def _without_cdk(template: templates.Template) -> templates.Template:
    own = {k: v for k, v in template.declared.items() if v.get("Type") != "AWS::CDK::Metadata"}
    return templates.Template(template.file, template.size, own, template.code, template.wrong)


def _rendered(
    context: Context, synthesized: dict[str, templates.Template]
) -> dict[str, dict[str, Json]]:
    """Render what was synthesized in CloudFormation's format; return the resources by stack."""
    record = context.record
    code = [resource for template in synthesized.values() for resource in template.code]
    try:
        trees = ((resource.identity, resource.values) for resource in code)
        scope = values.to_scope(record.bare_scope, trees)
    except codec.MalformedError as error:
        raise ExporterError(f"the code describes something twice: {error}") from None
    labels = {resource.identity: resource.address for resource in code}
    plan = make_render_context(scope, Assessment(scope), labels, configuration_sets=True)
    numbers = {resource.configuration_set: resource.stack for resource in record.resources}
    facts = ScopeFacts(PreviousExport(stacks=numbers))
    options = ExportOptions(imports=False, references=ReferenceOptions(in_place=True))
    rendering = render.render_files(plan, RenderInputs(options, facts))
    ids = _construct_ids(record)
    names = [ids.get(number, "") for number in sorted({*rendering.stacks.values()})]
    files = [file for file in rendering.files if file.path.startswith("template")] if names else []
    return {
        name: loader.parse(file.text, file.path)["Resources"]
        for name, file in zip(names, files, strict=True)
    }


def _plain(resources: Any) -> dict[str, Json]:
    """Return resources without CDK's metadata, with tags as a map because CDK sorts them."""
    plain: dict[str, Json] = msgspec.json.decode(msgspec.json.encode(resources))
    for logical_id, resource in list(plain.items()):
        resource.pop("Metadata", None)
        if resource.get("Type") == "AWS::CDK::Metadata":
            del plain[logical_id]
        tags = resource.get("Properties", {}).get("Tags")
        if tags:
            resource["Properties"]["Tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    return plain


def _unequal(synthesized: dict[str, Json], rendered: dict[str, Json]) -> Iterator[str]:
    for logical_id in sorted({*synthesized, *rendered}):
        if synthesized.get(logical_id) != rendered.get(logical_id):
            sides = (("synthesized", synthesized), ("rendered", rendered))
            values_ = " and ".join(
                (
                    f"{side} {msgspec.json.encode(of[logical_id]).decode()}"
                    if logical_id in of
                    else f"not {side}"
                )
                for side, of in sides
            )
            yield f"{logical_id}: {values_}"


def _mapping_faults(path: Path, context: Context) -> list[str]:
    try:
        mapping = msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, str]])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return [f"{path.name}: not a resource mapping: {error}"]
    known = {resource.address: resource.identity for resource in context.record.resources}
    faults = []
    for logical_id, identifier in mapping.items():
        if logical_id not in known:
            faults.append(f"{path.name}: {logical_id} is not in the manifest")
        elif identifier != resource_identifier(known[logical_id]):
            faults.append(f"{path.name}: {logical_id}: its identifier is wrong")
    expected = {resource.address for resource in imports.pending_in(context.record, path.name)}
    faults += [f"{path.name}: {missing} is missing" for missing in sorted(expected - set(mapping))]
    more = set(mapping) & set(known) - expected
    faults += [f"{path.name}: {extra} must not be imported" for extra in sorted(more)]
    if len(mapping) > FIRST_LIMIT:
        faults.append(
            f"{path.name}: {len(mapping)} resources, but one import takes at most {FIRST_LIMIT}"
        )
    return faults


def _values(context: Context, synthesis: _Synthesis) -> CheckFinding:
    if synthesis.assembly is None:
        nothing = not_run("there is no assembly to read the values from")
        return live.gone(context.record, context.live) or nothing
    return templates.values(synthesis.assembly.values(), context, FORMAT.judge)
