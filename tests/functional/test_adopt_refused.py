"""``--adopt-suffix`` and destinations that SES would refuse to create."""

import re

import pytest

from tests.functional.snapshots import (
    Desk,
    Json,
    configuration_set,
    destination,
    scope,
    sns,
)

FORMATS = ("cloudformation", "cdk")
CODE = {"cloudformation": "template.yaml", "cdk": "ses_stack.py"}


def bus(name: str) -> Json:
    arn = f"arn:aws:events:eu-west-1:123456789012:event-bus/{name}"
    return {"EventBridgeDestination": {"EventBusArn": arn}}


FIFO = destination("bounces", sns("security-mail.fifo"))
OTHER_BUS = destination("bus", bus("mail"))
GOOD = destination("good")
DEFAULT_BUS = destination("default-bus", bus("default"))
CODES = configuration_set("codes", FIFO, OTHER_BUS, GOOD, DEFAULT_BUS)
WHY = (
    "so SES would refuse to create it; the old one, {!r}, stays in SES and outside of the stack. "
    "Correct it in SES and export again"
)
WARNINGS = [
    "warning: codes/bounces-iac: event destination left out: it publishes to the FIFO "
    "topic arn:aws:sns:eu-west-1:123456789012:security-mail.fifo, but SES supports only "
    "standard topics, " + WHY.format("bounces"),
    "warning: codes/bus-iac: event destination left out: it publishes to the bus mail, but "
    "SES supports only the bus named default, " + WHY.format("bus"),
]


def deleted(text: str) -> list[str]:
    """The destinations that IMPORT.md deletes."""
    return re.findall(r"--event-destination-name=(\S+)", text)


@pytest.mark.parametrize("format_", FORMATS)
def test_what_ses_refuses_is_left_out_and_stays(desk: Desk, format_: str) -> None:
    ran = desk.export(scope(CODES), to=format_, options=("--adopt-suffix=-iac", "--quiet"))
    assert sorted(ran.err.splitlines()) == WARNINGS
    code = desk.read(CODE[format_])
    resources = "\n".join(line for line in code.splitlines() if not line.lstrip().startswith("#"))
    for absent in (".fifo", "event-bus/mail", "bounces", '"bus', " bus"):
        assert absent not in resources, absent
    assert "good-iac" in code
    assert "default-bus-iac" in code
    text = desk.read("IMPORT.md")
    assert deleted(text) == ["default-bus", "good"]
    kept = text.partition("They are not deleted, and stay in SES as they are:\n\n")[2]
    assert kept.startswith("- `codes/bounces`\n- `codes/bus`\n\n")


@pytest.mark.parametrize("format_", FORMATS)
def test_import_md_has_targets_checked_first(desk: Desk, format_: str) -> None:
    desk.export(scope(CODES), to=format_, options=("--adopt-suffix=-iac",))
    before = desk.read("IMPORT.md").partition("## 1. ")[0]
    assert "ses2iac lint --check-targets --region eu-west-1\n" in before


@pytest.mark.parametrize("format_", FORMATS)
def test_strict_refuses_it(desk: Desk, format_: str) -> None:
    options = ("--adopt-suffix=-iac", "--strict")
    ran = desk.try_export(scope(CODES), to=format_, options=options)
    assert ran.code == 1
    assert "--strict: 2 things cannot be written as live" in ran.err
    assert not desk.out.exists()


@pytest.mark.parametrize("format_", [*FORMATS, "terraform"])
def test_what_is_imported_is_not_created(desk: Desk, format_: str) -> None:
    ran = desk.export(scope(CODES), to=format_)
    assert "refuse" not in ran.err
    assert "left out" not in ran.err


@pytest.mark.parametrize("format_", FORMATS)
def test_what_has_its_new_name_already_stays(desk: Desk, format_: str) -> None:
    there = destination("bounces-iac", sns("security-mail.fifo"))
    sets = configuration_set("codes", FIFO, there, GOOD)
    ran = desk.export(scope(sets), to=format_, options=("--adopt-suffix=-iac",))
    # It is in SES, so nobody has to create it; the old one has its successor.
    assert "refuse" not in ran.err
    assert "bounces-iac" in desk.read(CODE[format_])
    assert deleted(desk.read("IMPORT.md")) == ["bounces", "good"]


