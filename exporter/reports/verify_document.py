"""The JSON report of ``verify`` (``docs/cli.md``)."""

from exporter.formats.manifest import Manifest
from exporter.model import codec
from exporter.reports.document import FORMAT_VERSION, Struct
from exporter.verify.results import VerifyReport


class CheckRow(Struct, frozen=True):
    """One check; ``path`` is its scope's folder, ``.`` for the export's own."""

    path: str
    check: str
    tool: str
    version: str
    result: str
    seconds: float
    said: str
    items: tuple[str, ...]
    hint: str


class ResourceRow(Struct, frozen=True):
    """Whether CloudFormation can import one resource."""

    path: str
    resource: str
    logical_id: str
    readiness: str
    identifier: dict[str, str]
    stack: str


class Document(Struct, frozen=True):
    """The whole report."""

    format_version: int
    format: str
    passed: bool
    checks: tuple[CheckRow, ...]
    resources: tuple[ResourceRow, ...]


def as_json(manifest: Manifest, report: VerifyReport, *, passed: bool) -> str:
    """Return the report as JSON.

    ``passed``: no check failed, and all required tools ran.
    """
    checks = tuple(
        CheckRow(
            path=result.path,
            check=result.check,
            tool=result.tool,
            version=result.version,
            result=result.outcome,
            seconds=result.seconds,
            said=result.finding.said,
            items=result.finding.items,
            hint=result.finding.hint,
        )
        for result in report.results
    )
    resources = tuple(
        ResourceRow(
            each.path, each.resource, each.address, each.readiness, each.identifier, each.stack
        )
        for each in report.resources
    )
    return codec.pretty(Document(FORMAT_VERSION, manifest.format, passed, checks, resources))
