"""Every format with every command and every kind of target, for one and for two scopes.

A format or a kind that is new is tried here without a change: formats come from the registry, kinds
from ``TARGET_TYPES``.
"""

import json
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from exporter.formats.loading import load_format
from exporter.formats.references import ReferenceMode
from exporter.formats.registry import FormatName
from exporter.model import codec
from exporter.model.resources import EventDestination, TargetKind
from exporter.model.targets import TARGET_TYPES
from tests.functional.snapshots import (
    REGION,
    Desk,
    Json,
    configuration_set,
    destination,
    scope,
    snapshot_file,
)
from tests.support import ROOT
from tests.target_samples import arns_of, target_of

DOCUMENTED = {
    int(code)
    for code in re.findall(
        r"^\| (\d+) \|", (ROOT / "docs/cli.md").read_text(encoding="utf-8"), re.MULTILINE
    )
}

every_format = pytest.mark.parametrize("to", FormatName)
every_number = pytest.mark.parametrize("regions", [(REGION,), (REGION, "us-east-1")], ids=len)


def account(region: str) -> Json:
    """A set with a destination of every kind, and one without any."""
    destinations = [destination(f"to-{kind}", target_of(kind, region)) for kind in TargetKind]
    sets = (configuration_set("orders", *destinations), configuration_set("empty"))
    return scope(*sets, region=region)


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    """A desk on which no engine lies: each takes seconds, and has tests of its own."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.chdir(tmp_path)
    return Desk(capsys, tmp_path)


def commands(desk: Desk, to: FormatName, snapshot: str) -> Iterator[tuple[list[str], int]]:
    """Each command with the exit code that it must have."""
    out = str(desk.out)
    export = ["export", to, "--from", snapshot]
    again = [*export, "--out", out]
    yield again, 0
    yield again, 0
    yield [*again, "--check"], 0
    yield [*again, "--diff"], 0
    yield ["diff", out, snapshot], 0
    yield ["diff", snapshot, out, "--output", "json"], 0
    yield ["scan", "--from", snapshot, "--unmanaged-by", out], 0
    yield [*export, "--out", str(desk.folder / "rest"), "--unmanaged-by", out], 0
    yield ["report", "--from", snapshot, "--against", out, "--out", str(desk.folder / "r.html")], 0
    yield ["report", "--from", snapshot, "--out", str(desk.folder / "page.html")], 0
    yield ["graph", "--from", snapshot], 0
    held = load_format(to).reference_modes
    for mode in ReferenceMode:
        place = str(desk.folder / mode)
        yield [*export, "--out", place, "--references", mode], 0 if mode in held else 2
        if mode in held:
            yield ["diff", place, snapshot], 0
    edited = sorted(desk.out.rglob(f"*{load_format(to).read_back.suffix}"))
    edited[0].write_text(edited[0].read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    yield [*again, "--check"], 3
    yield ["diff", out, snapshot], 0


@every_format
@every_number
def test_every_command_ends_as_it_says(
    desk: Desk, to: FormatName, regions: tuple[str, ...]
) -> None:
    snapshot = snapshot_file(desk.folder / "snapshot.json", *map(account, regions))
    for arguments, code in commands(desk, to, snapshot):
        ran = desk.run(*arguments)
        assert ran.code == code, (arguments, ran.err)
        assert code in DOCUMENTED


@pytest.mark.slow
@every_format
@every_number
def test_verify_ends_as_it_says(
    desk: Desk, to: FormatName, regions: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.export(*map(account, regions), to=to)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    ran = desk.run("verify", str(desk.out), "--offline")
    # What could not be run is no failure unless it is asked for.
    assert ran.code in DOCUMENTED - {1, 2}, ran.err
    assert "as exported" in ran.out


@every_format
@every_number
def test_a_map_with_a_table_for_every_format(
    desk: Desk, to: FormatName, regions: tuple[str, ...]
) -> None:
    snapshot = snapshot_file(desk.folder / "snapshot.json", *map(account, regions))
    table = desk.folder / "map.toml"
    mapped = ["export", to, "--from", snapshot, "--out", str(desk.out), "--map", str(table)]
    # A text in quotes is an expression of each language.
    able = [name for name in FormatName if load_format(name).parse_expression]
    lines = [f"[{name}]\n'arn:aws:sns:*' = '\"mapped-target\"'\n" for name in able]
    table.write_text("".join(lines), encoding="utf-8")
    ran = desk.run(*mapped)
    if to not in able:
        assert ran.code == 2
        assert "--map is not for" in ran.err
        return
    assert ran.code == 0, ran.err
    assert "mapped-target" in code_of(desk.out, to)
    assert desk.run("diff", str(desk.out), snapshot).code == 3
    table.write_text(f"[{to}]\n'*' = '\"'\n", encoding="utf-8")
    ran = desk.run(*mapped)
    assert ran.code == 1
    assert f"is not valid {load_format(to).language}: " in ran.err


@every_format
@pytest.mark.parametrize("kind", TargetKind)
def test_every_kind_is_written_with_its_arns_or_named(
    desk: Desk, to: FormatName, kind: TargetKind
) -> None:
    row = TARGET_TYPES[kind]
    ran = desk.export(scope(configuration_set("orders", destination("d", target_of(kind)))), to=to)
    field = codec.wire_name(EventDestination, row.field)
    code = code_of(desk.out, to)
    if kind in load_format(to).supports.targets:
        for expected in arns_of(row).values() or ["campaign"]:
            assert expected in code
        assert "destination left out" not in ran.err
    else:
        assert f"event destination left out for its {field}" in ran.err
        record = json.loads((desk.out / ".ses2iac.json").read_text(encoding="utf-8"))
        assert field in {entry["Path"] for entry in record["Scopes"][0]["Fidelity"]}
        refused = desk.again("--strict", to=to)
        assert refused.code == 1


def code_of(folder: Path, to: FormatName) -> str:
    """The code of an export."""
    suffix = load_format(to).read_back.suffix
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob(f"*{suffix}"))


@pytest.mark.skipif(not find_spec("moto"), reason="the demo needs moto")
def test_the_demo_shows_every_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = Desk(capsys, tmp_path).run("demo", "--out", "out")
    assert ran.code == 0, ran.err
    for name in FormatName:
        shown = ran.out.partition(f"\n# from out/{name}/")[2].partition("\n# from")[0]
        # The topic, or what stands for one that appears more than once.
        shared = r"local\.\w+_topic_arn|FindInMap \[Targets, \w+Topic|\w+_TOPIC_ARN"
        assert re.search(rf"arn:aws:sns:|{shared}", shown), name
