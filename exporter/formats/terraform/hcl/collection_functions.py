"""Terraform's collection and numeric functions."""

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Final

from exporter.formats.terraform.hcl.function_arguments import (
    UnsupportedArgumentsError,
    complete_map,
    integer,
    items,
    require,
    scalars,
    text,
    texts,
)
from exporter.formats.terraform.hcl.types import (
    MAX_ITEMS,
    Failed,
    Map,
    Partial,
    Set,
    Value,
    is_scalar,
    kind_of,
    to_bool,
    to_number,
    to_set,
    unify,
)


def _concat(*lists: Value) -> Value:
    if any(isinstance(elements, Set) for elements in lists):
        raise UnsupportedArgumentsError
    return [item for elements in lists for item in require(elements, list)]


def _merge(*maps: Value) -> Value:
    present = [require(mapping, dict) for mapping in maps if mapping is not None]
    if not present:
        return {}
    kind = Partial if any(isinstance(mapping, Partial) for mapping in present) else dict
    return kind({key: value for mapping in present for key, value in mapping.items()})


def _values(value: Value) -> Value:
    return [item for _, item in sorted(complete_map(value).items())]


def _lookup(value: Value, key: Value, *default: Value) -> Value:
    mapping = complete_map(value)
    name = text(key)
    if name in mapping:
        return mapping[name]
    if not default:
        return Failed(f"lookup finds no {name}")
    if len(default) > 1:
        raise UnsupportedArgumentsError
    (fallback,) = default
    if isinstance(mapping, Map) and is_scalar(fallback):
        return unify([*mapping.values(), fallback])[-1]
    return fallback


def _flatten(value: Value) -> Value:
    result: list[Value] = []
    for item in items(value):
        result += require(_flatten(item), list) if isinstance(item, list) else [item]
    return result


def _distinct(value: Value) -> Value:
    return list(dict.fromkeys(scalars(value)))


def _compact(value: Value) -> Value:
    present = [item for item in items(value) if item is not None]
    return [string for string in texts(present) if string]


def _contains(value: Value, searched: Value) -> Value:
    if not is_scalar(searched):
        raise UnsupportedArgumentsError
    # Values of different types are never equal.
    return any(kind_of(item) == kind_of(searched) and item == searched for item in items(value))


def _length(value: Value) -> Value:
    if isinstance(value, str):
        # Terraform counts grapheme clusters.
        if not value.isascii() or "\r\n" in value:
            raise UnsupportedArgumentsError
        return len(value)
    if isinstance(value, dict):
        return len(complete_map(value))
    return len(require(value, list))


def _coalesce(*values: Value) -> Value:
    candidates = unify(values)
    kinds = {_rough_kind(value) for value in candidates if value is not None}
    if len(kinds) > 1:
        raise UnsupportedArgumentsError
    for value in candidates:
        # An empty list counts as a value, an empty string doesn't.
        if value is not None and value != "":
            return value
    return Failed("coalesce finds no value")


def _rough_kind(value: Value) -> str:
    return "scalar" if is_scalar(value) else "object" if isinstance(value, dict) else "list"


def _coalescelist(*lists: Value) -> Value:
    for elements in lists:
        if require(elements, list):
            return elements
    return Failed("coalescelist finds no list")


def _element(value: Value, index: Value) -> Value:
    elements = require(value, list)
    position = integer(index)
    if isinstance(elements, Set) or position < 0:
        raise UnsupportedArgumentsError
    return elements[position % len(elements)] if elements else Failed("element of an empty list")


def _index(value: Value, searched: Value) -> Value:
    elements = items(value)
    if any(kind_of(item) != kind_of(searched) for item in elements) or isinstance(elements, Set):
        raise UnsupportedArgumentsError
    return elements.index(searched) if searched in elements else Failed("index finds no such item")


def _one(value: Value) -> Value:
    elements = require(value, list)
    if len(elements) > 1:
        return Failed("one of several")
    return elements[0] if elements else None


def _reverse(value: Value) -> Value:
    if isinstance(value, Set):
        raise UnsupportedArgumentsError
    return require(value, list)[::-1]


def _slice(value: Value, start: Value, end: Value) -> Value:
    elements, first, last = require(value, list), integer(start), integer(end)
    if isinstance(elements, Set):
        raise UnsupportedArgumentsError
    if not 0 <= first <= last <= len(elements):
        return Failed("slice beyond the list")
    return elements[first:last]


