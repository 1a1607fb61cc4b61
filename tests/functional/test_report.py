"""``ses2iac report`` on the command line."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from exporter.model.checkpoint import ReadObserver
from exporter.model.read_result import ReadFailure, ReadResult
from exporter.sources.read import Source
from tests.fakes import FakeAws
from tests.functional.snapshots import Desk, orders, scope, snapshot_file
from tests.support import SAMPLES
from tests.unit.test_page import Elements, said_in


def test_it_writes_a_page(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders("opens"))
    file = desk.folder / "report.html"
    ran = desk.run("report", "--from", origin, "--out", str(file))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"wrote {file}: 1 configuration set, 2 event destinations\n"
    html = file.read_text(encoding="utf-8")
    assert [row[2] for row in Elements(html).data["Rows"]] == ["bounces", "opens"]
    assert desk.run("report", "--from", origin, "--out", "-").out == html


def test_only_what_is_selected_is_in_it(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", orders("opens"))
    ran = desk.run("report", "--from", origin, "--out", "-", "--exclude", "orders/opens")
    assert "opens" not in Elements(ran.out).scripts["data"]


def test_it_says_what_differs(desk: Desk) -> None:
    old, new = str(SAMPLES / "shop/snapshot.json"), str(SAMPLES / "shop/drifted.json")
    ran = desk.run("report", "--from", new, "--against", old, "--out", "-")
    assert (ran.code, ran.err) == (0, "")
    text = Elements(ran.out).text
    assert "2 added, 1 removed, 2 changed; 15 unchanged" in text
    assert "~ Enabled: true -> false" in text
    assert "Differences" not in desk.run("report", "--from", new, "--out", "-").out


def test_what_differs_from_code_says_where_the_code_stands(desk: Desk) -> None:
    desk.export(orders())
    origin = snapshot_file(desk.folder / "s.json", orders("opens"))
    ran = desk.run("report", "--from", origin, "--against", str(desk.out), "--out", "-")
    text = Elements(ran.out).text
    assert "1 added" in text
    assert "event destination opens" in text


def test_a_selection_holds_for_both_sides(desk: Desk) -> None:
    old = snapshot_file(desk.folder / "old.json", orders())
    new = snapshot_file(desk.folder / "new.json", orders("opens", "sends"))
    options = ("--against", old, "--exclude", "orders/opens", "--out", "-")
    text = Elements(desk.run("report", "--from", new, *options).out)
    assert [row[2] for row in text.data["Rows"]] == ["bounces", "sends"]
    assert "1 added" in text.text
    assert "event destination opens" not in text.text


def test_an_empty_account_has_a_page_too(desk: Desk) -> None:
    origin = snapshot_file(desk.folder / "s.json", scope())
    ran = desk.run("report", "--from", origin, "--out", "-")
    assert ran.code == 0
    assert "no configuration set in account 123456789012" in ran.err
    assert Elements(ran.out).data["Rows"] == []


def test_what_could_not_be_read_is_said_and_ends_with_4(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Source.read

    def partly(
        self: Source, told: ReadObserver | None = None, *, options: bool = True
    ) -> ReadResult:
        whole = read(self, told, options=options)
        return replace(whole, unread=(ReadFailure("news", "not allowed"),))

    monkeypatch.setattr(Source, "read", partly)
    origin = snapshot_file(desk.folder / "s.json", orders())
    ran = desk.run("report", "--from", origin, "--out", "-")
    assert ran.code == 4
    assert "warning: partial: 1 configuration set could not be read" in ran.err
    assert "news: not read: not allowed" in Elements(ran.out).text


def test_standard_input_cannot_be_both_sides(desk: Desk) -> None:
    ran = desk.run("report", "--from", "-", "--against", "-", "--out", "-")
    assert ran.code == 2
    assert "only one side can be standard input" in ran.err


def test_findings_are_of_whole_sets_and_shown_of_what_is_selected(desk: Desk) -> None:
    """Who looks at the topic of opens alone must not read that nobody hears of bounces."""
    origin = snapshot_file(desk.folder / "s.json", orders("opens"))
    ran = desk.run("report", "--from", origin, "--out", "-", "--include", "orders/opens")
    assert [row[2] for row in Elements(ran.out).data["Rows"]] == ["opens"]
    text = Elements(ran.out).text
    assert "orders: no enabled destination receives COMPLAINT" in text
    assert "hears of BOUNCE" not in text
    assert "orders/bounces" not in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("2026-11-28T01:30+01:00", "Read at2026-11-28 00:30 UTC"),
        ("2026-11-28T00:30:59Z", "Read at2026-11-28 00:30 UTC"),
        ("2026-11-28", "Read at2026-11-28 00:00 UTC"),
    ],
)
def test_it_says_when_a_snapshot_was_read(desk: Desk, given: str, said: str) -> None:
    origin = snapshot_file(desk.folder / "prod.json", orders())
    ran = desk.run("report", "--from", origin, "--out", "-", "--read-at", given)
    assert f"{said} Sourceprod.json" in said_in(ran.out)


def test_a_snapshot_does_not_say_when_so_that_its_page_stays_the_same(desk: Desk) -> None:
    """Neither today's time nor the file's is in it."""
    origin = snapshot_file(desk.folder / "prod.json", orders())
    ran = desk.run("report", "--from", origin, "--out", "-")
    assert "Read atnot recorded Sourceprod.json" in said_in(ran.out)


def test_a_live_account_is_read_now(desk: Desk, live: FakeAws) -> None:
    before = datetime.now(UTC).replace(second=0, microsecond=0)
    text = said_in(desk.run("report", "--out", "-").out)
    said = text.partition("Read at")[2].partition(" Sourcelive account")[0]
    read_at = datetime.strptime(said, "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC)
    assert before <= read_at <= datetime.now(UTC)
    options = ("report", "--out", "-", "--read-at", "2026-11-28")
    assert desk.run(*options).out == desk.run(*options).out


def test_it_says_what_it_is_limited_to(desk: Desk) -> None:
    origin = snapshot_file(
        desk.folder / "part.json", {**orders("opens"), "Selection": {"Exclude": ["news"]}}
    )
    ran = desk.run("report", "--from", origin, "--out", "-", "--include", "orders/opens")
    assert "Only--exclude news --include orders/opens" in said_in(ran.out)


def test_what_was_not_compared_is_on_the_page(desk: Desk) -> None:
    desk.put(
        "main.tf",
        """
        variable "names" { type = list(string) }
        resource "aws_sesv2_configuration_set" "any" {
          count                  = length(var.names)
          configuration_set_name = var.names[count.index]
        }
        """,
    )
    origin = snapshot_file(desk.folder / "s.json", orders())
    ran = desk.run("report", "--from", origin, "--against", str(desk.out), "--out", "-")
    assert ran.code == 0
    text = said_in(ran.out)
    assert "1 difference 1 added 1 of 2 compared" in text
    assert "compared 1 of 2 resources; 1 not compared" in text
    assert "main.tf:3 aws_sesv2_configuration_set.any" in text
