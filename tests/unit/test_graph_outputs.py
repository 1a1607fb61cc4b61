"""The pictures, read back: nothing is lost, nothing is drawn twice, no name breaks out."""

import os
from collections import defaultdict
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model.resources import Scope
from exporter.reports.graph import Output, draw
from exporter.reports.graph.model import Graph, build
from exporter.support.text import printable
from tests.functional.snapshots import Json, configuration_set, destination, scope, sns
from tests.graph_readers import SVG, Drawn, read_dot, read_mermaid, read_svg
from tests.strategies import aws_scopes, examples, hostile_scopes
from tests.support import ROOT, SAMPLES, load_snapshot
from tests.unit.test_graph_model import graph_of, topic

FIXTURES = ROOT / "tests/fixtures/graph"
SUFFIXES = {Output.MERMAID: "mmd", Output.DOT: "dot", Output.SVG: "svg"}
UPDATE = "SES2IAC_UPDATE_GRAPHS"

HOSTILE = (
    *("<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "]]>", "<!--", "&lt;&#38;"),
    *("a\nb", "a\r\nend", "\u2028", "\0", "\x1b[31m", "#quot;", "#35;", "`**bold**`", "1. one"),
    *("- a", "-->", "--x", "|x|", "end", "subgraph", "%% comment", "%%{init: {}}%%", "style:a#b;"),
    *('"]; d1 -> d1', "\\", '\\"', "\\N", "\\l", "{a|b}", "<b>x</b>", "javascript:alert(1)"),
    *("classDef:x#y;", "click d1 href", "http://example.com", "_a_", "__b__", "日本語", "𝕏", " a "),
)


def hostile() -> Graph:
    """A picture whose every text means something in a language."""
    sets = [
        configuration_set(name, destination(name, topic("999999999999", "us-east-1", name)))
        for name in HOSTILE
    ]
    return graph_of(scope(*sets))


def small() -> Graph:
    """Two regions, a target of both, one that is disabled, a set without destinations."""
    shared = topic("999999999999", "eu-west-1", "shared")
    return graph_of(
        scope(
            configuration_set(
                "orders", "bounces", destination("x<y>", shared, events=("BOUNCE", "OPEN"))
            ),
            configuration_set("empty"),
        ),
        scope(configuration_set("news", destination("off", shared, on=False)), region="us-east-1"),
    )


