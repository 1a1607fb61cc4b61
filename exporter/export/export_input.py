"""The input of an export, apart from its options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.manifest import Manifest, ManifestFile
from exporter.model.read_result import ReadResult
from exporter.sources.selection import Selection


@dataclass(frozen=True)
class ExportInput:
    """What was read, and the folder to write to.

    Attributes:
        manifest_file: The folder's manifest at the start; None if there was none.
        managed_by_code: By account and region, the sets that other code manages, with the name of
            that code; only their destinations are written.
        selection: What was selected; whether anything else exists is unknown. None if what other
            code manages was left out too.
        left_out: Sets that were read but left out.
        inputs: Values for the variables and parameters of other code in the folder.
        replaces: The folder of the code that the export replaces.
    """

    reading: ReadResult
    out_dir: Path
    manifest_file: ManifestFile | None = None
    managed_by_code: Mapping[tuple[str | None, str], Mapping[str, str]] = field(
        default_factory=dict
    )
    selection: Selection | None = field(default_factory=Selection)
    left_out: frozenset[str] = frozenset()
    inputs: CodeInputs = field(default_factory=CodeInputs)
    replaces: Path | None = None

    @property
    def manifest(self) -> Manifest | None:
        """The content of the manifest; None if there was none."""
        return self.manifest_file.manifest if self.manifest_file else None
