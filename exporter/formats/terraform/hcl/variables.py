"""``*.tfvars.json``: the values of variables, in the order in which Terraform reads such files."""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from exporter.formats.terraform.hcl.types import Value, number
from exporter.support.errors import ExporterError

_FIRST = ("terraform.tfvars", "terraform.tfvars.json")


@dataclass(frozen=True)
class Given:
    """A value that stands in JSON; texts are no templates there."""

    value: Value


def is_given(path: str) -> bool:
    """Whether a file gives variables their values."""
    return path.endswith((".tfvars", ".tfvars.json"))


def precedence(path: str) -> tuple[int, str]:
    """terraform.tfvars, its JSON, *.auto.tfvars and their JSON by name, then any other."""
    name = PurePosixPath(path).name
    if name in _FIRST:
        return _FIRST.index(name), path
    return (2 if name.endswith((".auto.tfvars", ".auto.tfvars.json")) else 3, path)


def given(text: str, path: str) -> dict[str, Given]:
    """The values in a ``*.tfvars.json``.

    Raises:
        ExporterError: when it is no JSON object, or gives one variable twice.
    """
    try:
        found = json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_object,
            parse_int=number,
            parse_float=number,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError) as error:
        raise ExporterError(f"not JSON: {error}", where=path) from None
    if not isinstance(found, dict):
        raise ExporterError("not a JSON object, as the values of variables are", where=path)
    return {name: Given(normal(value)) for name, value in found.items()}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} comes twice")
    return found


def normal(value: Value) -> Value:
    """A value with its texts as Terraform keeps them."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [normal(item) for item in value]
    if isinstance(value, dict):
        return {normal(name): normal(item) for name, item in value.items()}
    return value


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not valid JSON")
