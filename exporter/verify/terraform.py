"""Check a Terraform export with Terraform: formatted, valid, and with a plan that only imports."""

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
# Settings of the person that would change the plan.
_DROPPED_VARIABLES = ("TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_LOG")
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
    """Yield the checks of one scope."""
    terraform = _Terraform.find(context)
    absent = "neither terraform nor tofu is on PATH"
    missing = not_run(absent, _HOW_TO_GET, missing=Tool.TERRAFORM)
    for name, make in (
        ("fmt", _Terraform.fmt),
        ("init", _Terraform.init),
        ("validate", _Terraform.validate),
        ("schema", _Terraform.schema),
        ("plan", _Terraform.plan),
    ):
        run = partial(make, terraform) if terraform else lambda: missing
        yield Check(name, Tool.TERRAFORM, run, terraform.version if terraform else "")
    yield Check("values", Tool.OURSELVES, partial(_values, context, terraform))


def _values(context: Context, terraform: "_Terraform | None") -> CheckFinding:
    """Check that the plan has the live values, which an empty plan doesn't prove."""
    plan = terraform.planned if terraform else None
    if plan is not None:
        try:
            code = configured(plan, {resource.address for resource in context.record.resources})
            code += load_instances(plan, context.record.path, partial(_resources_in_code, context))
        except ExporterError as error:
            return failed(str(error))
        return live.compare(code, context.record, context.live, FORMAT.judge)
    return live.gone(context.record, context.live) or not_run(
        "there is no plan to read the configured values from"
    )


def _resources_in_code(context: Context) -> dict[Identity, CodeResource]:
    """Return the resources in the code, as far as they can be evaluated without Terraform."""
    work = context.workspace
    loaded = load_one(FolderTree(work.folder), work.record.bare_scope)
    return {resource.identity: resource for resource in loaded.resources}


