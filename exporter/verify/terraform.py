"""A Terraform export, judged by Terraform: formatted, valid, and a plan that only imports."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from exporter.formats.code_resource import CodeResource
from exporter.formats.export_files import read
from exporter.formats.filters import is_hcl_address
from exporter.formats.manifest import MANIFEST_FILE, ScopeRecord
from exporter.formats.terraform.arguments import not_written
from exporter.formats.terraform.code_tree import FolderTree
from exporter.formats.terraform.hcl.load import load_one
from exporter.formats.terraform.plan_json import configured
from exporter.formats.terraform.referred import NOTHING_REFERRED, Referred
from exporter.formats.terraform.render import FORMAT
from exporter.formats.terraform.state_json import load_instances
from exporter.formats.terraform.steps import import_blocks
from exporter.model.identities import Identity
from exporter.support import processes
from exporter.support.errors import ExporterError
from exporter.support.processes import Ran
from exporter.support.text import count
from exporter.verify import live, state, terraform_beside
from exporter.verify.checks import Check, Context
from exporter.verify.results import CheckFinding, Tool, failed, not_run, passed
from exporter.verify.terraform_judge import BY_STATE, NO_STATE, Basis, judge_plan

Json = Any

_HOW_TO_GET = (
    "install Terraform 1.5 or later (https://developer.hashicorp.com/terraform/install) or "
    "OpenTofu (https://opentofu.org/docs/intro/install), and put it on PATH"
)
# Of the person's own settings, those that would make another plan of the same code.
_NOT_OURS = ("TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_LOG")
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")
_UNWRITTEN = (
    "an apply may unset these settings in SES: upgrade ses2iac, or pin an older provider "
    "in .terraform.lock.hcl"
)
_LOCK = ".terraform.lock.hcl"
_PROVIDERS = ".terraform/providers"
_PLAN = "ses2iac.tfplan"
_PUT_BACK = "ses2iac_imports.tf"
_NO_VALUE = re.compile(r'variable "(\w[\w-]*)"')
_REFUSED = (
    "planning it elsewhere would run programs, send requests or miss other files; run the plan "
    "in the folder itself"
)
_IMPORTED_TO = re.compile(r"^\s*to\s*=\s*(\S+)\s*$", re.MULTILINE)


def checks(context: Context) -> Iterator[Check]:
    """The checks of one scope."""
    engine = _Engine.find(context)
    absent = "neither terraform nor tofu is on PATH"
    missing = not_run(absent, _HOW_TO_GET, missing=Tool.TERRAFORM)
    for name, make in (
        ("fmt", _Engine.fmt),
        ("init", _Engine.init),
        ("validate", _Engine.validate),
        ("schema", _Engine.schema),
        ("plan", _Engine.plan),
    ):
        judged = partial(make, engine) if engine else lambda: missing
        yield Check(name, Tool.TERRAFORM, judged, engine.version if engine else "")
    yield Check("values", Tool.OURSELVES, partial(_values, context, engine))


def _values(context: Context, engine: "_Engine | None") -> CheckFinding:
    """Whether the plan configures what is live; an empty plan does not prove it."""
    plan = engine.planned if engine else None
    if plan is not None:
        try:
            code = configured(plan, {each.address for each in context.record.resources})
            code += load_instances(plan, context.record.path, partial(_said_by_code, context))
        except ExporterError as error:
            return failed(str(error))
        return live.compare(code, context.record, context.live, FORMAT.judge)
    return live.gone(context.record, context.live) or not_run(
        "there is no plan to read the configured values from"
    )


def _said_by_code(context: Context) -> dict[Identity, CodeResource]:
    """What the code says of each resource, as far as it can be told without Terraform."""
    work = context.workspace
    loaded = load_one(FolderTree(work.folder), work.record.bare_scope)
    return {each.identity: each for each in loaded.resources}


@dataclass
class _Engine:
    """Terraform or OpenTofu at work in the copy of an export.

    Attributes:
        version: Its name, where it is not Terraform, and version.
        basis: What the plan is made from, beside the code.
    """

    context: Context
    program: str
    version: str = ""
    basis: Basis = NO_STATE
    planned: Json | None = None
    is_initialised: bool = False
    referred: Referred = NOTHING_REFERRED

    @staticmethod
    def find(context: Context) -> "_Engine | None":
        program = processes.find("terraform", "tofu")
        if program is None:
            return None
        engine = _Engine(context, program)
        try:
            said = json.loads(engine.run("version", "-json", base=60).out)
            name = "tofu " if Path(program).stem == "tofu" else ""
            engine.version = f"{name}{said['terraform_version']}"
        except (processes.EngineError, ValueError, KeyError, TypeError):
            # What is wrong with it shows in the checks.
            engine.version = "?"
        engine.prepare()
        return engine

    def prepare(self) -> None:
        """Add what the plan is made from, beside the code: the state, or the imports that are done.

        Only those come back that the export handed out and a person deleted: any other resource
        without an import would be created, and the plan must say so.
        """
        work = self.context.workspace
        found = self.context.state
        if found is not None:
            if found:
                (work.folder / state.FILE).write_bytes(found)
            self.basis = Basis(has_state=True)
        else:
            standing = (read(path) or b"" for path in work.files("*.tf"))
            texts = (data.decode("utf-8", "replace") for data in standing)
            blocks = [to for text in texts for to in _IMPORTED_TO.findall(text)]
            done = _done(work.record, frozenset(blocks))
            if done:
                text = import_blocks(work.record.bare_scope, done)
                (work.folder / _PUT_BACK).write_text(text, encoding="utf-8")
            put_back = sum(r.imported and r.identity in done for r in work.record.resources)
            self.basis = Basis(put_back=put_back)
        lock = read(work.source / _LOCK)
        if lock is not None:
            (work.folder / _LOCK).write_bytes(lock)

    def run(self, *arguments: str, base: float, each: float = 0.2, asks_aws: bool = False) -> Ran:
        """Run it in the copy, with its own time limit; only what asks AWS gets credentials."""
        work = self.context.workspace
        query = self.context.live.query
        drop = [*_NOT_OURS, *(_KEYS if query.profile else ())]
        more = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
        if not asks_aws:
            drop.append("AWS_")
        elif query.profile:
            more["AWS_PROFILE"] = query.profile
        if asks_aws and query.endpoint_url:
            more["AWS_ENDPOINT_URL"] = query.endpoint_url
        return processes.run(
            [self.program, *arguments],
            work.folder,
            work.limit(base=base, each=each),
            processes.environment(drop, **more),
        )

    def fmt(self) -> CheckFinding:
        ran = self.run("fmt", "-check", "-diff", "-no-color", base=60)
        if ran.code == 0:
            return passed()
        if ran.code == 3:
            return failed("not formatted", self._lines(ran.out))
        return self._broken(ran)

    def init(self) -> CheckFinding:
        """Whether the provider that the code asks for can be had."""
        work = self.context.workspace
        refusal = terraform_beside.refusal(work)
        if refusal is not None:
            return failed(f"{refusal.where}: {refusal.what}", hint=refusal.hint)
        self.referred = terraform_beside.lay(work)
        if self.referred.refused:
            return not_run(_REFUSED, items=self.referred.refused)
        options = ("init", "-backend=false", "-input=false", "-no-color")
        installed = work.source / _PROVIDERS
        ran = None
        if installed.is_dir() and self.context.trust.allows(work.source, ".terraform", _PROVIDERS):
            # What the person's own init brought need not come again: the provider is large.
            ran = self.run(*options, f"-plugin-dir={installed.resolve()}", base=600)
        if ran is None or ran.code:
            ran = self.run(*options, base=600)
        if ran.code:
            return self._broken(ran)
        self.is_initialised = True
        return passed(self._providers())

    def _providers(self) -> str:
        """The providers in use, with their versions."""
        try:
            found = json.loads(self.run("version", "-json", base=60).out)["provider_selections"]
            return ", ".join(f"{name.split('/', 1)[-1]} {of}" for name, of in found.items())
        except (ValueError, KeyError, TypeError, AttributeError):
            return ""

    def validate(self) -> CheckFinding:
        if not self.is_initialised:
            return not_run("init failed")
        ran = self.run("validate", "-json", "-no-color", base=120)
        try:
            said = json.loads(ran.out)
            diagnostics = [_diagnostic(each) for each in said["diagnostics"]]
            is_valid = said["valid"]
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._no_json("diagnostics", ran)
        if is_valid and not diagnostics:
            return passed()
        if is_valid:
            return failed(f"valid, with {count(len(diagnostics), 'warning')}", diagnostics)
        return failed(diagnostics[0] if diagnostics else "not valid", diagnostics[1:])

    def schema(self) -> CheckFinding:
        """Whether the provider has arguments that no export writes; a warning, no failure."""
        if not self.is_initialised:
            return not_run("init failed")
        ran = self.run("providers", "schema", "-json", "-no-color", base=120)
        if ran.code:
            return self._broken(ran)
        try:
            schemas = json.loads(ran.out)
        except ValueError:
            return self._no_json("schema", ran)
        try:
            items = not_written(schemas)
        except (KeyError, TypeError, AttributeError):
            # What was printed is no help: the schema of a provider is one line of megabytes.
            return failed("printed a schema without the SES resources")
        if not items:
            return passed()
        said = (
            f"warning: the provider has {count(len(items), 'argument')} that ses2iac doesn't write"
        )
        return passed(said, items, _UNWRITTEN)

    def plan(self) -> CheckFinding:
        """Whether each resource is imported or in state, and nothing else happens."""
        if not self.is_initialised:
            return not_run("init failed")
        self.context.live.reading()
        options = ("-input=false", "-no-color", "-detailed-exitcode", "-lock=false")
        # One request per second and action: 80 resources took 163 s (each is read by two actions,
        # and the provider does not wait for the quota).
        ran = self.run("plan", *options, f"-out={_PLAN}", base=300, each=6, asks_aws=True)
        if ran.code not in (0, 2):
            return self._without_values(ran) or self._broken(ran)
        shown = self.run("show", "-json", "-no-color", _PLAN, base=120)
        try:
            planned = json.loads(shown.out)
            finding = judge_plan(self.without_others(planned), self.context.record, self.basis)
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._no_json("plan", shown)
        self.planned = planned
        return self._not_judged(planned, finding) or finding

    def without_others(self, planned: Json) -> Json:
        """A plan without what it does to what is not the export's."""
        others = self.referred.blocks
        changes = planned.get("resource_changes", ())
        kept = [
            each
            for each in changes
            if not each["address"].startswith("module.")
            and each["address"].partition("[")[0] not in others
        ]
        return {**planned, "resource_changes": kept}

    def _not_judged(self, planned: Json, finding: CheckFinding) -> CheckFinding | None:
        """What to say where all that differs is not known before others' resources are there."""
        if self.basis.has_state or not self.referred.blocks or not finding.items:
            return None
        unknown = tuple(
            f"~ {each['address']}: "
            for each in planned.get("resource_changes", ())
            if _holds_unknown(each["change"].get("after_unknown"))
        )
        if not unknown or not all(item.startswith(unknown) for item in finding.items):
            return None
        return not_run("the code refers to other resources that no state here contains", BY_STATE)

    def _without_values(self, ran: Ran) -> CheckFinding | None:
        """What to say where variables of other people's have no value here."""
        names = sorted(set(_NO_VALUE.findall(f"{ran.out}\n{ran.err}")))
        if "No value for required variable" not in f"{ran.out}{ran.err}" or not names:
            return None
        given = " ".join(f"TF_VAR_{name}=..." for name in names)
        listed = ", ".join(f"var.{name}" for name in names)
        return not_run(f"no value for {listed}", f"set it: {given} ses2iac verify ...")

    def _no_json(self, what: str, ran: Ran) -> CheckFinding:
        return failed(f"printed no {what} in JSON", self._lines(f"{ran.out}\n{ran.err}")[:3])

    def _broken(self, ran: Ran) -> CheckFinding:
        lines = [line for line in self._lines(f"{ran.out}\n{ran.err}") if line]
        begins = [n for n, line in enumerate(lines) if line.startswith("Error:")]
        # The first only introduces the others.
        begin = next((n for n in begins if "encountered problems" not in lines[n]), 0)
        said = lines[begin : begin + 12]
        first = said[0] if said else f"ended with exit code {ran.code} and no output"
        return failed(first, said[1:])

    def _lines(self, text: str) -> list[str]:
        return processes.shortened(text, self.context.workspace.folder, lines=400)


def _done(record: ScopeRecord, standing: frozenset[str]) -> dict[Identity, str]:
    """The resources whose import is done, with their labels.

    ``standing`` are the addresses of import blocks that stand in the code, and may not come twice.

    Raises:
        ExporterError: when the manifest holds an address that no export wrote.
    """
    labels = {}
    for resource in record.resources:
        # The imports of a module stand in the root that calls it, which is not copied.
        is_handed_out = record.module and resource.import_file
        if not (resource.imported or is_handed_out) or resource.address in standing:
            continue
        if not is_hcl_address(resource.address):
            raise ExporterError(
                f"not a Terraform address: {resource.address!r}",
                where=MANIFEST_FILE,
                hint="restore the file, or export into another folder",
            )
        labels[resource.identity] = resource.address
    return labels


def _holds_unknown(value: Json) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_holds_unknown, value))
    return value is True


def _diagnostic(diagnostic: Json) -> str:
    where = ""
    place = diagnostic.get("range")
    if place:
        where = f"{place['filename']}:{place['start']['line']}: "
    detail = " ".join(diagnostic.get("detail", "").split())
    return f"{where}{diagnostic['summary']}{f': {detail}' if detail else ''}"
