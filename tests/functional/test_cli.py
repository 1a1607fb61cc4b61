"""The command line as people and programs meet it: what it loads, prints, obeys and answers."""

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from rich.cells import cell_len

from exporter import __version__
from exporter.cli.commands import SUMMARIES, load
from exporter.support.text import printable
from tests.functional.snapshots import (
    ACCOUNT,
    Desk,
    Json,
    configuration_set,
    destination,
    orders,
    raw_answer,
    scope,
    snapshot_file,
)
from tests.support import ISOLATED_AWS, ROOT, ses2iac, ses2iac_process, tree

COLOUR = re.compile(r"\x1b\[[0-9;]*\b(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
"""An escape sequence that sets a colour; bold and dim are none."""


def every_kind() -> Json:
    """A scope with a destination of each kind, one of them disabled, and an empty set."""
    own = f"eu-west-1:{ACCOUNT}"
    firehose = {
        "KinesisFirehoseDestination": {
            "DeliveryStreamArn": f"arn:aws:firehose:{own}:deliverystream/mail",
            "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ses",
        }
    }
    dimensions = [
        {
            "DimensionName": name,
            "DimensionValueSource": "MESSAGE_TAG",
            "DefaultDimensionValue": "none",
        }
        for name in ("campaign", "tenant")
    ]
    return scope(
        configuration_set("empty"),
        configuration_set(
            "orders",
            destination("alerts", events=("COMPLAINT", "BOUNCE"), on=False),
            destination("lake", firehose),
            destination(
                "metrics", {"CloudWatchDestination": {"DimensionConfigurations": dimensions}}
            ),
            destination(
                "bus",
                {
                    "EventBridgeDestination": {
                        "EventBusArn": f"arn:aws:events:{own}:event-bus/default"
                    }
                },
            ),
            destination(
                "app",
                {
                    "PinpointDestination": {
                        "ApplicationArn": f"arn:aws:mobiletargeting:{own}:apps/1"
                    }
                },
            ),
        ),
    )


def environment(**more: str) -> dict[str, str]:
    """Of a process that finds the program and nothing of the person who runs the tests."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **ISOLATED_AWS, **more}


# What is loaded
# ------------------------------------------------------------------------------------


HEAVY = ("black", "boto3", "botocore", "flask", "jinja2", "moto", "tomlkit")


def loaded_by(*commands: list[str]) -> str:
    """Which heavy libraries a process has loaded after it ran these commands."""
    code = (
        "import json, sys; from exporter.cli import run; "
        "codes = [int(run(command)) for command in json.loads(sys.argv[1])]; "
        f"print(codes, [name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(commands)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_help_loads_none_of_the_heavy_libraries() -> None:
    helps = [["--help"], *([name, "--help"] for name in SUMMARIES)]
    codes = [0] * len(helps)
    assert loaded_by(*helps, ["--version"], ["export", "pulumi"]) == f"{[*codes, 0, 2]} []"


def test_the_list_of_commands_says_what_they_say_themselves() -> None:
    assert {name: load(name).help.split("\n\n")[0] for name in SUMMARIES} == SUMMARIES
    modules = (ROOT / "exporter/cli").glob("*.py")
    commands = {path.stem for path in modules if f"\ndef {path.stem}(" in path.read_text()}
    assert commands == set(SUMMARIES)


def test_a_misspelt_command_is_guessed(desk: Desk) -> None:
    ran = desk.run("exprt")
    assert ran.code == 2
    assert "hint: did you mean 'ses2iac export'?" in ran.err


@pytest.mark.slow
def test_a_scan_of_a_file_needs_none_of_them_either(tmp_path: Path) -> None:
    origin = snapshot_file(tmp_path / "s.json", orders())
    assert loaded_by(["scan", "--from", origin], ["snapshot", "--from", origin, "--out", "-"]) == (
        "[0, 0] []"
    )


@pytest.mark.slow
def test_it_runs_as_a_module(tmp_path: Path) -> None:
    ran = ses2iac_process("--version", cwd=tmp_path)
    assert (ran.code, ran.out, ran.err) == (0, f"ses2iac {__version__}\n", "")


def test_help_names_every_command(desk: Desk) -> None:
    ran = desk.run("--help")
    assert ran.code == 0
    for name in SUMMARIES:
        assert re.search(rf"\b{name}\b", ran.out)
    assert ran.err == ""


# Which stream
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_scan_prints_only_its_result_to_stdout(desk: Desk, output: str) -> None:
    origin = snapshot_file(desk.folder / "s.json", every_kind())
    ran = desk.run("--verbose", "scan", "--from", origin, "--output", output)
    assert ran.code == 0
    assert "orders" in ran.out
    assert "read account" in ran.err
    assert "read account" not in ran.out
    if output == "json":
        json.loads(ran.out)


def test_snapshot_prints_only_its_result_to_stdout(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", every_kind())
    ran = desk.run("snapshot", "--from", origin, "--out", "-", "--verbose")
    assert json.loads(ran.out)["FormatVersion"] == 1
    assert ran.err.startswith("read account")
    ran = desk.run("snapshot", "--from", origin, "--out", str(desk.folder / "t.json"))
    assert ran.out == ""
    assert "wrote" in ran.err


def test_export_prints_nothing_to_stdout(desk: Desk) -> None:
    ran = desk.export(every_kind(), options=("--verbose",))
    assert ran.out == ""
    assert "next, in" in ran.err


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_of_nothing_there_is_an_empty_result(desk: Desk, output: str) -> None:
    origin = snapshot_file(desk.folder / "s.json", scope())
    ran = desk.run("scan", "--from", origin, "--output", output)
    assert ran.code == 0
    assert ran.err == f"note: no configuration set in account {ACCOUNT}, region eu-west-1\n"
    header = "AccountId,Region,ConfigurationSet,EventDestination,Enabled,Kind,Target,IamRoleArn"
    expected = {"table": "", "json": "[]\n", "csv": f"{header},MatchingEventTypes\n"}
    assert ran.out == expected[output]


# How much is said
# --------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--quiet", "-q"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_quiet_leaves_warnings(desk: Desk, option: str, before: bool) -> None:
    lossy = configuration_set("orders", "a", ArchivingOptions={"ArchiveArn": "arn:aws:ses:x"})
    origin = snapshot_file(desk.folder / "s.json", scope(lossy))
    command = ("export", "terraform", "--from", origin, "--out", str(desk.out))
    ran = desk.run(option, *command) if before else desk.run(*command, option)
    assert ran.code == 0
    assert ran.err.splitlines()[0].startswith("warning: orders: ArchivingOptions")
    assert len(ran.err.splitlines()) == 1


def test_quiet_says_nothing_when_all_is_well(desk: Desk) -> None:
    ran = desk.export(orders(), options=("--quiet",))
    assert (ran.out, ran.err) == ("", "")
    ran = desk.run("scan", "--from", str(desk.folder / "snapshot.json"), "--quiet")
    assert ran.err == ""
    assert "orders" in ran.out


def test_quiet_leaves_errors(desk: Desk) -> None:
    ran = desk.run("scan", "--from", str(desk.folder / "none.json"), "-q")
    assert ran.code == 1
    assert ran.err.startswith("error: ")


@pytest.mark.parametrize("option", ["--verbose", "-v"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_verbose_tells_each_file(desk: Desk, option: str, before: bool) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders())
    command = ("export", "terraform", "--from", origin, "--out", str(desk.out))
    ran = desk.run(option, *command) if before else desk.run(*command, option)
    for path in tree(desk.out):
        if path != ".ses2iac.json":
            assert f"wrote {desk.out / path}\n" in ran.err
    assert "read account" in ran.err
    assert "read account" not in desk.run(*command).err  # said once does not mean for ever


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_debug_shows_where_an_error_comes_from(desk: Desk, before: bool) -> None:
    command = ("scan", "--from", str(desk.folder / "none.json"))
    for arguments, shown in (
        (("--debug", *command) if before else (*command, "--debug"), True),
        (command, False),
    ):
        ran = ses2iac(desk.capsys, *arguments)
        assert ran.code == 1
        assert ("Traceback" in ran.err) == shown
        assert ran.err.startswith("error: ")


# Colours and terminals
# ---------------------------------------------------------------------------------


def on_a_terminal(arguments: Sequence[str], **more: str) -> str:
    """Run the command with a terminal for all of its streams; gives what came there."""
    here, there = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "exporter", *arguments],
        env=environment(TERM="xterm-256color", COLUMNS="80", **more),
        stdin=there,
        stdout=there,
        stderr=there,
    ) as process:
        os.close(there)
        shown = b""
        while True:
            try:
                part = os.read(here, 65536)
            except OSError:  # how Linux says that the other end has gone
                break
            if not part:
                break
            shown += part
        os.close(here)
        assert process.wait(timeout=60) in (0, 1, 2)
    return shown.decode()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["scan", "export", "help"])
def test_no_colour_where_it_is_not_wanted(desk: Desk, command: str) -> None:
    lossy = configuration_set("archived", ArchivingOptions={"ArchiveArn": "arn:aws:ses:x"})
    origin = snapshot_file(desk.folder / "s.json", every_kind(), scope(lossy, region="us-east-1"))
    arguments = {
        "scan": ["scan", "--from", origin],
        "export": ["export", "terraform", "--from", origin, "--out", str(desk.out)],
        "help": ["scan", "--help"],
    }[command]
    # Without it there are colours, so that their absence means something.
    assert COLOUR.search(on_a_terminal(arguments))
    assert not COLOUR.search(on_a_terminal(arguments, NO_COLOR="1"))


@pytest.mark.slow
def test_a_list_wraps_in_its_place_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown = on_a_terminal(["templates", "list"]).splitlines()
    piped = ses2iac(capsys, "templates", "list").out.splitlines()
    assert max(map(len, shown)) < 80 < max(map(len, piped))
    column = piped[0].index("IMPORT.md for")
    assert all(len(line) > column and line[column - 1] == " " for line in shown)
    assert " ".join(" ".join(shown).split()) == " ".join(" ".join(piped).split())


@pytest.mark.slow
def test_no_colour_into_a_pipe(tmp_path: Path) -> None:
    origin = snapshot_file(tmp_path / "s.json", every_kind())
    ran = ses2iac_process("scan", "--from", origin, env={"TERM": "xterm-256color"})
    assert "\x1b" not in ran.out + ran.err
    assert ran.code == 0


HOSTILE = "evil\x1b]0;owned\x07\x1b[2J\r\nerror: all is lost\x7f\x9b31m\u202e"
"""A name that sets a window's title, clears the screen, forges a line and turns the text round."""

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def hostile_scope() -> Json:
    odd = destination(
        HOSTILE,
        {
            "CloudWatchDestination": {
                "DimensionConfigurations": [
                    {
                        "DimensionName": HOSTILE,
                        "DimensionValueSource": "MESSAGE_TAG",
                        "DefaultDimensionValue": HOSTILE,
                    }
                ]
            }
        },
    )
    topic = destination("topic", {"SnsDestination": {"TopicArn": f"arn:aws:sns:{HOSTILE}"}})
    new = {"Name": "new", "Enabled": True, "MatchingEventTypes": [], f"{HOSTILE}Destination": {}}
    tags = [
        {"Key": "aws:cloudformation:stack-name", "Value": HOSTILE},
        {"Key": HOSTILE, "Value": HOSTILE},
    ]
    return scope(configuration_set(HOSTILE, odd, topic, new, Tags=tags, **{HOSTILE: HOSTILE}))


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "--verbose"],
        ["scan", "--output", "json"],
        ["scan", "--output", "csv"],
        ["snapshot", "--out", "-", "--verbose"],
        ["export", "terraform", "--out", "{out}", "--verbose"],
        ["export", "cloudformation", "--out", "{out}", "--verbose"],
        ["export", "cdk", "--out", "{out}", "--verbose"],
        ["export", "terraform", "--out", "{out}", "--strict", "--debug"],
    ],
    ids=" ".join,
)
def test_nothing_in_a_name_reaches_the_terminal(desk: Desk, arguments: list[str]) -> None:
    origin = snapshot_file(desk.folder / "s.json", hostile_scope())
    ran = ses2iac(desk.capsys, *(a.format(out=desk.out) for a in arguments), "--from", origin)
    assert ran.code in (0, 1)
    assert "evil" in ran.out + ran.err
    assert not CONTROL.search(ran.out + ran.err)
    # A name cannot pass for a line of the program's own.
    assert "\nerror: all is lost" not in ran.out + ran.err


