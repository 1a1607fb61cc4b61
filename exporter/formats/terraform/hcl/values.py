"""Evaluate expressions as far as the code alone allows; the rest is ``Unknown``.

The rules are from the HCL native syntax specification and Terraform's language reference.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl import functions, templates
from exporter.formats.terraform.hcl.indexing import entries, item
from exporter.formats.terraform.hcl.operators import OPERATORS, as_one_type
from exporter.formats.terraform.hcl.resolver import Budget, Names, Resolver
from exporter.formats.terraform.hcl.syntax import Expression, Source
from exporter.formats.terraform.hcl.types import (
    MAX_ITEMS,
    TOO_LARGE,
    Failed,
    Value,
    number,
    size,
    to_bool,
    to_number,
    to_string,
    without_pattern,
)


@dataclass(frozen=True)
class _Context:
    source: Source
    names: Names
    resolver: Resolver
    budget: Budget

    def with_names(self, names: Names) -> "_Context":
        return _Context(self.source, {**self.names, **names}, self.resolver, self.budget)


def evaluate(expression: Expression, names: Names, resolver: Resolver, budget: Budget) -> Value:
    """Return the value of an expression; it is, or contains, ``Unknown`` where it must."""
    return _value(_Context(expression.source, names, resolver, budget), expression.node)


def child_nodes(node: Node) -> list[Node]:
    """Return the children of a node without comments."""
    return [child for child in node.children if not child.is_extra]


def _value(context: _Context, node: Node) -> Value:
    return _term(context, child_nodes(node))


def _term(context: _Context, nodes: list[Node]) -> Value:
    """Evaluate a value and the steps into it, which the grammar makes siblings."""
    budget = context.budget
    budget.depth += 1
    try:
        exceeded = budget.spend(1)
        if exceeded:
            return exceeded
        first, steps = nodes[0], nodes[1:]
        shown = _reference_text(context, nodes)
        if first.type == "variable_expr":
            value, steps = _reference(context, first, steps, shown)
        elif first.type == "(":
            value, steps = _value(context, nodes[1]), nodes[3:]
        else:
            value = _FORMS.get(first.type, _unsupported)(context, first)
        return _steps(context, value, steps, shown)
    finally:
        budget.depth -= 1


def _unsupported(_context: _Context, node: Node) -> Value:
    return Unknown(f"{node.type.replace('_', ' ')} cannot be evaluated")


def _reference_text(context: _Context, nodes: list[Node]) -> str:
    """Return a reference as written, on one short line; empty for any other expression."""
    if nodes[0].type != "variable_expr":
        return ""
    text = " ".join(context.source.text(nodes[0].start_byte, nodes[-1].end_byte).split())
    return text if len(text) <= 100 else text[:100] + "..."


def _reference(
    context: _Context, name_node: Node, steps: list[Node], shown: str
) -> tuple[Value, list[Node]]:
    """Return the value of a reference, and the steps into it that remain."""
    root = context.source.text_of(name_node)
    if root in context.names:
        return context.names[root], steps
    if not steps or steps[0].type != "get_attr":
        return Unknown(f"{shown} is not in this code"), []
    name = context.source.text_of(child_nodes(steps[0])[1])
    attribute = _first_attribute(context, steps[1:])
    return context.resolver.lookup(root, name, shown, attribute), steps[1:]


def _first_attribute(context: _Context, steps: list[Node]) -> str | None:
    """Return the first attribute in some steps, of any instance."""
    for step in steps:
        if step.type == "get_attr":
            return context.source.text_of(child_nodes(step)[1])
        if step.type == "splat":
            return _first_attribute(context, _splat_steps(step))
    return None


# Steps into a value
# ------------------------------------------------------------------------------------------


def _splat_steps(splat: Node) -> list[Node]:
    return child_nodes(child_nodes(splat)[0])[1:]


def _splat(context: _Context, value: Value, splat: Node, shown: str) -> Value:
    """Apply the steps after a splat to each item: after ``.*`` only the attributes."""
    steps, splat_node = _splat_steps(splat), child_nodes(splat)[0]
    end = len(steps)
    if splat_node.type == "attr_splat":
        end = next((index for index, step in enumerate(steps) if step.type != "get_attr"), end)
    # A value that isn't a list becomes a list of one item, and null an empty list.
    items = value if isinstance(value, list) else [] if value is None else [value]
    values = [_steps(context, item, steps[:end], shown) for item in items]
    return _within_limits(context, _steps(context, values, steps[end:], shown))


def _steps(context: _Context, value: Value, steps: list[Node], shown: str) -> Value:
    for step in steps:
        value = _step(context, value, step, shown)
    return value


def _step(context: _Context, value: Value, step: Node, shown: str) -> Value:
    if isinstance(value, Unknown):
        return value
    if step.type == "splat":
        return _splat(context, value, step, shown)
    if step.type == "get_attr":
        key: Value = context.source.text_of(child_nodes(step)[1])
    elif step.type == "index":
        key = _key(context, step)
    else:
        return Unknown(f"{step.type.replace('_', ' ')} cannot be evaluated")
    if isinstance(key, Unknown):
        return without_pattern(key)
    return item(value, key, shown or "what it refers to")


def _key(context: _Context, step: Node) -> Value:
    (index,) = child_nodes(step)
    if index.type == "legacy_index":
        return number(context.source.text_of(index).lstrip("."))
    return _value(context, child_nodes(index)[1])


# Literals and collections
# ------------------------------------------------------------------------------------------


def _unwrapped(context: _Context, node: Node) -> Value:
    """Evaluate a node that only wraps another."""
    return _term(context, child_nodes(node))


def _number(context: _Context, node: Node) -> Value:
    text = context.source.text_of(node)
    return Failed(f"{text} is not a number") if text.startswith("0x") else number(text)


def _bool(context: _Context, node: Node) -> Value:
    return context.source.text_of(node) == "true"


def _null(_context: _Context, _node: Node) -> Value:
    return None


def _template(context: _Context, node: Node) -> Value:
    return templates.assemble(context.source, node, lambda expression: _value(context, expression))


def _tuple(context: _Context, node: Node) -> Value:
    return [_value(context, item) for item in _expressions(node)]


def _expressions(node: Node) -> list[Node]:
    return [child for child in node.children if child.type == "expression"]


def _object(context: _Context, node: Node) -> Value:
    attributes: dict[str, Value] = {}
    for element in node.children:
        if element.type == "object_elem":
            key_node, value_node = _expressions(element)
            key = _object_key(context, key_node)
            if not isinstance(key, str):
                return without_pattern(key)
            attributes[key] = _value(context, value_node)
    return attributes


def _object_key(context: _Context, node: Node) -> Value:
    """Return a key: a word or an expression (HCL specification, "Collection Values")."""
    nodes = child_nodes(node)
    if len(nodes) == 1 and nodes[0].type == "variable_expr":
        return context.source.text_of(nodes[0])
    if nodes[0].type == "variable_expr":
        return Unknown(f"the key {_reference_text(context, nodes)} is not in parentheses")
    return _key_name(_value(context, node))


def _key_name(value: Value) -> Value:
    return to_string(value) if value is not None else Failed("a key is null")


# Operators
# ------------------------------------------------------------------------------------------


def _unary(context: _Context, node: Node) -> Value:
    sign, *operand = child_nodes(node)
    value = _term(context, operand)
    if sign.type == "!":
        boolean = to_bool(value)
        return boolean if isinstance(boolean, Unknown) else not boolean
    amount = to_number(value)
    return amount if isinstance(amount, Unknown) else -amount


def _binary(context: _Context, node: Node) -> Value:
    nodes = child_nodes(node)
    position = next(index for index, part in enumerate(nodes) if part.type in OPERATORS)
    left, right = _term(context, nodes[:position]), _term(context, nodes[position + 1 :])
    return without_pattern(OPERATORS[nodes[position].type](left, right))


def _conditional(context: _Context, node: Node) -> Value:
    """Evaluate a chain of conditions.

    ``a ? b : c ? d : e`` is left-associative in the grammar, and right-associative in HCL.
    """
    chain: list[tuple[Node, Node]] = []
    condition, chosen, otherwise = _expressions(node)
    while True:
        nested = child_nodes(condition)
        if len(nested) != 1 or nested[0].type != "conditional":
            chain.append((condition, chosen))
            break
        before, chosen_before, alternative_before = _expressions(nested[0])
        chain.append((alternative_before, chosen))
        condition, chosen = before, chosen_before
    return _choose(context, list(reversed(chain)), otherwise)


def _choose(context: _Context, chain: list[tuple[Node, Node]], otherwise: Node) -> Value:
    unchosen: list[Value] = []
    for index, (condition, chosen) in enumerate(chain):
        is_true = to_bool(_value(context, condition))
        if isinstance(is_true, Unknown):
            return without_pattern(is_true)
        if is_true:
            later = [node for _, node in chain[index + 1 :]] + [otherwise]
            unchosen += [_value(context, node) for node in later]
            return as_one_type(_value(context, chosen), unchosen)
        unchosen.append(_value(context, chosen))
    return as_one_type(_value(context, otherwise), unchosen)


# Calls and loops
# ------------------------------------------------------------------------------------------


def _call(context: _Context, node: Node) -> Value:
    name = context.source.text_of(node.children[0])
    argument_list = next(
        (child for child in node.children if child.type == "function_arguments"), None
    )
    arguments = (
        [_value(context, item) for item in _expressions(argument_list)] if argument_list else []
    )
    if argument_list and any(child.type == "ellipsis" for child in argument_list.children):
        last = arguments.pop()
        if isinstance(last, Unknown):
            return without_pattern(last)
        if not isinstance(last, list):
            return Failed("... is used after something that isn't a list")
        arguments += last
    if name in functions.FUNCTIONS:
        return _within_limits(context, functions.call(name, arguments))
    return _within_limits(context, context.resolver.call(name, arguments))


def _within_limits(context: _Context, value: Value) -> Value:
    if not isinstance(value, str | list | dict):
        return value
    items = size(value)
    return context.budget.spend(items) or (TOO_LARGE if items > MAX_ITEMS else value)


def _for_tuple(context: _Context, node: Node) -> Value:
    (body,) = _expressions(node)
    result: list[Value] = []
    for iteration in _iterations(context, node):
        if isinstance(iteration, Unknown):
            return iteration
        result.append(_value(iteration, body))
    return _within_limits(context, result)


def _for_object(context: _Context, node: Node) -> Value:
    key_node, value_node = _expressions(node)
    groups = any(child.type == "ellipsis" for child in node.children)
    result: dict[str, Value] = {}
    for iteration in _iterations(context, node):
        key = (
            iteration if isinstance(iteration, Unknown) else _key_name(_value(iteration, key_node))
        )
        if isinstance(iteration, Unknown) or not isinstance(key, str):
            return without_pattern(key)
        value = _value(iteration, value_node)
        if groups:
            result.setdefault(key, []).append(value)
        elif key in result:
            return Failed(f"the key {key} appears twice")
        else:
            result[key] = value
    return _within_limits(context, dict(sorted(result.items())))


def _iterations(context: _Context, node: Node) -> Iterator[_Context | Unknown]:
    """Yield the context of each iteration of a loop whose condition is true."""
    intro = next(child for child in node.children if child.type == "for_intro")
    condition = next((child for child in node.children if child.type == "for_cond"), None)
    names = [context.source.text_of(c) for c in intro.children if c.type == "identifier"]
    pairs = entries(_value(context, _expressions(intro)[0]))
    if isinstance(pairs, Unknown):
        yield pairs
        return
    for pair in pairs:
        iteration = context.with_names(dict(zip(names, pair[-len(names) :], strict=True)))
        is_included = to_bool(_value(iteration, _expressions(condition)[0])) if condition else True
        if isinstance(is_included, Unknown):
            yield is_included
            return
        if is_included:
            yield iteration


_FORMS: Final[Mapping[str, Callable[[_Context, Node], Value]]] = {
    "expression": _unwrapped,
    "literal_value": _unwrapped,
    "template_expr": _unwrapped,
    "collection_value": _unwrapped,
    "operation": _unwrapped,
    "for_expr": _unwrapped,
    "numeric_lit": _number,
    "bool_lit": _bool,
    "null_lit": _null,
    "string_lit": _template,
    "quoted_template": _template,
    "heredoc_template": _template,
    "tuple": _tuple,
    "object": _object,
    "unary_operation": _unary,
    "binary_operation": _binary,
    "conditional": _conditional,
    "function_call": _call,
    "for_tuple_expr": _for_tuple,
    "for_object_expr": _for_object,
}
