"""Every sample and golden is what the command writes today, byte for byte."""

from pathlib import Path

import black
import pytest

from exporter.formats.registry import FormatName
from tests.goldens import Case, cases, demo_snapshot
from tests.support import SAMPLES, tree

EXPORTS = [(case, format_name) for case in cases() for format_name in case.formats]


@pytest.mark.parametrize(
    ("case", "format_name"), EXPORTS, ids=lambda each: getattr(each, "name", each)
)
def test_an_export_is_the_expected_one(case: Case, format_name: FormatName, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = case.export(format_name, out)
    assert tree(out) == tree(case.folder / format_name)
    assert said == (case.folder / f"{format_name}.stderr").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "case", [each for each in cases() if FormatName.CDK in each.formats], ids=lambda case: case.name
)
def test_rendered_python_is_as_black_leaves_it(case: Case) -> None:
    files = sorted((case.folder / "cdk").rglob("*.py"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert black.format_str(text, mode=black.Mode()) == text, file


def test_the_sample_is_the_demo_account() -> None:
    assert demo_snapshot() == (SAMPLES / "shop/snapshot.json").read_text(encoding="utf-8")


def test_every_golden_folder_is_a_case() -> None:
    folders = {folder for case in cases() for folder in [case.folder]}
    there = {
        path for root in {f.parent for f in folders} for path in root.iterdir() if path.is_dir()
    }
    assert there == folders
