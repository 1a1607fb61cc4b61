"""Templates in YAML, with the short tags of CloudFormation.

Mistakes in resources of other services are ignored: a template is refused only for what concerns
SES or the template as a whole.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from exporter.formats.cloudformation.names import DESTINATION_TYPE, SET_TYPE
from exporter.support.errors import ExporterError

Json = Any


@dataclass(frozen=True)
class Source:
    """A template and the lines of its resources.

    Attributes:
        template: The template.
        lines: The line of each logical id in ``Resources``; empty for JSON.
    """

    template: dict[str, Json]
    lines: Mapping[str, int] = field(default_factory=dict)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads short tags as functions.

    PyYAML's loader in C is about ten times as fast as the one in Python; both read the same.
    """


def _function(loader: Any, suffix: str, node: yaml.Node) -> Json:
    """``!Ref X`` is ``{"Ref": "X"}``, ``!Sub X`` is ``{"Fn::Sub": "X"}`` (user guide)."""
    value: Json
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


def _foreign(_loader: Any, node: yaml.Node) -> Json:
    """A value with a tag that CloudFormation doesn't know."""
    return {f"Fn::{node.tag}": None}


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Hashable, Json]:
    """A mapping; its own keys take precedence over merged ones (``<<``)."""
    loader.flatten_mapping(node)
    values: dict[Hashable, Json] = {}
    for key_node, value_node in node.value:
        # As written: to CloudFormation every key is text, even `on` and 0123.
        if isinstance(key_node, yaml.ScalarNode):
            values[key_node.value] = loader.construct_object(value_node, deep=True)
    return values


_Loader.add_multi_constructor("!", _function)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
for _tag in ("binary", "omap", "pairs", "set"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _foreign)
_Loader.add_constructor(None, _foreign)
# To CloudFormation, dates and a lone `=` (a delimiter) are text; YAML 1.1 reads them as types that
# JSON lacks.
for _text in ("timestamp", "value"):
    _Loader.add_constructor(
        f"tag:yaml.org,2002:{_text}", lambda loader, node: loader.construct_scalar(node)
    )

_DEEPEST = 100
"""Levels of a document; with thousands, PyYAML's composer in C crashes the process."""
TOO_DEEP = f"nested more than {_DEEPEST} levels deep"

MOST_NODES = 100_000
"""Values of a document with aliases expanded."""

