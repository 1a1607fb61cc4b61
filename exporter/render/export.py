"""From a snapshot to the files of an export, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exporter.models import Scope
from exporter.naming import Identity, assign, identities
from exporter.references.base import LITERAL, Choice
from exporter.render.base import Format, Rendering, RenderOptions
from exporter.render.fidelity import Assessment, Effect, Entry, assess
from exporter.render.plan import Plan, make_plan


@dataclass(frozen=True)
class Earlier:
    """What an earlier export decided and this one keeps.

    Attributes:
        pins: Labels that were given.
        stacks: The stack of each configuration set.
        imported: What was imported since.
    """

    pins: Mapping[Identity, str] = field(default_factory=dict)
    stacks: Mapping[str, int] = field(default_factory=dict)
    imported: frozenset[Identity] = frozenset()


@dataclass(frozen=True)
class ScopeExport:
    """One scope, rendered.

    Attributes:
        scope: What was read.
        plan: What of it is written.
        labels: The names in code, those of sets that are not written themselves included.
        pins: The names that an earlier export or a person gave.
        rendering: The files.
        imported: What of it was imported after an earlier export.
    """

    scope: Scope
    plan: Plan
    labels: Mapping[Identity, str]
    pins: Mapping[Identity, str]
    rendering: Rendering
    imported: frozenset[Identity] = frozenset()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is not carried over as it is."""
        return self.plan.entries


def export_scope(
    format_: Format,
    scope: Scope,
    earlier: Earlier,
    *,
    configuration_sets: bool = True,
    imports: bool = True,
    import_again: bool = False,
    adopted: Mapping[Identity, Identity] | None = None,
    references: Choice = LITERAL,
) -> ScopeExport:
    """Render one scope.

    Args:
        format_: The output format.
        scope: What was read.
        earlier: What an earlier export decided.
        configuration_sets: Whether the sets themselves are written.
        imports: Whether the files that serve the import are rendered.
        import_again: Whether what was imported is to be imported again, when nothing else is left
            to import.
        adopted: See ``RenderOptions``.
        references: See ``RenderOptions``.
    """
    assessment = assess(scope, format_.judge, configuration_sets=configuration_sets)
    fault = format_.scope_fault(scope.region)
    if fault:
        entry = Entry(Effect.UNDEPLOYABLE, fault)
        assessment = Assessment(assessment.scope, (entry, *assessment.entries))
    labels = assign(identities(assessment.scope), format_.style, earlier.pins)
    plan = make_plan(scope, assessment, labels, configuration_sets=configuration_sets)
    imported = earlier.imported
    if import_again and imported.issuperset(plan.identities):
        imported = frozenset()
    options = RenderOptions(
        imports=imports,
        stacks=earlier.stacks,
        imported=imported,
        adopted=adopted,
        references=references,
    )
    rendering = format_.render(plan, options)
    return ScopeExport(scope, plan, labels, earlier.pins, rendering, imported)
