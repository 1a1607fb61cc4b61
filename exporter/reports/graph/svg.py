"""The picture as self-contained SVG: no external font, script or style.

Kinds differ in shape, colour and text, disabled destinations in line style and text, so that
nothing depends on colour. The ``title`` of shortened text has all of it.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from exporter.reports.graph import icons, layout
from exporter.reports.graph.layout import (
    Placed,
    PlacedDestination,
    PlacedScope,
    PlacedSet,
    PlacedTarget,
)
from exporter.reports.graph.measure import cut, width
from exporter.reports.graph.model import KIND_TITLES, NO_DESTINATION, OTHER, Graph, TargetNode
from exporter.support.text import printable

_NAME, _SMALL, _TITLE = 13, 11, 18
_BOLD = _NAME * 1.1
"""The size for measuring bold text of that height."""
_FONT = "system-ui,-apple-system,Segoe UI,Helvetica,Arial,sans-serif"
_BADGE = 34
"""The room for a target's number."""
_ICON = 34
_SIGHT = 700
"""The greatest height of a line: longer ones leave the screen and hide each other."""
_STUB = 24

_LIGHT = ";".join(f"--{look}:{icon.light}" for look, icon in icons.ICONS.items())
_DARK = ";".join(f"--{look}:{icon.dark}" for look, icon in icons.ICONS.items())
_KINDS = "\n".join(f".sg .{look}{{--kind:var(--{look})}}" for look in icons.ICONS)

STYLE = f"""
.sg{{--page:#ffffff;--ink:#1c2430;--soft:#566173;--line:#c5ccd6;--box:#f5f7fa;--row:#ffffff;
{_LIGHT};font-family:{_FONT};fill:var(--ink)}}
@media (prefers-color-scheme:dark){{.sg{{--page:#12161c;--ink:#e8ecf2;--soft:#a5b0c0;--line:#3d4756;
--box:#1a2029;--row:#222a35;{_DARK}}}}}
@media print{{.sg{{--page:#ffffff;--ink:#1c2430;--soft:#566173;--line:#c5ccd6;--box:#f5f7fa;
--row:#ffffff;{_LIGHT}}}}}
.sg .page{{fill:var(--page)}}
.sg .box{{fill:var(--box);stroke:var(--line)}}
.sg .row{{fill:var(--row);stroke:var(--line)}}
.sg .off .row{{fill:none;stroke:var(--soft);stroke-dasharray:5 4}}
.sg .off .name{{font-weight:400;text-decoration:line-through}}
.sg .off .name,.sg .off .kind{{fill:var(--soft)}}
.sg .edge{{fill:none;stroke:var(--kind);stroke-width:1.4;opacity:.65}}
.sg .off .edge{{stroke:var(--soft);stroke-dasharray:5 4}}
.sg .icon{{fill:none;stroke:var(--kind);stroke-width:1.8;stroke-linejoin:round}}
.sg .bar{{fill:var(--kind)}}
.sg .kind{{fill:var(--kind)}}
.sg text{{font-size:{_SMALL}px}}
.sg .name{{font-size:{_NAME}px;font-weight:600}}
.sg .head{{font-size:{_TITLE}px;font-weight:600}}
.sg .soft{{fill:var(--soft)}}
.sg .end{{text-anchor:end}}
.sg .far{{stroke:var(--page);stroke-width:4px;paint-order:stroke}}
.sg .d:hover .edge{{stroke-width:3;opacity:1}}
.sg .d:hover .row{{stroke:var(--ink)}}
{_KINDS}
"""
"""All classes are inside one class, because in a page the style applies to the whole page."""


def draw(graph: Graph) -> str:
    """Return the picture as an SVG file."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + element(graph)


def element(graph: Graph, name: str = "sg") -> str:
    """Return the picture as an element for a page; ``name`` is the prefix of its ids."""
    return "".join(f"{line}\n" for line in _lines(layout.place(graph), name))


def text(value: str) -> str:
    """Escape any text as content; characters that XML doesn't allow are shown as escapes."""
    return escape(printable(value), {'"': "&quot;"})


def _lines(placed: Placed, name: str) -> Iterator[str]:
    size = f"{_n(placed.width)} {_n(placed.height)}"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sg" viewBox="0 0 {size}" '
        f'width="{_n(placed.width)}" height="{_n(placed.height)}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc">'
    )
    yield f'<title id="{name}-title">SES event destinations</title>'
    yield f'<desc id="{name}-desc">{text(placed.graph.description)}</desc>'
    yield f"<style>{STYLE}</style>"
    yield '<rect class="page" width="100%" height="100%"/>'
    yield from _head(placed)
    targets = {target.node.id: target for target in placed.targets}
    for scope in placed.scopes:
        if placed.graph.has_clusters_of_scopes:
            yield from _scope(scope, placed)
        for set_ in scope.sets:
            yield from _set(set_, placed, targets)
    for target in placed.targets:
        yield from _target(target, placed.right)
    yield "</svg>"


def _head(placed: Placed) -> Iterator[str]:
    x = layout.MARGIN
    room = placed.width - 2 * x
    yield f'<text class="head" x="{x}" y="28">SES event destinations</text>'
    yield _cut("soft", x, 47, placed.graph.description, room)
    at: float = x
    looks = {target.look for target in placed.graph.targets}
    for look in (*KIND_TITLES, OTHER):
        if look in looks:
            title = KIND_TITLES.get(look, "another kind")
            yield f'<g class="{look}">{icons.small(look, at, 58)}'
            yield f'<text class="soft" x="{_n(at + 22)}" y="70">{text(title)}</text></g>'
            at += 22 + width(title, _SMALL) + 14
    if any(each.is_off for each in placed.graph.destinations):
        yield (
            f'<g class="other off"><path class="edge" d="M{_n(at)} 66h26"/>'
            f'<text class="soft" x="{_n(at + 32)}" y="70">disabled</text></g>'
        )


