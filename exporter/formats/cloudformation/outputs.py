"""Outputs of a stack: the names of its sets, for code that sends mail."""

from collections.abc import Collection

from exporter.formats.render_context import RenderContext
from exporter.formats.stacks import Stack


def output_ids(plan: RenderContext, stack: Stack) -> dict[str, str]:
    """Return the logical ids of the outputs by the set's label: ``OrdersName`` for ``Orders``.

    They differ from those of resources, because in CDK both are constructs of one stack.
    """
    taken = set(plan.labels.values())
    ids: dict[str, str] = {}
    for view in stack.views:
        if view.model is not None:
            ids[view.label] = _free(f"{view.label}Name", taken)
            taken.add(ids[view.label])
    return ids


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "Output"
    return name
