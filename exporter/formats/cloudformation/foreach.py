"""``Fn::ForEach``, written out where its collection is known (language extensions).

``"Fn::ForEach::Name": [Identifier, Collection, {OutputKey: OutputValue}]`` stands for one
``OutputKey`` for each item; ``${Identifier}`` and ``&{Identifier}`` (its letters and digits alone)
stand for the item, and so does ``Ref`` of the identifier.
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
    """A loop that cannot be written out.

    Attributes:
        key: As the template calls it.
        reason: Why.
        bodies: What it makes of each item, with its identifier left open.
    """

    key: str
    reason: str
    bodies: tuple[Json, ...] = ()


def is_loop(key: str) -> bool:
    """Whether a key stands for several."""
    return key.startswith(_PREFIX)


@dataclass(frozen=True)
class Expanded:
    """Resources with each loop written out.

    Attributes:
        resources: By logical id.
        loops: The loops that cannot be written out.
        made_by: The loop that each resource comes from, for those that do.
    """

    resources: Mapping[str, Json]
    loops: tuple[Loop, ...]
    made_by: Mapping[str, str]


def expanded(resources: Mapping[str, Json], context: Context) -> Expanded:
    """Write out the loops of resources.

    Args:
        resources: Of a template.
        context: Of the template; its resources need not be written out yet.

    Raises:
        ExporterError: when the loops are too much to write out.
    """
    found: dict[str, Json] = {}
    loops: list[Loop] = []
    made_by: dict[str, str] = {}
    for key, value in resources.items():
        if not is_loop(key):
            found[key] = value
            continue
        for name, body in _written_out(key, value, context):
            if isinstance(body, Loop):
                loops.append(body)
            else:
                found[name] = body
                made_by[name] = key
    return Expanded(found, tuple(loops), made_by)


def _written_out(key: str, loop: Json, context: Context) -> Iterator[tuple[str, Json]]:
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
            own = _put(name, str(identifier), item, context)
            inner = _put(value, str(identifier), item, context)
            if is_loop(str(own)):
                yield from _written_out(str(own), inner, context)
            else:
                yield str(own), inner


def _items(collection: Json, context: Context) -> list[str] | Unknown:
    found = resolve(collection, context)
    if isinstance(found, Unknown):
        return found
    if not isinstance(found, list):
        return Unknown("it is not a list")
    for item in found:
        if isinstance(item, Unknown):
            return item
    return [text_of(item) for item in found]


def _bodies(body: Mapping[str, Json]) -> tuple[Json, ...]:
    """What a loop, and those in it, make."""
    found: list[Json] = []
    for key, value in body.items():
        if not is_loop(key):
            found.append(value)
        elif isinstance(value, list) and len(value) == 3 and isinstance(value[2], dict):
            found += _bodies(value[2])
        else:
            found.append(None)
    return tuple(found)


def _put(value: Json, identifier: str, item: str, context: Context) -> Json:
    """A value in which an item stands for the identifier."""
    context.spend(1)
    if isinstance(value, str):
        plain = re.sub("[^A-Za-z0-9]", "", item)
        return value.replace(f"${{{identifier}}}", item).replace(f"&{{{identifier}}}", plain)
    if isinstance(value, list):
        return [_put(each, identifier, item, context) for each in value]
    if isinstance(value, dict):
        if value == {"Ref": identifier}:
            return item
        return {
            _put(key, identifier, item, context): _put(each, identifier, item, context)
            for key, each in value.items()
        }
    return value
