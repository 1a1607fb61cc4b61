"""Configuration sets as data, and a loop that creates constructs from it (``--layout data``).

``configuration_sets.yaml`` lists the sets by name. Options have the names of CDK's arguments, which
are those of the API. The loop derives logical ids from names; the data has those that differ, so
that logical ids are the same in every layout.
"""

import re
from typing import Any, Final

from exporter.formats import filters
from exporter.formats.base import RenderedFile
from exporter.formats.cdk import python_names
from exporter.formats.cdk.references import CdkReferences
from exporter.formats.environment import render
from exporter.formats.reference_labels import label_targets
from exporter.formats.references import Expression
from exporter.formats.render_context import DestinationView, RenderContext, SetView, targets_of
from exporter.formats.sets_as_data import DestinationData, SetData, TargetKeys, named_target
from exporter.formats.stacks import Stack
from exporter.formats.yaml_data import is_short_key
from exporter.model import codec
from exporter.model.resources import Model
from exporter.model.targets import TARGET_TYPES
from exporter.support.errors import ExporterError

CODE_FILE: Final = "ses_data.py"
_STEM: Final = "configuration_sets"

_STATE: Final = frozenset({"last_fresh_start"})
"""State in SES for which the constructs have no argument."""

BY_ARN: Final = frozenset(row.field for row in TARGET_TYPES.values() if row.arns)
"""The fields of targets that have ARNs."""

Data = dict[str, Any]


def data_file(suffix: str = "") -> str:
    """Return the name of a stack's data file; ``suffix`` is that of the stack's files."""
    return f"{_STEM}{suffix}.yaml"


def is_data(path: str) -> bool:
    """Whether a file of an export is the data of a stack."""
    return re.fullmatch(rf"(?:.*/)?{_STEM}(?:-[0-9]+)?\.yaml", path) is not None


def logical_id(*names: str) -> str:
    """Return the logical id that the loop derives from names.

    It mirrors ``templates/cdk/ses_data.py``, which is simpler than ``exporter.formats.labels``:
    where the two differ, the data has the logical id.
    """
    parts = re.findall(r"[A-Za-z0-9]+", " ".join(names))
    return "".join(part[:1].upper() + part[1:] for part in parts)


def code_text() -> str:
    """Return the module with the loop."""
    return render(f"cdk/{CODE_FILE}")


def data_files(plan: RenderContext, stacks: list[Stack], keys: TargetKeys) -> list[RenderedFile]:
    """Return the module with the loop, and the data of each stack.

    Raises:
        ExporterError: when a tag's key is too long for a key in YAML.
    """
    files = [RenderedFile(CODE_FILE, code_text())]
    for stack in stacks:
        sets = [_set_data(view, keys) for view in stack.views]
        text = render("cdk/configuration_sets.yaml", plan=plan, sets=sets)
        files.append(RenderedFile(data_file(stack.suffix), text))
    return files


def target_keys(plan: RenderContext) -> TargetKeys:
    """Return the keys of targets in the data."""
    return label_targets(plan.targets, plan.scope, python_names.TARGETS)


def targets_in(
    stack: Stack, references: CdkReferences, keys: TargetKeys
) -> list[tuple[str, str | Expression]]:
    """Return the keys of a stack's targets, each with its ARN or the expression for it."""
    targets = targets_of(stack.views)
    return sorted((keys[each], references.expressions.get(each, each.arn)) for each in targets)


def _set_data(view: SetView, keys: TargetKeys) -> SetData:
    destinations = tuple(_destination(view, each, keys) for each in view.destinations)
    if not view.identities:
        return SetData(view, None, destinations)
    if view.model is None:
        return SetData(view, {"destinations_only": True}, destinations)
    data = _arguments(view.model)
    for name in ("configuration_set_name", "options_known", "event_destinations", "tags"):
        data.pop(name, None)
    if view.model.tags:
        for tag in view.model.tags:
            if not is_short_key(tag.key):
                raise ExporterError(
                    f"{view.name}: the key of a tag is too long for YAML: {tag.key[:40]!r}...",
                    hint="choose another --layout",
                )
        data["tags"] = {tag.key: tag.value for tag in view.model.tags}
    return SetData(view, _with_id(data, view.label, view.name), destinations)


def _destination(set_: SetView, view: DestinationView, keys: TargetKeys) -> DestinationData:
    if view.model is None:
        return DestinationData(view, None)
    data = _arguments(view.model)
    del data["name"]
    data["matching_event_types"] = [*map(filters.camel_case, view.model.matching_event_types)]
    data |= named_target(view.model, keys)
    return DestinationData(view, _with_id(data, view.label, set_.name, view.name))


def _with_id(data: Data, label: str, *names: str) -> Data:
    return data if logical_id(*names) == label else {"logical_id": label, **data}


def _arguments(model: Model) -> Data:
    """The values that a model has, by the names of the constructs' arguments."""
    arguments: Data = {}
    for info in codec.fields_of(type(model)):
        value = _argument(info.name, getattr(model, info.name))
        if value is not None and value != {} and info.name not in _STATE:
            arguments[info.name] = value
    return arguments


def _argument(name: str, value: object) -> object:
    if isinstance(value, Model):
        return _arguments(value)
    if isinstance(value, tuple):
        return [_argument(name, item) for item in value]
    if name == "dimension_value_source" and isinstance(value, str):
        return filters.camel_case(value)
    return value
