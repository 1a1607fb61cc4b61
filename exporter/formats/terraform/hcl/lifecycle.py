"""``lifecycle { ignore_changes = [...] }``: the values that Terraform leaves unchanged."""

import re
from typing import Any

from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.hcl.types import Value
from exporter.formats.terraform.names import LISTS, pascal

IGNORED = Unknown("the code ignores changes to it (ignore_changes)", UnknownCause.IGNORED)

Path = tuple[str, ...]
"""The name of an argument after those of the blocks around it, without indices."""

_STEP = re.compile(r'\.?([A-Za-z_][\w-]*)|\[\s*(?:[0-9]+|\*)\s*\]|\.[0-9]+|\[\s*"([^"]*)"\s*\]')


def ignored_paths(block: Block) -> list[Path]:
    """Return the paths that a resource ignores; an empty path means all."""
    paths: list[Path] = []
    for nested in block.body.blocks:
        expression = nested.body.attributes.get("ignore_changes")
        if nested.type != "lifecycle" or expression is None:
            continue
        text = expression.source.text_of(expression.node).strip()
        if text == "all":
            return [()]
        without_comments = re.sub(r"(#|//)[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
        items = re.split(r"[,\n]", without_comments.strip("[] \n\t"))
        paths += [_path(item.strip()) for item in items if item.strip()]
    return [()] if ("*",) in paths else paths


def _path(text: str) -> Path:
    if text.startswith('"') and text.endswith('"'):
        # Terraform 0.11 quoted the paths, and wrote "*" for all.
        text = text.strip('"')
    if text == "*":
        return ("*",)
    steps = [a or b for a, b in _STEP.findall(text)]
    return tuple(step for step in steps if step)


def mark_ignored(values: dict[str, Any], paths: list[Path]) -> dict[str, Any]:
    """Return the values of a resource with the ignored ones replaced by ``IGNORED``.

    Args:
        values: The values in the API's spelling; for tags see ``mark_ignored_tags``.
        paths: The ignored paths, relative to the block that the values come from.
    """
    for path in paths:
        if path and path[0] not in ("tags", "tags_all"):
            values = _marked(values, path)
    return values


def _marked(values: dict[str, Any], path: Path) -> dict[str, Any]:
    first, *rest = path
    name = LISTS.get(first) or pascal(first)
    current = values.get(name)
    if not rest or first in LISTS or isinstance(current, Unknown):
        return {**values, name: IGNORED}
    nested = current if isinstance(current, dict) else {}
    return {**values, name: _marked(nested, tuple(rest))}


def mark_ignored_tags(tags: Value, own: Value, paths: list[Path]) -> Value:
    """Return the tags of a set with the ignored ones replaced by ``IGNORED``.

    Args:
        tags: All tags as the API lists them; None for none.
        own: The tags in the resource's ``tags``.
        paths: The ignored paths.
    """
    if ("tags",) in paths:
        return IGNORED
    keys = {path[1] for path in paths if len(path) == 2 and path[0] in ("tags", "tags_all")}
    listed = tags if isinstance(tags, list) else []
    if ("tags_all",) in paths:
        # The resource's own tags are in its argument `tags`, which isn't ignored.
        written = own if isinstance(own, dict) else {}
        keys |= {tag["Key"] for tag in listed if tag["Key"] not in written}
    return mark_ignored_keys(tags, list(keys))


def mark_ignored_keys(tags: Value, keys: Value) -> Value:
    """Return the tags of a set with the values of some keys replaced by ``IGNORED``.

    Args:
        tags: The tags as the API lists them; None for none.
        keys: A list of keys, None for none, or ``Unknown``.
    """
    if not keys or isinstance(tags, Unknown):
        return tags
    if not isinstance(keys, list):
        return keys if isinstance(keys, Unknown) else tags
    kept = [tag for tag in tags or () if tag["Key"] not in keys]
    marked = [{"Key": key, "Value": IGNORED} for key in keys]
    return sorted([*kept, *marked], key=lambda tag: str(tag["Key"]))
