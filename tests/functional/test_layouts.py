"""``--layout``: other files, the same resources under the same addresses."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from exporter.formats.manifest import Manifest, load
from tests.support import ROOT, SAMPLES, Ran, ses2iac, tree

SNAPSHOTS = {
    "shop": SAMPLES / "shop/snapshot.json",
    "scopes": ROOT / "tests/golden/scopes/snapshot.json",
    "per_set": ROOT / "tests/golden/per_set/snapshot.json",
}
SOURCES = sorted(SNAPSHOTS)
FORMATS = ("terraform", "cdk")


def export(capsys: Any, format_: str, source: str, out: Path, *more: str) -> Ran:
    arguments = ("--from", str(SNAPSHOTS[source]), "--out", str(out), *more)
    return ses2iac(capsys, "export", format_, *arguments)


def manifest(folder: Path) -> Manifest:
    found = load(folder)
    assert found is not None
    return found


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("format_", FORMATS)
def test_a_layout_changes_files_only(
    format_: str, source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert export(capsys, format_, source, out).code == 0
    one, resources = tree(out), manifest(out).resources
    assert export(capsys, format_, source, out, "--layout", "per-set").code == 0
    other = tree(out)
    assert manifest(out).resources == resources
    assert {p for p in one if "imports" in p or "names" in p or "mapping" in p} <= set(other)
    for path in set(one) & set(other) - {".ses2iac.json"}:
        same = not path.endswith(("ses_stack.py", "configuration_sets.tf"))
        assert (one[path] == other[path]) is same, path
    assert export(capsys, format_, source, out, "--layout", "resources").code == 0
    assert tree(out) == one
    assert not (out / "configuration_sets").exists()


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("format_", FORMATS)
def test_no_layout_differs_from_its_source(
    format_: str, source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = []
    for layout in ("resources", "per-set"):
        out = tmp_path / layout
        assert export(capsys, format_, source, out, "--layout", layout).code == 0
        ran = ses2iac(capsys, "diff", str(out), str(SNAPSHOTS[source]), "--output", "json")
        report = msgspec.json.decode(ran.out)
        reports.append((ran.code, report["Counts"] if "Counts" in report else report["Summary"]))
    assert reports[0] == reports[1]


@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_edited_in_a_sets_own_file_is_read(
    format_: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert export(capsys, format_, "shop", out, "--layout", "per-set").code == 0
    path = "newsletter.tf" if format_ == "terraform" else "configuration_sets/newsletter.py"
    text = (out / path).read_text()
    old = "mail-complaints"
    assert old in text
    (out / path).write_text(text.replace(old, "mail-others"))
    ran = ses2iac(capsys, "diff", str(out), str(SNAPSHOTS["shop"]))
    assert ran.code == 3
    assert "mail-others" in ran.out
    assert export(capsys, format_, "shop", out, "--layout", "per-set").code == 1


@pytest.mark.parametrize("format_", FORMATS)
def test_destinations_alone_have_files_too(
    format_: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    more = ("--layout", "per-set", "--no-configuration-sets")
    assert export(capsys, format_, "per_set", out, *more).code == 0
    files = set(tree(out))
    if format_ == "terraform":
        assert {"class.tf", "orders.tf"} < files
        assert not {"versions-set.tf", "main-set.tf"} & files
    else:
        assert {"configuration_sets/class_.py", "configuration_sets/orders.py"} < files
        assert "configuration_sets/main.py" not in files


@pytest.mark.parametrize("layout", ["resources", "per-set", "data"])
def test_cloudformation_has_no_layouts(
    layout: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = export(capsys, "cloudformation", "shop", tmp_path / "out", "--layout", layout)
    assert ran.code == 2
    assert "--layout does not apply to CloudFormation" in ran.err
    assert not (tmp_path / "out").exists()