def test_csv_shows_names_as_the_table_does(desk: Desk) -> None:
    """Programs that want the name itself read the JSON."""
    origin = snapshot_file(desk.folder / "s.json", hostile_scope())
    ran = desk.run("scan", "--from", origin, "--output", "csv")
    rows = list(csv.reader(io.StringIO(ran.out, newline="")))
    assert {row[2] for row in rows[1:]} == {printable(HOSTILE)}


def test_neither_a_terminal_nor_a_spreadsheet_obeys_the_csv(desk: Desk) -> None:
    sns = "arn:aws:sns:eu-west-1:123456789012:mail-bounces"
    topic = {"SnsDestination": {"TopicArn": sns}}
    formula = configuration_set('=HYPERLINK("http://example.com")', destination("-1", topic))
    control = configuration_set("orders\x1b[2J", destination("bounces\u202e", topic))
    origin = snapshot_file(desk.folder / "s.json", scope(formula, control))
    ran = desk.run("scan", "--from", origin, "--output", "csv")
    assert ran.out.splitlines()[1:] == [
        f'{ACCOUNT},eu-west-1,"\'=HYPERLINK(""http://example.com"")",-1,true,sns,{sns},,BOUNCE',
        f"{ACCOUNT},eu-west-1,orders\\x1b[2J,bounces\\u202e,true,sns,{sns},,BOUNCE",
    ]


