"""YAML data as ``yaml.safe_load`` reads it, with the line of each value.

Only strings, whole numbers, booleans, lists, and mappings with string keys are accepted.
"""

from dataclasses import dataclass
from typing import Any

import yaml

from exporter.formats.cdk.files import SYNTHESIZE
from exporter.formats.cloudformation import template_yaml
from exporter.support.errors import ExporterError

Json = Any

_HINT = f"fix the line, or {SYNTHESIZE}"
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset({f"{_TAG}bool", f"{_TAG}int", f"{_TAG}str"})


@dataclass(frozen=True)
class Entry:
    """An entry of a mapping."""

    key: yaml.Node
    value: yaml.Node


class DataFile:
    """Reads the nodes of a file.

    Methods raise an ``ExporterError`` that names the line.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        # Without a stream it only constructs values, by the rules of safe_load.
        self._loader = yaml.SafeLoader("")

    def line_of(self, node: yaml.Node) -> str:
        """Return the file and line of a node."""
        return f"{self._path}:{template_yaml.line_of(node)}"

    def refused(self, node: yaml.Node, what: str) -> ExporterError:
        """Return the error for a node."""
        return ExporterError(what, where=self.line_of(node), hint=_HINT)

    def document(self, text: str) -> dict[str, Entry]:
        """Return the entries of the file's mapping by key; none for an empty file."""
        try:
            root = template_yaml.compose(text, self._path, limit_aliases=True)
        except yaml.YAMLError as error:
            wrong = template_yaml.not_yaml(error, self._path)
            raise ExporterError(wrong.what, where=wrong.where, hint=_HINT) from None
        if root is None or root.tag == f"{_TAG}null":
            return {}
        # Before a mapping is read, which writes merged keys into the nodes.
        self._refuse_repeated_keys(root)
        return self.mapping(root, "the file", "list the sets by name")

    def mapping(self, node: yaml.Node, what: str, advice: str = "") -> dict[str, Entry]:
        """Return the entries of a mapping by key, merged ones (``<<``) included."""
        if not isinstance(node, yaml.MappingNode) or node.tag != f"{_TAG}map":
            raise self.refused(node, f"{what} must be a mapping{advice and '; '}{advice}")
        try:
            self._loader.flatten_mapping(node)
        except yaml.MarkedYAMLError as error:
            raise self.refused(node, f"not YAML: {error.problem}") from None
        entries: dict[str, Entry] = {}
        for key, value in node.value:
            name = self.plain(key)
            if not isinstance(name, str):
                shown = f" {key.value}" if isinstance(key, yaml.ScalarNode) else ""
                raise self.refused(key, f"the key{shown} is not a string; quote it")
            entries[name] = Entry(key, value)
        return entries

    def _refuse_repeated_keys(self, root: yaml.Node) -> None:
        """Refuse keys that appear twice, of which ``safe_load`` silently takes the last."""
        for node in template_yaml.nodes_of(root):
            keys: set[str] = set()
            for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
                if not isinstance(key, yaml.ScalarNode) or key.tag == f"{_TAG}merge":
                    continue
                if key.value in keys:
                    raise self.refused(key, f"the key {key.value!r} appears twice")
                keys.add(key.value)

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """Return the items of a list."""
        if not isinstance(node, yaml.SequenceNode) or node.tag != f"{_TAG}seq":
            raise self.refused(node, f"{what} must be a list")
        return list(node.value)

    def plain(self, node: yaml.Node) -> Json:
        """Return a string, whole number or boolean; None for anything else."""
        if not isinstance(node, yaml.ScalarNode) or node.tag not in _PLAIN_TAGS:
            return None
        try:
            return self._loader.construct_object(node)
        except ValueError:
            # `0x_`, and numbers of thousands of digits.
            return None
