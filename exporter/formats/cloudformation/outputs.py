"""Outputs of a stack: the names of its sets, for the code that sends mail with them."""

from collections.abc import Collection

from exporter.formats.render_context import RenderContext
from exporter.formats.stacks import Stack


def output_ids(plan: RenderContext, stack: Stack) -> dict[str, str]:
    """The logical ids of the outputs, by the label of the set: ``OrdersName`` for ``Orders``.

    No resource has such an id: in CDK both are constructs of one stack.
    """
    taken = set(plan.labels.values())
    found: dict[str, str] = {}
    for view in stack.views:
        if view.model is not None:
            found[view.label] = _free(f"{view.label}Name", taken)
            taken.add(found[view.label])
    return found


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "Output"
    return name
