"""A CDK export: compiled, formatted, and synthesized to the CloudFormation rendering."""

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
from exporter.support.processes import Ran
from exporter.support.text import count
from exporter.verify import imports, live, readiness, templates
from exporter.verify.checks import Check, Context
from exporter.verify.results import CheckFinding, Tool, failed, not_run, passed
from exporter.verify.workspace import Whole, Workspace

Json = Any

_GET_BLACK = "pip install black, or put black on PATH"
_GET_CDK = (
    "run python3 -m venv .venv && .venv/bin/pip install -r requirements.txt in the "
    "export's folder, or pass --python with an interpreter that has it"
)
_NAME_PYTHON = "pass a Python interpreter with --python"
_GET_NODE = "install it from https://nodejs.org; CDK needs it"


def checks(context: Context) -> Iterator[Check]:
    """The checks of one scope."""
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
        return _last_words(ran, work.folder, "does not compile")
    return passed(count(len(names), "module"))


def _last_words(ran: Ran, folder: Path, what: str) -> CheckFinding:
    """A traceback's end: where, and the error itself."""
    lines = processes.shortened(f"{ran.out}\n{ran.err}", folder, lines=400)
    said = lines[-1] if lines else f"{what} without output (exit code {ran.code})"
    places = [line for line in lines[:-1] if line.startswith('File "')]
    return failed(said, places[-1:])


def _black() -> tuple[list[str], str]:
    """How to run Black, and its version; an empty command when it is missing."""
    if importlib.util.find_spec("black") is not None:
        return [sys.executable, "-m", "black"], metadata.version("black")
    program = processes.find("black")
    return ([program], "") if program else ([], "")


def _format(context: Context, command: list[str]) -> CheckFinding:
    """Whether the code is formatted as Black formats it by its own defaults."""
    if not command:
        return not_run("Black is not installed", _GET_BLACK, missing=Tool.BLACK)
    work = context.workspace
    ran = _run_black(context, command, "--check", "--workers", "1", *_sources(context))
    unformatted = re.findall(r"^would reformat (.+)$", ran.err, re.MULTILINE)
    if ran.code == 1 and unformatted:
        shown = _run_black(
            context, command, "--diff", "--quiet", _below(unformatted[0], work.folder)
        )
        return failed(f"{count(len(unformatted), 'file')} not formatted", _changes(shown.out))
    if ran.code:
        said = processes.shortened(f"{ran.out}\n{ran.err}", work.folder)
        faults = [line for line in said if "cannot" in line]
        if faults:
            return failed(faults[0])
        return failed(f"Black ended with exit code {ran.code}", said[-3:])
    return passed()


def _below(path: str, folder: Path) -> str:
    """A file that Black names, as it was named to Black."""
    place = Path(path)
    return place.relative_to(folder).as_posix() if place.is_absolute() else path


def _run_black(context: Context, command: list[str], *arguments: str) -> Ran:
    """Run Black by its own defaults; one file at a time, as for several it needs sockets."""
    work = context.workspace
    # An empty file, so that no configuration of the person's own counts.
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
    """The lines of a unified diff that differ, under the files that they are in."""
    return [
        line.partition("\t")[0]
        for line in diff.splitlines()
        if line.startswith(("-", "+")) and not line.startswith("+++")
    ]


@dataclass
class _Synthesis:
    """The app, run.

    Attributes:
        cdk: The version of its aws-cdk-lib; empty when it has none.
        assembly: The synthesized templates by stack, once there are some.
        problem: Why that Python cannot be used.
        lacks: What else the code needs, and that Python does not have.
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
        """Whether the app synthesizes, to the stacks of the manifest."""
        if self.problem:
            return failed(self.problem, hint=_NAME_PYTHON)
        if not self.cdk:
            said = f"no aws-cdk-lib in {self.python}"
            return not_run(said, _GET_CDK, missing=Tool.CDK)
        if self.lacks:
            said = f"no {self.lacks} in {self.python}, which the layout needs"
            return not_run(said, _GET_CDK, missing=Tool.CDK)
        if processes.find("node") is None:
            return not_run("Node.js is not on PATH", _GET_NODE, missing=Tool.CDK)
        work = self.context.workspace
        whole = _app(work)
        out = whole.folder / "cdk.out"
        environment = processes.without_aws(
            ("CDK_",),
            CDK_OUTDIR=str(out),
            # Checked above all by CloudFormation itself; without, synthesis is five times as fast.
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
            return _last_words(ran, whole.folder, "synthesis failed")
        made = {
            path.name.removesuffix(_TEMPLATE): path for path in sorted(out.glob(f"*{_TEMPLATE}"))
        }
        expected = {name for record in whole.records for name in _construct_ids(record).values()}
        if set(made) != expected:
            names = ", ".join(sorted(made)) or "none"
            return failed(f"got the stacks {names}", [f"expected {', '.join(sorted(expected))}"])
        record = self.context.record
        own = sorted({*_construct_ids(record).values()})
        self.assembly = {name: templates.load(made[name], record) for name in own}
        return passed(count(len(own), "stack"))


_TEMPLATE = ".template.json"


def _app(work: Workspace) -> Whole:
    """The app that makes the stacks of an account and region.

    Of several, each had an app in its folder before there was one for all. That app stays as it is
    until its account and region is exported again.
    """
    if _has_own_app(work.record):
        return Whole(work.source, work.folder, (work.record,))
    whole = work.whole
    return replace(whole, records=tuple(r for r in whole.records if not _has_own_app(r)))


def _has_own_app(record: ScopeRecord) -> bool:
    return record.path != HERE and not is_package(record.path)


def _construct_ids(record: ScopeRecord) -> dict[int, str]:
    """What the app calls the stacks of an account and region, by their numbers."""
    scope, first = record.bare_scope, record.stack_name
    numbers = sorted({each.stack for each in record.resources})
    return {
        number: app_stack(scope, record.path, number, "", first).construct_id for number in numbers
    }


def _python(context: Context) -> str:
    """The chosen Python, that of the export's own environment if it is trusted, or ours."""
    if context.python:
        # Engines work in another folder.
        return processes.find(context.python) or os.path.abspath(context.python)  # noqa: PTH100
    for place in (".venv/bin/python", ".venv/Scripts/python.exe"):
        folder = _app(context.workspace).source
        own = folder / place
        if own.exists() and context.trust.allows(folder, ".venv", place):
            # Not resolved: what it links to knows nothing of the environment.
            return os.path.abspath(own)  # noqa: PTH100
    return sys.executable