def large(number: int) -> Graph:
    """So many destinations, five to a set, to 20 targets."""
    sets = [
        configuration_set(
            f"set-{at:04}", *(destination(f"d{n}", sns(f"t{(at + n) % 20}")) for n in range(5))
        )
        for at in range(number // 5)
    ]
    return graph_of(scope(*sets))


def check(drawn: Drawn, graph: Graph) -> None:
    """Whether a picture says what it was made from."""
    shown = {found.id: printable(found.name) for found in graph.sets}
    assert {id_: drawn.clusters[id_] for id_ in shown} == shown
    held: dict[str, set[str]] = defaultdict(set)
    for id_, parent in drawn.parents.items():
        held[parent].add(id_)
    for found in graph.sets:
        assert held[found.id] == ({node.id for node in found.destinations} or {f"{found.id}n"})
    for node in graph.destinations:
        expected = [printable(node.name), printable(node.events)]
        assert drawn.nodes[node.id] == expected + ([f"({node.state})"] if node.state else [])
    for target in graph.targets:
        lines = [printable(line) for line in (target.title, target.name, target.where) if line]
        assert drawn.nodes[target.id] == lines
        assert drawn.parents[target.id] == ""
    edges = [(node.id, node.target, node.enabled is False) for node in graph.destinations]
    assert drawn.edges == edges
    own = {found.id for found in graph.sets}
    titles = {c.id: c.title for c in graph.scopes} if graph.has_clusters_of_scopes else {}
    assert {id_: text for id_, text in drawn.clusters.items() if id_ not in own} == titles


def check_svg(root: ET.Element, graph: Graph) -> None:
    """Whether it has every node once, with the whole of its text."""
    groups = {group.attrib["id"]: group for group in root.iter(f"{SVG}g") if "id" in group.attrib}
    ids = [node.id for node in graph.destinations] + [target.id for target in graph.targets]
    assert sorted(groups) == sorted(ids)
    for node in graph.destinations:
        group = groups[node.id]
        assert group.findtext(f"{SVG}title", "").startswith(printable(f"{node.name}: {node.full}"))
        assert ("off" in group.attrib["class"].split()) is (node.enabled is False)
        assert f", {node.state}" in group.findtext(f"{SVG}title", "") or node.enabled
        assert len(group.findall(f"{SVG}path")) == 1
    for target in graph.targets:
        assert printable(target.full) in groups[target.id].findtext(f"{SVG}title", "")
    assert root.attrib["role"] == "img"
    labels = root.attrib["aria-labelledby"].split()
    assert [root[0].attrib["id"], root[1].attrib["id"]] == labels
    assert root[1].text == graph.description


@given(st.lists(st.one_of(aws_scopes(), hostile_scopes()), max_size=2))
@examples(60)
def test_what_is_drawn_is_what_was_read(scopes: list[Scope]) -> None:
    graph = build(scopes)
    check(read_mermaid(draw(graph, Output.MERMAID)), graph)
    check(read_dot(draw(graph, Output.DOT)), graph)
    check_svg(read_svg(draw(graph, Output.SVG)), graph)


@pytest.mark.parametrize(
    "make", [hostile, small, lambda: large(500), lambda: large(5000), graph_of]
)
def test_every_destination_is_drawn(make: Callable[[], Graph]) -> None:
    graph = make()
    check(read_mermaid(draw(graph, Output.MERMAID)), graph)
    check(read_dot(draw(graph, Output.DOT)), graph)
    check_svg(read_svg(draw(graph, Output.SVG)), graph)


def test_no_text_means_anything() -> None:
    of_mermaid = draw(hostile(), Output.MERMAID)
    assert not [each for each in ("<script", "<img", "]]>", "%%", "**", "`") if each in of_mermaid]
    of_svg = draw(hostile(), Output.SVG)
    assert not [each for each in ("<script", "<img", "<!--", "]]>") if each in of_svg]
    for text in (of_mermaid, of_svg, draw(hostile(), Output.DOT)):
        assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize("output", Output)
def test_the_order_of_what_was_read_does_not_matter(output: Output) -> None:
    def of(*names: str) -> list[Json]:
        return [configuration_set(name, destination("d", sns(f"to-{name}"))) for name in names]

    one, other = graph_of(scope(*of("a", "b", "c"))), graph_of(scope(*of("c", "a", "b")))
    assert draw(one, output) == draw(other, output)


@pytest.mark.parametrize("output", Output)
@pytest.mark.parametrize("name", ["small", "minimal"])
def test_the_bytes_are_as_they_were(name: str, output: Output) -> None:
    graph = small()
    if name == "minimal":
        graph = build(load_snapshot(SAMPLES / "minimal/snapshot.json").scopes)
    path = FIXTURES / f"{name}.{SUFFIXES[output]}"
    text = draw(graph, output)
    if os.environ.get(UPDATE):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


# SVG
# --------------------------------------------------------------------------------------


def test_long_names_are_cut_and_whole_in_the_title() -> None:
    name, arn = "n" * 64, "t" * 256
    of = configuration_set(name, destination(name, sns(arn)))
    root = read_svg(draw(graph_of(scope(of)), Output.SVG))
    # What has a title of its own stands behind it.
    shown = [
        (element.text or "") + "".join(child.tail or "" for child in element)
        for element in root.iter(f"{SVG}text")
    ]
    assert all(len(text) < 110 for text in shown)
    assert sum(text.endswith("…") for text in shown) == 3
    titles = [element.text or "" for element in root.iter(f"{SVG}title")]
    assert sum(name in title for title in titles) == 2
    assert sum(arn in title for title in titles) == 2


def test_a_line_that_leaves_the_screen_says_where_it_leads() -> None:
    root = read_svg(draw(large(500), Output.SVG))
    far = [text for text in root.iter(f"{SVG}text") if "far" in text.attrib["class"].split()]
    assert far
    assert all((text.text or "").startswith("SNS topic t") for text in far)
    assert "far" not in {
        text.attrib["class"] for text in read_svg(draw(small(), Output.SVG)).iter(f"{SVG}text")
    }


def test_boxes_do_not_overlap() -> None:
    root = read_svg(draw(large(500), Output.SVG))
    rows = [
        (float(rect.attrib["x"]), float(rect.attrib["y"]), float(rect.attrib["height"]))
        for rect in root.iter(f"{SVG}rect")
        if rect.attrib["class"] == "row"
    ]
    for x in {row[0] for row in rows}:
        column = sorted(row[1:] for row in rows if row[0] == x)
        ends = [y + height for y, height in column]
        assert all(end <= y for end, (y, _) in zip(ends, column[1:], strict=False))
        assert ends[-1] <= float(root.attrib["height"])
