"""CloudFormation templates that anybody wrote to what they describe, perhaps not wholly.

Properties are those of the resource schemas of ``AWS::SES::ConfigurationSet`` and
``AWS::SES::ConfigurationSetEventDestination``; values come in the API's spelling, and a value that
a template alone does not tell is ``Unknown``.
"""

import json
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from exporter.formats.cloudformation import template_text
from exporter.formats.cloudformation.intrinsics import is_there, resolve
from exporter.formats.cloudformation.names import DESTINATION_TYPE, SET_TYPE
from exporter.formats.cloudformation.template_context import Context, context_of
from exporter.formats.code_resource import CodeResource, Loaded, Unknown
from exporter.formats.unresolved import (
    ANY_NAME,
    ANYTHING,
    NamePattern,
    Reach,
    Unresolved,
    a_destination,
    a_set,
)
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, Model
from exporter.support.errors import ExporterError

Json = Any

BYTES_LIMIT = 1_000_000
"""Bytes of a template (CloudFormation quotas)."""

_INSTEAD = (
    "compare with what is deployed instead: stack:NAME, or a file that 'ses2iac snapshot' writes"
)


def load(
    text: str,
    where: str,
    given: Mapping[str, str] = types.MappingProxyType({}),
    account_id: str | None = None,
    region: str | None = None,
) -> Loaded:
    """What a template describes.

    Args:
        text: YAML or JSON.
        where: Its file, for messages.
        given: Values of its parameters by name; those of pseudo parameters (``AWS::StackName``)
            count too.
        account_id: The account that it is for, if known.
        region: The region that it is for, if known.

    Raises:
        ExporterError: when it is no template, is too large, describes one thing twice, or what is
            no set or destination, with file and, for YAML, line.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > BYTES_LIMIT:
        said = f"{size:,} bytes, and CloudFormation takes no template over {BYTES_LIMIT:,}"
        raise ExporterError(said, where=where, hint=_INSTEAD)
    source = template_text.read(text, where)
    _refuse_half_characters(source.template, where)
    context = context_of(source.template, where, given, account_id, region)
    reader = _Reader(where, source.lines, context)
    reader.read(source.template)
    return joined([Loaded(tuple(reader.resources), tuple(reader.unresolved), account_id, region)])


def joined(parts: Iterable[Loaded]) -> Loaded:
    """The templates of one account and region as one.

    Raises:
        ExporterError: when two resources describe one set or destination.
    """
    together = list(parts)
    first: dict[Identity, CodeResource] = {}
    for resource in (each for part in together for each in part.resources):
        other = first.setdefault(resource.identity, resource)
        if other is not resource:
            named = f"{other.address} ({other.where}) and {resource.address}"
            raise ExporterError(
                f"{resource.identity} is described twice, by {named}",
                where=resource.where,
                hint="SES holds it once: take one of the two away, or give it another name",
            )
    return Loaded(
        resources=tuple(first.values()),
        unresolved=tuple(each for part in together for each in part.unresolved),
        account_id=next((part.account_id for part in together), None),
        region=next((part.region for part in together), None),
    )


def _refuse_half_characters(template: Json, where: str) -> None:
    """JSON can write half of a surrogate pair, which is no text and could not be printed."""
    try:
        json.dumps(template, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        said = "it holds half a character (a lone surrogate, \\ud800 to \\udfff)"
        raise ExporterError(said, where=where) from None
    except (TypeError, ValueError, RecursionError):
        raise ExporterError("it holds a value that is no JSON", where=where) from None


# Resources
# -----------------------------------------------------------------------------------------

_HARMLESS_TRANSFORMS = frozenset({"AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"})
"""Macros that add SES resources only where ``Fn::ForEach`` says so."""

_NESTED = frozenset({"AWS::CloudFormation::Stack", "AWS::Serverless::Application"})


@dataclass
class _Reader:
    """Reads the resources of one template."""

    where: str
    lines: Mapping[str, int]
    context: Context
    resources: list[CodeResource] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)

    def read(self, template: Mapping[str, Json]) -> None:
        transforms = template.get("Transform") or []
        for transform in transforms if isinstance(transforms, list) else [transforms]:
            name = transform.get("Name") if isinstance(transform, dict) else transform
            if name not in _HARMLESS_TRANSFORMS:
                said = f"the transform {name} may make resources, which cannot be evaluated"
                self.unresolved.append(Unresolved(self.where, "", said))
        for logical_id, resource in template["Resources"].items():
            self._one(logical_id, resource)

    def _one(self, logical_id: str, resource: Json) -> None:
        if logical_id.startswith("Fn::"):
            self._note(logical_id, f"{logical_id} makes resources, which cannot be evaluated")
            return
        if not isinstance(resource, dict):
            raise ExporterError(f"{logical_id} is no resource", where=self._at(logical_id))
        kind = str(resource.get("Type"))
        read = _KINDS.get(kind)
        nested = kind in _NESTED or kind.endswith("::MODULE")
        if read is None and not nested:
            return
        there = is_there(resource, self.context)
        if there is False:
            return
        if isinstance(there, Unknown):
            said = f"whether {logical_id} is there is unknown: {there.reason}"
            self._note(logical_id, said, _REACHES.get(kind, ANYTHING))
        elif read is None:
            self._note(logical_id, f"{logical_id} is a template of its own, which is not read")
        else:
            read(self, logical_id, resource.get("Properties"))

    def _set(self, logical_id: str, declared: Json) -> None:
        properties = self._properties(logical_id, declared)
        if "ConfigurationSetName" in properties:
            said = f"{logical_id}: a set has no property ConfigurationSetName, only Name"
            raise ExporterError(said, where=self._at(logical_id))
        values = self._values(logical_id, properties, ConfigurationSet)
        name = self._name(
            f"the name of {logical_id}", logical_id, values.pop("Name", None), a_set()
        )
        if name is not None:
            self._add(logical_id, Identity(name), values)

    def _destination(self, logical_id: str, declared: Json) -> None:
        properties = self._properties(logical_id, declared)
        inner = properties.get("EventDestination")
        if isinstance(inner, Unknown):
            said = f"the name of {logical_id} is unknown: {inner.reason}"
            self._note(logical_id, said, a_destination())
            return
        if not isinstance(inner, dict):
            said = f"{logical_id} has no EventDestination"
            raise ExporterError(said, where=self._at(logical_id))
        if properties.get("ConfigurationSetName") is None:
            said = f"{logical_id} has no ConfigurationSetName"
            raise ExporterError(said, where=self._at(logical_id))
        values = self._values(logical_id, inner, EventDestination)
        of_set = _text_of(properties["ConfigurationSetName"])
        own = values.pop("Name", None)
        reach = a_destination(_pattern(of_set), _pattern(own))
        set_name = self._name(f"the set of {logical_id}", logical_id, of_set, reach)
        name = self._name(f"the name of {logical_id}", logical_id, own, reach)
        if set_name is not None and name is not None:
            self._add(logical_id, Identity(set_name, name), values)

    def _properties(self, logical_id: str, declared: Json) -> dict[str, Json]:
        """Properties with every function evaluated."""
        resolved = resolve(declared, self.context) if declared is not None else {}
        if isinstance(resolved, Unknown):
            # Nothing of it is known: as if each property that gives it a name were so.
            names = ("Name", "ConfigurationSetName", "EventDestination")
            kind = self.context.sets.get(logical_id)
            return {"Name": resolved} if kind else dict.fromkeys(names[1:], resolved)
        if not isinstance(resolved, dict):
            said = f"the Properties of {logical_id} are no mapping"
            raise ExporterError(said, where=self._at(logical_id))
        return resolved

    def _values(self, logical_id: str, properties: Json, model: type[Model]) -> dict[str, Json]:
        """Properties in the API's spelling and types."""
        try:
            values: dict[str, Json] = _typed(template_text.to_api(properties), model, "")
        except _WrongTypeError as error:
            said = f"{logical_id} does not describe a resource: {error}"
            raise ExporterError(said, where=self._at(logical_id)) from None
        return values

    def _name(self, what: str, logical_id: str, name: Json, reach: Reach) -> str | None:
        """A name; None, with a note, where there is none to know."""
        if isinstance(name, Unknown):
            self._note(logical_id, f"{what} is unknown: {name.reason}", reach)
        elif name is None:
            self._note(logical_id, f"{what} is unknown: CloudFormation makes one up", reach)
        elif not isinstance(name, str) or not name:
            raise ExporterError(f"{what} is no name", where=self._at(logical_id))
        else:
            return name
        return None

    def _add(self, logical_id: str, identity: Identity, values: dict[str, Json]) -> None:
        self.resources.append(CodeResource(logical_id, self._at(logical_id), identity, values))

    def _note(self, logical_id: str, said: str, reach: Reach = ANYTHING) -> None:
        self.unresolved.append(Unresolved(self._at(logical_id), "", said, reach=reach))

    def _at(self, logical_id: str) -> str:
        line = self.lines.get(logical_id)
        return self.where if line is None else f"{self.where}:{line}"