def _chunklist(value: Value, size: Value) -> Value:
    elements, length = require(value, list), integer(size)
    if isinstance(elements, Set) or length < 1:
        raise UnsupportedArgumentsError
    return [elements[start : start + length] for start in range(0, len(elements), length)]


def _range(*arguments: Value) -> Value:
    numbers = [integer(value) for value in arguments]
    if not 1 <= len(numbers) <= 2 or numbers[-1] < (numbers[0] if len(numbers) == 2 else 0):
        raise UnsupportedArgumentsError
    result = range(*numbers)
    if len(result) > 1024:
        return Failed("range of more than 1024 numbers")
    return list(result)


def _zipmap(keys: Value, values: Value) -> Value:
    names, members = texts(items(keys)), require(values, list)
    if len(names) != len(members):
        return Failed("zipmap of lists that differ in length")
    return dict(zip(names, members, strict=True))


def _setproduct(*lists: Value) -> Value:
    if len(lists) < 2 or math.prod(len(items(elements)) for elements in lists) > MAX_ITEMS:
        raise UnsupportedArgumentsError
    are_sets = all(isinstance(elements, Set) for elements in lists)
    product = [list(combination) for combination in itertools.product(*map(items, lists))]
    # The product of sets is a set of tuples, which Terraform iterates in the order of the sets.
    return product if not are_sets else [unify(combination) for combination in product]


def _set_operation(combine: Callable[[set[Value], set[Value]], set[Value]]) -> Callable[..., Value]:
    def operate(first: Value, *others: Value) -> Value:
        lists = [scalars(members) for members in (first, *others)]
        kinds = {kind_of(item) for members in lists for item in members}
        if len(kinds) > 1:
            raise UnsupportedArgumentsError
        result = set(lists[0])
        for members in lists[1:]:
            result = combine(result, set(members))
        return to_set(list(result))

    return operate


def _transpose(value: Value) -> Value:
    result: dict[str, list[str]] = {}
    for key, members in sorted(complete_map(value).items()):
        for item in texts(items(members)):
            result.setdefault(item, []).append(key)
    return dict(sorted(result.items()))


def _all(value: Value) -> Value:
    return all(to_bool(item) is True for item in items(value))


def _any(value: Value) -> Value:
    return any(to_bool(item) is True for item in items(value))


def _numbers(reduce: Callable[[list[int]], int]) -> Callable[..., Value]:
    def operate(*arguments: Value) -> Value:
        if not arguments:
            raise UnsupportedArgumentsError
        return reduce([integer(value) for value in arguments])

    return operate


def _sum(value: Value) -> Value:
    numbers = items(value)
    if not numbers:
        return Failed("sum of nothing")
    return sum(integer(item) for item in numbers)


def _rounded(rounding: Callable[[float], int]) -> Callable[[Value], Value]:
    def operate(value: Value) -> Value:
        amount = to_number(value)
        if isinstance(amount, bool) or not isinstance(amount, int | float):
            raise UnsupportedArgumentsError
        return rounding(amount)

    return operate


COLLECTION_FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "abs": lambda value: abs(integer(value)),
    "alltrue": _all,
    "anytrue": _any,
    "ceil": _rounded(math.ceil),
    "chunklist": _chunklist,
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "compact": _compact,
    "concat": _concat,
    "contains": _contains,
    "distinct": _distinct,
    "element": _element,
    "flatten": _flatten,
    "floor": _rounded(math.floor),
    "index": _index,
    "keys": lambda value: sorted(complete_map(value)),
    "length": _length,
    "lookup": _lookup,
    "max": _numbers(max),
    "merge": _merge,
    "min": _numbers(min),
    "one": _one,
    "range": _range,
    "reverse": _reverse,
    "setintersection": _set_operation(lambda one, other: one & other),
    "setproduct": _setproduct,
    "setsubtract": _set_operation(lambda one, other: one - other),
    "setunion": _set_operation(lambda one, other: one | other),
    "slice": _slice,
    "sort": lambda value: sorted(texts(items(value))),
    "sum": _sum,
    "transpose": _transpose,
    "values": _values,
    "zipmap": _zipmap,
}
