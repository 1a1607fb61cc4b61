"""Templates in files: each a stack of its own, but for those that others name as nested."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from exporter.formats import code_files
from exporter.formats.cloudformation import template, template_text
from exporter.formats.cloudformation.exports import ExportingTemplate, Exports
from exporter.formats.cloudformation.surroundings import surroundings_of
from exporter.formats.cloudformation.template_context import Surroundings
from exporter.formats.code_inputs import CodeInputs, undeclared
from exporter.formats.code_resource import Loaded
from exporter.support import regular_files

_IS_URL = re.compile(r"(?:[a-z0-9]+:)?//")


def load(texts: Mapping[str, str], folder: Path, inputs: CodeInputs) -> list[Loaded]:
    """What templates describe.

    Args:
        texts: The templates, by their files.
        folder: What they are read from; a nested template is read from the repository of it.
        inputs: What is known of them beside themselves.

    Raises:
        ExporterError: when one is no template, or describes what SES cannot have.
    """
    given = {"AWS::StackName": inputs.stack_name} if inputs.stack_name else {}
    nested: set[Path] = set()
    exports = Exports()
    around: dict[str, Surroundings] = {}
    for file, text in texts.items():
        reader = partial(_nested_text, Path(file).parent, folder, nested)
        around[file] = surroundings_of(
            given, None, None, inputs, nested_text=reader, exports=exports
        )
        exports.add(ExportingTemplate(text, file, around[file]))
    loaded = {file: template.load(text, file, around=around[file]) for file, text in texts.items()}
    alone = {file: found for file, found in loaded.items() if Path(file).resolve() not in nested}
    # Where each is nested in another, they name each other in a circle.
    first, *others = (alone or loaded).values()
    return [replace(first, notes=(*first.notes, *_undeclared(texts, inputs))), *others]


def _undeclared(texts: Mapping[str, str], inputs: CodeInputs) -> Iterator[str]:
    """Yield a note for each ``--parameter`` that no template has."""
    if not inputs.parameters:
        return
    declared: set[str] = set()
    for file, text in texts.items():
        parameters = template_text.read(text, file).template.get("Parameters")
        declared |= parameters.keys() if isinstance(parameters, dict) else set()
    where = next(iter(texts)) if len(texts) == 1 else "the templates"
    for note in undeclared("--parameter", inputs.parameters, declared, "parameter"):
        yield f"{where}: {note}"


def _nested_text(
    beside: Path, folder: Path, nested: set[Path], location: str
) -> tuple[str, str] | None:
    """The template that a template names: by its path, or by the end of its URL.

    The AWS CLI and SAM take a path and upload the file. Who uploads it otherwise keeps its name,
    and the folders that are below the template's own.
    """
    for path in _paths(location):
        file = beside / path
        if regular_files.is_in_repository(file, folder) and file.is_file():
            nested.add(file.resolve())
            return regular_files.shown(file), code_files.text(file, template.BYTES_LIMIT)
    return None


def _paths(location: str) -> list[str]:
    """Where a template may lie, the longest path first."""
    if "\0" in location:
        return []
    if not _IS_URL.match(location):
        return [location]
    parts = [part for part in urlsplit(location).path.split("/") if part not in ("", "..")]
    return ["/".join(parts[start:]) for start in range(len(parts))]
