"""Configuration sets as data, and code that loops over them (``--layout data``).

``configuration_sets.yaml`` has the sets by name, with the names of the AWS provider's arguments.
The code has one resource for all sets and one for all destinations, with a dynamic block for each
option and each kind of target in use. Some sets can't be instances of it: ``ignore_changes`` is
the same for all instances, so a set with unmanaged options gets a file with code, as in the layout
``per-set``.
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
"""Fields that are a list in the API and repeated blocks in the provider, with the block's name."""


@dataclass(frozen=True)
class DynamicBlock:
    """A dynamic block for an option or a target that some of the data has.

    Attributes:
        values: The expression of its ``for_each``: one value for each block.
        arguments: Its arguments with their expressions.
        blocks: The blocks in it.
    """

    name: str
    values: Expression
    arguments: tuple[tuple[str, Expression], ...]
    blocks: tuple["DynamicBlock", ...]


@dataclass(frozen=True)
class SetsAsData:
    """What the templates of the layout get.

    Attributes:
        sets: The sets that are data, and those that only have comments.
        set_blocks: The dynamic blocks of the sets.
        target_blocks: The dynamic blocks of the destinations.
        has_sets: Whether any set itself is written.
        has_destinations: Whether any destination is written.
        has_tags: Whether any set has tags.
        is_mixed: Whether some sets are written in full, and others only with their destinations.
    """

    sets: tuple[SetData, ...]
    set_blocks: tuple[DynamicBlock, ...]
    target_blocks: tuple[DynamicBlock, ...]
    has_sets: bool
    has_destinations: bool
    has_tags: bool
    is_mixed: bool


def parts(plan: RenderContext) -> tuple[RenderContext, RenderContext]:
    """Split a plan into the sets that can be data, and those that stay code."""
    data = tuple(view for view in plan.sets if _can_be_data(view))
    code = tuple(_with_free_labels(view) for view in plan.sets if not _can_be_data(view))
    return replace(plan, sets=data), replace(plan, sets=code)


def _with_free_labels(view: SetView) -> SetView:
    """Return the set with labels other than ``INSTANCES``, which the data's resources have."""
    destinations = tuple(
        replace(destination, label=_free(destination.label, f"{view.name}|{destination.name}"))
        for destination in view.destinations
    )
    return replace(view, label=_free(view.label, view.name), destinations=destinations)


def _free(label: str, names: str) -> str:
    if label.lower() != INSTANCES:
        return label
    return f"{label}_{hashlib.sha256(names.encode()).hexdigest()[:8]}"


def _can_be_data(view: SetView) -> bool:
    if not view.identities:
        # Comments can go into any file.
        return True
    names = [view.name, *(destination.name for destination in view.destinations)]
    names += [tag.key for tag in view.model.tags] if view.model else []
    return not view.unmanaged and all(map(is_yaml_key, names))


def as_data(plan: RenderContext, keys: TargetKeys) -> SetsAsData:
    """Return the sets as data, and what the code needs for them."""
    is_mixed = len({view.model is None for view in plan.sets if view.identities}) > 1
    sets = tuple(_set_data(view, keys, is_mixed=is_mixed) for view in plan.sets)
    options = [set_data.options or {} for set_data in sets]
    targets = [destination.data or {} for set_data in sets for destination in set_data.destinations]
    return SetsAsData(
        sets,
        tuple(_blocks(_used(options), SET_TYPE, "", "each.value")),
        tuple(_blocks(_used(targets), DESTINATION_TYPE, _INSIDE, "each.value")),
        has_sets=any(view.model for view in plan.sets),
        has_destinations=any(view.written_destinations for view in plan.sets),
        has_tags=any("tags" in of_set for of_set in options),
        is_mixed=is_mixed,
    )


# The data
# --------------------------------------------------------------------------------------