SHORT_TAGS = frozenset(
    {
        *("And", "Base64", "Cidr", "Condition", "Contains", "EachMemberEquals", "EachMemberIn"),
        *("Equals", "FindInMap", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Length", "Not"),
        *("Or", "Ref", "RefAll", "Select", "Split", "Sub", "ToJsonString", "Transform"),
        *("ValueOf", "ValueOfAll"),
    }
)
"""The functions of the template reference, including those of rules and language extensions."""

_YAML_TAGS = frozenset(
    {"bool", "float", "int", "map", "merge", "null", "seq", "str", "timestamp", "value"}
)
_SES_TYPES = frozenset({SET_TYPE, DESTINATION_TYPE})


def read(text: str, where: str, *, strict: bool) -> Source:
    """Read a template.

    Args:
        text: YAML.
        where: Its file, for messages.
        strict: Refuse tags that CloudFormation lacks, and aliases that expand a small document into
            a huge one.

    Raises:
        ExporterError: when the document as a whole, or a resource of SES, can't be read reliably.
        yaml.YAMLError: when it isn't YAML.
    """
    node = compose(text, where, limit_aliases=strict)
    if node is None:
        return Source({})
    # Before construction, which writes merged keys into the nodes.
    _refuse_oddities(node, where, strict=strict)
    lines = {
        name.value: line_of(name)
        for name, _ in _resources(node)
        if isinstance(name, yaml.ScalarNode)
    }
    loader = _Loader("")
    try:
        return Source(loader.construct_document(node), lines)
    finally:
        loader.dispose()


def compose(text: str, where: str, *, limit_aliases: bool) -> yaml.Node | None:
    """Parse YAML into nodes, which know their lines; None for an empty document.

    Args:
        text: YAML.
        where: Its file, for messages.
        limit_aliases: Refuse aliases that expand a small document into a huge one.

    Raises:
        ExporterError: when it is nested too deeply, or too large with its aliases expanded.
        yaml.YAMLError: when it isn't YAML.
    """
    _refuse_depth(text, where)
    loader = _Loader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    if node is not None and limit_aliases:
        _Size(where).count(node)
    return node


def not_yaml(error: Exception, where: str) -> ExporterError:
    """Return the error for a document that PyYAML can't read, with the line if PyYAML gives it."""
    if isinstance(error, yaml.MarkedYAMLError):
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        return ExporterError(_problem(str(error.problem)), where=f"{where}{line}")
    reason = " ".join(str(error).split())
    return ExporterError(f"not YAML: {reason}", where=where)


def _problem(problem: str) -> str:
    # PyYAML 6.0.4 has its own limit, and may reach it first because it reads ahead.
    if "maximum nesting depth" in problem:
        return TOO_DEEP
    if "another document" in problem:
        return "contains several YAML documents instead of one"
    return f"not YAML: {problem}"


def nodes_of(document: yaml.Node) -> Iterator[yaml.Node]:
    """Yield each node of a document once, in order."""
    seen: set[int] = set()
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += reversed(_below(node))


def line_of(node: yaml.Node) -> int:
    """Return the line that a node begins on, counted from 1."""
    return int(node.start_mark.line) + 1


def _refuse_depth(text: str, where: str) -> None:
    loader = _Loader(text)
    depth = 0
    try:
        while loader.check_event():
            event = loader.get_event()
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                at = f"{where}:{event.start_mark.line + 1}"
                raise ExporterError(TOO_DEEP, where=at)
    finally:
        loader.dispose()


class _Size:
    """Counts the values of a document with aliases expanded."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._known: dict[int, int] = {}

    def count(self, node: yaml.Node) -> int:
        """Return the number of values in a node.

        Raises:
            ExporterError: when there are too many, or an alias contains itself.
        """
        known = self._known.get(id(node))
        if known == 0:
            what = "an alias repeats a value that contains it"
            raise ExporterError(what, where=_at(node, self._where))
        if known is not None:
            return known
        # Zero while it is being counted.
        self._known[id(node)] = 0
        total = 1 + sum(map(self.count, _below(node)))
        if total > MOST_NODES:
            what = f"its aliases expand to more than {MOST_NODES:,} values"
            raise ExporterError(what, where=_at(node, self._where))
        self._known[id(node)] = total
        return total


# Oddities
# -------------------------------------------------------------------------------------------


def _refuse_oddities(document: yaml.Node, where: str, *, strict: bool) -> None:
    """Refuse unknown tags and ambiguous keys, except in resources of other services.

    Raises:
        ExporterError: for the first one, with its line.
    """
    seen = {id(value) for _, value in _resources(document) if _is_foreign(value)}
    waiting = [document]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if strict or not node.tag.startswith("!"):
            _refuse_tag(node, where)
        if isinstance(node, yaml.MappingNode):
            _refuse_keys(node, where)
        waiting += reversed(_below(node))


def _is_foreign(resource: yaml.Node) -> bool:
    """Whether a resource's type is one of another service."""
    if not isinstance(resource, yaml.MappingNode):
        return False
    kinds = [v.value for k, v in resource.value if k.value == "Type"]
    return len(kinds) == 1 and isinstance(kinds[0], str) and kinds[0] not in _SES_TYPES


def _refuse_tag(node: yaml.Node, where: str) -> None:
    tag = node.tag
    standard = tag.removeprefix("tag:yaml.org,2002:")
    if standard in _YAML_TAGS or (tag.startswith("!") and tag[1:] in SHORT_TAGS):
        return
    shown = tag if tag.startswith("!") else f"!!{standard}"
    raise ExporterError(
        f"{shown} is not a CloudFormation tag",
        where=_at(node, where),
        hint="where a tool replaces it before deployment, give the template that the tool makes",
    )


def _refuse_keys(node: yaml.MappingNode, where: str) -> None:
    known: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag.startswith("!"):
            raise ExporterError("not YAML: a key is not a string", where=_at(key, where))
        if key.tag == "tag:yaml.org,2002:merge":
            continue
        if key.value in known:
            what = f"not YAML: the key {key.value!r} appears twice"
            raise ExporterError(what, where=_at(key, where))
        known.add(key.value)


def _at(node: yaml.Node, where: str) -> str:
    return f"{where}:{line_of(node)}"


def _below(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return []


def _resources(document: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """The keys and values in ``Resources``."""
    for key, value in document.value if isinstance(document, yaml.MappingNode) else ():
        if key.value == "Resources" and isinstance(value, yaml.MappingNode):
            yield from value.value
            return
