"""What stacks hold when an import is done, and an update has not followed it yet.

An import takes resources into a stack and refuses any other change of it
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-existing-stack.html).
So it needs a template that leaves alone what the stack holds, however the code has changed since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from exporter.formats import values
from exporter.formats.fidelity import Judge, assess
from exporter.formats.render_context import RenderContext, SetView, make_plan
from exporter.formats.values import Values
from exporter.model import codec
from exporter.model.identities import Identity


@dataclass(frozen=True)
class StackResource:
    """A resource that a stack holds, with its logical id."""

    identity: Identity
    address: str
    stack: int
    values: Values


def plan_of(
    plan: RenderContext,
    judge: Judge,
    in_stacks: Sequence[StackResource],
    pending: Iterable[Identity],
) -> RenderContext | None:
    """What the stacks hold today, and what is imported.

    Returns:
        None where the remembered values are none, as anybody may have edited them.
    """
    imported = set(pending)
    known = {who: tree for who, tree in values.of_scope(plan.scope) if who in imported}
    known |= {each.identity: each.values for each in in_stacks}
    try:
        scope = values.to_scope(structs.replace(plan.scope, configuration_sets=()), known.items())
    except codec.MalformedError:
        return None
    labels = {**plan.labels, **{each.identity: each.address for each in in_stacks}}
    assessment = assess(scope, judge, configuration_sets=True)
    made = make_plan(scope, assessment, labels, configuration_sets=True)
    return without_comments(made)


def without_comments(plan: RenderContext) -> RenderContext:
    """The same resources, and nothing said of them: that stands in the code."""
    return replace(plan, sets=tuple(map(_silent, plan.sets)), entries=())


def _silent(view: SetView) -> SetView:
    destinations = tuple(replace(each, comments=()) for each in view.written_destinations)
    return replace(view, comments=(), destinations=destinations)
