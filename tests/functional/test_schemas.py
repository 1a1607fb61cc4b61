"""The schemas in ``docs`` are of what is written, and tell right from wrong."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.schema_docs import SCHEMAS
from tests.support import ROOT, ses2iac

Json = Any
SNAPSHOTS = sorted(
    path
    for folder in ("samples", "tests/golden")
    for path in (ROOT / folder).rglob("snapshot.json")
)


def validator(file: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((ROOT / "docs" / file).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda each: each.file)
def test_a_schema_is_what_the_types_say(schema: Any) -> None:
    kept = json.loads(schema.path.read_text(encoding="utf-8"))
    assert in_any_order(kept) == in_any_order(json.loads(schema.text())), "run 'make docs'"


def in_any_order(schema: Json) -> Json:
    """With alternatives sorted: each version of msgspec has an order of its own."""
    if isinstance(schema, list):
        return [in_any_order(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: in_any_order(value) for key, value in schema.items()}
    if "anyOf" in found:
        found["anyOf"] = sorted(found["anyOf"], key=json.dumps)
    return found


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_snapshot_is_valid(path: Path) -> None:
    validator("snapshot.schema.json").validate(json.loads(path.read_text(encoding="utf-8")))


def set_in(*place: str | int, to: Json) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        for step in place[:-1]:
            document = document[step]
        document[place[-1]] = to

    return change


SET = ("Scopes", 0, "ConfigurationSets", 0)


@pytest.mark.parametrize(
    "change",
    [
        set_in("FormatVersion", to=2),
        set_in("Scopes", to={}),
        set_in("Scopes", 0, "Region", to="Europe"),
        set_in("Scopes", 0, "AccountId", to=123456789012),
        set_in(*SET, "ConfigurationSetName", to=""),
        set_in(*SET, "EventDestinations", 0, "Enabled", to="yes"),
        set_in(*SET, "EventDestinations", 0, "MatchingEventTypes", 0, to=1),
    ],
)
def test_what_is_no_snapshot_is_not_valid(change: Callable[[Json], None]) -> None:
    document = json.loads((ROOT / "samples/minimal/snapshot.json").read_text(encoding="utf-8"))
    check = validator("snapshot.schema.json")
    check.validate(document)
    changed = copy.deepcopy(document)
    change(changed)
    with pytest.raises(jsonschema.ValidationError):
        check.validate(changed)


def test_what_aws_may_add_is_valid() -> None:
    document = json.loads((ROOT / "samples/minimal/snapshot.json").read_text(encoding="utf-8"))
    document["Scopes"][0]["ConfigurationSets"][0]["NewOptions"] = {"On": True}
    validator("snapshot.schema.json").validate(document)


def test_a_report_of_lint_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    source = str(ROOT / "samples/shop/snapshot.json")
    document = json.loads(ses2iac(capsys, "lint", "--from", source, "--output", "json").out)
    check = validator("lint.schema.json")
    check.validate(document)
    assert document["Scopes"][0]["Findings"]
    document["Scopes"][0]["Findings"][0]["Severity"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        check.validate(document)
