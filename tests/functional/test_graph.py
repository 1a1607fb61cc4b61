"""``ses2iac graph`` on the command line."""

import pytest

from exporter.reports.graph import Output
from tests.functional.snapshots import Desk, configuration_set, orders, scope, snapshot_file

BEGINNINGS = {Output.MERMAID: "flowchart LR\n", Output.DOT: "digraph ", Output.SVG: "<?xml "}


@pytest.mark.parametrize("output", Output)
def test_it_draws_to_stdout_or_to_a_file(desk: Desk, output: Output) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders())
    ran = desk.run("graph", "--from", origin, "--output", output)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(BEGINNINGS[output])
    file = desk.folder / "picture"
    ran_to = desk.run("graph", "--from", origin, "--output", output, "--out", str(file))
    assert (ran_to.code, ran_to.out) == (0, "")
    assert ran_to.err == f"wrote {file}: 1 configuration set, 1 event destination\n"
    assert file.read_bytes().decode() == ran.out


def test_mermaid_is_what_comes_unasked(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders())
    assert desk.run("graph", "--from", origin).out.startswith(BEGINNINGS[Output.MERMAID])


def test_only_what_is_selected_is_drawn(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders("opens"))
    ran = desk.run("graph", "--from", origin, "--exclude", "orders/opens")
    assert "bounces" in ran.out
    assert "opens" not in ran.out


def test_an_empty_account_is_said(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", scope())
    ran = desk.run("graph", "--from", origin, "--output", "svg")
    assert ran.code == 0
    assert "no configuration set in account 123456789012" in ran.err


def test_what_mermaid_would_not_draw_is_said(desk: Desk) -> None:
    names = [f"d{number}" for number in range(501)]
    origin = snapshot_file(desk.folder / "s.json", scope(configuration_set("orders", *names)))
    ran = desk.run("graph", "--from", origin)
    assert ran.code == 0
    assert "Mermaid's default limits are 500 edges and 50000 characters" in ran.err
    assert "--output svg" in ran.err
    assert desk.run("graph", "--from", origin, "--output", "svg").err == ""


def test_a_file_that_cannot_be_written_is_an_error(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders())
    ran = desk.run("graph", "--from", origin, "--out", str(desk.folder / "no" / "picture"))
    assert ran.code == 1
    assert "error: " in ran.err
