"""Type constraints of variables, and how they convert values."""

from collections.abc import Callable, Mapping
from typing import Final

from tree_sitter import Node

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.syntax import Expression, Source
from exporter.formats.terraform.hcl.types import (
    Convert,
    Failed,
    Value,
    nullable,
    to_bool,
    to_list,
    to_map,
    to_number,
    to_set,
    to_string,
    without_pattern,
)
from exporter.formats.terraform.hcl.values import child_nodes

Literal = Callable[[Expression], Value]
"""Evaluates the default of an optional attribute."""

MAX_DEPTH = 20


class _UnsupportedTypeError(Exception):
    """A type that cannot be evaluated."""


def constraint(expression: Expression, literal: Literal) -> Convert | Unknown:
    """Return the conversion of a ``type`` argument; ``Unknown`` if the type isn't supported.

    Args:
        expression: The type.
        literal: Evaluates the defaults of optional attributes.
    """
    try:
        return nullable(_type(expression.source, expression.node, literal, 0))
    except _UnsupportedTypeError:
        return Unknown("its type cannot be evaluated")


def _type(source: Source, node: Node, literal: Literal, depth: int) -> Convert:
    if depth > MAX_DEPTH:
        raise _UnsupportedTypeError
    term, *others = child_nodes(node)
    if others:
        raise _UnsupportedTypeError
    if term.type == "variable_expr":
        return _simple(source.text_of(term))
    if term.type == "literal_value":
        # Terraform 0.11 quoted the names of types.
        return _simple(source.text_of(term).strip('"'))
    if term.type != "function_call":
        raise _UnsupportedTypeError
    name, type_arguments = source.text_of(term.children[0]), arguments(term)
    if name == "object" and len(type_arguments) == 1:
        return _object(source, type_arguments[0], literal, depth)
    if name not in _COLLECTIONS or len(type_arguments) != 1:
        raise _UnsupportedTypeError
    inner = nullable(_type(source, type_arguments[0], literal, depth + 1))
    return _COLLECTIONS[name](inner)


def arguments(call: Node) -> list[Node]:
    """Return the arguments of a call."""
    return [
        argument
        for child in call.children
        if child.type == "function_arguments"
        for argument in child.children
        if argument.type == "expression"
    ]


def _simple(name: str) -> Convert:
    if name not in _SIMPLE:
        raise _UnsupportedTypeError
    return _SIMPLE[name]


def _list(inner: Convert) -> Convert:
    return lambda value: to_list(_each(value, inner))


def _set(inner: Convert) -> Convert:
    return lambda value: to_set(_each(value, inner))


def _map(inner: Convert) -> Convert:
    def convert(value: Value) -> Value:
        if isinstance(value, dict):
            value = {key: inner(item) for key, item in value.items()}
        return to_map(value)

    return convert


def _each(value: Value, inner: Convert) -> Value:
    return [inner(item) for item in value] if isinstance(value, list) else value


def _object(source: Source, node: Node, literal: Literal, depth: int) -> Convert:
    collection = child_nodes(node)[0]
    objects = [child for child in collection.children if child.type == "object"]
    if len(objects) != 1:
        raise _UnsupportedTypeError
    attributes: dict[str, tuple[Convert, Value, bool]] = {}
    for element in objects[0].children:
        if element.type == "object_elem":
            key, value = (child for child in element.children if child.type == "expression")
            name = source.text_of(key).strip('"')
            attributes[name] = _attribute(source, value, literal, depth + 1)
    return lambda value: _as_object(value, attributes)


def _attribute(
    source: Source, node: Node, literal: Literal, depth: int
) -> tuple[Convert, Value, bool]:
    """Return the conversion of an attribute, its default, and whether it is optional."""
    term = child_nodes(node)[0]
    if term.type == "function_call" and source.text_of(term.children[0]) == "optional":
        optional_arguments = arguments(term)
        if not 1 <= len(optional_arguments) <= 2:
            raise _UnsupportedTypeError
        convert = nullable(_type(source, optional_arguments[0], literal, depth))
        default = (
            literal(Expression(source, optional_arguments[1]))
            if len(optional_arguments) > 1
            else None
        )
        return convert, convert(default), True
    return nullable(_type(source, node, literal, depth)), None, False


def _as_object(value: Value, attributes: Mapping[str, tuple[Convert, Value, bool]]) -> Value:
    if isinstance(value, Unknown):
        return without_pattern(value)
    if not isinstance(value, dict):
        return Failed("an object is required")
    result: dict[str, Value] = {}
    for name, (convert, default, may_be_absent) in attributes.items():
        if name not in value and not may_be_absent:
            return Failed(f"the attribute {name} is required")
        item = value.get(name)
        result[name] = default if item is None else convert(item)
    return result


_SIMPLE: Final[Mapping[str, Convert]] = {
    "any": lambda value: value,
    "bool": to_bool,
    "list": lambda value: value,
    "map": lambda value: value,
    "number": to_number,
    "string": to_string,
}
_COLLECTIONS: Final[Mapping[str, Callable[[Convert], Convert]]] = {
    "list": _list,
    "map": _map,
    "set": _set,
}
