"""Values that templates of the same code export to each other (``Outputs.NAME.Export``)."""

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
    """A template that others may import from; it is parsed on first use.

    Attributes:
        text: YAML or JSON.
        where: Its file.
        around: What is known about it besides its text.
    """

    text: str
    where: str
    around: Surroundings

    @cached_property
    def exports(self) -> dict[str, Json]:
        """The exported outputs by export name, not evaluated."""
        try:
            context = self._context
        except ExporterError:
            # The error is reported where the template itself is read.
            return {}
        exports: dict[str, Json] = {}
        for output in context.outputs.values():
            export = output.get("Export") if isinstance(output, dict) else None
            name = resolve(export.get("Name"), context) if isinstance(export, dict) else None
            if isinstance(name, str):
                exports[name] = output.get("Value")
        return exports

    @cached_property
    def _context(self) -> Context:
        return Templates().parsed(self.text, self.where, self.around).context

    def value(self, name: str) -> Json:
        """Return what it exports under a name; ``Unknown`` if that can't be evaluated."""
        return resolve(self.exports[name], self._context)


@dataclass
class Exports:
    """The templates of the same code, by account and region."""

    _templates: dict[tuple[str | None, str | None], list[ExportingTemplate]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, template: ExportingTemplate) -> None:
        """Add a template that others may import from."""
        around = template.around
        self._templates[around.account_id, around.region].append(template)

    def value(self, name: str, account_id: str | None, region: str | None) -> Json:
        """Return what a template of the same account and region exports under a name.

        Returns:
            None if none does; ``Unknown`` if several do, or if it can't be evaluated.
        """
        exporting = [t for t in self._templates[account_id, region] if name in t.exports]
        if len(exporting) > 1:
            return Unknown(f"several templates export {name}")
        return exporting[0].value(name) if exporting else None
