"""Exports of 1 to 5,000 sets stay within what one import and one template take."""

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exporter.formats import manifest as manifests
from exporter.formats.manifest import Resource
from exporter.model.resources import Scope, Snapshot
from exporter.sources import snapshot
from tests.acceptance.accounts import many_sets
from tests.support import Ran, ses2iac

pytestmark = pytest.mark.slow

SIZES = (1, 45, 60, 500, 5000)
FORMATS = ("cloudformation", "cdk")
INLINE = 51_200


def _export(capsys: Any, tmp_path: Path, to: str, scope: Scope, *options: str) -> Ran:
    source = tmp_path / "snapshot.json"
    source.write_text(snapshot.dump(Snapshot(format_version=1, scopes=(scope,))), encoding="utf-8")
    out = str(tmp_path / to)
    ran = ses2iac(capsys, "export", to, "--from", str(source), "--out", out, *options)
    assert ran.code == 0, ran.err
    return ran


def _stacks(out: Path) -> dict[int, list[Resource]]:
    """The resources of each stack, as the manifest has them."""
    manifest = manifests.load(out)
    assert manifest is not None
    stacks = defaultdict(list)
    for resource in manifest.resources:
        stacks[resource.stack].append(resource)
    return dict(stacks)


def _stack_of(out: Path) -> dict[str, int]:
    """The stack of each set; fails when a set and its destinations are apart."""
    found: dict[str, int] = {}
    for number, resources in _stacks(out).items():
        for resource in resources:
            assert found.setdefault(resource.configuration_set, number) == number
    return found


def _suffix(number: int, of: int) -> str:
    return "" if of == 1 else f"-{number:02d}"


@pytest.mark.parametrize("sets", SIZES)
@pytest.mark.parametrize("to", FORMATS)
def test_a_new_stack_can_be_imported_at_once(
    to: str, sets: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _export(capsys, tmp_path, to, many_sets(sets))
    stacks = _stacks(tmp_path / to)
    sizes = Counter({number: len(resources) for number, resources in stacks.items()})
    assert sizes.total() == 4 * sets
    assert max(sizes.values()) <= 200
    assert len(stacks) == -(-4 * sets // 200)  # as few as there can be
    assert len(_stack_of(tmp_path / to)) == sets


@pytest.mark.parametrize("sets", SIZES)
def test_templates_and_lists_are_those_of_the_stacks(
    sets: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _export(capsys, tmp_path, "cloudformation", many_sets(sets))
    out = tmp_path / "cloudformation"
    stacks = _stacks(out)
    how = (out / "IMPORT.md").read_text(encoding="utf-8")
    for number, resources in stacks.items():
        suffix = _suffix(number, len(stacks))
        template = (out / f"template{suffix}.yaml").read_bytes()
        logical_ids = re.findall(rb"^  (\w+):\n    Type: AWS::SES::", template, re.MULTILINE)
        expected = [resource.address for resource in resources]
        assert sorted(map(bytes.decode, logical_ids)) == sorted(expected)
        listed = msgspec.json.decode((out / f"resources-to-import{suffix}.json").read_bytes())
        assert [entry["LogicalResourceId"] for entry in listed] == expected
        assert len(template) <= 1_000_000
        upload = f"aws s3 cp template{suffix}.yaml s3://BUCKET/template{suffix}.yaml"
        by_url = f"--template-url https://BUCKET.s3.amazonaws.com/template{suffix}.yaml"
        inline = f"--template-body file://template{suffix}.yaml"
        is_large = len(template) > INLINE
        assert (upload in how, by_url in how, inline in how) == (is_large, is_large, not is_large)
    large = [path for path in out.glob("template*.yaml") if path.stat().st_size > INLINE]
    assert bool(large) == (sets > 1)


@pytest.mark.parametrize("to", FORMATS)
def test_a_stack_grows_and_no_set_moves(
    to: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before: dict[str, int] = {}
    for sets, sizes in (
        (45, [180]),
        (60, [240]),
        (112, [448]),
        (130, [448, 72]),
        (300, [448, 448]),
    ):
        _export(capsys, tmp_path, to, many_sets(sets))
        after = _stack_of(tmp_path / to)
        assert after | before == after
        found = {n: len(resources) for n, resources in _stacks(tmp_path / to).items()}
        assert [found[number] for number in sorted(found)][: len(sizes)] == sizes
        before = after
    assert sum(found.values()) == 1200


def test_what_grew_before_its_import_is_said_to_be_too_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _export(capsys, tmp_path, "cloudformation", many_sets(45))
    _export(capsys, tmp_path, "cloudformation", many_sets(60))
    out = tmp_path / "cloudformation"
    said = (out / "IMPORT.md").read_text(encoding="utf-8")
    assert "One import takes 200 resources, and these are 240." in said
    ran = ses2iac(capsys, "verify", str(out), "--offline")
    assert "resources-to-import.json: 240 resources, but one import takes at most 200" in ran.out
    assert ran.code == 1


def test_only_what_is_new_is_listed_after_an_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _export(capsys, tmp_path, "cloudformation", many_sets(45))
    out = tmp_path / "cloudformation"
    for name in ("IMPORT.md", "resources-to-import.json"):
        (out / name).unlink()
    _export(capsys, tmp_path, "cloudformation", many_sets(60))
    listed = msgspec.json.decode((out / "resources-to-import.json").read_bytes())
    assert len(listed) == 60
    assert listed[0]["ResourceIdentifier"] == {"Name": "team-00045"}
    said = (out / "IMPORT.md").read_text(encoding="utf-8")
    assert "holds only what is new, 60 in all: the other 180 are in the stack already" in said
    ran = ses2iac(capsys, "verify", str(out), "--offline")
    assert ran.code == 0, ran.out
