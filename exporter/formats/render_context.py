"""What a template sees: resources with their labels and the comments that belong to them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from exporter.formats.fidelity import Assessment, Effect, Entry
from exporter.formats.references import Expression
from exporter.model import codec
from exporter.model.arns import TargetArn, arns_of, target_arns
from exporter.model.identities import Identity, identity_of
from exporter.model.resources import ConfigurationSet, EventDestination, Scope, without_empty

_NO_NAMES: Mapping[str, Expression] = {}


@dataclass(frozen=True)
class DestinationView:
    """One event destination.

    ``model`` is None if the format can't express it; then only the comments are written.

    ``label`` is empty if there is no code.
    """

    label: str
    name: str
    model: EventDestination | None
    comments: tuple[str, ...]


@dataclass(frozen=True)
class SetView:
    """One configuration set with its destinations.

    ``model`` is None if the set itself isn't written; its destinations then use its literal name.
    ``owning_stack`` is the CloudFormation stack that already owns it, if any. ``unmanaged`` are
    the options (``suppression_options``) that the code leaves alone; they are empty in ``model``.
    ``method`` is the set's name in Python code; empty in other formats. ``name_in_code`` is how
    the code refers to its name, if a person's own code describes the set.
    """

    label: str
    name: str
    model: ConfigurationSet | None
    comments: tuple[str, ...]
    destinations: tuple[DestinationView, ...]
    owning_stack: str | None = None
    unmanaged: tuple[str, ...] = ()
    method: str = ""
    name_in_code: Expression | None = None

    @property
    def written_destinations(self) -> tuple[DestinationView, ...]:
        """The destinations that the format can express."""
        return tuple(view for view in self.destinations if view.model is not None)

    @property
    def identities(self) -> list[Identity]:
        """The resources of the set that are written, the set first."""
        own = [Identity(self.name)] if self.model else []
        return own + [Identity(self.name, view.name) for view in self.written_destinations]


@dataclass(frozen=True)
class RenderContext:
    """Everything to write for one scope."""

    scope: Scope
    sets: tuple[SetView, ...]
    labels: Mapping[Identity, str]
    entries: tuple[Entry, ...]

    @property
    def destinations(self) -> list[tuple[SetView, DestinationView]]:
        """Every destination with its set, in order."""
        return [(view, destination) for view in self.sets for destination in view.destinations]

    @property
    def targets(self) -> list[TargetArn]:
        """Every distinct target of the written resources, sorted."""
        return targets_of(self.sets)

    @property
    def repeated_targets(self) -> frozenset[TargetArn]:
        """The targets that appear more than once in the written resources."""
        written = (view.model for _, view in self.destinations if view.model)
        uses = Counter(target for model in written for target in arns_of(model))
        return frozenset(target for target, times in uses.items() if times > 1)

    @property
    def identities(self) -> list[Identity]:
        """Every resource that is written, in order."""
        return [identity for view in self.sets for identity in view.identities]

    @property
    def comments(self) -> tuple[str, ...]:
        """Comments on the scope as a whole."""
        return _comments([entry for entry in self.entries if not entry.configuration_set])


def targets_of(views: Iterable[SetView]) -> list[TargetArn]:
    """Return every distinct target of the destinations that are written, sorted."""
    return target_arns(
        destination.model
        for view in views
        for destination in view.written_destinations
        if destination.model
    )


def make_render_context(
    original: Scope,
    assessment: Assessment,
    labels: Mapping[Identity, str],
    *,
    configuration_sets: bool,
    keeps_empty: bool = False,
    names_in_code: Mapping[str, Expression] = _NO_NAMES,
) -> RenderContext:
    """Combine what was read, what passed the gate, and the labels.

    Args:
        original: What was read: it has the order, and the resources that are left out, whose
            comments are written where they would be.
        assessment: What the format can express.
        labels: The names in code.
        configuration_sets: Whether the sets themselves are written.
        keeps_empty: Whether options in which nothing is set are written.
        names_in_code: How the code refers to the names of sets that other code describes.
    """
    reduced = assessment.scope.configuration_sets
    if not keeps_empty:
        reduced = tuple(map(without_empty, reduced))
    passed = {each.name: each for each in reduced}
    views = [
        replace(
            _set_view(
                configuration_set,
                passed.get(configuration_set.name),
                assessment,
                labels,
                configuration_sets,
            ),
            name_in_code=names_in_code.get(configuration_set.name),
        )
        for configuration_set in original.configuration_sets
    ]
    return RenderContext(assessment.scope, tuple(views), labels, assessment.entries)


def _set_view(
    original: ConfigurationSet,
    passed: ConfigurationSet | None,
    assessment: Assessment,
    labels: Mapping[Identity, str],
    configuration_sets: bool,
) -> SetView:
    identity = identity_of(original)
    kept = {d.name: d for d in passed.event_destinations} if passed else {}
    destinations = []
    for destination in original.event_destinations if passed else ():
        of = identity_of(original, destination)
        destinations.append(
            DestinationView(
                label=labels.get(of, ""),
                name=destination.name,
                model=kept.get(destination.name),
                comments=_comments(assessment.of(of)),
            )
        )
    with_code = passed is not None and configuration_sets and original.options_known
    return SetView(
        label=labels.get(identity, ""),
        name=original.name,
        model=passed if with_code else None,
        comments=_comments(assessment.of(identity)),
        destinations=tuple(destinations),
        owning_stack=original.owning_stack,
        unmanaged=_unmanaged(assessment.of(identity)),
    )


def _unmanaged(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The fields of a set that its code leaves alone."""
    paths = {entry.path for entry in entries if entry.effect is Effect.UNMANAGED}
    return tuple(
        info.name for info in codec.fields_of(ConfigurationSet) if info.encode_name in paths
    )


def _comments(entries: tuple[Entry, ...] | list[Entry]) -> tuple[str, ...]:
    return tuple(entry.sentence for entry in entries if not entry.is_state)