@dataclass
class _Terraform:
    """Terraform or OpenTofu, run in the copy of an export.

    Attributes:
        version: The version, after the name if it is OpenTofu.
        basis: What the plan is made from, besides the code.
        planned: The plan as JSON, once there is one.
        referred: What the code refers to in a person's own code.
    """

    context: Context
    program: str
    version: str = ""
    basis: Basis = NO_STATE
    planned: Json | None = None
    is_initialised: bool = False
    referred: Referred = NOTHING_REFERRED

    @staticmethod
    def find(context: Context) -> "_Terraform | None":
        program = processes.find("terraform", "tofu")
        if program is None:
            return None
        terraform = _Terraform(context, program)
        try:
            versions = json.loads(terraform.run("version", "-json", base=60).out)
            name = "tofu " if Path(program).stem == "tofu" else ""
            terraform.version = f"{name}{versions['terraform_version']}"
        except (processes.EngineError, ValueError, KeyError, TypeError):
            # The checks will show what is wrong with it.
            terraform.version = "?"
        terraform.prepare()
        return terraform

    def prepare(self) -> None:
        """Add the state to the copy; if there is none, the imports that people deleted after use.

        Other resources without an import get none: the plan must show that it would create them.
        """
        work = self.context.workspace
        state_data = self.context.state
        if state_data is not None:
            if state_data:
                (work.folder / state.FILE).write_bytes(state_data)
            self.basis = Basis(has_state=True)
        else:
            files = (read(path) or b"" for path in work.files("*.tf"))
            texts = (data.decode("utf-8", "replace") for data in files)
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
        """Run a command in the copy; only commands that call AWS get credentials."""
        work = self.context.workspace
        query = self.context.live.query
        dropped = [*_DROPPED_VARIABLES, *(_KEYS if query.profile else ())]
        added = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
        if not asks_aws:
            dropped.append("AWS_")
        elif query.profile:
            added["AWS_PROFILE"] = query.profile
        if asks_aws and query.endpoint_url:
            added["AWS_ENDPOINT_URL"] = query.endpoint_url
        return processes.run(
            [self.program, *arguments],
            work.folder,
            work.limit(base=base, each=each),
            processes.environment(dropped, **added),
        )

    def fmt(self) -> CheckFinding:
        ran = self.run("fmt", "-check", "-diff", "-no-color", base=60)
        if ran.code == 0:
            return passed()
        if ran.code == 3:
            return failed("not formatted", self._lines(ran.out))
        return self._broken(ran)

    def init(self) -> CheckFinding:
        """Check that the provider which the code requires can be installed."""
        work = self.context.workspace
        refusal = terraform_beside.refusal(work)
        if refusal is not None:
            hint = f"{refusal.hint}, and export again"
            return failed(f"{refusal.where}: {refusal.what}", hint=hint)
        self.referred = terraform_beside.add_needed(work)
        if self.referred.refused:
            return not_run(_REFUSED, items=self.referred.refused)
        options = ("init", "-backend=false", "-input=false", "-no-color")
        installed = work.source / _PROVIDERS
        ran = None
        if installed.is_dir() and self.context.trust.allows(work.source, ".terraform", _PROVIDERS):
            # Use the providers of the person's own init: they are large to download.
            ran = self.run(*options, f"-plugin-dir={installed.resolve()}", base=600)
        if ran is None or ran.code:
            ran = self.run(*options, base=600)
        if ran.code:
            return self._broken(ran)
        self.is_initialised = True
        return passed(self._providers())

    def _providers(self) -> str:
        """Return the providers in use, with their versions."""
        try:
            selections = json.loads(self.run("version", "-json", base=60).out)[
                "provider_selections"
            ]
            return ", ".join(f"{name.split('/', 1)[-1]} {of}" for name, of in selections.items())
        except (ValueError, KeyError, TypeError, AttributeError):
            return ""

    def validate(self) -> CheckFinding:
        if not self.is_initialised:
            return not_run("init failed")
        ran = self.run("validate", "-json", "-no-color", base=120)
        try:
            validation = json.loads(ran.out)
            diagnostics = [_diagnostic(diagnostic) for diagnostic in validation["diagnostics"]]
            is_valid = validation["valid"]
        except (ValueError, KeyError, TypeError, AttributeError):
            return self._no_json("diagnostics", ran)
        if is_valid and not diagnostics:
            return passed()
        if is_valid:
            return failed(f"valid, with {count(len(diagnostics), 'warning')}", diagnostics)
        return failed(diagnostics[0] if diagnostics else "not valid", diagnostics[1:])

    def schema(self) -> CheckFinding:
        """Warn about arguments of the provider that no export writes."""
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
            # Don't show the output, which is one line of several megabytes.
            return failed("printed a schema without the SES resources")
        if not items:
            return passed()
        warning = (
            f"warning: the provider has {count(len(items), 'argument')} that ses2iac doesn't write"
        )
        return passed(warning, items, _UNWRITTEN)

    def plan(self) -> CheckFinding:
        """Check that each resource is imported or in state, and nothing else happens."""
        if not self.is_initialised:
            return not_run("init failed")
        self.context.live.reading()
        options = ("-input=false", "-no-color", "-detailed-exitcode", "-lock=false")
        # SES allows one request per second and action: 80 resources took 163 s (each needs two
        # actions, and the provider doesn't pace its requests).
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
        """Return a plan without the changes of resources that aren't in the export."""
        others = self.referred.blocks
        changes = planned.get("resource_changes", ())
        kept = [
            change
            for change in changes
            if not change["address"].startswith("module.")
            and change["address"].partition("[")[0] not in others
        ]
        return {**planned, "resource_changes": kept}

    def _not_judged(self, planned: Json, finding: CheckFinding) -> CheckFinding | None:
        """Return that the check couldn't run, if all differences depend on other resources."""
        if self.basis.has_state or not self.referred.blocks or not finding.items:
            return None
        unknown = tuple(
            f"~ {change['address']}: "
            for change in planned.get("resource_changes", ())
            if _has_unknown(change["change"].get("after_unknown"))
        )
        if not unknown or not all(item.startswith(unknown) for item in finding.items):
            return None
        return not_run("the code refers to other resources that no state here contains", BY_STATE)

    def _without_values(self, ran: Ran) -> CheckFinding | None:
        """Return that the check couldn't run, if a person's variables have no value."""
        names = sorted(set(_NO_VALUE.findall(f"{ran.out}\n{ran.err}")))
        if "No value for required variable" not in f"{ran.out}{ran.err}" or not names:
            return None
        settings = " ".join(f"TF_VAR_{name}=..." for name in names)
        listed = ", ".join(f"var.{name}" for name in names)
        return not_run(f"no value for {listed}", f"set it: {settings} ses2iac verify ...")

    def _no_json(self, what: str, ran: Ran) -> CheckFinding:
        return failed(f"printed no {what} in JSON", self._lines(f"{ran.out}\n{ran.err}")[:3])

    def _broken(self, ran: Ran) -> CheckFinding:
        lines = [line for line in self._lines(f"{ran.out}\n{ran.err}") if line]
        starts = [n for n, line in enumerate(lines) if line.startswith("Error:")]
        # "Terraform encountered problems" only introduces the errors.
        start = next((n for n in starts if "encountered problems" not in lines[n]), 0)
        error = lines[start : start + 12]
        first = error[0] if error else f"ended with exit code {ran.code} and no output"
        return failed(first, error[1:])

    def _lines(self, text: str) -> list[str]:
        return processes.shortened(text, self.context.workspace.folder, lines=400)


def _done(record: ScopeRecord, in_code: frozenset[str]) -> dict[Identity, str]:
    """Return the resources whose import is done, with their addresses.

    ``in_code`` has the addresses of import blocks in the code, which must not be repeated.

    Raises:
        ExporterError: if an address in the manifest is invalid.
    """
    addresses = {}
    for resource in record.resources:
        # The imports of a module are in the root module that calls it, which isn't copied.
        is_in_root = record.module and resource.import_file
        if not (resource.imported or is_in_root) or resource.address in in_code:
            continue
        if not is_hcl_address(resource.address):
            raise ExporterError(
                f"not a Terraform address: {resource.address!r}",
                where=MANIFEST_FILE,
                hint="restore the file, or export into another folder",
            )
        addresses[resource.identity] = resource.address
    return addresses


def _has_unknown(value: Json) -> bool:
    if isinstance(value, dict):
        return any(map(_has_unknown, value.values()))
    if isinstance(value, list):
        return any(map(_has_unknown, value))
    return value is True


def _diagnostic(diagnostic: Json) -> str:
    where = ""
    source_range = diagnostic.get("range")
    if source_range:
        where = f"{source_range['filename']}:{source_range['start']['line']}: "
    detail = " ".join(diagnostic.get("detail", "").split())
    return f"{where}{diagnostic['summary']}{f': {detail}' if detail else ''}"
