"""Expand ``Fn::ForEach`` where its collection is known (``AWS::LanguageExtensions``).

``"Fn::ForEach::Name": [Identifier, Collection, {OutputKey: OutputValue}]`` gives one ``OutputKey``
per item. ``${Identifier}``, ``&{Identifier}`` (letters and digits only) and ``Ref`` of the
identifier are replaced with the item.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exporter.formats.cloudformation.intrinsics import resolve
from exporter.formats.cloudformation.template_context import Context, Json
from exporter.formats.cloudformation.texts import text_of
from exporter.formats.code_resource import Unknown

_PREFIX = "Fn::ForEach"


@dataclass(frozen=True)
class Loop:
    """A loop that can't be expanded.

    Attributes:
        key: Its key in the template.
        reason: Why it can't be expanded.
        bodies: What it creates for each item, with the identifier not replaced.
    """

    key: str
    reason: str
    bodies: tuple[Json, ...] = ()


def is_loop(key: str) -> bool:
    """Whether a key is that of a loop."""
    return key.startswith(_PREFIX)


@dataclass(frozen=True)
class Expanded:
    """Resources with loops expanded.

    Attributes:
        resources: All resources by logical id.
        loops: The loops that can't be expanded.
        made_by: The loop that creates a resource, by the resource's logical id.
    """

    resources: Mapping[str, Json]
    loops: tuple[Loop, ...]
    made_by: Mapping[str, str]


def expanded(resources: Mapping[str, Json], context: Context) -> Expanded:
    """Expand the loops among a template's resources.

    Args:
        resources: The ``Resources`` of the template.
        context: The context of the template; its resources may still have loops.

    Raises:
        ExporterError: when the expansion takes too many steps.
    """
    by_logical_id: dict[str, Json] = {}
    loops: list[Loop] = []
    made_by: dict[str, str] = {}
    for key, value in resources.items():
        if not is_loop(key):
            by_logical_id[key] = value
            continue
        for name, body in _expanded_loop(key, value, context):
            if isinstance(body, Loop):
                loops.append(body)
            else:
                by_logical_id[name] = body
                made_by[name] = key
    return Expanded(by_logical_id, tuple(loops), made_by)


def _expanded_loop(key: str, loop: Json, context: Context) -> Iterator[tuple[str, Json]]:
    if not isinstance(loop, list) or len(loop) != 3 or not isinstance(loop[2], dict):
        yield key, Loop(key, f"{_PREFIX} does not have the arguments that it takes")
        return
    identifier, collection, body = loop
    items = _items(collection, context)
    if isinstance(items, Unknown):
        yield key, Loop(key, f"its collection is unknown: {items.reason}", _bodies(body))
        return
    for item in items:
        for name, value in body.items():
            context.spend(1)
            item_key = str(_replaced(name, str(identifier), item, context))
            item_body = _replaced(value, str(identifier), item, context)
            if is_loop(item_key):
                yield from _expanded_loop(item_key, item_body, context)
            else:
                yield item_key, item_body


def _items(collection: Json, context: Context) -> list[str] | Unknown:
    items = resolve(collection, context)
    if isinstance(items, Unknown):
        return items
    if not isinstance(items, list):
        return Unknown("it is not a list")
    for item in items:
        if isinstance(item, Unknown):
            return item
    return [text_of(item) for item in items]


def _bodies(body: Mapping[str, Json]) -> tuple[Json, ...]:
    """What a loop and its inner loops create."""
    bodies: list[Json] = []
    for key, value in body.items():
        if not is_loop(key):
            bodies.append(value)
        elif isinstance(value, list) and len(value) == 3 and isinstance(value[2], dict):
            bodies += _bodies(value[2])
        else:
            bodies.append(None)
    return tuple(bodies)


def _replaced(value: Json, identifier: str, item: str, context: Context) -> Json:
    """A value with the identifier replaced by an item."""
    context.spend(1)
    if isinstance(value, str):
        plain = re.sub("[^A-Za-z0-9]", "", item)
        return value.replace(f"${{{identifier}}}", item).replace(f"&{{{identifier}}}", plain)
    if isinstance(value, list):
        return [_replaced(each, identifier, item, context) for each in value]
    if isinstance(value, dict):
        if value == {"Ref": identifier}:
            return item
        return {
            _replaced(key, identifier, item, context): _replaced(each, identifier, item, context)
            for key, each in value.items()
        }
    return value