def _resources(context: Context, synthesis: _Synthesis) -> CheckFinding:
    """Whether the assembly's resources are those of the CloudFormation rendering."""
    if synthesis.assembly is None:
        return not_run("there is no assembly")
    made = synthesis.assembly
    found = templates.faults(map(_without_cdk, made.values()), context.record)
    for path in context.workspace.files("resource-mapping*.json"):
        found += _mapping_faults(path, context)
    try:
        expected = _rendered(context, made)
    except ExporterError as error:
        return failed(str(error), found)
    for name, template in made.items():
        found += _unequal(_plain(template.declared), _plain(expected.get(name, {})))
    if found:
        return failed(count(len(found), "fault"), found)
    number = count(len(context.record.resources), "resource")
    return passed(f"{number}, same as in the CloudFormation rendering")


def _without_cdk(template: templates.Template) -> templates.Template:
    own = {k: v for k, v in template.declared.items() if v.get("Type") != "AWS::CDK::Metadata"}
    return templates.Template(template.file, template.size, own, template.code, template.wrong)


def _rendered(context: Context, made: dict[str, templates.Template]) -> dict[str, dict[str, Json]]:
    """The resources of the CloudFormation rendering of what was synthesized, by stack."""
    record = context.record
    code = [resource for template in made.values() for resource in template.code]
    try:
        read = ((each.identity, each.values) for each in code)
        scope = values.to_scope(record.bare_scope, read)
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
    """Without CDK's own metadata, and with tags as a map: CDK sorts them its own way."""
    plain: dict[str, Json] = msgspec.json.decode(msgspec.json.encode(resources))
    for logical_id, resource in list(plain.items()):
        resource.pop("Metadata", None)
        if resource.get("Type") == "AWS::CDK::Metadata":
            del plain[logical_id]
        tags = resource.get("Properties", {}).get("Tags")
        if tags:
            resource["Properties"]["Tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    return plain


def _unequal(made: dict[str, Json], expected: dict[str, Json]) -> Iterator[str]:
    for logical_id in sorted({*made, *expected}):
        if made.get(logical_id) != expected.get(logical_id):
            sides = (("synthesized", made), ("rendered", expected))
            said = " and ".join(
                (
                    f"{side} {msgspec.json.encode(of[logical_id]).decode()}"
                    if logical_id in of
                    else f"not {side}"
                )
                for side, of in sides
            )
            yield f"{logical_id}: {said}"


def _mapping_faults(path: Path, context: Context) -> list[str]:
    try:
        mapping = msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, str]])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return [f"{path.name}: not a resource mapping: {error}"]
    known = {resource.address: resource.identity for resource in context.record.resources}
    found = []
    for logical_id, identifier in mapping.items():
        if logical_id not in known:
            found.append(f"{path.name}: {logical_id} is not in the manifest")
        elif identifier != resource_identifier(known[logical_id]):
            found.append(f"{path.name}: {logical_id}: its identifier is wrong")
    expected = {each.address for each in imports.pending_in(context.record, path.name)}
    found += [f"{path.name}: {at} is missing" for at in sorted(expected - set(mapping))]
    more = set(mapping) & set(known) - expected
    found += [f"{path.name}: {at} must not be imported" for at in sorted(more)]
    if len(mapping) > FIRST_LIMIT:
        found.append(
            f"{path.name}: {len(mapping)} resources, but one import takes at most {FIRST_LIMIT}"
        )
    return found


def _values(context: Context, synthesis: _Synthesis) -> CheckFinding:
    if synthesis.assembly is None:
        nothing = not_run("there is no assembly to read the values from")
        return live.gone(context.record, context.live) or nothing
    return templates.values(synthesis.assembly.values(), context, FORMAT.judge)
