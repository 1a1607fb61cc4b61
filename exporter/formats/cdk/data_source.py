"""The layout ``data`` of our own CDK export, read back: the data, and that the loop is ours."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from exporter.formats.cdk import data_layout
from exporter.formats.cdk.files import ADVICE, Folder, Statements
from exporter.formats.cdk.target_code import ARN_ARGUMENTS, Targets
from exporter.formats.cloudformation import template_yaml
from exporter.formats.cloudformation.template_text import to_api
from exporter.formats.code_resource import CodeResource
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, Model
from exporter.support.errors import ExporterError

Json = Any
Fields = Callable[[type[Model]], Mapping[str, tuple[str, type[Model] | None, bool]]]
"""Each field of a model: its API name, the model below it, and whether it is a list."""

MODULE = PurePosixPath(data_layout.CODE_FILE).stem
_CALL = r"add_configuration_sets\(self, '(configuration_sets(?:-[0-9]+)?\.yaml)', (?:arns|\{\})\)"


def read(
    code: Statements, folder: Folder, targets: Targets, fields: Fields
) -> Iterator[CodeResource]:
    """The resources that a stack makes of data; takes the statements that make them.

    Raises:
        ExporterError: when the loop is another one, or the data is none of ours.
    """
    loop = folder.module(MODULE, code.file.name)
    if ast.unparse(loop.tree) != ast.unparse(ast.parse(data_layout.code_text())):
        raise loop.refused(loop.tree, "the loop is another one")
    arns = _arns(code, targets)
    name = code.need(_CALL, "here the sets of a file are added")[1]
    path = str(folder.path / name)
    if path not in folder.files:
        said = f"{code.file.name} names {name}, which is missing"
        raise ExporterError(said, where=path)
    try:
        sets = template_yaml.read(folder.files[path], path, strict=True).template
        return iter([*_Reader(path, arns, fields).sets(sets)])
    except yaml.YAMLError as error:
        where = f"{path}:{_line(error)}"
        raise ExporterError("not YAML", where=where, hint=ADVICE) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        said = f"not as ses2iac writes it: {type(error).__name__}: {error}"
        raise ExporterError(said, where=path, hint=ADVICE) from None


def _line(error: yaml.YAMLError) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark is not None else 1


def _arns(code: Statements, targets: Targets) -> dict[str, Json]:
    """The ARNs of targets by their keys."""
    match code.left[:1]:
        case [ast.Assign([ast.Name("arns")], ast.Dict(keys, values))]:
            del code.left[0]
            return {
                str(key.value): targets.value(value)
                for key, value in zip(keys, values, strict=True)
                if isinstance(key, ast.Constant)
            }
    return {}


class _Reader:
    """The sets of a file."""

    def __init__(self, path: str, arns: Mapping[str, Json], fields: Fields) -> None:
        self._path = path
        self._arns = arns
        self._fields = fields

    def sets(self, sets: Mapping[str, Json]) -> Iterator[CodeResource]:
        for name, found in sets.items():
            values = dict(found)
            destinations = values.pop("event_destinations", {})
            logical_id = values.pop("logical_id", None) or data_layout.logical_id(name)
            if not values.pop("destinations_only", False):
                tags = values.pop("tags", {})
                if tags:
                    values["tags"] = [{"key": key, "value": tags[key]} for key in tags]
                api = self._object(values, ConfigurationSet)
                yield CodeResource(logical_id, self._path, Identity(name), api)
            for destination, inner in destinations.items():
                yield self._destination(name, destination, dict(inner))

    def _destination(self, of: str, name: str, values: dict[str, Json]) -> CodeResource:
        logical_id = values.pop("logical_id", None) or data_layout.logical_id(of, name)
        for kind, value in values.items():
            if kind in data_layout.BY_ARN:
                # A key that nothing stands for is an error of the loop.
                values[kind] = {f"{key}_arn": self._arns[value[key]] for key in value}
        api = self._object(values, EventDestination)
        return CodeResource(logical_id, self._path, Identity(of, name), api)

    def _object(self, values: Mapping[str, Json], model: type[Model]) -> dict[str, Json]:
        fields = self._fields(model)
        found: dict[str, Json] = {}
        for name, value in values.items():
            api_name, below, _ = fields[name]
            if name in ARN_ARGUMENTS or below is None:
                found[api_name] = value if name in ARN_ARGUMENTS else to_api(value, api_name)
            elif isinstance(value, list):
                found[api_name] = [self._object(item, below) for item in value]
            else:
                found[api_name] = self._object(value, below)
        return found


def import_of(here: str) -> str:
    """The statement that imports the loop; ``here`` is what stands before the module's name."""
    return re.escape(f"from {here}{MODULE} import add_configuration_sets")
