"""What the pictures say, read back by readers that know nothing of the code that wrote them."""

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Drawn:
    """A picture that was read back.

    Attributes:
        nodes: The lines of every node's text, by its id.
        parents: The cluster that each node and cluster stands in; empty for none.
        clusters: The text of every cluster.
        edges: Which node leads to which, and whether the line is dashed.
    """

    nodes: dict[str, list[str]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    clusters: dict[str, str] = field(default_factory=dict)
    edges: list[tuple[str, str, bool]] = field(default_factory=list)


_SHAPES = (
    *((r"\(\[", r"\]\)"), (r"\[\(", r"\)\]"), (r"\[/", r"/\]"), (r"\[/", r"\\\]")),
    *((r"\{\{", r"\}\}"), (r"\[\[", r"\]\]"), (r"\[", r"\]")),
)
_NODE = re.compile(
    "|".join(
        rf'(?P<id{n}>[a-z0-9]+){begin}"(?P<text{n}>[^"]*)"{end}(?::{{3}}[a-z]+)?'
        for n, (begin, end) in enumerate(_SHAPES)
    )
)
_LABEL = re.compile(r"(?:[^\x00-\x7f]|[A-Za-z0-9 ,_.-]|#[0-9]+;|<br/>)*")


def read_mermaid(text: str) -> Drawn:
    """A flowchart, of which every line must be one of those that we know."""
    lines = text.splitlines()
    assert text == "".join(f"{line}\n" for line in lines), "a line end within a line"
    assert lines[0] == "flowchart LR"
    drawn = Drawn()
    open_: list[str] = []
    for line in map(str.strip, lines[1:]):
        if found := re.fullmatch(r'subgraph ([a-z0-9]+)\["([^"]*)"\]', line):
            drawn.clusters[found[1]] = _unescaped(found[2])
            drawn.parents[found[1]] = open_[-1] if open_ else ""
            open_.append(found[1])
        elif line == "end":
            open_.pop()
        elif found := re.fullmatch(r"([a-z0-9]+) (-->|-\.->) ([a-z0-9]+)", line):
            drawn.edges.append((found[1], found[3], found[2] == "-.->"))
        elif found := _NODE.fullmatch(line):
            groups = {k: v for k, v in found.groupdict().items() if v is not None}
            (id_,) = (v for k, v in groups.items() if k.startswith("id"))
            (label,) = (v for k, v in groups.items() if k.startswith("text"))
            assert id_ not in drawn.nodes
            drawn.nodes[id_] = [_unescaped(part) for part in label.split("<br/>")]
            drawn.parents[id_] = open_[-1] if open_ else ""
        else:
            assert re.fullmatch(r"(classDef [a-z]+ [a-z#0-9:,-]+( \d)?|acc(Title|Descr): .+)", line)
    assert not open_
    return drawn


def _unescaped(label: str) -> str:
    assert _LABEL.fullmatch(label), label
    return re.sub("#([0-9]+);", lambda found: chr(int(found[1])), label)


_TOKEN = re.compile(r'\s*(->|[{}\[\]=,]|"(?:[^"\\]|\\.)*"|[A-Za-z0-9_.]+)', re.DOTALL)


def read_dot(text: str) -> Drawn:
    """A graph in the part of Graphviz's language that is needed: statements, one a line."""
    drawn, open_ = Drawn(), [""]
    lines = text.split("\n")
    assert lines[0] == "digraph ses2iac {"
    assert lines[-2:] == ["}", ""]
    for line in lines[1:-2]:
        tokens = _tokens(line.strip())
        if tokens[0] == "subgraph":
            id_ = tokens[1].removeprefix("cluster_")
            drawn.parents[id_] = open_[-1]
            open_.append(id_)
        elif tokens == ["}"]:
            open_.pop()
        elif tokens[1] == "=":
            if tokens[0] == "label":
                (drawn.clusters[open_[-1]],) = _lines(tokens[2])
        elif tokens[1] == "->":
            drawn.edges.append((tokens[0], tokens[2], "dashed" in tokens))
        elif tokens[0] not in {"graph", "node", "edge"}:
            assert tokens[0] not in drawn.nodes
            at = tokens.index("label")
            drawn.nodes[tokens[0]] = _lines(tokens[at + 2])
            drawn.parents[tokens[0]] = open_[-1]
    assert open_ == [""]
    return drawn


def _tokens(line: str) -> list[str]:
    tokens, at = [], 0
    while at < len(line):
        found = _TOKEN.match(line, at)
        assert found, line[at:]
        tokens.append(found[1])
        at = found.end()
    return tokens


def _lines(quoted: str) -> list[str]:
    assert quoted[0] == quoted[-1] == '"'
    parts = re.findall(r"\\.|[^\\]", quoted[1:-1], re.DOTALL)
    text = "".join({r"\n": "\n", r"\"": '"', r"\\": "\\"}.get(part, part) for part in parts)
    assert "&" not in text.replace("&amp;", "")
    return text.replace("&amp;", "&").split("\n")


def read_svg(text: str) -> ET.Element:
    """A picture as XML, which holds nothing that runs and nothing from elsewhere."""
    root = ET.fromstring(text)
    assert root.tag == f"{SVG}svg"
    known = {"svg", "title", "desc", "style", "rect", "g", "text", "path"}
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in known
        assert not {name for name in element.attrib if name.startswith("on") or "href" in name}
    return root
