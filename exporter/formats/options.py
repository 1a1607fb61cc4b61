"""What a person chose for an export: one value, passed whole from the command line to the code."""

from dataclasses import dataclass, field
from pathlib import Path

from exporter.formats.layout import Layout
from exporter.formats.manifest import RepeatedOptions
from exporter.formats.name_pattern import DEFAULT, NamePattern
from exporter.formats.references import LITERAL, ReferenceOptions


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """The choices of ``ses2iac export`` beside the format, the source and the folder.

    Attributes:
        check: Write nothing, and report what would be written.
        imports: Whether to write the files that serve the import; None writes them unless a person
            deleted them.
        adopt_suffix: What the new names of destinations end with, where they are to be recreated;
            empty leaves them their names.
        name_pattern: What names in code are made of.
        names_file: The names file in place of the one in the folder.
        stack_name: The name of the first stack; empty for the default.
        is_fragment: Whether the code is part of a module that others call, and configures nothing.
        module: The address of that module, without its first ``module.``; empty where the code
            stands alone, and the root is not known.
        root: The folder of the root module that calls it.
        outputs: Whether the names of the sets are outputs.
        gitignore: Whether to write a ``.gitignore`` where there is none.
        templates: The names of a person's own templates that make the code.
        repeated: What of all this a later export repeats.
    """

    strict: bool = False
    force: bool = False
    check: bool = False
    imports: bool | None = None
    configuration_sets: bool = True
    adopt_suffix: str = ""
    name_pattern: NamePattern = DEFAULT
    names_file: Path | None = None
    prune_names: bool = False
    layout: Layout = Layout.RESOURCES
    stack_name: str = ""
    is_fragment: bool = False
    module: str = ""
    root: Path | None = None
    templates: tuple[str, ...] = ()
    references: ReferenceOptions = LITERAL
    outputs: bool = False
    gitignore: bool = False
    repeated: RepeatedOptions = field(default_factory=RepeatedOptions)

    @property
    def with_imports(self) -> bool:
        """Whether files that serve the import are written, where something is to be imported."""
        return self.imports is not False

    @property
    def import_again(self) -> bool:
        """Whether what was imported is imported again when nothing else is left to import."""
        return self.imports is True
