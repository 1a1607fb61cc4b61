"""Options that a later export repeats, and those that no manifest may give."""

import json
from typing import Any

import pytest

from exporter.formats.manifest import MANIFEST_FILE
from tests.functional.snapshots import Desk, configuration_set, scope
from tests.functional.terraform_code import code
from tests.support import tree

ACCOUNT = scope(
    configuration_set("billing"),
    configuration_set("news", "all", "clicks"),
    configuration_set("orders", "bounces", Tags=[{"Key": "team", "Value": "shop"}]),
)
EXAMPLE_MAP = '[terraform]\n"*" = "aws_sns_topic.mail.arn"\n'


STICKING = {
    "include": ("--include", "orders"),
    "include twice": ("--include", "orders", "--include", "tag:team=*"),
    "exclude": ("--exclude", "news/*"),
    "no sets": ("--no-configuration-sets",),
    "variables": ("--references", "variables"),
    "portable": ("--references", "portable"),
    "data": ("--references", "data"),
    "per set": ("--layout", "per-set"),
}


@pytest.mark.parametrize("options", STICKING.values(), ids=list(STICKING))
def test_an_option_is_repeated_and_said(desk: Desk, options: tuple[str, ...]) -> None:
    desk.export(ACCOUNT, options=options)
    before = tree(desk.out)
    for more in ((), ("--check",), ("--diff",)):
        ran = desk.again(*more)
        assert (ran.code, ran.out) == (0, "")
        assert tree(desk.out) == before
        (line,) = [
            each for each in ran.err.splitlines() if "reusing options of the last export" in each
        ]
        assert all(word.strip("'") in line for word in options)
        assert line.endswith("(--reset-options drops them)")
        assert desk.again(*more, "-q").err == ""
    assert desk.again("--check", "--reset-options").code == 3
    fresh = Desk(desk.capsys, desk.folder / "fresh")
    fresh.folder.mkdir()
    fresh.export(ACCOUNT)
    assert desk.again("--reset-options").code == 0
    assert desk.manifest()["Options"] == {}
    code_of = {path: data for path, data in tree(desk.out).items() if path.endswith("s.tf")}
    assert code_of.items() <= tree(fresh.out).items()


def test_a_flag_comes_before_the_file_and_that_before_the_manifest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    desk.export(ACCOUNT, options=("--include", "orders", "--layout", "per-set"))
    toml = desk.folder / "ses2iac.toml"
    toml.write_text('[export]\ninclude = ["news"]\n', encoding="utf-8")
    shown = desk.run("config", "show", str(desk.out), "--output", "json")
    origins = {each["Setting"]: each for each in json.loads(shown.out)["Settings"]}
    assert origins["export.include"]["Value"] == ["news"]
    assert origins["export.include"]["Origin"].endswith("ses2iac.toml:2")
    assert origins["export.layout"] == {
        "Setting": "export.layout",
        "Value": "per-set",
        "Origin": f"{desk.out}/{MANIFEST_FILE}",
    }
    assert origins["export.references"]["Origin"] == "default"
    ran = desk.again()
    assert "reusing options of the last export: --layout per-set (" in ran.err
    assert "news.tf" in tree(desk.out)
    assert "orders.tf" not in tree(desk.out)
    desk.again("--include", "billing", "--layout", "resources")
    assert set(code(desk.out).resources) == {"aws_sesv2_configuration_set.billing"}
    # The flag was kept, and the file still comes before it.
    assert desk.manifest()["Options"] == {"Include": ["billing"]}
    toml.unlink()
    assert "--include billing (" in desk.again().err


def test_config_show_of_a_folder_without_an_export(desk: Desk) -> None:
    ran = desk.run("config", "show", str(desk.folder))
    assert ran.code == 1
    assert f"has no {MANIFEST_FILE}" in ran.err


def test_another_format_repeats_nothing(desk: Desk) -> None:
    desk.export(ACCOUNT, options=("--include", "orders"))
    ran = desk.export(ACCOUNT, options=("--force",), to="cdk")
    assert "reusing options of the last export" not in ran.err
    assert "Billing" in desk.read(MANIFEST_FILE)


