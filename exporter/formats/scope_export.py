"""From a snapshot to the files of an export, in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from exporter.formats import before_import
from exporter.formats.base import Format, Rendering, RenderOptions
from exporter.formats.before_import import Held
from exporter.formats.fidelity import Assessment, Effect, Entry, assess
from exporter.formats.labels import assign
from exporter.formats.layout import Layout
from exporter.formats.references import LITERAL, ReferenceOptions
from exporter.formats.refused_destinations import without
from exporter.formats.render_context import RenderContext, make_plan
from exporter.model.identities import Identity, identities, identity_of
from exporter.model.read_result import Fate
from exporter.model.resources import Scope


def _unknown(_who: Identity) -> Fate:
    return Fate.UNKNOWN


@dataclass(frozen=True)
class PreviousExport:
    """What an earlier export decided and this one keeps.

    Attributes:
        pins: Labels that were given.
        stacks: The stack of each configuration set.
        imported: What was imported since.
        stood: The addresses under which state may hold each resource, the oldest first; of what
            left the code too.
        resources: What the code held, or what left it and state may still hold.
        fate: What is known of each resource that is not exported.
        held: What stacks hold, as far as the manifest remembers it.
    """

    pins: Mapping[Identity, str] = field(default_factory=dict)
    stacks: Mapping[str, int] = field(default_factory=dict)
    imported: frozenset[Identity] = frozenset()
    stood: Mapping[Identity, tuple[str, ...]] = field(default_factory=dict)
    resources: frozenset[Identity] = frozenset()
    fate: Callable[[Identity], Fate] = _unknown
    held: tuple[Held, ...] = ()

    @property
    def former_labels(self) -> dict[Identity, tuple[str, ...]]:
        """The labels in those addresses."""
        return {
            who: tuple(at.rpartition(".")[2] for at in addresses)
            for who, addresses in self.stood.items()
        }

    def left_by(self, written: Iterable[Identity], replaced: Iterable[Identity]) -> list[Identity]:
        """The resources that leave the code, in order.

        Args:
            written: What the code holds now.
            replaced: What is to be deleted once its successors are there; that has steps of its
                own.
        """
        left = self.resources.difference(written, replaced)
        return sorted(left, key=lambda who: who.names)


@dataclass(frozen=True)
class ScopeExport:
    """One scope, rendered.

    Attributes:
        scope: What was read.
        plan: What of it is written.
        labels: The names in code, those of sets that are not written themselves included.
        pins: The names that an earlier export or a person gave.
        rendering: The files.
        imported: What of it needs no import.
        departed: What leaves the code and may be alive.
        gone: What leaves the code because SES no longer has it.
        left_out: What was wanted and the format cannot hold.
        held: What stacks hold.
    """

    scope: Scope
    plan: RenderContext
    labels: Mapping[Identity, str]
    pins: Mapping[Identity, str]
    rendering: Rendering
    imported: frozenset[Identity] = frozenset()
    departed: Mapping[Identity, Fate] = field(default_factory=dict)
    gone: tuple[Identity, ...] = ()
    left_out: tuple[Identity, ...] = ()
    held: tuple[Held, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is not carried over as it is."""
        return self.plan.entries


@dataclass(frozen=True)
class Wishes:
    """What somebody wants of the code of one scope.

    Attributes:
        configuration_sets: Whether the sets themselves are written.
        imports: Whether the files that serve the import are rendered.
        import_again: Whether what was imported is to be imported again, when nothing else is left
            to import.
        adopted: See ``RenderOptions``.
        refused: Destinations that are left out although the format can hold them, and why.
        root: See ``RenderOptions``.
        held: Sets that other code holds, and which.
        forgotten: See ``RenderOptions``.
        layout: How the code is spread over files.
        references: What is to stand for the ARNs of targets.
    """

    configuration_sets: bool = True
    imports: bool = True
    import_again: bool = False
    adopted: Mapping[Identity, Identity] | None = None
    refused: Mapping[Identity, str] = field(default_factory=dict)
    root: str = "."
    held: Mapping[str, str] | None = None
    forgotten: tuple[str, ...] = ()
    layout: Layout = Layout.RESOURCES
    references: ReferenceOptions = LITERAL


def export_scope(
    format_: Format, scope: Scope, earlier: PreviousExport, wishes: Wishes | None = None
) -> ScopeExport:
    """Render one scope.

    Args:
        format_: The output format.
        scope: What was read.
        earlier: What an earlier export decided.
        wishes: What somebody wants of the code.
    """
    wishes = wishes or Wishes()
    with_sets = wishes.configuration_sets
    assessment = assess(
        scope,
        format_.judge,
        configuration_sets=with_sets,
        held=wishes.held,
        later=format_.later,
    )
    assessment = without(assessment, wishes.refused)
    fault = format_.scope_fault(scope.region)
    if fault:
        entry = Entry(Effect.UNDEPLOYABLE, fault)
        assessment = Assessment(assessment.scope, (entry, *assessment.entries))
    labels = assign(
        identities(assessment.scope), format_.style, earlier.pins, earlier.former_labels
    )
    plan = make_plan(
        scope,
        assessment,
        labels,
        configuration_sets=with_sets,
        keeps_empty=format_.keeps_empty,
    )
    imported = earlier.imported
    if wishes.import_again and imported.issuperset(plan.identities):
        imported = frozenset()
    left = {who: earlier.fate(who) for who in earlier.left_by(plan.identities, _replaced(wishes))}
    departed = {who: fate for who, fate in left.items() if fate is not Fate.GONE}
    gone = tuple(who for who, fate in left.items() if fate is Fate.GONE)
    options = RenderOptions(
        imports=wishes.imports,
        stacks=earlier.stacks,
        imported=imported,
        before=_before_import(format_, plan, earlier.held, imported, wishes),
        held_in={each.identity.configuration_set: each.stack for each in earlier.held},
        departed={who: earlier.stood.get(who, ()) for who in departed},
        forgotten=wishes.forgotten,
        adopted=wishes.adopted,
        root=wishes.root,
        stood=earlier.stood,
        layout=wishes.layout,
        references=wishes.references,
    )
    rendering = format_.render(plan, options)
    left_out = tuple(_left_out(scope, plan, wishes))
    return ScopeExport(
        scope,
        plan,
        labels,
        earlier.pins,
        rendering,
        imported,
        departed,
        gone,
        left_out,
        earlier.held,
    )


def _before_import(
    format_: Format,
    plan: RenderContext,
    held: tuple[Held, ...],
    imported: frozenset[Identity],
    wishes: Wishes,
) -> RenderContext | None:
    """What the stacks hold once the import is done, where that is not the code itself."""
    is_adoption = wishes.adopted is not None
    pending = [
        who
        for who in plan.identities
        if who not in imported and not (is_adoption and who.event_destination)
    ]
    if not pending or not (held or is_adoption):
        return None
    return before_import.plan_of(plan, format_.judge, held, pending)


def _left_out(scope: Scope, plan: RenderContext, wishes: Wishes) -> Iterator[Identity]:
    """What was wanted and is not written."""
    written = set(plan.identities)
    for found in scope.configuration_sets:
        is_wanted = wishes.configuration_sets and found.options_known
        wanted = [identity_of(found)] if is_wanted and found.name not in (wishes.held or {}) else []
        wanted += [identity_of(found, each) for each in found.event_destinations]
        yield from (who for who in wanted if who not in written)


def _replaced(wishes: Wishes) -> list[Identity]:
    return list((wishes.adopted or {}).values())
