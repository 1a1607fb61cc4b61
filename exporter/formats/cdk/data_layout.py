"""Configuration sets as data, and a loop that makes constructs of them (``--layout data``).

``configuration_sets.yaml`` has the sets by their names. Options are called as by CDK's constructs,
which call them as the API does. The loop makes the logical ids of the names; the data has those
that are others, so that they are the same in every layout.
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
"""State that SES keeps, for which the constructs have no argument."""

BY_ARN: Final = frozenset(row.field for row in TARGET_TYPES.values() if row.arns)
"""The kinds of targets that have ARNs."""

Data = dict[str, Any]


def data_file(suffix: str = "") -> str:
    """The name of the data of a stack; ``suffix`` tells it from those of others."""
    return f"{_STEM}{suffix}.yaml"


def is_data(path: str) -> bool:
    """Whether a file of an export is such data."""
    return re.fullmatch(rf"(?:.*/)?{_STEM}(?:-[0-9]+)?\.yaml", path) is not None


def logical_id(*names: str) -> str:
    """The logical id that the loop makes of names.

    ``templates/cdk/ses_data.py`` does the same, and is simpler than what gives names: where they
    differ, the data has the logical id.
    """
    parts = re.findall(r"[A-Za-z0-9]+", " ".join(names))
    return "".join(part[:1].upper() + part[1:] for part in parts)


def code_text() -> str:
    """The module with the loop."""
    return render(f"cdk/{CODE_FILE}")


def data_files(plan: RenderContext, stacks: list[Stack], keys: TargetKeys) -> list[RenderedFile]:
    """The module with the loop, and the data of each stack.

    Raises:
        ExporterError: when a set has a tag whose key YAML cannot hold.
    """
    files = [RenderedFile(CODE_FILE, code_text())]
    for stack in stacks:
        sets = [_set_data(view, keys) for view in stack.views]
        text = render("cdk/configuration_sets.yaml", plan=plan, sets=sets)
        files.append(RenderedFile(data_file(stack.suffix), text))
    return files


def target_keys(plan: RenderContext) -> TargetKeys:
    """What the data calls the targets of a plan."""
    return label_targets(plan.targets, plan.scope, python_names.TARGETS)


def targets_in(
    stack: Stack, references: CdkReferences, keys: TargetKeys
) -> list[tuple[str, str | Expression]]:
    """The targets of a stack by their keys, with what stands for each."""
    found = targets_of(stack.views)
    return sorted((keys[each], references.expressions.get(each, each.arn)) for each in found)


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
                    f"{view.name}: YAML has no keys as long as that of a tag: {tag.key[:40]!r}...",
                    hint="choose another --layout",
                )
        data["tags"] = {tag.key: tag.value for tag in view.model.tags}
    return SetData(view, _with_id(data, view.label, view.name), destinations)


def _destination(of: SetView, view: DestinationView, keys: TargetKeys) -> DestinationData:
    if view.model is None:
        return DestinationData(view, None)
    data = _arguments(view.model)
    del data["name"]
    data["matching_event_types"] = [*map(filters.camel_case, view.model.matching_event_types)]
    data |= named_target(view.model, keys)
    return DestinationData(view, _with_id(data, view.label, of.name, view.name))


def _with_id(data: Data, label: str, *names: str) -> Data:
    return data if logical_id(*names) == label else {"logical_id": label, **data}


def _arguments(model: Model) -> Data:
    """The values of a model that are there, by the names of the constructs' arguments."""
    found: Data = {}
    for info in codec.fields_of(type(model)):
        value = _argument(info.name, getattr(model, info.name))
        if value is not None and value != {} and info.name not in _STATE:
            found[info.name] = value
    return found


def _argument(name: str, value: object) -> object:
    if isinstance(value, Model):
        return _arguments(value)
    if isinstance(value, tuple):
        return [_argument(name, item) for item in value]
    if name == "dimension_value_source" and isinstance(value, str):
        return filters.camel_case(value)
    return value