def test_a_map_below_the_folder_is_repeated_and_its_change_is_said(desk: Desk) -> None:
    desk.put("map.toml", EXAMPLE_MAP)
    options = ("--map", str(desk.out / "map.toml"), "--force")
    desk.export(ACCOUNT, options=options)
    assert "aws_sns_topic.mail.arn" in desk.read("event_destinations.tf")
    desk.again()
    assert "aws_sns_topic.mail.arn" in desk.read("event_destinations.tf")
    desk.put("map.toml", EXAMPLE_MAP.replace("mail", "post"))
    ran = desk.again()
    assert "map.toml has changed since the last export" in ran.err
    assert "aws_sns_topic.post.arn" in desk.read("event_destinations.tf")
    (desk.out / "map.toml").unlink()
    ran = desk.again()
    assert ran.code == 1
    assert "map.toml" in ran.err


def test_a_map_elsewhere_is_asked_for_again(desk: Desk) -> None:
    path = desk.folder / "map.toml"
    path.write_text(EXAMPLE_MAP, encoding="utf-8")
    desk.export(ACCOUNT, options=("--map", str(path)))
    assert str(desk.folder) not in desk.read(MANIFEST_FILE)
    ran = desk.again("-q")
    assert "warning: " in ran.err
    assert "--map with a path outside this folder, which is not reused" in ran.err
    assert "aws_sns_topic.mail" not in desk.read("event_destinations.tf")


@pytest.mark.parametrize("path", ["../x", "/etc", "a/../../x", "C:\\x", "..", "a\\..\\x"])
@pytest.mark.parametrize("key", ["UnmanagedBy", "MapFile", "Templates"])
def test_no_path_outside_is_taken_from_a_manifest(desk: Desk, path: str, key: str) -> None:
    desk.export(ACCOUNT)
    document = desk.manifest()
    value: Any = [path] if key == "UnmanagedBy" else {"Digest": "sha256:0", "Path": path}
    desk.put_manifest({**document, "Options": {key: value}})
    before = tree(desk.out)
    ran = desk.again()
    assert ran.code == 1
    assert "names a file that is not below its folder" in ran.err
    assert tree(desk.out) == before


@pytest.mark.parametrize("key", ["UnmanagedBy", "MapFile", "Templates"])
def test_no_link_that_leads_outside_is_followed(desk: Desk, key: str) -> None:
    desk.export(ACCOUNT)
    outside = desk.folder / "outside"
    outside.mkdir()
    (outside / "map.toml").write_text(EXAMPLE_MAP, encoding="utf-8")
    (desk.out / "link").symlink_to(outside)
    path = "link/map.toml" if key == "MapFile" else "link"
    value: Any = [path] if key == "UnmanagedBy" else {"Digest": "sha256:0", "Path": path}
    desk.put_manifest({**desk.manifest(), "Options": {key: value}})
    ran = desk.again("-q")
    assert ran.code == 0, ran.err
    assert "with a path outside this folder, which is not reused" in ran.err
    assert "aws_sns_topic.mail" not in desk.read("event_destinations.tf")


def test_code_below_the_folder_and_a_stack_are_named_again(desk: Desk) -> None:
    desk.export(ACCOUNT)
    document = desk.manifest()
    desk.put_manifest({**document, "Options": {"UnmanagedBy": ["old", "stack:mail"]}})
    shown = desk.run("config", "show", str(desk.out), "--output", "json").out
    values = {each["Setting"]: each["Value"] for each in json.loads(shown)["Settings"]}
    assert values["export.unmanaged-by"] == [str(desk.out / "old"), "stack:mail"]


def test_an_option_that_is_repeated_is_said_before_it_is_refused(desk: Desk) -> None:
    desk.export(ACCOUNT, to="cdk", options=("--no-configuration-sets",))
    ran = desk.again("--adopt-suffix", "-v2", to="cdk")
    assert ran.code == 2
    assert "reusing options of the last export: --no-configuration-sets (--reset-options" in ran.err
    assert desk.again("--adopt-suffix", "-v2", "--configuration-sets", to="cdk").code == 0
