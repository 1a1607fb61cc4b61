"""Terraform's functions of lists, sets and maps."""

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Final

from exporter.formats.terraform.hcl.function_arguments import (
    UnsupportedArgumentsError,
    items,
    need,
    scalars,
    text,
    texts,
    whole_map,
    whole_number,
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
    unified,
)


def _concat(*lists: Value) -> Value:
    if any(isinstance(found, Set) for found in lists):
        raise UnsupportedArgumentsError
    return [item for found in lists for item in need(found, list)]


def _merge(*maps: Value) -> Value:
    given = [need(found, dict) for found in maps if found is not None]
    if not given:
        return {}
    kind = Partial if any(isinstance(found, Partial) for found in given) else dict
    return kind({key: value for found in given for key, value in found.items()})


def _values(value: Value) -> Value:
    return [item for _, item in sorted(whole_map(value).items())]


def _lookup(value: Value, key: Value, *default: Value) -> Value:
    found = whole_map(value)
    name = text(key)
    if name in found:
        return found[name]
    if not default:
        return Failed(f"lookup finds no {name}")
    if len(default) > 1:
        raise UnsupportedArgumentsError
    (other,) = default
    if isinstance(found, Map) and is_scalar(other):
        return unified([*found.values(), other])[-1]
    return other


def _flatten(value: Value) -> Value:
    result: list[Value] = []
    for item in items(value):
        result += need(_flatten(item), list) if isinstance(item, list) else [item]
    return result


def _distinct(value: Value) -> Value:
    return list(dict.fromkeys(scalars(value)))


def _compact(value: Value) -> Value:
    found = [item for item in items(value) if item is not None]
    return [each for each in texts(found) if each]


def _contains(value: Value, wanted: Value) -> Value:
    if not is_scalar(wanted):
        raise UnsupportedArgumentsError
    # What is of another type is another value.
    return any(kind_of(item) == kind_of(wanted) and item == wanted for item in items(value))


def _length(value: Value) -> Value:
    if isinstance(value, str):
        # Terraform counts what a reader takes for one character.
        if not value.isascii() or "\r\n" in value:
            raise UnsupportedArgumentsError
        return len(value)
    if isinstance(value, dict):
        return len(whole_map(value))
    return len(need(value, list))


def _coalesce(*values: Value) -> Value:
    found = unified(values)
    kinds = {_rough_kind(value) for value in found if value is not None}
    if len(kinds) > 1:
        raise UnsupportedArgumentsError
    for value in found:
        # An empty list is a value, an empty text is none.
        if value is not None and value != "":
            return value
    return Failed("coalesce finds no value")


def _rough_kind(value: Value) -> str:
    return "scalar" if is_scalar(value) else "object" if isinstance(value, dict) else "list"


def _coalescelist(*lists: Value) -> Value:
    for found in lists:
        if need(found, list):
            return found
    return Failed("coalescelist finds no list")


def _element(value: Value, index: Value) -> Value:
    found = need(value, list)
    at = whole_number(index)
    if isinstance(found, Set) or at < 0:
        raise UnsupportedArgumentsError
    return found[at % len(found)] if found else Failed("element of an empty list")


def _index(value: Value, wanted: Value) -> Value:
    found = items(value)
    if any(kind_of(item) != kind_of(wanted) for item in found) or isinstance(found, Set):
        raise UnsupportedArgumentsError
    return found.index(wanted) if wanted in found else Failed("index finds no such item")


def _one(value: Value) -> Value:
    found = need(value, list)
    if len(found) > 1:
        return Failed("one of several")
    return found[0] if found else None


def _reverse(value: Value) -> Value:
    if isinstance(value, Set):
        raise UnsupportedArgumentsError
    return need(value, list)[::-1]


def _slice(value: Value, start: Value, end: Value) -> Value:
    found, first, last = need(value, list), whole_number(start), whole_number(end)
    if isinstance(found, Set):
        raise UnsupportedArgumentsError
    if not 0 <= first <= last <= len(found):
        return Failed("slice beyond the list")
    return found[first:last]


def _chunklist(value: Value, size: Value) -> Value:
    found, length = need(value, list), whole_number(size)
    if isinstance(found, Set) or length < 1:
        raise UnsupportedArgumentsError
    return [found[at : at + length] for at in range(0, len(found), length)]


def _range(*given: Value) -> Value:
    numbers = [whole_number(value) for value in given]
    if not 1 <= len(numbers) <= 2 or numbers[-1] < (numbers[0] if len(numbers) == 2 else 0):
        raise UnsupportedArgumentsError
    found = range(*numbers)
    if len(found) > 1024:
        return Failed("range of more than 1024 numbers")
    return list(found)


def _zipmap(keys: Value, values: Value) -> Value:
    names, found = texts(items(keys)), need(values, list)
    if len(names) != len(found):
        return Failed("zipmap of lists that differ in length")
    return dict(zip(names, found, strict=True))


def _setproduct(*lists: Value) -> Value:
    if len(lists) < 2 or math.prod(len(items(found)) for found in lists) > MAX_ITEMS:
        raise UnsupportedArgumentsError
    are_sets = all(isinstance(found, Set) for found in lists)
    product = [list(found) for found in itertools.product(*map(items, lists))]
    # A set of tuples goes in an order that only Terraform tells; that of the parts is its.
    return product if not are_sets else [unified(found) for found in product]


def _set_operation(work: Callable[[set[Value], set[Value]], set[Value]]) -> Callable[..., Value]:
    def operate(first: Value, *others: Value) -> Value:
        lists = [scalars(found) for found in (first, *others)]
        kinds = {kind_of(item) for found in lists for item in found}
        if len(kinds) > 1:
            raise UnsupportedArgumentsError
        result = set(lists[0])
        for found in lists[1:]:
            result = work(result, set(found))
        return to_set(list(result))

    return operate


def _transpose(value: Value) -> Value:
    found: dict[str, list[str]] = {}
    for key, inner in sorted(whole_map(value).items()):
        for item in texts(items(inner)):
            found.setdefault(item, []).append(key)
    return dict(sorted(found.items()))


def _all(value: Value) -> Value:
    return all(to_bool(item) is True for item in items(value))


def _any(value: Value) -> Value:
    return any(to_bool(item) is True for item in items(value))


def _numbers(work: Callable[[list[int]], int]) -> Callable[..., Value]:
    def operate(*given: Value) -> Value:
        if not given:
            raise UnsupportedArgumentsError
        return work([whole_number(value) for value in given])

    return operate


def _sum(value: Value) -> Value:
    found = items(value)
    if not found:
        return Failed("sum of nothing")
    return sum(whole_number(item) for item in found)


def _rounded(work: Callable[[float], int]) -> Callable[[Value], Value]:
    def operate(value: Value) -> Value:
        found = to_number(value)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise UnsupportedArgumentsError
        return work(found)

    return operate


COLLECTION_FUNCTIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "abs": lambda value: abs(whole_number(value)),
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
    "keys": lambda value: sorted(whole_map(value)),
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
