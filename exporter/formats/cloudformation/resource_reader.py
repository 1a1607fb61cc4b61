"""Read the SES resources of a template and of its nested templates."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from exporter.formats.cloudformation import custom_resources, generated_names
from exporter.formats.cloudformation.custom_resources import Call
from exporter.formats.cloudformation.intrinsics import is_declared, resolve
from exporter.formats.cloudformation.names import DESTINATION_TYPE, SET_TYPE
from exporter.formats.cloudformation.nested import NESTED_TYPES, Opened, Templates
from exporter.formats.cloudformation.property_types import WrongTypeError, plain_text, typed
from exporter.formats.cloudformation.reasons import hint_of
from exporter.formats.cloudformation.serverless import name_or_unknown, without_variables
from exporter.formats.cloudformation.template_context import Context, UnknowableError
from exporter.formats.cloudformation.template_text import to_api
from exporter.formats.code_resource import CodeResource, Unknown
from exporter.formats.unresolved import ANYTHING, Reach, Unresolved, a_destination, a_set
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, Model
from exporter.support.errors import ExporterError
from exporter.support.text import shortened

Json = Any

_HARMLESS_TRANSFORMS = frozenset(
    {
        "AWS::CodeDeployBlueGreen",
        "AWS::LanguageExtensions",
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        "AWS::Serverless-2016-10-31",
    }
)
"""Macros of AWS that add no SES resources (template reference, "Transforms").

