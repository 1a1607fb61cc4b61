"""The report on an export."""

from dataclasses import dataclass

from exporter.export.writer import StaleFile, WriteOutcome
from exporter.formats.fidelity import Entry
from exporter.formats.scope_export import ScopeExport
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError
from exporter.support.remarks import Said


@dataclass(frozen=True)
class ExportReport:
    """What an export did.

    Attributes:
        entries: What isn't written exactly as it is live, each with its scope.
        exports: The rendered scopes with their folders; empty if there was nothing to write.
        outcome: What happened in the folder; None if nothing was written.
        differences: For ``--check``, the files that an export would change.
    """

    entries: tuple[tuple[Scope, Entry], ...] = ()
    exports: tuple[tuple[str, ScopeExport], ...] = ()
    outcome: WriteOutcome | None = None
    notes: tuple[Said, ...] = ()
    warnings: tuple[Said, ...] = ()
    differences: tuple[StaleFile, ...] = ()


class StrictError(ExporterError):
    """``--strict`` refuses the export; the report has the details."""

    def __init__(self, what: str, report: ExportReport) -> None:
        super().__init__(what, hint="nothing was written; drop --strict to export the rest")
        self.report = report