def _scope(scope: PlacedScope, placed: Placed) -> Iterator[str]:
    wide = layout.LEFT_WIDTH + 2 * layout.PAD
    x = placed.left - layout.PAD
    yield _box("box", x, scope.y, wide, scope.height)
    room = wide - 2 * layout.PAD
    yield _cut("name", placed.left, scope.y + 19, scope.node.title, room, _BOLD)


def _set(set_: PlacedSet, placed: Placed, targets: dict[str, PlacedTarget]) -> Iterator[str]:
    x = placed.left
    yield "<g>"
    yield _box("box", x, set_.y, layout.LEFT_WIDTH, set_.height)
    yield _text("name", x + 10, set_.y + 18, set_.node.name, layout.LEFT_WIDTH - 20, _BOLD)
    for row in set_.rows:
        yield from _row(row, placed, targets[row.node.target])
    if not set_.rows:
        y = set_.y + layout.SET_HEAD + 18
        yield f'<text class="soft" x="{_n(x + 18)}" y="{_n(y)}">{NO_DESTINATION}</text>'
    yield "</g>"


def _row(row: PlacedDestination, placed: Placed, target: PlacedTarget) -> Iterator[str]:
    node = row.node
    x, wide = placed.left + 8, layout.LEFT_WIDTH - 16
    state = f", {node.state}" if node.state else ""
    title = f"{node.name}: {node.full}{state}, to {_full_title(target.node)}"
    off = " off" if node.is_off else ""
    yield f'<g id="{node.id}" class="d {target.node.look}{off}"><title>{text(title)}</title>'
    yield _box("row", x, row.y, wide, layout.ROW - 4)
    room = wide - _BADGE - 20
    yield _cut("name", x + 10, row.y + 14, node.name, room, _BOLD)
    events = " ".join(filter(None, (node.state and f"{node.state};", node.events)))
    yield _cut("soft", x + 10, row.y + 27, events, room)
    at = f'x="{_n(x + wide - 8)}" y="{_n(row.middle + 4)}"'
    yield f'<text class="kind end" {at}>→ {target.number}</text>'
    yield _edge(row, x + wide, placed.right, target) + "</g>"


def _edge(row: PlacedDestination, start: float, end: float, target: PlacedTarget) -> str:
    """Draw a line to a nearby target; for a distant one, a stub and its name."""
    y = row.middle
    if abs(y - target.middle) > _SIGHT:
        room = end - start - _STUB - 20
        title = f"{target.node.title} {target.node.name}"
        return f'<path class="edge" d="M{_n(start)} {_n(y)}h{_STUB}"/>' + _cut(
            "kind far", start + _STUB + 4, y + 4, title, room
        )
    bend = (end - start) * 0.55
    return (
        f'<path class="edge" d="M{_n(start)} {_n(y)}C{_n(start + bend)} {_n(y)} '
        f'{_n(end - bend)} {_n(target.middle)} {_n(end)} {_n(target.middle)}"/>'
    )


def _target(target: PlacedTarget, x: float) -> Iterator[str]:
    node = target.node
    yield f'<g id="{node.id}" class="{node.look}"><title>{text(_full_title(node))}</title>'
    yield _box("row", x, target.y, layout.RIGHT_WIDTH, layout.TARGET_HEIGHT)
    yield f'<rect class="bar" x="{_n(x)}" y="{_n(target.y)}" width="5" height="50" rx="2"/>'
    yield icons.large(node.look, x + 14, target.y + 11)
    at, room = x + 20 + _ICON, layout.RIGHT_WIDTH - _ICON - _BADGE - 30
    yield _cut("kind", at, target.y + 15, node.title, room)
    yield _cut("name", at, target.y + 30, node.name, room, _BOLD)
    times = "1 destination" if target.users == 1 else f"{target.users} destinations"
    yield _cut("soft", at, target.y + 44, node.where or times, room)
    number = f'x="{_n(x + layout.RIGHT_WIDTH - 10)}" y="{_n(target.middle + 5)}"'
    yield f'<text class="name end" {number}>{target.number}</text></g>'


def _full_title(node: TargetNode) -> str:
    return ": ".join(filter(None, (node.title, node.full or node.name)))


def _cut(look: str, x: float, y: float, value: str, room: float, size: float = _SMALL) -> str:
    """Draw text that may be shortened; the title of its group has all of it."""
    shown = cut(printable(value), size, room)
    return f'<text class="{look}" x="{_n(x)}" y="{_n(y)}">{text(shown)}</text>'


def _text(look: str, x: float, y: float, value: str, room: float, size: float) -> str:
    """Draw text that may be shortened; a tooltip has all of it."""
    whole = printable(value)
    shown = cut(whole, size, room)
    title = f"<title>{text(whole)}</title>" if shown != whole else ""
    return f'<text class="{look}" x="{_n(x)}" y="{_n(y)}">{title}{text(shown)}</text>'


def _box(look: str, x: float, y: float, wide: float, high: float) -> str:
    at = f'x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(high)}"'
    return f'<rect class="{look}" {at} rx="6"/>'


def _n(value: float) -> str:
    """Format a length with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")
