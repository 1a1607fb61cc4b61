"""What a person chose for an export: one value, passed whole from the command line to the code."""

from dataclasses import dataclass, field
from pathlib import Path

from exporter.formats.layout import Layout
from exporter.formats.manifest import RepeatedOptions
from exporter.formats.name_pattern import DEFAULT, LabelPattern
from exporter.formats.references import LITERAL, ReferenceOptions


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """The options of ``ses2iac export`` besides the format, the source and the folder.

    Attributes:
        check: Write nothing, and report what would be written.
        imports: Whether to write the import files; None writes them unless a person deleted them.
        adopt_suffix: The suffix of the destinations' new names, if they are to be recreated;
            empty keeps their names.
        name_pattern: How names in code are made.
        names_file: The names file to use instead of the one in the folder.
        stack_name: The name of the first stack; empty for the default.
        is_fragment: Whether the code is part of a module that others call, and configures nothing.
        module: The address of that module, without its first ``module.``; empty if there is none
            or it isn't known.
        root: The folder of the root module that calls it.
        outputs: Whether to write outputs with the names of the sets.
        gitignore: Whether to write a ``.gitignore`` if there is none.
        templates: The names of the custom templates that make the code.
        repeated: The options that a later export repeats.
    """

    strict: bool = False
    force: bool = False
    check: bool = False
    imports: bool | None = None
    configuration_sets: bool = True
    adopt_suffix: str = ""
    name_pattern: LabelPattern = DEFAULT
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
        """Whether to write import files if anything is to be imported."""
        return self.imports is not False

    @property
    def import_again(self) -> bool:
        """Whether to import imported resources again if nothing else is left to import."""
        return self.imports is True
