"""Configuration sets as data, and code that goes through them (``--layout data``).

``configuration_sets.yaml`` has the sets by their names, with what the AWS provider calls their
arguments. The code has one resource for all sets and one for all destinations, with a dynamic block
for each option and each kind of target that is in use. What ``for_each`` cannot tell apart stays
code: ``ignore_changes`` is the same for all instances, so that a set with options that are left
unmanaged has a file of its own, as in the layout ``per-set``.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from exporter.formats.references import Expression
from exporter.formats.render_context import RenderContext, SetView
from exporter.formats.sets_as_data import DestinationData, SetData, TargetKeys, named_target
from exporter.formats.terraform.addresses import INSTANCES
from exporter.formats.terraform.arguments import WRITTEN
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE
from exporter.formats.yaml_data import Data, is_yaml_key
from exporter.model import codec
from exporter.model.resources import (
    ConfigurationSet,
    EventDestination,
    Model,
)

DATA_FILE: Final = "configuration_sets.yaml"
NEEDS = (1, 7)
"""The first Terraform with ``for_each`` in import blocks."""

_INSIDE: Final = "event_destination."
_LISTS: Final = {"dimension_configurations": "dimension_configuration"}
"""What the API has as a list and the provider as several blocks."""


@dataclass(frozen=True)
class DynamicBlock:
    """A block that stands for what some of the data has.

    Attributes:
        values: The expression that gives one value for each block.
        arguments: Its arguments with their expressions.
    """

    name: str
    values: Expression
    arguments: tuple[tuple[str, Expression], ...]
    blocks: tuple["DynamicBlock", ...]


@dataclass(frozen=True)
class SetsAsData:
    """What the templates of the layout see.

    Attributes:
        sets: Those that are data, and those of which there are only comments.
        has_sets: Whether a set itself is written.
        has_destinations: Whether a destination is.
        is_mixed: Whether of some sets only the destinations are written, and of others all.
    """

    sets: tuple[SetData, ...]
    set_blocks: tuple[DynamicBlock, ...]
    target_blocks: tuple[DynamicBlock, ...]
    has_sets: bool
    has_destinations: bool
    has_tags: bool
    is_mixed: bool


def parts(plan: RenderContext) -> tuple[RenderContext, RenderContext]:
    """What of a plan is data, and what stays code."""
    data = tuple(view for view in plan.sets if _can_be_data(view))
    stay = tuple(_beside_instances(view) for view in plan.sets if not _can_be_data(view))
    return replace(plan, sets=data), replace(plan, sets=stay)


def _beside_instances(view: SetView) -> SetView:
    """The same with labels that the resources of the data leave free."""
    destinations = tuple(
        replace(each, label=_free(each.label, f"{view.name}|{each.name}"))
        for each in view.destinations
    )
    return replace(view, label=_free(view.label, view.name), destinations=destinations)


def _free(label: str, names: str) -> str:
    if label.lower() != INSTANCES:
        return label
    return f"{label}_{hashlib.sha256(names.encode()).hexdigest()[:8]}"


def _can_be_data(view: SetView) -> bool:
    if not view.identities:
        # Comments stand in any file.
        return True
    names = [view.name, *(each.name for each in view.destinations)]
    names += [tag.key for tag in view.model.tags] if view.model else []
    return not view.unmanaged and all(map(is_yaml_key, names))


def as_data(plan: RenderContext, keys: TargetKeys) -> SetsAsData:
    """The data of sets, and what the code needs for it."""
    is_mixed = len({view.model is None for view in plan.sets if view.identities}) > 1
    sets = tuple(_set_data(view, keys, is_mixed=is_mixed) for view in plan.sets)
    options = [each.options or {} for each in sets]
    targets = [each.data or {} for of in sets for each in of.destinations]
    return SetsAsData(
        sets,
        tuple(_blocks(_used(options), SET_TYPE, "", "each.value")),
        tuple(_blocks(_used(targets), DESTINATION_TYPE, _INSIDE, "each.value")),
        has_sets=any(view.model for view in plan.sets),
        has_destinations=any(view.written_destinations for view in plan.sets),
        has_tags=any("tags" in each for each in options),
        is_mixed=is_mixed,
    )


# The data
# --------------------------------------------------------------------------------------


def _set_data(view: SetView, keys: TargetKeys, *, is_mixed: bool) -> SetData:
    destinations = tuple(
        DestinationData(each, _destination(each.model, keys) if each.model else None)
        for each in view.destinations
    )
    if not view.identities:
        return SetData(view, None, destinations)
    options = _options(view.model) if view.model else {}
    if is_mixed and view.model is None:
        options = {"destinations_only": True}
    return SetData(view, options, destinations)


def _options(model: ConfigurationSet) -> dict[str, Any]:
    found = _arguments(model, SET_TYPE, "")
    del found["configuration_set_name"]
    tracking = found.get("tracking_options")
    if tracking is not None:
        # The provider demands the argument, and takes an empty one for none.
        found["tracking_options"] = {"custom_redirect_domain": "", **tracking}
    found = dict(sorted(found.items()))
    if model.tags:
        found["tags"] = {tag.key: tag.value for tag in model.tags}
    return found


def _destination(model: EventDestination, keys: TargetKeys) -> dict[str, Any]:
    return _arguments(model, DESTINATION_TYPE, _INSIDE) | named_target(model, keys)


def _arguments(model: Model, kind: str, path: str) -> dict[str, Any]:
    """The arguments of a model that the provider has, with the blocks in it."""
    written = WRITTEN[kind]
    found: dict[str, Any] = {}
    for info in codec.fields_of(type(model)):
        value = getattr(model, info.name)
        name = _LISTS.get(info.name, info.name)
        place = f"{path}{name}"
        if value is None or not any(
            each.startswith(f"{place}.") or each == place for each in written
        ):
            continue
        if isinstance(value, Model):
            found[name] = _arguments(value, kind, f"{place}.")
        elif name in _LISTS.values():
            found[name] = [_arguments(item, kind, f"{place}.") for item in value]
        elif name != "tags":
            found[name] = list(value) if isinstance(value, tuple) else value
    return found


# The blocks
# --------------------------------------------------------------------------------------


def _used(found: Iterable[Data]) -> set[str]:
    """The paths of all that holds values, in any of the data."""
    return {path for each in found for path in _paths(each, "")}


def _paths(data: Data, place: str) -> Iterator[str]:
    for name, value in data.items():
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, Mapping) and name != "tags":
            yield f"{place}{name}"
            yield from _paths(inner, f"{place}{name}.")


def _blocks(
    used: set[str], kind: str, prefix: str, of: str, place: str = ""
) -> Iterator[DynamicBlock]:
    """The blocks of the provider below a place that are in use, with all their arguments."""
    inner = (path.removeprefix(place) for path in used if path.startswith(place))
    for name in sorted({path for path in inner if "." not in path}):
        below = f"{place}{name}."
        yield DynamicBlock(
            name,
            _values_of(of, name),
            tuple(_attributes(kind, f"{prefix}{below}", f"{name}.value")),
            tuple(_blocks(used, kind, prefix, f"{name}.value", below)),
        )


def _values_of(of: str, name: str) -> Expression:
    if name in _LISTS.values():
        return Expression(f"{of}.{name}")
    return Expression(f"try([{of}.{name}], [])")


def _attributes(kind: str, place: str, of: str) -> Iterator[tuple[str, Expression]]:
    for path in sorted(WRITTEN[kind]):
        name = path.removeprefix(place)
        if not path.startswith(place) or "." in name:
            continue
        if name.endswith("_arn"):
            yield name, Expression(f"local.targets[{of}.{name.removesuffix('_arn')}]")
        elif name in _DEMANDED:
            yield name, Expression(f"{of}.{name}")
        else:
            yield name, Expression(f"try({of}.{name}, null)")


_DEMANDED: Final = frozenset(
    {
        "custom_redirect_domain",
        "default_dimension_value",
        "dimension_name",
        "dimension_value_source",
    }
)
"""Arguments that the provider demands of a block that is there."""