_KINDS: Mapping[str, Callable[[_Reader, str, Json], None]] = {
    SET_TYPE: _Reader._set,
    DESTINATION_TYPE: _Reader._destination,
}


_REACHES: Mapping[str, Reach] = {SET_TYPE: a_set(), DESTINATION_TYPE: a_destination()}


def _pattern(name: Json) -> NamePattern:
    return NamePattern.of_name(name) if isinstance(name, str) else ANY_NAME


# Types
# ------------------------------------------------------------------------------------------


class _WrongTypeError(Exception):
    """A value that no API field could have."""


@dataclass(frozen=True)
class _Kind:
    """What a field holds: a model, a bool, an int or a text, perhaps many of them."""

    of: type
    many: bool = False


@cache
def _kinds(model: type[Model]) -> dict[str, _Kind]:
    hints = get_type_hints(model)
    kinds = {info.encode_name: _kind(hints[info.name]) for info in codec.fields_of(model)}
    if model is ConfigurationSet:
        kinds["Name"] = kinds.pop("ConfigurationSetName")
    return kinds


def _kind(hint: Any) -> _Kind:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _kind(arguments[0])
    if origin is tuple:
        return _Kind(_kind(arguments[0]).of, many=True)
    if origin is types.UnionType:
        return _kind(arguments[0])
    return _Kind(hint)


