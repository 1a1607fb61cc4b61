"""Load a format by name, only when it is needed: the command line lists them without Jinja."""

from importlib import import_module
from typing import TYPE_CHECKING

from exporter.formats.registry import FORMATS, FormatName

if TYPE_CHECKING:
    from exporter.formats.base import Format


def load_format(name: FormatName) -> "Format":
    """Return the format with this name."""
    loaded: Format = import_module(FORMATS[name].module).FORMAT
    return loaded
