"""What an export begins with, beside what the person chose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.manifest import Manifest, ManifestFile
from exporter.model.read_result import ReadResult
from exporter.sources.selection import Selection


@dataclass(frozen=True)
class ExportInput:
    """What was read, and the folder that it goes to.

    Attributes:
        manifest_file: The manifest that stood there at the start; None when there was none.
        managed_by_code: By account and region, the sets that other code holds, and which code; only
            their destinations are written.
        selection: What was to be read; whether anything else is there is unknown. None where what
            other code holds was left out too.
        left_out: Sets that were read and left out all the same.
        inputs: What is known beside the code of other people in the folder.
        replaces: The folder of the code that the export takes the place of.
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
        """What the manifest says."""
        return self.manifest_file.manifest if self.manifest_file else None
