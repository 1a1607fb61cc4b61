"""Find the CloudFormation templates in a folder."""

import codecs
import re
from pathlib import Path

from exporter.formats import code_files

_SUFFIXES = (".yaml", ".yml", ".json", ".template")
_HAS_TYPES = b"AWS::"
_HAS_RESOURCES = re.compile(rb"""AWSTemplateFormatVersion|(?:^|[\s{,'"])Resources['"]?\s*:""")
"""Import lists, stack policies and parameter files contain types too, but no resources."""
_MOST_BYTES = 1_000_000


def is_template(path: Path, types: bytes = _HAS_TYPES) -> bool:
    """Whether a file is a CloudFormation template, by its name and its content.

    Args:
        path: A file of a folder.
        types: The beginning of a type that it must contain.

    Raises:
        ExporterError: when it may be one, and can't be read.
    """
    if path.suffix not in _SUFFIXES:
        return False
    content = _plain(code_files.content(path))
    return types in content[:_MOST_BYTES] and _HAS_RESOURCES.search(content) is not None


def _plain(content: bytes) -> bytes:
    """Return a file in UTF-8 without its byte order mark; PowerShell redirects into UTF-16."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "ignore").encode()
    return content.removeprefix(codecs.BOM_UTF8)
