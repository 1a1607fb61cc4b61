"""What an export did."""

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
        entries: What is not carried over as it is, with the scope that it is about.
        exports: The rendered scopes by folder; empty when there was nothing to write.
        outcome: What happened in the folder; None when nothing was written.
        differences: For a check, the files that are not what an export would write.
    """

    entries: tuple[tuple[Scope, Entry], ...] = ()
    exports: tuple[tuple[str, ScopeExport], ...] = ()
    outcome: WriteOutcome | None = None
    notes: tuple[Said, ...] = ()
    warnings: tuple[Said, ...] = ()
    differences: tuple[StaleFile, ...] = ()


class StrictError(ExporterError):
    """``--strict`` refuses the export; the report holds what it refuses it for."""

    def __init__(self, what: str, report: ExportReport) -> None:
        super().__init__(what, hint="nothing was written; drop --strict to export the rest")
        self.report = report