@pytest.mark.parametrize("debug", [(), ("--debug",)], ids=["plain", "debug"])
def test_nothing_in_a_files_name_reaches_the_terminal(desk: Desk, debug: tuple[str, ...]) -> None:
    # A person's file with such a name, which Terraform refuses beside an export.
    desk.put(
        "\x1b[31mred\r\nerror: all is lost\x9b.tf",
        'terraform {\n  required_version = "~> 1.4.0"\n}\n',
    )
    origin = snapshot_file(desk.folder / "s.json", orders())
    ran = ses2iac(
        desk.capsys, "export", "terraform", "--from", origin, "--out", str(desk.out), *debug
    )
    assert ran.code == 1
    assert "red" in ran.err
    assert not CONTROL.search(ran.err)
    assert "\nerror: all is lost" not in ran.err


# The table
# ----------------------------------------------------------------------------------------------


WIDE = scope(
    configuration_set("n" * 64, *("d" * length for length in (1, 26, 27, 64))),
    configuration_set("設定" * 30, destination("宛先" * 30)),
    configuration_set(
        "kinds",
        destination("topic", {"SnsDestination": {"TopicArn": "arn:aws:sns:" + "t" * 250}}),
        destination(
            "many",
            events=(
                *("BOUNCE", "CLICK", "COMPLAINT", "DELIVERY"),
                *("DELIVERY_DELAY", "OPEN", "REJECT"),
            ),
        ),
        {
            "Name": "new",
            "Enabled": False,
            "MatchingEventTypes": ["SEND"],
            "SomethingEntirelyNewWithQuiteALongNameDestination": {"Arn": "x" * 100},
        },
    ),
    configuration_set("owned", Tags=[{"Key": "aws:cloudformation:stack-name", "Value": "s" * 128}]),
)


