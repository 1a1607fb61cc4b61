"""``lifecycle { ignore_changes = [...] }``: what Terraform leaves as it is."""

import re
from typing import Any

from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.hcl.types import Value
from exporter.formats.terraform.names import LISTS, pascal

IGNORED = Unknown("the code ignores changes of it (ignore_changes)", UnknownCause.IGNORED)

Path = tuple[str, ...]
"""The names of an argument and of the blocks that it stands in; indices are left out."""

_STEP = re.compile(r'\.?([A-Za-z_][\w-]*)|\[\s*(?:[0-9]+|\*)\s*\]|\.[0-9]+|\[\s*"([^"]*)"\s*\]')


def ignored(block: Block) -> list[Path]:
    """The paths that a resource ignores; an empty one stands for all."""
    found: list[Path] = []
    for inner in block.body.blocks:
        expression = inner.body.attributes.get("ignore_changes")
        if inner.type != "lifecycle" or expression is None:
            continue
        text = expression.source.text_of(expression.node).strip()
        if text == "all":
            return [()]
        without_comments = re.sub(r"(#|//)[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
        items = re.split(r"[,\n]", without_comments.strip("[] \n\t"))
        found += [_path(item.strip()) for item in items if item.strip()]
    return [()] if ("*",) in found else found


def _path(text: str) -> Path:
    if text.startswith('"') and text.endswith('"'):
        # Terraform 0.11 quoted them, and had "*" for all.
        text = text.strip('"')
    if text == "*":
        return ("*",)
    steps = [a or b for a, b in _STEP.findall(text)]
    return tuple(step for step in steps if step)


def without(values: dict[str, Any], paths: list[Path]) -> dict[str, Any]:
    """The values of a resource with each that is ignored marked.

    Args:
        values: They, in the API's spelling; tags are left to ``without_tags``.
        paths: What is ignored, below the block that the values come from.
    """
    for path in paths:
        if path and path[0] not in ("tags", "tags_all"):
            values = _marked(values, path)
    return values


def _marked(values: dict[str, Any], path: Path) -> dict[str, Any]:
    first, *rest = path
    name = LISTS.get(first) or pascal(first)
    below = values.get(name)
    if not rest or first in LISTS or isinstance(below, Unknown):
        return {**values, name: IGNORED}
    inner = below if isinstance(below, dict) else {}
    return {**values, name: _marked(inner, tuple(rest))}


def without_tags(tags: Value, own: Value, paths: list[Path]) -> Value:
    """The tags of a set with those marked that are ignored.

    Args:
        tags: All of them as the API lists them; None when there are none.
        own: Those that the resource writes itself.
        paths: What is ignored.
    """
    if ("tags",) in paths:
        return IGNORED
    keys = {path[1] for path in paths if len(path) == 2 and path[0] in ("tags", "tags_all")}
    given = tags if isinstance(tags, list) else []
    if ("tags_all",) in paths:
        # Those that the resource writes stay an argument of its own.
        written = own if isinstance(own, dict) else {}
        keys |= {tag["Key"] for tag in given if tag["Key"] not in written}
    return without_keys(tags, list(keys))


def without_keys(tags: Value, keys: Value) -> Value:
    """The tags of a set with those of some keys marked as ignored.

    Args:
        tags: As the API lists them; None when there are none.
        keys: The keys, as a list; None for none.
    """
    if not keys or isinstance(tags, Unknown):
        return tags
    if not isinstance(keys, list):
        return keys if isinstance(keys, Unknown) else tags
    kept = [tag for tag in tags or () if tag["Key"] not in keys]
    marked = [{"Key": key, "Value": IGNORED} for key in keys]
    return sorted([*kept, *marked], key=lambda tag: str(tag["Key"]))
