"""What templates of the same code export to each other (``Outputs.NAME.Export``)."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from exporter.formats.cloudformation.intrinsics import resolve
from exporter.formats.cloudformation.nested import Templates
from exporter.formats.cloudformation.template_context import Context, Json, Surroundings
from exporter.formats.code_resource import Unknown
from exporter.support.errors import ExporterError


@dataclass
class ExportingTemplate:
    """A template that others may import from; it is read when somebody does.

    Attributes:
        text: It, YAML or JSON.
        where: Its file.
        around: What is known of it beside its text.
    """

    text: str
    where: str
    around: Surroundings

    @cached_property
    def exports(self) -> dict[str, Json]:
        """Outputs by the names under which they are exported; their values are not evaluated."""
        try:
            context = self._context
        except ExporterError:
            # Whoever reads it for its own sake says what is wrong with it.
            return {}
        found: dict[str, Json] = {}
        for output in context.outputs.values():
            export = output.get("Export") if isinstance(output, dict) else None
            name = resolve(export.get("Name"), context) if isinstance(export, dict) else None
            if isinstance(name, str):
                found[name] = output.get("Value")
        return found

    @cached_property
    def _context(self) -> Context:
        return Templates().parsed(self.text, self.where, self.around).context

    def value(self, name: str) -> Json:
        """What it exports under a name; ``Unknown`` where that cannot be evaluated."""
        return resolve(self.exports[name], self._context)


@dataclass
class Exports:
    """The templates of some code, by account and region."""

    _templates: dict[tuple[str | None, str | None], list[ExportingTemplate]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, template: ExportingTemplate) -> None:
        """Let others import from a template."""
        around = template.around
        self._templates[around.account_id, around.region].append(template)

    def value(self, name: str, account_id: str | None, region: str | None) -> Json:
        """What a template of the same account and region exports under a name.

        Returns:
            None where none does, ``Unknown`` where several do or it cannot be evaluated.
        """
        there = [t for t in self._templates[account_id, region] if name in t.exports]
        if len(there) > 1:
            return Unknown(f"several templates export {name}")
        return there[0].value(name) if there else None