@pytest.mark.parametrize("columns", [40, 80, 140])
@pytest.mark.parametrize("built", [every_kind(), WIDE], ids=["usual", "long names"])
def test_no_line_of_the_table_is_too_long(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: int, built: Json
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = desk.run("scan", "--from", snapshot_file(desk.folder / "s.json", built))
    assert ran.code == 0
    assert max(cell_len(line) for line in ran.out.splitlines()) <= columns


def test_the_table_of_many_is_as_wide_as_its_first_part(desk: Desk) -> None:
    """So that the first line does not wait for the last row; longer cells wrap, as always."""
    first = [configuration_set(f"set-{number:04d}", "a") for number in range(1000)]
    later = configuration_set("the-last", "n" * 40)
    ran = desk.run("scan", "--from", snapshot_file(desk.folder / "s.json", scope(*first, later)))
    assert ran.code == 0
    lines = [line.rstrip() for line in ran.out.splitlines()]
    assert lines[1] == "  destination  on   kind  target       events"
    assert lines[-7:] == [
        "the-last",
        f"  {'n' * 11}  yes  sns   mail-events  bounce",
        f"  {'n' * 11}",
        f"  {'n' * 11}",
        f"  {'n' * 7}",
        "",
        "1001 configuration sets, 1001 event destinations, 0 disabled",
    ]


def test_the_table_loses_nothing_of_long_names(desk: Desk) -> None:
    ran = desk.run("scan", "--from", snapshot_file(desk.folder / "s.json", WIDE))
    for character, longest in (("n", 64), ("t", 250), ("s", 128)):
        assert ran.out.count(character) >= longest
    assert "…" not in ran.out


def test_the_table(desk: Desk) -> None:
    ran = desk.run("scan", "--from", snapshot_file(desk.folder / "s.json", every_kind()))
    lines = [line.rstrip() for line in ran.out.splitlines()]
    assert lines == f"""\
SES event destinations, account {ACCOUNT}, region eu-west-1
  destination  on   kind         target            events

empty
  no event destination

orders
  alerts       no   sns          mail-events       bounce, complaint
  app          yes  pinpoint     1                 bounce
  bus          yes  eventbridge  default           bounce
  lake         yes  firehose     mail              bounce
  metrics      yes  cloudwatch   campaign, tenant  bounce

2 configuration sets, 5 event destinations, 1 disabled""".splitlines()


# For programs
# -------------------------------------------------------------------------------------------


def test_scan_as_json(desk: Desk) -> None:
    scopes = (
        scope(
            configuration_set("empty"),
            configuration_set("orders", destination("a", events=("SEND", "BOUNCE"), on=False)),
        ),
        scope(
            configuration_set(
                "other", every_kind()["ConfigurationSets"][1]["EventDestinations"][1]
            ),
            account=None,
        ),
    )
    ran = desk.run(
        "scan", "--from", snapshot_file(desk.folder / "s.json", *scopes), "--output", "json"
    )
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == """\
[
  {
    "AccountId": null,
    "Region": "eu-west-1",
    "ConfigurationSet": "other",
    "EventDestination": "lake",
    "Enabled": true,
    "Kind": "firehose",
    "Target": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail",
    "IamRoleArn": "arn:aws:iam::123456789012:role/ses",
    "MatchingEventTypes": [
      "BOUNCE"
    ]
  },
  {
    "AccountId": "123456789012",
    "Region": "eu-west-1",
    "ConfigurationSet": "empty",
    "EventDestination": null,
    "Enabled": null,
    "Kind": null,
    "Target": null,
    "IamRoleArn": null,
    "MatchingEventTypes": null
  },
  {
    "AccountId": "123456789012",
    "Region": "eu-west-1",
    "ConfigurationSet": "orders",
    "EventDestination": "a",
    "Enabled": false,
    "Kind": "sns",
    "Target": "arn:aws:sns:eu-west-1:123456789012:mail-events",
    "IamRoleArn": null,
    "MatchingEventTypes": [
      "BOUNCE",
      "SEND"
    ]
  }
]
"""


def test_scan_as_csv(desk: Desk) -> None:
    commas = scope(configuration_set('a "set", so called', "x\ny"), region="us-east-1")
    origin = snapshot_file(desk.folder / "s.json", every_kind(), commas)
    ran = desk.run("scan", "--from", origin, "--output", "csv")
    assert (ran.code, ran.err) == (0, "")
    own = "eu-west-1:123456789012"
    assert ran.out == f"""\
AccountId,Region,ConfigurationSet,EventDestination,Enabled,Kind,Target,IamRoleArn,MatchingEventTypes
{ACCOUNT},eu-west-1,empty,,,,,,
{ACCOUNT},eu-west-1,orders,alerts,false,sns,arn:aws:sns:{own}:mail-events,,BOUNCE COMPLAINT
{ACCOUNT},eu-west-1,orders,app,true,pinpoint,arn:aws:mobiletargeting:{own}:apps/1,,BOUNCE
{ACCOUNT},eu-west-1,orders,bus,true,eventbridge,arn:aws:events:{own}:event-bus/default,,BOUNCE
{ACCOUNT},eu-west-1,orders,lake,true,firehose,\
arn:aws:firehose:{own}:deliverystream/mail,arn:aws:iam::{ACCOUNT}:role/ses,BOUNCE
{ACCOUNT},eu-west-1,orders,metrics,true,cloudwatch,\
campaign=MESSAGE_TAG:none tenant=MESSAGE_TAG:none,,BOUNCE
{ACCOUNT},us-east-1,"a ""set"", so called",x\\ny,true,sns,arn:aws:sns:{own}:mail-events,,BOUNCE
"""


# Snapshots
# -------------------------------------------------------------------------------------------


def test_a_snapshot_on_stdout_is_the_file(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", every_kind())
    printed = desk.run("snapshot", "--from", origin, "--out", "-").out
    written = desk.folder / "written.json"
    assert desk.run("snapshot", "--from", origin, "--out", str(written)).code == 0
    assert written.read_bytes() == printed.encode()
    assert printed.endswith("}\n")


def test_a_snapshot_of_a_snapshot_is_the_same_bytes(desk: Desk) -> None:
    tagged = configuration_set(
        "zoë",
        "b",
        "a",
        Tags=[{"Key": "team", "Value": "Zoë 日本 \u2028"}],
        NewOptions={"z": 1, "a": [None]},
    )
    scopes = (
        every_kind(),
        scope(tagged, region="us-east-1"),
        hostile_scope() | {"Region": "us-west-2"},
    )
    origin = snapshot_file(desk.folder / "s.json", *scopes)
    first, second = desk.folder / "1.json", desk.folder / "2.json"
    assert desk.run("snapshot", "--from", origin, "--out", str(first)).code == 0
    assert desk.run("snapshot", "--from", str(first), "--out", str(second)).code == 0
    assert second.read_bytes() == first.read_bytes()
    assert desk.run("snapshot", "--from", str(first), "--out", str(first)).code == 0
    assert second.read_bytes() == first.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_snapshot_is_utf_8_whatever_the_terminal_is(tmp_path: Path, encoding: str) -> None:
    tagged = configuration_set("orders", Tags=[{"Key": "team", "Value": "Zoë"}])
    origin = snapshot_file(tmp_path / "s.json", scope(tagged))
    done = subprocess.run(
        [sys.executable, "-m", "exporter", "snapshot", "--from", origin, "--out", "-"],
        env=environment(PYTHONIOENCODING=encoding),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert '"Zoë"' in done.stdout.decode("utf-8")


@pytest.mark.slow
def test_a_table_can_be_printed_whatever_the_terminal_is(tmp_path: Path) -> None:
    named = scope(configuration_set("zoë", destination("日本")))
    origin = snapshot_file(tmp_path / "s.json", named)
    ran = ses2iac_process("scan", "--from", origin, env={"PYTHONIOENCODING": "ascii"})
    assert (ran.code, ran.err) == (0, "")
    assert "1 configuration set" in ran.out


def test_a_snapshot_that_fails_leaves_the_old_one(desk: Desk) -> None:
    old = desk.folder / "old.json"
    old.write_text("the old one")
    (desk.folder / "bad.json").write_text('{"FormatVersion": 1, "Scopes": [{}]}')
    ran = desk.run("snapshot", "--from", str(desk.folder / "bad.json"), "--out", str(old))
    assert ran.code == 1
    assert old.read_text() == "the old one"
    assert sorted(place.name for place in desk.folder.iterdir()) == ["bad.json", "old.json"]


def test_a_raw_answer_becomes_a_snapshot(desk: Desk) -> None:
    answer = raw_answer(desk.folder / "answer.json", destination("b"), destination("a"))
    ran = desk.run(
        *("snapshot", "--from", answer, "--out", "-"),
        *("--configuration-set", "orders", "--region", "eu-west-1"),
    )
    [found] = json.loads(ran.out)["Scopes"]
    assert "AccountId" not in found
    [only] = found["ConfigurationSets"]
    assert only["OptionsKnown"] is False
    assert [d["Name"] for d in only["EventDestinations"]] == ["a", "b"]


@pytest.mark.slow
def test_a_snapshot_from_standard_input(tmp_path: Path) -> None:
    origin = snapshot_file(tmp_path / "s.json", orders())
    with Path(origin).open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "exporter", "scan", "--from", "-", "--output", "json"],
            stdin=file,
            env=environment(),
            capture_output=True,
            timeout=60,
            check=True,
        )
    assert [row["EventDestination"] for row in json.loads(done.stdout)] == ["bounces"]


# Closed pipes, full disks, signals
# -----------------------------------------------------------------


def large(tmp_path: Path) -> str:
    """A snapshot whose listing is larger than a pipe holds."""
    sets = (configuration_set(f"set-{number:04d}", "a", "b") for number in range(800))
    return snapshot_file(tmp_path / "large.json", scope(*sets))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "lines"),
    [
        (["scan"], 1),
        (["scan", "--output", "json"], 1),
        (["scan", "--output", "csv"], 0),
        (["snapshot", "--out", "-"], 1),
        (["--help"], 0),
    ],
)
def test_a_reader_that_leaves_gets_no_traceback(
    tmp_path: Path, command: list[str], lines: int
) -> None:
    source = ["--from", large(tmp_path)] if command != ["--help"] else []
    with subprocess.Popen(
        [sys.executable, "-m", "exporter", *command, *source],
        env=environment(COLUMNS="80"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        for _ in range(lines):
            assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        # The help is short enough to fit into the pipe before its reader leaves.
        assert process.wait(timeout=60) in ((0, 1) if command == ["--help"] else (1,))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", [["scan"], ["snapshot", "--out", "-"]])
def test_a_result_that_cannot_be_written_is_an_error(tmp_path: Path, command: list[str]) -> None:
    origin = snapshot_file(tmp_path / "s.json", orders())
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "exporter", *command, "--from", origin],
            env=environment(COLUMNS="80"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "fault in ses2iac" not in done.stderr


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-"])
def test_a_stream_that_was_never_open_gets_no_traceback(tmp_path: Path, closed: str) -> None:
    origin = snapshot_file(tmp_path / "s.json", orders())
    out = tmp_path / "infra"
    command = f'exec "$0" -m exporter export terraform --from "$1" --out "$2" {closed}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, origin, str(out)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    assert (out / "versions.tf").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_a_signal_ends_it_and_leaves_what_stood_there(
    desk: Desk, number: signal.Signals, code: int
) -> None:
    desk.export(orders())
    before = tree(desk.folder)
    # Python leaves SIGINT ignored where it finds it so, as in a script's background jobs.
    program = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from exporter.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, "export", "terraform", "--out", desk.out, "--from", "-"],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        # More than a pipe holds: once it is written, the reader is in the middle of its work.
        process.stdin.write(b" " * 1_000_000)
        process.stdin.flush()
        # A signal between two reads wakes nobody, as in every program: one presses Ctrl-C again.
        for _ in range(60):
            process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
                break
        out, err = process.communicate(timeout=60)
    how = {130: b"interrupted", 143: b"terminated"}[code]
    assert (process.returncode, out, err) == (code, b"", how + b"; nothing was written\n")
    assert tree(desk.folder) == before


