"""``[export]`` of ``ses2iac.toml`` is obeyed, flags win, and ``config show`` says what holds."""

import json
import shutil
from pathlib import Path

import pytest

from exporter.cli.export import export
from exporter.sources.settings import SETTINGS
from tests.functional.snapshots import Desk, configuration_set, orders, scope
from tests.support import tree

TARGET = """
[[target]]
role_arn = "arn:aws:iam::123456789012:role/ses-reader"
external_id = "planted-secret"
"""


@pytest.fixture
def desk(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    return Desk(capsys, tmp_path)


def configure(desk: Desk, text: str) -> Path:
    path = desk.folder / "ses2iac.toml"
    path.write_text(text)
    return path


def test_every_setting_is_an_option_of_export() -> None:
    parameters = export.__annotations__
    assert [s.key for s in SETTINGS if s.parameter not in parameters] == []
    assert len({s.key for s in SETTINGS}) == len({s.parameter for s in SETTINGS}) == len(SETTINGS)


def test_the_file_in_a_folder_above_is_obeyed(desk: Desk) -> None:
    configure(desk, '[export]\nimports = false\ninclude = "orders"\nnames = "labels.toml"\n')
    desk.export(scope(configuration_set("news"), *orders()["ConfigurationSets"]))
    assert "imports.tf" not in tree(desk.out)
    assert "news" not in desk.read("configuration_sets.tf")
    assert 'orders = "orders"' in (desk.folder / "labels.toml").read_text()


def test_flags_win(desk: Desk) -> None:
    configure(desk, '[export]\nimports = false\ninclude = ["news"]\nconfiguration-sets = false\n')
    desk.export(
        scope(configuration_set("news"), *orders()["ConfigurationSets"]),
        options=("--imports", "--include", "orders"),
    )
    assert "imports.tf" in tree(desk.out)
    assert "orders" in desk.read("event_destinations.tf")
    assert "configuration_sets.tf" not in tree(desk.out)


def test_a_layout_is_for_the_formats_that_have_one(desk: Desk) -> None:
    path = configure(desk, '[export]\nstrict = false\nlayout = "per-set"\n')
    said = desk.export(scope(*orders()["ConfigurationSets"]), to="cloudformation")
    assert f"note: {path}:3: layout does not apply to cloudformation; ignored" in said.err
    shutil.rmtree(desk.out)
    desk.export(scope(*orders()["ConfigurationSets"]))
    assert "orders.tf" in tree(desk.out)


def test_a_named_file_is_obeyed_in_place_of_the_nearest(desk: Desk) -> None:
    configure(desk, "[export]\nimports = false\n")
    other = desk.folder / "other.toml"
    other.write_text("[export]\nconfiguration-sets = false\n")
    desk.export(orders(), options=("--config", str(other)))
    assert "imports.tf" in tree(desk.out)
    assert "configuration_sets.tf" not in tree(desk.out)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[export]\nprune_names = true\n", 2, "unknown key 'prune_names'"),
        ("export = 3\n", 1, "'export' is not a table"),
        ("[export]\n\nimports = 1\n", 3, "'imports' must be true or false, not a number"),
        ("[export]\nnames = ''\n", 2, "'names' must be text, not ''"),
        (
            "[export]\nlayout = 'per-st'\n",
            2,
            "'layout' must be one of resources, per-set, data, not 'per-st'",
        ),
        (
            "[export]\nlayout = '\\u001b[2J'\n",
            2,
            "'layout' must be one of resources, per-set, data, not ",
        ),
        (
            '[export]\ninclude = [\n  "a",\n  2,\n]\n',
            4,
            "'include' must contain only text, not a number",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(
    desk: Desk, text: str, line: int, what: str
) -> None:
    path = configure(desk, text)
    for ran in (desk.try_export(orders()), desk.run("config", "show")):
        assert ran.code == 1
        assert ran.err.startswith(f"error: {path}:{line}: {what}"), ran.err
    assert desk.run("export", "--help").code == 0


def test_every_setting_is_shown_with_its_origin(desk: Desk) -> None:
    path = configure(desk, f'[export]\nstrict = true\nnames = "labels.toml"\n{TARGET}')
    ran = desk.run("config", "show", "--output", "json")
    assert ran.code == 0
    assert "planted-secret" not in ran.out + ran.err
    document = json.loads(ran.out)
    shown = {each["Setting"]: (each["Value"], each["Origin"]) for each in document["Settings"]}
    assert document["File"] == str(path)
    assert shown["export.strict"] == (True, f"{path}:2")
    assert shown["export.names"] == (str(desk.folder / "labels.toml"), f"{path}:3")
    assert shown["export.configuration-sets"] == (True, "default")
    assert shown["target[0].external_id"] == ("(hidden)", f"{path}:7")
    assert shown["target[0].profile"] == (None, "default")
    text = desk.run("config", "show").out
    assert "planted-secret" not in text
    assert all(name in text for name in shown)


def test_without_a_file_everything_is_default(desk: Desk) -> None:
    ran = desk.run("config", "show")
    assert ran.code == 0
    assert {line.split()[-1] for line in ran.out.splitlines()} == {"default"}
    assert "no ses2iac.toml" in ran.err