The loops of ``AWS::LanguageExtensions`` are expanded.
"""

_PROCESSED_HINT = (
    "give the template as CloudFormation processed it (aws cloudformation get-template "
    "--template-stage Processed), or compare with stack:NAME"
)
_NESTED_HINT = "put the file where the code refers to it, or compare with stack:NAME"
_MOST_INFERRED = 5


@dataclass
class ResourceReader:
    """Reads templates; the result is in its attributes.

    Attributes:
        templates: Parses nested templates.
        is_own: Whether ses2iac wrote the template, so that all names are valid names of SES.
        resources: The sets and destinations whose names are known.
        unresolved: What may be sets or destinations, but can't be evaluated.
        notes: Notes for the user on how the templates were read.
        calls: The custom resources that call SES, each with its template and logical id.
    """

    templates: Templates
    is_own: bool = False
    resources: list[CodeResource] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    calls: "list[tuple[_OneTemplate, str, Call]]" = field(default_factory=list)

    def read(self, opened: Opened) -> None:
        """Read a template and its nested templates.

        Raises:
            ExporterError: when a resource of SES is invalid.
        """
        _OneTemplate(self, opened).read()
        for template, logical_id, call in self.calls:
            template.add_call(logical_id, call)


class _OneTemplate:
    """Reads the resources of one template."""

    def __init__(self, reader: ResourceReader, opened: Opened) -> None:
        self._reader = reader
        self._opened = opened
        self._context: Context = opened.context

    def read(self) -> None:
        self._transforms()
        for loop in self._opened.expanded.loops:
            kinds = [_type_of(body) for body in loop.bodies]
            if not loop.bodies or any(_may_be_ses(kind) for kind in kinds):
                self._note(loop.key, f"its resources are unknown: {loop.reason}", _reach_of(kinds))
        for logical_id in self._context.resources:
            self._one(logical_id)
        self._note_inferred()

    def _transforms(self) -> None:
        transforms = self._opened.source.template.get("Transform") or []
        for transform in transforms if isinstance(transforms, list) else [transforms]:
            name = transform.get("Name") if isinstance(transform, dict) else transform
            if name not in _HARMLESS_TRANSFORMS:
                reason = "it is a macro, which may create any resource at deployment"
                self._reader.unresolved.append(
                    Unresolved(
                        self._context.where, f"the transform {name}", reason, _PROCESSED_HINT
                    )
                )

    def _note_inferred(self) -> None:
        inferred = self._context.inferred
        if inferred:
            shown = [f"{name} for {logical_id}" for logical_id, name in inferred.items()]
            self._reader.notes.append(
                f"{self._context.where}: names that CloudFormation generated are recognized by the "
                f"logical ID in them: {', '.join(shortened(shown, _MOST_INFERRED))}"
            )

    def _one(self, logical_id: str) -> None:
        resource = self._context.resources[logical_id]
        if logical_id == "Fn::Transform":
            self._note(logical_id, "it runs a macro at deployment", hint=_PROCESSED_HINT)
            return
        if not isinstance(resource, dict):
            # It can't be a resource of SES.
            return
        kind = str(resource.get("Type"))
        read = _READERS.get(kind)
        if read is None and custom_resources.is_custom(kind):
            read = _OneTemplate._custom
        elif read is None and (kind in NESTED_TYPES or kind.endswith("::MODULE")):
            read = _OneTemplate._nested
        if read is None:
            return
        self._refuse_lone_surrogates(logical_id, resource)
        verdict = is_declared(logical_id, self._context)
        if verdict is False:
            return
        if isinstance(verdict, Unknown):
            self._conditional(logical_id, verdict, read)
        else:
            read(self, logical_id)

    def _refuse_lone_surrogates(self, logical_id: str, resource: Json) -> None:
        """Refuse half of a surrogate pair, which JSON can contain but no output can."""
        try:
            json.dumps([logical_id, resource], ensure_ascii=False).encode()
        except UnicodeEncodeError:
            what = "a resource contains half a character (a lone surrogate, \\ud800 to \\udfff)"
            raise ExporterError(what, where=self._context.where) from None

    def _conditional(
        self, logical_id: str, condition: Unknown, read: "Callable[[_OneTemplate, str], None]"
    ) -> None:
        """Note the reach of a resource whose condition is unknown."""
        trial = ResourceReader(self._reader.templates, is_own=self._reader.is_own)
        alone = _OneTemplate(trial, self._opened)
        read(alone, logical_id)
        for template, name, call in trial.calls:
            template.add_call(name, call)
        reason = f"it may not exist: {condition.reason}"
        for resource in trial.resources:
            self._note(
                logical_id, reason, Reach.of(resource.identity), hint_of(condition, self._context)
            )
        for unresolved in trial.unresolved:
            self._note(logical_id, reason, unresolved.reach, hint_of(condition, self._context))

    # Nested stacks and custom resources

    def _nested(self, logical_id: str) -> None:
        kind = self._context.type_of(logical_id)
        if kind not in NESTED_TYPES:
            self._note(logical_id, "it is a module, and its template was not found")
            return
        try:
            opened = self._reader.templates.nested(logical_id, self._context)
        except UnknowableError as error:
            self._note(logical_id, f"it is a nested stack, and {error}", hint=_NESTED_HINT)
            return
        _OneTemplate(self._reader, opened).read()

    def _custom(self, logical_id: str) -> None:
        call = custom_resources.call_of(self._context.resources[logical_id], self._context)
        if call is None:
            return
        self._reader.notes.append(
            f"{self._at(logical_id)}: {logical_id} is a custom resource that calls {call.title}; "
            "what it creates counts as part of the code"
        )
        self._reader.calls.append((self, logical_id, call))

    def add_call(self, logical_id: str, call: Call) -> None:
        """Add what a custom resource creates, unless another resource describes the same."""
        if isinstance(call.set_name, Unknown) or isinstance(call.destination_name, Unknown):
            self._note(logical_id, f"it is created by {call.title}", call.reach)
            return
        identity = Identity(call.set_name, call.destination_name)
        if any(each.identity == identity for each in self._reader.resources):
            return
        if call.values is None:
            self._note(logical_id, f"it is created by {call.title}", call.reach)
            return
        model = ConfigurationSet if call.destination_name is None else EventDestination
        self._add(logical_id, identity, self._values(logical_id, call.values, model))

    # Sets and destinations

    def _set(self, logical_id: str) -> None:
        properties = self._properties(logical_id)
        if "ConfigurationSetName" in properties:
            what = f"{logical_id}: a set has no property ConfigurationSetName, only Name"
            raise ExporterError(what, where=self._at(logical_id))
        values = self._values(logical_id, properties, ConfigurationSet)
        values.pop("Name", None)
        own = plain_text(resolve({"Ref": logical_id}, self._context))
        name = self._checked(f"the name of {logical_id}", logical_id, own)
        if isinstance(name, Unknown):
            self._no_name(logical_id, "its name", name, a_set(name.pattern))
        else:
            self._add(logical_id, Identity(name), self._with_tags_of_stack(name, values))

    def _with_tags_of_stack(self, name: str, values: dict[str, Json]) -> dict[str, Json]:
        """The values of a set with the tags of its stack; its own tags take precedence."""
        around = self._context.around
        own = values.get("Tags") or []
        if not isinstance(own, list):
            return values
        keys = {tag.get("Key") for tag in own if isinstance(tag, dict)}
        of_stack = dict(around.tags or {})
        other = around.other.sets.get(name) if around.other is not None else None
        has_more = other is not None and bool(other.tags - keys - of_stack.keys())
        if around.deployment is not None and (around.tags is None or has_more):
            # They need not be in the code: the command that deploys the stack may set them.
            of_stack = {**around.deployment.tags, **of_stack}
        more = [{"Key": key, "Value": of_stack[key]} for key in of_stack if key not in keys]
        return {**values, "Tags": [*own, *more]} if more else values

    def _destination(self, logical_id: str) -> None:
        properties = self._properties(logical_id)
        inner = properties.get("EventDestination")
        of_set = plain_text(properties.get("ConfigurationSetName"))
        if not isinstance(inner, Unknown):
            self._check_parts(logical_id, inner, of_set)
        set_name = self._checked(f"the set of {logical_id}", logical_id, of_set)
        known_set = None if isinstance(set_name, Unknown) else set_name
        values: dict[str, Json] = {}
        if not isinstance(inner, Unknown):
            values = self._values(logical_id, inner, EventDestination)
        own = inner if isinstance(inner, Unknown) else values.pop("Name", None)
        own = self._own_destination_name(logical_id, own, known_set)
        name = self._checked(f"the name of {logical_id}", logical_id, own)
        reach = replace(
            a_destination(custom_resources.pattern(set_name), custom_resources.pattern(name)),
            has_sets=not self._is_of_own_set(logical_id),
        )
        if isinstance(set_name, Unknown):
            self._no_name(logical_id, "its set", set_name, reach)
        elif isinstance(name, Unknown):
            self._no_name(logical_id, "its name", name, reach)
        elif isinstance(inner, Unknown):
            self._note(logical_id, f"its EventDestination is unknown: {inner.reason}", reach)
        else:
            self._add(logical_id, Identity(set_name, name), values)

    def _is_of_own_set(self, logical_id: str) -> bool:
        """Whether a destination refers to a set of its template.

        The code has nothing else of any other set.
        """
        properties = self._context.resources[logical_id].get("Properties")
        set_ = properties.get("ConfigurationSetName") if isinstance(properties, dict) else None
        referred = set_.get("Ref") if isinstance(set_, dict) else None
        return isinstance(referred, str) and self._context.type_of(referred) == SET_TYPE

    def _check_parts(self, logical_id: str, inner: Json, of_set: Json) -> None:
        for name, value in (("EventDestination", inner), ("ConfigurationSetName", of_set)):
            if value is None or (name == "EventDestination" and not isinstance(value, dict)):
                what = f"{logical_id} has no {name}"
                raise ExporterError(what, where=self._at(logical_id))

    def _own_destination_name(self, logical_id: str, written: Json, of_set: str | None) -> Json:
        context = self._context
        if context.around.is_deployed or isinstance(written, Unknown):
            physical = context.physical_id(logical_id)
            if physical is not None:
                return generated_names.name_in(physical)
        if written is not None:
            return written
        try:
            return generated_names.destination_name(logical_id, of_set, context)
        except UnknowableError as error:
            return error.unknown

    def _properties(self, logical_id: str) -> dict[str, Json]:
        """The properties of a resource with every function evaluated."""
        declared = self._context.resources[logical_id].get("Properties")
        resolved = resolve(declared, self._context) if declared is not None else {}
        if isinstance(resolved, Unknown):
            # As if each property that names the resource were unknown.
            bare = Unknown(resolved.reason)
            names = ("Name", "ConfigurationSetName", "EventDestination")
            is_set = self._context.type_of(logical_id) == SET_TYPE
            return {"Name": bare} if is_set else dict.fromkeys(names[1:], bare)
        if not isinstance(resolved, dict):
            what = f"the Properties of {logical_id} are not a mapping"
            raise ExporterError(what, where=self._at(logical_id))
        return resolved

    def _values(self, logical_id: str, properties: Json, model: type[Model]) -> dict[str, Json]:
        """Properties with the API's spelling and types."""
        try:
            values: dict[str, Json] = typed(to_api(properties), model)
        except WrongTypeError as error:
            what = f"{logical_id} does not describe a resource: {error}"
            raise ExporterError(what, where=self._at(logical_id)) from None
        if self._reader.is_own:
            return values
        name = values.pop("Name", None)
        known: dict[str, Json] = without_variables(values)
        return known if name is None else {"Name": name, **known}

    def _checked(self, what: str, logical_id: str, name: Json) -> str | Unknown:
        """A name that SES accepts, or ``Unknown``."""
        if isinstance(name, Unknown):
            return name
        if not isinstance(name, str) or not name:
            raise ExporterError(f"{what} is not a name", where=self._at(logical_id))
        return name if self._reader.is_own else name_or_unknown(name)

    def _no_name(self, logical_id: str, what: str, name: Unknown, reach: Reach) -> None:
        reason = f"{what} is unknown: {name.reason}"
        self._note(logical_id, reason, reach, hint_of(name, self._context))

    def _add(self, logical_id: str, identity: Identity, values: dict[str, Json]) -> None:
        inferred = set(self._context.inferred.values())
        is_inferred = bool(inferred & {identity.configuration_set, identity.event_destination})
        resource = CodeResource(logical_id, self._at(logical_id), identity, values, is_inferred)
        self._reader.resources.append(resource)

    def _note(self, logical_id: str, reason: str, reach: Reach = ANYTHING, hint: str = "") -> None:
        self._reader.unresolved.append(
            Unresolved(self._at(logical_id), logical_id, reason, hint, reach)
        )

    def _at(self, logical_id: str) -> str:
        line = self._opened.line_of(logical_id)
        where = self._context.where
        return where if line is None else f"{where}:{line}"


_READERS: Mapping[str, Callable[[_OneTemplate, str], None]] = {
    SET_TYPE: _OneTemplate._set,
    DESTINATION_TYPE: _OneTemplate._destination,
}


def _type_of(body: Json) -> str:
    """The type of a resource; empty if it isn't a literal."""
    kind = body.get("Type") if isinstance(body, dict) else None
    return kind if isinstance(kind, str) else ""


def _may_be_ses(kind: str) -> bool:
    is_template = kind in NESTED_TYPES or kind.endswith("::MODULE") or "${" in kind
    return not kind or kind in _READERS or is_template or custom_resources.is_custom(kind)


def _reach_of(kinds: list[str]) -> Reach:
    if kinds and set(kinds) == {SET_TYPE}:
        return a_set()
    if kinds and set(kinds) == {DESTINATION_TYPE}:
        return a_destination()
    return ANYTHING