@pytest.mark.parametrize("format_", FORMATS)
def test_a_set_of_which_nothing_new_can_be_made(desk: Desk, format_: str) -> None:
    ran = desk.export(
        scope(configuration_set("codes", FIFO)), to=format_, options=("--adopt-suffix=-iac",)
    )
    assert "1 configuration set, 0 event destinations" in ran.err
    text = desk.read("IMPORT.md")
    assert "There is none to delete." in text
    assert deleted(text) == []


def test_the_old_one_is_left_out_of_what_is_counted_as_crowded(desk: Desk) -> None:
    # Six and six are more than ten; five and six are not: one of the six is not made.
    many = [destination(f"d{number}") for number in range(4)]
    sets = configuration_set("codes", *many, FIFO)
    ran = desk.export(scope(sets), to="cloudformation", options=("--adopt-suffix=-iac",))
    assert "SES allows 10" not in ran.err


# One name in several sets


def shared(desk: Desk, format_: str, *options: str) -> str:
    sets = [configuration_set(name, "bounces", "late") for name in ("a", "b", "c")]
    sets.append(configuration_set("d", "late", "own"))
    desk_scopes = (scope(*sets), scope(*sets, region="us-east-1"))
    return desk.export(*desk_scopes, to=format_, options=options).err


@pytest.mark.parametrize("options", [(), ("--adopt-suffix=-iac",)], ids=["import", "adopt"])
@pytest.mark.parametrize("format_", FORMATS)
def test_one_name_in_several_sets_is_noted_once(
    desk: Desk, format_: str, options: tuple[str, ...]
) -> None:
    err = shared(desk, format_, *options)
    assert err.count("note: event destinations of several sets have the same name") == 1
    suffix = "-iac" if options else ""
    names = f"`bounces{suffix}`, `late{suffix}`"
    for region in ("eu-west-1", "us-east-1"):
        text = desk.read(f"123456789012/{region}/IMPORT.md")
        assert text.count(f"have the same name in this stack: {names}. It has been reported") == 1
        assert text.count("That is unverified.") == 1


@pytest.mark.parametrize("options", [("--no-imports",), ("--quiet",)])
def test_where_nothing_is_imported_nothing_is_noted(desk: Desk, options: tuple[str, ...]) -> None:
    assert "same name" not in shared(desk, "cloudformation", *options)


def test_one_set_alone_has_no_shared_name(desk: Desk) -> None:
    ran = desk.export(
        scope(configuration_set("a", "x", "y"), configuration_set("b", "z")), to="cdk"
    )
    assert "same name" not in ran.err
    assert "same name" not in desk.read("IMPORT.md")


def test_terraform_tells_them_apart(desk: Desk) -> None:
    assert "same name" not in shared(desk, "terraform")


def test_verify_is_asked_of_the_whole_export(desk: Desk) -> None:
    shared(desk, "cloudformation")
    assert "\nses2iac verify ../..\n" in desk.read("123456789012/us-east-1/IMPORT.md")


# When it is done


@pytest.mark.parametrize(
    ("format_", "options", "expected"),
    [
        ("cloudformation", (), "rm resources-to-import.json IMPORT.md"),
        (
            "cloudformation",
            ("--adopt-suffix=-iac",),
            "rm import-template.yaml resources-to-import.json IMPORT.md",
        ),
        ("cdk", (), "rm resource-mapping.json IMPORT.md"),
        ("cdk", ("--adopt-suffix=-iac",), "rm resource-mapping.json IMPORT.md"),
    ],
)
def test_its_last_lines_say_what_done_is(
    desk: Desk, format_: str, options: tuple[str, ...], expected: str
) -> None:
    desk.export(scope(CODES), to=format_, options=options)
    last = desk.read("IMPORT.md").partition("## When it is done\n")[2]
    assert f"```sh\n{expected}\n```\n" in last
    assert all((desk.out / name).is_file() for name in expected.split()[1:])


def test_the_files_of_several_stacks_are_named(desk: Desk) -> None:
    sets = [configuration_set(f"s{number:02d}", "a", "b", "c") for number in range(60)]
    desk.export(scope(*sets), to="cloudformation")
    assert "\nrm resources-to-import-01.json resources-to-import-02.json IMPORT.md\n" in desk.read(
        "IMPORT.md"
    )
