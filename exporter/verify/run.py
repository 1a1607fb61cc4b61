"""Run the checks of an export."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from exporter import __version__
from exporter.export import module_root
from exporter.formats import export_files
from exporter.formats import manifest as manifests
from exporter.formats.loading import load_format
from exporter.formats.manifest import HERE, MANIFEST_FILE, Manifest, ScopeRecord
from exporter.formats.registry import FormatName
from exporter.model.account_query import AccountQuery
from exporter.support.errors import ExporterError, UsageError
from exporter.support.processes import EngineError
from exporter.support.progress import Progress
from exporter.support.text import count
from exporter.verify import state, workspace
from exporter.verify.checks import Check, Context
from exporter.verify.live import Live, UnreachableError
from exporter.verify.results import (
    CheckFinding,
    ResourceReadiness,
    Result,
    Tool,
    VerifyReport,
    failed,
    passed,
)
from exporter.verify.trust import Trust


@dataclass(frozen=True)
class VerifyOptions:
    """The options of the command.

    Attributes:
        region: Check only the scopes of this region; None for all.
        python: The Python interpreter for synthesis; None to look for one.
        state: The Terraform state to plan from; None for the one in the folder, if any.
    """

    query: AccountQuery = field(default_factory=AccountQuery)
    offline: bool = False
    region: str | None = None
    python: str | None = None
    trust_dir: bool = False
    state: Path | None = None
    time_limit: float | None = None


@dataclass
class Watcher:
    """Receives the progress of checks; this one does nothing."""

    progress: Progress = field(default_factory=Progress)

    def begins(self, check: str) -> None:
        """Called when a check begins."""

    def ended(self, result: Result) -> None:
        """Called when a check has ended."""


def load(out_dir: Path) -> Manifest:
    """Read the manifest of an export.

    Raises:
        ExporterError: if the folder isn't an export of this version.
    """
    if not out_dir.is_dir():
        what = "is a file, not an export" if out_dir.exists() else "does not exist"
        raise ExporterError(what, where=str(out_dir), hint="pass the folder of an export")
    manifest = manifests.load(out_dir)
    if manifest is None:
        raise ExporterError(
            f"not a ses2iac export: it has no {MANIFEST_FILE}",
            where=str(out_dir),
            hint="pass the folder given to 'ses2iac export --out'",
        )
    if manifest.format not in set(FormatName):
        raise ExporterError(
            f"an export to {manifest.format!r}, which this version of ses2iac does not know",
            where=str(out_dir / MANIFEST_FILE),
            hint="use the version of ses2iac that wrote it",
        )
    if not manifest.scopes:
        raise ExporterError(
            "has no account and region",
            where=str(out_dir / MANIFEST_FILE),
            hint="restore the file, or export into another folder",
        )
    return manifest


def verify(
    out_dir: Path, manifest: Manifest, options: VerifyOptions, watcher: Watcher
) -> VerifyReport:
    """Check an export, without applying it or writing to ``out_dir``.

    Raises:
        ExporterError: if no scope is of the chosen region, or a state can't be used.
    """
    records = [r for r in manifest.scopes if options.region in (None, r.region)]
    if not records:
        raise ExporterError(
            f"has nothing of region {options.region}",
            where=str(out_dir),
            hint=f"it has {', '.join(sorted({r.region for r in manifest.scopes}))}",
        )
    states = _states(out_dir, manifest, records, options.state)
    files = Check("files", Tool.OURSELVES, lambda: _files(out_dir, manifest))
    results = [_run(files, HERE, watcher)]
    resources: list[ResourceReadiness] = []
    trust = Trust(options.trust_dir)
    checks: Callable[[Context], Iterator[Check]]
    checks = import_module(load_format(FormatName(manifest.format)).checks).checks
    copies = workspace.copies(out_dir, manifest, records, options.time_limit)
    for record, copied in zip(records, copies, strict=True):
        live = Live(record, options.query, options.offline, watcher.progress)
        context = Context(copied, live, options.python, trust, states.get(record.path))
        results += [_run(check, record.path, watcher) for check in checks(context)]
        resources += context.resources
    return VerifyReport(tuple(results), tuple(resources), tuple(trust.notes))


def _states(
    out_dir: Path, manifest: Manifest, records: list[ScopeRecord], given: Path | None
) -> dict[str, bytes]:
    """Return the Terraform state of each scope that has one, by the scope's path."""
    if manifest.format != FormatName.TERRAFORM:
        if given:
            raise UsageError(
                f"--state needs a Terraform export; {out_dir} is an export to {manifest.format}",
                hint="drop --state",
            )
        return {}
    if given and len(records) > 1:
        regions = ", ".join(sorted({record.region for record in records}))
        raise UsageError(
            f"--state names one state, but {out_dir} has {len(records)} accounts and regions",
            hint=f"choose one with --region ({regions}), or save each state in its own folder "
            f"as {state.FILE}",
        )
    root = module_root.remembered_root(out_dir, manifest)
    states = {
        record.path: state.find(workspace.folder_of(out_dir, record), manifest, record, given, root)
        for record in records
    }
    return {path: data for path, data in states.items() if data is not None}


def _run(check: Check, path: str, watcher: Watcher) -> Result:
    watcher.begins(check.name)
    began = time.monotonic()
    finding = _outcome(check)
    version = check.version or (__version__ if check.tool is Tool.OURSELVES else "")
    result = Result(
        check.name, check.tool, version, finding, round(time.monotonic() - began, 1), path
    )
    watcher.ended(result)
    return result


def _outcome(check: Check) -> CheckFinding:
    try:
        return check.run()
    except UnreachableError as error:
        return error.finding
    except EngineError as error:
        return failed(str(error), hint="allow more time with --time-limit SECONDS" * error.is_slow)


def _files(out_dir: Path, manifest: Manifest) -> CheckFinding:
    changed, noted = export_files.differences(out_dir, manifest)
    if changed:
        what = f"{count(len(changed), 'file')} changed since the export"
        hint = "restore it, or run 'ses2iac export --force' to write it again"
        return failed(what, changed, hint=hint)
    summary = f"{count(len(manifest.files), 'file')} as exported"
    return passed(f"{summary}; {', '.join(noted)}" if noted else summary)
