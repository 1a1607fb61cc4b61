"""Expressions to values, as far as the code alone tells them; the rest is ``Unknown``.

The rules are those of the HCL native syntax specification and of Terraform's language reference.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl import functions, templates
from exporter.formats.terraform.hcl.indexing import entries, item
from exporter.formats.terraform.hcl.operators import OPERATORS, as_one_type
from exporter.formats.terraform.hcl.syntax import Expression, Source
from exporter.formats.terraform.hcl.types import (
    MAX_ITEMS,
    TOO_MUCH,
    Failed,
    Value,
    bare,
    number,
    size,
    to_bool,
    to_number,
    to_string,
)
from exporter.formats.terraform.hcl.world import Budget, Names, World


@dataclass(frozen=True)
class _Context:
    source: Source
    names: Names
    world: World
    effort: Budget

    def with_names(self, names: Names) -> "_Context":
        return _Context(self.source, {**self.names, **names}, self.world, self.effort)


def evaluate(expression: Expression, names: Names, world: World, effort: Budget) -> Value:
    """The value of an expression, ``Unknown`` at any depth where the code does not tell it."""
    return _value(_Context(expression.source, names, world, effort), expression.node)


def parts(node: Node) -> list[Node]:
    """The children of a node without comments."""
    return [child for child in node.children if not child.is_extra]


def _value(context: _Context, node: Node) -> Value:
    return _term(context, parts(node))


def _term(context: _Context, nodes: list[Node]) -> Value:
    """A value and the steps into it: the grammar puts them side by side."""
    effort = context.effort
    effort.depth += 1
    try:
        exceeded = effort.spend(1)
        if exceeded:
            return exceeded
        first, steps = nodes[0], nodes[1:]
        shown = _shown(context, nodes)
        if first.type == "variable_expr":
            value, steps = _reference(context, first, steps, shown)
        elif first.type == "(":
            value, steps = _value(context, nodes[1]), nodes[3:]
        else:
            value = _FORMS.get(first.type, _not_worked_out)(context, first)
        return _steps(context, value, steps, shown)
    finally:
        effort.depth -= 1


def _not_worked_out(_context: _Context, node: Node) -> Value:
    return Unknown(f"{node.type.replace('_', ' ')} cannot be evaluated")


def _shown(context: _Context, nodes: list[Node]) -> str:
    """A reference as it is written, on one line and not too long; empty for another expression."""
    if nodes[0].type != "variable_expr":
        return ""
    text = " ".join(context.source.text(nodes[0].start_byte, nodes[-1].end_byte).split())
    return text if len(text) <= 100 else text[:100] + "..."


def _reference(
    context: _Context, first: Node, steps: list[Node], shown: str
) -> tuple[Value, list[Node]]:
    """What a name stands for, and the steps that are left."""
    root = context.source.text_of(first)
    if root in context.names:
        return context.names[root], steps
    if not steps or steps[0].type != "get_attr":
        return Unknown(f"{shown} is not in this code"), []
    name = context.source.text_of(parts(steps[0])[1])
    return context.world.lookup(root, name, shown, _wanted(context, steps[1:])), steps[1:]


def _wanted(context: _Context, steps: list[Node]) -> str | None:
    """The first attribute that some steps ask for, of whatever instance."""
    for step in steps:
        if step.type == "get_attr":
            return context.source.text_of(parts(step)[1])
        if step.type == "splat":
            return _wanted(context, _splat_steps(step))
    return None


# Steps into a value
# ------------------------------------------------------------------------------------------


def _splat_steps(splat: Node) -> list[Node]:
    return parts(parts(splat)[0])[1:]


def _splat(context: _Context, value: Value, splat: Node, shown: str) -> Value:
    """``[*]`` goes through a list with all that follows, ``.*`` with the attributes alone."""
    steps, inner = _splat_steps(splat), parts(splat)[0]
    ends = len(steps)
    if inner.type == "attr_splat":
        ends = next((at for at, step in enumerate(steps) if step.type != "get_attr"), ends)
    # One that is no list is taken for a list of it, and null for an empty one.
    items = value if isinstance(value, list) else [] if value is None else [value]
    found = [_steps(context, item, steps[:ends], shown) for item in items]
    return _bounded(context, _steps(context, found, steps[ends:], shown))


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
        key: Value = context.source.text_of(parts(step)[1])
    elif step.type == "index":
        key = _key(context, step)
    else:
        return Unknown(f"{step.type.replace('_', ' ')} cannot be evaluated")
    return bare(key) if isinstance(key, Unknown) else item(value, key, shown or "what it refers to")


def _key(context: _Context, step: Node) -> Value:
    (index,) = parts(step)
    if index.type == "legacy_index":
        return number(context.source.text_of(index).lstrip("."))
    return _value(context, parts(index)[1])


# Literals and collections
# ------------------------------------------------------------------------------------------


def _inner(context: _Context, node: Node) -> Value:
    """A node that only wraps another."""
    return _term(context, parts(node))


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
    found: dict[str, Value] = {}
    for element in node.children:
        if element.type == "object_elem":
            key_node, value_node = _expressions(element)
            key = _object_key(context, key_node)
            if not isinstance(key, str):
                return bare(key)
            found[key] = _value(context, value_node)
    return found


def _object_key(context: _Context, node: Node) -> Value:
    """A key is a word or an expression (HCL specification, "Collection Values")."""
    found = parts(node)
    if len(found) == 1 and found[0].type == "variable_expr":
        return context.source.text_of(found[0])
    if found[0].type == "variable_expr":
        return Unknown(f"the key {_shown(context, found)} is not in parentheses")
    return _name(_value(context, node))


def _name(value: Value) -> Value:
    return to_string(value) if value is not None else Failed("a key is null")


# Operators
# ------------------------------------------------------------------------------------------


def _unary(context: _Context, node: Node) -> Value:
    sign, *operand = parts(node)
    value = _term(context, operand)
    if sign.type == "!":
        found = to_bool(value)
        return found if isinstance(found, Unknown) else not found
    amount = to_number(value)
    return amount if isinstance(amount, Unknown) else -amount


def _binary(context: _Context, node: Node) -> Value:
    found = parts(node)
    at = next(index for index, part in enumerate(found) if part.type in OPERATORS)
    left, right = _term(context, found[:at]), _term(context, found[at + 1 :])
    return bare(OPERATORS[found[at].type](left, right))


def _conditional(context: _Context, node: Node) -> Value:
    """A condition with its two values.

    The grammar reads ``a ? b : c ? d : e`` from the left, HCL from the right.
    """
    chain: list[tuple[Node, Node]] = []
    condition, chosen, otherwise = _expressions(node)
    last = otherwise
    while True:
        inner = parts(condition)
        if len(inner) != 1 or inner[0].type != "conditional":
            chain.append((condition, chosen))
            break
        before, chosen_before, otherwise_before = _expressions(inner[0])
        chain.append((otherwise_before, chosen))
        condition, chosen = before, chosen_before
    return _choose(context, list(reversed(chain)), last)


def _choose(context: _Context, chain: list[tuple[Node, Node]], last: Node) -> Value:
    others: list[Value] = []
    for at, (condition, chosen) in enumerate(chain):
        holds = to_bool(_value(context, condition))
        if isinstance(holds, Unknown):
            return bare(holds)
        if holds:
            rest = [node for _, node in chain[at + 1 :]] + [last]
            others += [_value(context, node) for node in rest]
            return as_one_type(_value(context, chosen), others)
        others.append(_value(context, chosen))
    return as_one_type(_value(context, last), others)


# Calls and loops
# ------------------------------------------------------------------------------------------


def _call(context: _Context, node: Node) -> Value:
    name = context.source.text_of(node.children[0])
    inner = next((child for child in node.children if child.type == "function_arguments"), None)
    given = [_value(context, item) for item in _expressions(inner)] if inner else []
    if inner and any(child.type == "ellipsis" for child in inner.children):
        last = given.pop()
        if isinstance(last, Unknown):
            return bare(last)
        if not isinstance(last, list):
            return Failed("... is used after something that isn't a list")
        given += last
    if name in functions.FUNCTIONS:
        return _bounded(context, functions.call(name, given))
    return _bounded(context, context.world.call(name, given))


def _bounded(context: _Context, value: Value) -> Value:
    if not isinstance(value, str | list | dict):
        return value
    found = size(value)
    return context.effort.spend(found) or (TOO_MUCH if found > MAX_ITEMS else value)


def _for_tuple(context: _Context, node: Node) -> Value:
    (body,) = _expressions(node)
    result: list[Value] = []
    for inner in _rounds(context, node):
        if isinstance(inner, Unknown):
            return inner
        result.append(_value(inner, body))
    return _bounded(context, result)


def _for_object(context: _Context, node: Node) -> Value:
    key_node, value_node = _expressions(node)
    groups = any(child.type == "ellipsis" for child in node.children)
    result: dict[str, Value] = {}
    for inner in _rounds(context, node):
        key = inner if isinstance(inner, Unknown) else _name(_value(inner, key_node))
        if isinstance(inner, Unknown) or not isinstance(key, str):
            return bare(key)
        value = _value(inner, value_node)
        if groups:
            result.setdefault(key, []).append(value)
        elif key in result:
            return Failed(f"the key {key} comes twice")
        else:
            result[key] = value
    return _bounded(context, dict(sorted(result.items())))


def _rounds(context: _Context, node: Node) -> Iterator[_Context | Unknown]:
    """The names of each round of a loop that its condition lets through."""
    intro = next(child for child in node.children if child.type == "for_intro")
    condition = next((child for child in node.children if child.type == "for_cond"), None)
    names = [context.source.text_of(c) for c in intro.children if c.type == "identifier"]
    pairs = entries(_value(context, _expressions(intro)[0]))
    if isinstance(pairs, Unknown):
        yield pairs
        return
    for pair in pairs:
        inner = context.with_names(dict(zip(names, pair[-len(names) :], strict=True)))
        wanted = to_bool(_value(inner, _expressions(condition)[0])) if condition else True
        if isinstance(wanted, Unknown):
            yield wanted
            return
        if wanted:
            yield inner


_FORMS: Final[Mapping[str, Callable[[_Context, Node], Value]]] = {
    "expression": _inner,
    "literal_value": _inner,
    "template_expr": _inner,
    "collection_value": _inner,
    "operation": _inner,
    "for_expr": _inner,
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
