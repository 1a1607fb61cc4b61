"""``docs/*.schema.json`` of the snapshot and of lint's report, from the types that are written.

``make docs`` writes them anew; a test compares them with what the code says today.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from exporter.model import resources
from exporter.model.resources import UNKNOWN_FIELDS_KEY, OpenEnum, Snapshot
from exporter.reports.lint_document import Document
from tests.support import ROOT

Json = Any


@dataclass(frozen=True)
class Schema:
    """A schema that is kept in ``docs``."""

    file: str
    type: type
    title: str
    comment: str
    is_open: bool

    @property
    def path(self) -> Path:
        """Where it stands."""
        return ROOT / "docs" / self.file

    def text(self) -> str:
        """The schema as it should be today."""
        raw = msgspec.json.schema(self.type)
        definitions = {
            name: dict(self._cleaned(_open(name, each)))
            for name, each in sorted(raw["$defs"].items())
            if name != "UnknownField"
        }
        top = definitions.pop(self.type.__name__)
        head = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$comment": self.comment,
            **{**top, "title": self.title},
        }
        return json.dumps({**head, "$defs": definitions}, indent=2, ensure_ascii=False) + "\n"

    def _cleaned(self, definition: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
        for key, value in definition.items():
            if key == "description":
                # The first sentence; the rest is for who reads the code.
                yield key, " ".join(str(value).split("\n\n")[0].replace("``", "").split())
            elif key == "properties":
                # What this version does not know stands beside the others in the file.
                yield key, {n: _plain(each) for n, each in value.items() if n != UNKNOWN_FIELDS_KEY}
            else:
                yield key, _plain(value)
        if definition.get("type") == "object":
            yield "additionalProperties", self.is_open


def _open(name: str, definition: Mapping[str, Json]) -> Mapping[str, Json]:
    """An enumeration of AWS's as what it is: a text, of which some are known."""
    if not issubclass(getattr(resources, name, object), OpenEnum):
        return definition
    kept = {key: value for key, value in definition.items() if key != "enum"}
    return {**kept, "type": "string", "examples": definition["enum"]}


def _plain(value: Json) -> Json:
    """Patterns as JSON Schema has them, and no word of what stands where nothing is given."""
    if isinstance(value, dict):
        return {
            name: each.replace("\\Z", "$") if name == "pattern" else _plain(each)
            for name, each in value.items()
            if name != "default"
        }
    return [_plain(each) for each in value] if isinstance(value, list) else value


SCHEMAS = (
    Schema(
        "snapshot.schema.json",
        Snapshot,
        "ses2iac snapshot",
        "What `ses2iac snapshot` writes; docs/files.md describes it. Fields that are not here are "
        "AWS's newer ones, which are kept.",
        is_open=True,
    ),
    Schema(
        "lint.schema.json",
        Document,
        "ses2iac lint",
        "What `ses2iac lint --output json` prints; docs/lint.md describes it.",
        is_open=False,
    ),
)


def main() -> None:
    """Write them anew."""
    for schema in SCHEMAS:
        schema.path.write_text(schema.text(), encoding="utf-8")
        sys.stdout.write(f"{schema.path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
