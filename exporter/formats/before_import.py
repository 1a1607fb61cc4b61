"""What stacks contain right after an import, before they are updated.

An import adds resources to a stack and refuses any other change to it
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-existing-stack.html).
So it needs a template that leaves the stack's resources unchanged, even if the code has changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from exporter.formats import values
from exporter.formats.fidelity import Judge, assess
from exporter.formats.render_context import RenderContext, SetView, make_render_context
from exporter.formats.values import Values
from exporter.model import codec
from exporter.model.identities import Identity


@dataclass(frozen=True)
class StackResource:
    """A resource of a stack, with its logical id as ``address``."""

    identity: Identity
    address: str
    stack: int
    values: Values


def stacks_after_import(
    plan: RenderContext,
    judge: Judge,
    in_stacks: Sequence[StackResource],
    pending: Iterable[Identity],
) -> RenderContext | None:
    """Combine what the stacks contain today with what is to be imported.

    Returns:
        None if the recorded values are malformed: somebody may have edited the manifest.
    """
    importing = set(pending)
    trees = {
        identity: tree for identity, tree in values.of_scope(plan.scope) if identity in importing
    }
    trees |= {resource.identity: resource.values for resource in in_stacks}
    try:
        scope = values.to_scope(structs.replace(plan.scope, configuration_sets=()), trees.items())
    except codec.MalformedError:
        return None
    logical_ids = {resource.identity: resource.address for resource in in_stacks}
    assessment = assess(scope, judge, configuration_sets=True)
    labels = {**plan.labels, **logical_ids}
    return without_comments(make_render_context(scope, assessment, labels, configuration_sets=True))


def without_comments(plan: RenderContext) -> RenderContext:
    """Return the same resources without comments, which are in the code itself."""
    return replace(plan, sets=tuple(map(_uncommented, plan.sets)), entries=())


def _uncommented(view: SetView) -> SetView:
    destinations = tuple(
        replace(destination, comments=()) for destination in view.written_destinations
    )
    return replace(view, comments=(), destinations=destinations)