def _typed(value: Json, model: type[Model], path: str) -> Json:
    """An object with the types of its model: CloudFormation takes ``"true"`` for true."""
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, dict):
        raise _WrongTypeError(f"{path} is no object")
    kinds = _kinds(model)
    return {
        name: _field(item, kinds[name], f"{path}.{name}".lstrip(".")) if name in kinds else item
        for name, item in value.items()
    }


def _field(value: Json, kind: _Kind, path: str) -> Json:
    if isinstance(value, Unknown):
        return value
    if not kind.many:
        return _single(value, kind.of, path)
    if not isinstance(value, list):
        raise _WrongTypeError(f"{path} is no list")
    return [_single(item, kind.of, f"{path}[{index}]") for index, item in enumerate(value)]


def _single(value: Json, of: type, path: str) -> Json:
    if isinstance(value, Unknown):
        return value
    if issubclass(of, Model):
        return _typed(value, of, path)
    if isinstance(value, dict | list):
        raise _WrongTypeError(f"{path} is no single value")
    return next(read(value) for kind, read in _SCALARS if issubclass(of, kind))


def _text_of(value: Json) -> Json:
    """A text, as CloudFormation takes numbers and booleans for one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _bool_of(value: Json) -> Json:
    words = {"true": True, "false": False}
    return words.get(value.lower(), value) if isinstance(value, str) else value


def _int_of(value: Json) -> Json:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


_SCALARS: tuple[tuple[type, Callable[[Json], Json]], ...] = (
    (StrEnum, _text_of),
    (str, _text_of),
    (bool, _bool_of),
    (int, _int_of),
    (object, lambda value: value),
)
