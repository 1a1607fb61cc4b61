"""Read back the layout ``data`` of a CDK export: its YAML data, and that its loop is unchanged."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from exporter.formats.cdk import data_layout
from exporter.formats.cdk.arguments import Argument, arguments_of, is_of, missing_from, noun_of
from exporter.formats.cdk.data_yaml import DataFile, Entry
from exporter.formats.cdk.files import Folder, Statements
from exporter.formats.cdk.target_code import Targets
from exporter.formats.cloudformation.template_text import to_api
from exporter.formats.code_resource import CodeResource
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, Model
from exporter.support.errors import ExporterError

Json = Any

MODULE = PurePosixPath(data_layout.CODE_FILE).stem
_CALL = r"add_configuration_sets\(self, '(configuration_sets(?:-[0-9]+)?\.yaml)', (?:arns|\{\})\)"


def read(code: Statements, folder: Folder, targets: Targets) -> Iterator[CodeResource]:
    """Return the resources that a stack creates from data.

    Args:
        code: The statements of the stack's ``__init__``; those that read the data are taken.
        folder: The files of the export.
        targets: The targets that the stack can refer to.

    Raises:
        ExporterError: when the loop was edited, or the data can't be read.
    """
    loop = folder.module(MODULE, code.file.name)
    if ast.unparse(loop.tree) != ast.unparse(ast.parse(data_layout.code_text())):
        raise loop.refused(loop.tree, "the loop was edited")
    arns = _arns(code, targets)
    name = code.need(_CALL, "expected a call of add_configuration_sets")[1]
    path = str(folder.path / name)
    if path not in folder.files:
        raise ExporterError(
            f"is missing, and {code.file.name} reads it",
            where=path,
            hint="restore it, or remove the call of add_configuration_sets",
        )
    return iter([*_SetsFile(DataFile(path), arns).resources(folder.files[path])])


def _arns(code: Statements, targets: Targets) -> dict[str, Json]:
    """The ARNs of targets by their keys in the data."""
    match code.left[:1]:
        case [ast.Assign([ast.Name("arns")], ast.Dict(keys, values))]:
            del code.left[0]
            return {
                str(key.value): targets.value(value)
                for key, value in zip(keys, values, strict=True)
                if isinstance(key, ast.Constant)
            }
    return {}


class _SetsFile:
    """Reads the file that lists configuration sets by name."""

    def __init__(self, file: DataFile, arns: Mapping[str, Json]) -> None:
        self._file = file
        self._arns = arns

    def resources(self, text: str) -> Iterator[CodeResource]:
        """Yield each set, unless only its destinations are in the export, and its destinations."""
        for name, entry in self._file.document(text).items():
            title = f"set {name!r}"
            options = self._file.mapping(entry.value, title, "use {} if it has no options")
            destinations = options.pop("event_destinations", None)
            logical_id = self._logical_id(options, name)
            if not self._flag(options, "destinations_only"):
                values = self._set(title, options)
                where = self._file.line_of(entry.key)
                yield CodeResource(logical_id, where, Identity(name), values)
            elif options:
                option, extra = next(iter(options.items()))
                what = f"{title} has destinations_only, so it can't have {option}"
                raise self._file.refused(extra.key, what)
            if destinations is not None:
                what = f"event_destinations of {title}"
                for label, inner in self._file.mapping(destinations.value, what).items():
                    yield self._destination(name, label, inner)

    def _set(self, title: str, options: dict[str, Entry]) -> dict[str, Json]:
        tags = options.pop("tags", None)
        values = self._values(options, ConfigurationSet, title)
        if tags is not None:
            pairs = self._file.mapping(tags.value, f"tags of {title}").items()
            values["Tags"] = [
                {"Key": key, "Value": self._plain(pair.value, str, f"tag {key!r}")}
                for key, pair in pairs
            ]
        return values

    def _destination(self, set_name: str, name: str, entry: Entry) -> CodeResource:
        title = f"destination {name!r}"
        options = self._file.mapping(entry.value, title)
        logical_id = self._logical_id(options, set_name, name)
        by_arn = {kind: options.pop(kind) for kind in data_layout.BY_ARN if kind in options}
        if "name" in options:
            raise self._file.refused(options["name"].key, f"the name of {title} is its key")
        values = self._values(options, EventDestination, title)
        for kind, target in by_arn.items():
            argument = arguments_of(EventDestination)[kind]
            if argument.model is not None:
                values[argument.api_name] = self._target(target.value, argument.model, kind)
        where = self._file.line_of(entry.key)
        return CodeResource(logical_id, where, Identity(set_name, name), values)

    def _target(self, node: yaml.Node, model: type[Model], kind: str) -> dict[str, Json]:
        """A target, whose ARNs the data gives by keys of the stack's targets."""
        arguments = {
            name.removesuffix("_arn"): argument for name, argument in arguments_of(model).items()
        }
        values: dict[str, Json] = {}
        for name, entry in self._file.mapping(node, kind).items():
            if name not in arguments:
                known = " and ".join(arguments)
                raise self._file.refused(entry.key, f"{kind} takes {known}, not {name!r}")
            key = self._plain(entry.value, str, name)
            if key not in self._arns:
                known = ", ".join(self._arns) or "none"
                what = f"unknown target {key!r}; the targets of the stack are {known}"
                raise self._file.refused(entry.value, what)
            values[arguments[name].api_name] = self._arns[key]
        for name, argument in arguments.items():
            if argument.api_name not in values:
                raise self._file.refused(node, f"{kind} requires {name}")
        return values

    def _values(
        self, options: Mapping[str, Entry], model: type[Model], title: str
    ) -> dict[str, Json]:
        """Options in the API's spelling; ``title`` is what has them, for messages."""
        arguments = arguments_of(model)
        values: dict[str, Json] = {}
        for name, entry in options.items():
            if name not in arguments:
                raise self._file.refused(entry.key, f"{name!r} is not an option of {title}")
            argument = arguments[name]
            if argument.is_list:
                items = self._file.items(entry.value, name)
                value = [self._value(item, argument, f"an item of {name}") for item in items]
            else:
                value = self._value(entry.value, argument, name)
            values[argument.api_name] = to_api(value, argument.api_name)
        return values

    def _value(self, node: yaml.Node, argument: Argument, what: str) -> Json:
        if argument.model is None:
            return self._plain(node, argument.kind, what)
        options = self._file.mapping(node, what)
        if missing := missing_from(options, argument.model):
            raise self._file.refused(node, f"{what} requires {missing[0]}")
        return self._values(options, argument.model, what)

    def _plain(self, node: yaml.Node, kind: type, what: str) -> Json:
        value = self._file.plain(node)
        if is_of(value, kind):
            return value
        advice = "; quote it" if value is not None and kind is str else ""
        raise self._file.refused(node, f"{what} must be {noun_of(kind)}{advice}")

    def _logical_id(self, options: dict[str, Entry], *names: str) -> str:
        entry = options.pop("logical_id", None)
        if entry is None:
            return data_layout.logical_id(*names)
        return str(self._plain(entry.value, str, "logical_id"))

    def _flag(self, options: dict[str, Entry], name: str) -> bool:
        entry = options.pop(name, None)
        return entry is not None and bool(self._plain(entry.value, bool, name))


def import_of(prefix: str) -> str:
    """A pattern of the statement that imports the loop; ``prefix`` precedes the module's name."""
    return re.escape(f"from {prefix}{MODULE} import add_configuration_sets")
