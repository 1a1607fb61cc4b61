"""Templates in files: each is a stack, unless another one nests it."""

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
    """Return what templates describe.

    Args:
        texts: The templates by file.
        folder: The folder of the files; nested templates are read from its repository.
        inputs: What the caller knows about the stacks.

    Raises:
        ExporterError: when one isn't a template, or describes an invalid resource.
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
    stacks = {file: each for file, each in loaded.items() if Path(file).resolve() not in nested}
    # There is none if the templates nest each other in a circle.
    first, *others = (stacks or loaded).values()
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
    """The nested template at a path, or at the end of a URL.

    The AWS CLI and SAM take a path and upload the file. Other uploads usually keep its name and its
    path below the folder of the template.
    """
    for path in _paths(location):
        file = beside / path
        if regular_files.is_in_repository(file, folder) and file.is_file():
            nested.add(file.resolve())
            return regular_files.shown(file), code_files.text(file, template.BYTES_LIMIT)
    return None


def _paths(location: str) -> list[str]:
    """The paths where a template may be, the longest first."""
    if "\0" in location:
        return []
    if not _IS_URL.match(location):
        return [location]
    parts = [part for part in urlsplit(location).path.split("/") if part not in ("", "..")]
    return ["/".join(parts[start:]) for start in range(len(parts))]
