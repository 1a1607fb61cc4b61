"""Files with the values of variables: their precedence, and the content of ``*.tfvars.json``."""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from exporter.formats.terraform.hcl.types import Value, number
from exporter.support.errors import ExporterError

_FIRST = ("terraform.tfvars", "terraform.tfvars.json")


@dataclass(frozen=True)
class LiteralValue:
    """A value that isn't an expression: its strings are not templates."""

    value: Value


def is_tfvars(path: str) -> bool:
    """Whether a file contains the values of variables."""
    return path.endswith((".tfvars", ".tfvars.json"))


def precedence(path: str) -> tuple[int, str]:
    """Return the sort key of a file of values: Terraform uses the last value.

    ``terraform.tfvars``, ``terraform.tfvars.json``, the ``*.auto.tfvars`` files by name, any other.
    """
    name = PurePosixPath(path).name
    if name in _FIRST:
        return _FIRST.index(name), path
    return (2 if name.endswith((".auto.tfvars", ".auto.tfvars.json")) else 3, path)


def read_tfvars_json(text: str, path: str) -> dict[str, LiteralValue]:
    """Return the values in a ``*.tfvars.json`` file.

    Raises:
        ExporterError: when it isn't a JSON object, or sets a variable twice.
    """
    try:
        document = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_object,
            parse_int=number,
            parse_float=number,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise ExporterError(f"not JSON: {error}", where=path) from None
    if not isinstance(document, dict):
        raise ExporterError("not a JSON object with the values of variables", where=path)
    return {name: LiteralValue(normal(value)) for name, value in document.items()}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} appears twice")
    return members


def normal(value: Value) -> Value:
    """Normalize the strings of a value as Terraform does (NFC)."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, dict):
        return {normal(name): normal(item) for name, item in value.items()}
    return value


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not valid JSON")
