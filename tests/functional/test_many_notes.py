"""Notes and warnings of large accounts: a line for each cause, and never more than a screen."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.functional.snapshots import Desk, Json, configuration_set, destination, scope
from tests.support import Ran

ARCHIVE = "arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-0000111122223333444455556"
FORMATS = ("terraform", "cloudformation", "cdk")
SCREEN = 40


def _plain(_number: int) -> dict[str, Any]:
    """Nothing that gets lost."""
    return {}


def _equal(_number: int) -> dict[str, Any]:
    """Options that no two formats hold alike, the same for each set."""
    return {"ArchivingOptions": {"ArchiveArn": ARCHIVE}}


def _different(number: int) -> dict[str, Any]:
    """A loss of its own for each set."""
    return {f"Option{number}Options": {"Value": number}}


def _account(of: Callable[[int], dict[str, Any]], sets: int, scopes: int) -> list[Json]:
    return [
        scope(
            *(
                configuration_set(
                    f"tenant-{number:04}",
                    destination("events", {"SnsDestination": {"TopicArn": _topic(region)}}),
                    **of(number),
                )
                for number in range(sets)
            ),
            region=f"eu-west-{region}",
        )
        for region in range(1, scopes + 1)
    ]


def _topic(region: int) -> str:
    return f"arn:aws:sns:eu-west-{region}:123456789012:mail-events"


def _lines(ran: Ran) -> list[str]:
    return ran.err.splitlines()


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("scopes", [1, 2, 20])
@pytest.mark.parametrize("of", [_equal, _different])
def test_an_export_of_any_account_fits_a_screen(desk: Desk, to: str, scopes: int, of: Any) -> None:
    sets = 60 if scopes == 1 else 12
    said = _lines(desk.export(*_account(of, sets, scopes), to=to))
    assert len(said) < SCREEN
    assert any(line.startswith("next, in ") for line in said) or to != "terraform"


def test_what_is_alike_is_one_line_with_a_count(desk: Desk) -> None:
    said = _lines(desk.export(*_account(_equal, 300, 1)))
    assert said[0] == (
        "warning: 300 configuration sets: ArchivingOptions left out: the Terraform AWS provider "
        "has no argument for it; Terraform never writes it, so it stays unchanged: tenant-0000, "
        "tenant-0001, tenant-0002, tenant-0003, tenant-0004 and 295 more"
    )
    assert len(said) == 6


def test_scopes_are_grouped_together(desk: Desk) -> None:
    said = _lines(desk.export(*_account(_equal, 3, 2)))
    assert said[0].startswith(
        "warning: 6 configuration sets in 2 accounts and regions: ArchivingOptions left out: "
    )
    assert said[0].endswith(": tenant-0000, tenant-0001, tenant-0002 and 3 more")


def test_verbose_names_all_of_them_with_their_places(desk: Desk) -> None:
    said = _lines(desk.export(*_account(_equal, 30, 2), options=("--verbose",)))
    place = "account 123456789012, region eu-west-2"
    assert f"  {place}: tenant-0029" in said
    assert sum(line.startswith("  account ") for line in said) == 60


def test_causes_without_room_are_counted_and_shown_when_asked(desk: Desk) -> None:
    account = _account(_different, 60, 1)
    said = _lines(desk.export(*account))
    assert "warning: 48 more warnings; -v shows all of them" in said
    said = _lines(desk.again("-v"))
    assert sum("left out" in line for line in said) == 60


def test_quiet_still_says_what_is_lost(desk: Desk) -> None:
    said = _lines(desk.export(*_account(_equal, 60, 1), options=("--quiet",)))
    assert len(said) == 1
    assert said[0].startswith("warning: 60 configuration sets: ")


def test_strict_says_it_so_too(desk: Desk) -> None:
    said = _lines(desk.try_export(*_account(_equal, 60, 1), options=("--strict",)))
    assert len(said) == 3
    assert said[0].startswith("warning: 60 configuration sets: ")
    assert said[1] == "error: --strict: 60 things cannot be written as live"


def test_state_that_ses_keeps_is_not_said(desk: Desk) -> None:
    options = {"ReputationMetricsEnabled": True, "LastFreshStart": "2026-01-01T00:00:00Z"}
    found = configuration_set("orders", ReputationOptions=options)
    assert "LastFreshStart" not in desk.export(scope(found)).err


def test_a_check_of_many_files_is_one_line(desk: Desk) -> None:
    account = _account(_plain, 30, 1)
    desk.export(*account, options=("--layout", "per-set"))
    files = list(desk.out.glob("*.tf"))
    for path in files:
        path.write_text("# edited\n")
    ran = desk.again("--check")
    assert ran.code == 3
    assert len(_lines(ran)) < SCREEN
    assert f"\nwarning: {len(files)} files: out of date: " in f"\n{ran.err}"
    ran = desk.again("--force")
    assert len(_lines(ran)) < SCREEN
    assert f"\nwarning: {len(files)} files: edited since " in f"\n{ran.err}"


def test_patterns_of_a_file_that_match_nothing_are_one_line(desk: Desk) -> None:
    desk.export(*_account(_plain, 2, 1))
    names = desk.folder / "names.txt"
    names.write_text("".join(f"gone-{number}\n" for number in range(50)))
    ran = desk.again("--exclude", f"@{names}")
    assert any(line.startswith("note: 50 --exclude patterns: no match: ") for line in _lines(ran))


@pytest.mark.parametrize("option", ["--include", "--exclude"])
@pytest.mark.parametrize("command", ["scan", "snapshot", "graph", "lint", "export", "report"])
def test_a_pattern_that_matches_nothing_is_said_by_both_options(
    desk: Desk, command: str, option: str
) -> None:
    desk.export(*_account(_plain, 2, 1))
    needed = {
        "snapshot": ("--out", str(desk.folder / "taken.json")),
        "report": ("--out", str(desk.folder / "report.html")),
        "export": ("terraform", "--out", str(desk.folder / "other")),
    }
    both = (option, "tenant-0001", option, "Defualt")
    source = ("--from", str(desk.folder / "snapshot.json"))
    ran = desk.run(command, *needed.get(command, ()), *source, *both)
    assert ran.err.splitlines()[0] == f"note: {option} Defualt matches nothing"


@pytest.mark.parametrize("option", ["--include", "--exclude"])
def test_diff_says_it_too(desk: Desk, option: str) -> None:
    desk.export(*_account(_plain, 2, 1))
    sides = (str(desk.out), str(desk.folder / "snapshot.json"))
    ran = desk.run("diff", *sides, option, "tenant-0001", option, "Defualt")
    assert f"note: {option} Defualt matches nothing" in ran.out


def test_the_sets_of_many_stacks_fit_a_screen(desk: Desk) -> None:
    def tagged(number: int) -> dict[str, Any]:
        tags = {"stack-name": f"stack-{number % 30}", "logical-id": f"Set{number}"}
        return {
            "Tags": [
                {"Key": f"aws:cloudformation:{key}", "Value": value} for key, value in tags.items()
            ]
        }

    said = _lines(desk.try_export(*_account(tagged, 300, 1)))
    assert len(said) < SCREEN
    assert said[0].endswith(
        "left out 10 configuration sets, 10 event destinations owned by the CloudFormation stack "
        "stack-0; --stack-owned exports them: tenant-0000, tenant-0030, tenant-0060, tenant-0090, "
        "tenant-0120 and 5 more"
    )
    assert "warning: left out what 24 more stacks own; -v shows all of them" in said


def test_an_error_about_hundreds_fits_a_screen(desk: Desk) -> None:
    account = _account(_plain, 60, 1)
    for each in account[0]["ConfigurationSets"]:
        each["OptionsKnown"] = False
    ran = desk.try_export(*account, options=("--include", "tag:team=mail"))
    assert ran.code == 1
    assert len(_lines(ran)) < SCREEN
    assert "  and 35 more; -v shows all of them" in _lines(ran)
    assert len(_lines(desk.again("--include", "tag:team=mail", "-v"))) > 60


@pytest.mark.parametrize("to", ["cloudformation", "cdk"])
def test_that_nothing_was_written_is_said_after_any_number_of_losses(desk: Desk, to: str) -> None:
    sets = [configuration_set(f"no name {number}") for number in range(60)]
    said = _lines(desk.export(scope(*sets), to=to))
    assert len(said) < SCREEN
    assert " of this can be written as " in said[-1]
    assert not desk.out.exists()