def _set_data(view: SetView, keys: TargetKeys, *, is_mixed: bool) -> SetData:
    destinations = tuple(
        DestinationData(
            destination, _destination(destination.model, keys) if destination.model else None
        )
        for destination in view.destinations
    )
    if not view.identities:
        return SetData(view, None, destinations)
    options = _options(view.model) if view.model else {}
    if is_mixed and view.model is None:
        options = {"destinations_only": True}
    return SetData(view, options, destinations)


def _options(model: ConfigurationSet) -> dict[str, Any]:
    arguments = _arguments(model, SET_TYPE, "")
    del arguments["configuration_set_name"]
    tracking = arguments.get("tracking_options")
    if tracking is not None:
        # The provider requires the argument, and reads an empty one as unset.
        arguments["tracking_options"] = {"custom_redirect_domain": "", **tracking}
    options = dict(sorted(arguments.items()))
    if model.tags:
        options["tags"] = {tag.key: tag.value for tag in model.tags}
    return options


def _destination(model: EventDestination, keys: TargetKeys) -> dict[str, Any]:
    return _arguments(model, DESTINATION_TYPE, _INSIDE) | named_target(model, keys)


def _arguments(model: Model, kind: str, path: str) -> dict[str, Any]:
    """Return a model's values by the provider's arguments, with those of the blocks in it."""
    written = WRITTEN[kind]
    arguments: dict[str, Any] = {}
    for info in codec.fields_of(type(model)):
        value = getattr(model, info.name)
        name = _LISTS.get(info.name, info.name)
        argument = f"{path}{name}"
        if value is None or not any(
            each.startswith(f"{argument}.") or each == argument for each in written
        ):
            continue
        if isinstance(value, Model):
            arguments[name] = _arguments(value, kind, f"{argument}.")
        elif name in _LISTS.values():
            arguments[name] = [_arguments(item, kind, f"{argument}.") for item in value]
        elif name != "tags":
            arguments[name] = list(value) if isinstance(value, tuple) else value
    return arguments


# The blocks
# --------------------------------------------------------------------------------------


def _used(data: Iterable[Data]) -> set[str]:
    """Return the paths of all mappings in any of the data."""
    return {path for item in data for path in _paths(item, "")}


def _paths(data: Data, prefix: str) -> Iterator[str]:
    for name, value in data.items():
        inner = value[0] if isinstance(value, list) and value else value
        if isinstance(inner, Mapping) and name != "tags":
            yield f"{prefix}{name}"
            yield from _paths(inner, f"{prefix}{name}.")


def _blocks(
    used: set[str], kind: str, prefix: str, value: str, parent: str = ""
) -> Iterator[DynamicBlock]:
    """Yield the blocks in a parent block that are in use, with all of their arguments.

    ``value`` is the expression of the parent's data.
    """
    inner = (path.removeprefix(parent) for path in used if path.startswith(parent))
    for name in sorted({path for path in inner if "." not in path}):
        below = f"{parent}{name}."
        yield DynamicBlock(
            name,
            _block_values(value, name),
            tuple(_attributes(kind, f"{prefix}{below}", f"{name}.value")),
            tuple(_blocks(used, kind, prefix, f"{name}.value", below)),
        )


def _block_values(value: str, name: str) -> Expression:
    if name in _LISTS.values():
        return Expression(f"{value}.{name}")
    return Expression(f"try([{value}.{name}], [])")


def _attributes(kind: str, block: str, value: str) -> Iterator[tuple[str, Expression]]:
    for path in sorted(WRITTEN[kind]):
        name = path.removeprefix(block)
        if not path.startswith(block) or "." in name:
            continue
        if name.endswith("_arn"):
            yield name, Expression(f"local.targets[{value}.{name.removesuffix('_arn')}]")
        elif name in _REQUIRED:
            yield name, Expression(f"{value}.{name}")
        else:
            yield name, Expression(f"try({value}.{name}, null)")


_REQUIRED: Final = frozenset(
    {
        "custom_redirect_domain",
        "default_dimension_value",
        "dimension_name",
        "dimension_value_source",
    }
)
"""Arguments that the provider requires in their block."""
