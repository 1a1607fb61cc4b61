"""The ``[export]`` table of ``ses2iac.toml``: options of ``export``.

``SETTINGS`` is the registry: a new option only needs a line there. The values become defaults of
the command line, so that flags win, and each value is parsed like that of the flag.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exporter.formats.layout import Layout
from exporter.formats.references import ReferenceMode
from exporter.sources.pattern_files import AT
from exporter.support.errors import ExporterError
from exporter.support.toml_text import Position

Fault = Callable[[Position, str, str, Any], ExporterError]
"""Creates an error about a value: its position below the key, what is wrong, a hint, the value."""

Reader = Callable[[Any, Path, Fault], Any]
"""Reads a value: gets the value in the file, the file's folder, and how to create an error."""


@dataclass(frozen=True)
class Setting:
    """An option of export.

    Attributes:
        key: Its key in ``[export]``.
        parameter: Its parameter of the command.
        default: The value if it isn't set anywhere.
        formats: The formats that have the option; empty for all.
    """

    key: str
    parameter: str
    read: Reader
    default: Any = None
    formats: tuple[str, ...] = ()

    def is_for(self, format_: str) -> bool:
        """Tell whether a format has the option."""
        return not self.formats or format_ in self.formats


@dataclass(frozen=True)
class Given:
    """A value in the file, and its line."""

    value: Any
    line: int


def yes_or_no(value: Any, _folder: Path, fault: Fault) -> bool:
    """Read ``true`` or ``false``."""
    if not isinstance(value, bool):
        raise fault((), "must be true or false", "write true or false, without quotes", value)
    return value


def text(value: Any, _folder: Path, fault: Fault) -> str:
    """Read text that is not empty."""
    if not isinstance(value, str) or not value:
        raise fault((), "must be text", "write it in quotes, or delete the line", value)
    return value


def texts(value: Any, folder: Path, fault: Fault) -> list[str]:
    """Read text, or a list of texts."""
    if not isinstance(value, list):
        return [text(value, folder, fault)]
    for index, item in enumerate(value):
        if not isinstance(item, str) or not item:
            raise fault((index,), "must contain only text", "write each item in quotes", item)
    return list(value)


def path(value: Any, folder: Path, fault: Fault) -> str:
    """Read a path; a relative one starts at the file's folder."""
    return str(folder / text(value, folder, fault))


def paths(value: Any, folder: Path, fault: Fault) -> list[str]:
    """Read a path, or a list of paths; relative ones start at the file's folder."""
    return [str(folder / text) for text in texts(value, folder, fault)]


def patterns(value: Any, folder: Path, fault: Fault) -> list[str]:
    """Read a pattern, or a list of patterns; a relative ``@FILE`` starts at the file's folder."""
    return [
        f"{AT}{folder / each.removeprefix(AT)}" if each.startswith(AT) and each != AT else each
        for each in texts(value, folder, fault)
    ]


def one_of(*words: str) -> Reader:
    """Return a reader that accepts only these words."""

    def read(value: Any, _folder: Path, fault: Fault) -> str:
        if value not in words:
            what = f"must be one of {', '.join(words)}"
            raise fault((), what, "write one of them in quotes", value)
        return str(value)

    return read


SETTINGS: tuple[Setting, ...] = (
    Setting("strict", "strict", yes_or_no, default=False),
    Setting("imports", "imports", yes_or_no),
    Setting("configuration-sets", "configuration_sets", yes_or_no, default=True),
    Setting(
        "references", "references", one_of(*ReferenceMode), default=ReferenceMode.LITERAL.value
    ),
    Setting("map", "map_", path),
    Setting(
        "layout",
        "layout",
        one_of(*Layout),
        default=Layout.RESOURCES.value,
        formats=("terraform", "cdk"),
    ),
    Setting("stack-name", "own_stack_name", text, formats=("cloudformation", "cdk")),
    Setting("fragment", "fragment", yes_or_no, default=False, formats=("terraform",)),
    Setting("module", "module", text, formats=("terraform",)),
    Setting("root", "root", path, formats=("terraform",)),
    Setting("outputs", "outputs", yes_or_no, default=False),
    Setting("templates", "templates", path),
    Setting("include", "include", patterns, default=()),
    Setting("exclude", "exclude", patterns, default=()),
    Setting("stack-owned", "stack_owned", yes_or_no, default=False),
    Setting("unmanaged-by", "unmanaged_by", paths, default=()),
    Setting("replaces", "replaces", path, formats=("terraform",)),
    Setting("name-pattern", "name_pattern", text),
    Setting("names", "names", path),
    Setting("prune-names", "prune_names", yes_or_no, default=False),
)
"""Every key of ``[export]``."""

BY_KEY: Mapping[str, Setting] = {setting.key: setting for setting in SETTINGS}