# Exit codes
# -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["fetch"],
        ["--colour"],
        ["scan", "--colour"],
        ["scan", "--output", "xml", "--from", "{s}"],
        ["scan", "{s}"],
        ["snapshot", "--from", "{s}"],
        ["export", "--from", "{s}", "--out", "{o}"],
        ["export", "pulumi", "--from", "{s}", "--out", "{o}"],
        ["export", "terraform", "--from", "{s}"],
        ["scan", "--from", "{s}", "--profile", "p"],
        ["scan", "--from", "{s}", "--endpoint-url", "http://127.0.0.1:1"],
        ["scan", "--from", "{s}", "--configuration-set", "orders"],
        ["scan", "--from", "{s}", "--role-arn", "arn:aws:iam::123456789012:role/reader"],
        ["scan", "--region", "eu-west-1", "--all-regions"],
        ["snapshot", "--from", "{s}", "--out", "out.json", "--resume"],
        ["snapshot", "--out", "-", "--resume"],
        ["scan", "--from", "{a}"],
        ["scan", "--configuration-set", "orders"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_2(desk: Desk, arguments: list[str]) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders())
    answer = raw_answer(desk.folder / "answer.json", destination("a"))
    ran = desk.run(*(a.format(s=origin, a=answer, o=desk.out) for a in arguments))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err
    assert not desk.out.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "--from", "{o}/none.json"],
        ["scan", "--from", "{o}"],
        ["snapshot", "--from", "{o}/none.json", "--out", "-"],
        ["snapshot", "--from", "{s}", "--out", "{o}/no/such/folder/s.json"],
        ["scan", "--from", "{s}", "--region", "us-east-1"],
        ["scan", "--from", "{s}", "--include", "none*"],
        ["export", "terraform", "--from", "{s}", "--out", "{s}"],
        ["export", "terraform", "--from", "{s}", "--out", "{s}/below"],
    ],
    ids=" ".join,
)
def test_a_failure_is_1(desk: Desk, arguments: list[str]) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders())
    before = tree(desk.folder)
    ran = desk.run(*(a.format(s=origin, o=desk.out) for a in arguments))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert tree(desk.folder) == before
    assert not desk.out.exists()


def test_selections_are_0_and_say_what_matched_nothing(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", every_kind())
    ran = desk.run(
        *("scan", "--from", origin, "--output", "csv"),
        *("--include", "orders/a*", "--include", "none", "--exclude", "*/app"),
    )
    assert ran.code == 0
    assert ran.err == "note: --include none matches nothing\n"
    assert [line.split(",")[3] for line in ran.out.splitlines()[1:]] == ["alerts"]
