"""The bare loop that the Terraform export is compared with: read models, render Jinja, write text.

``python -m benchmarks.loop SNAPSHOT DIR [TEMPLATE ...]`` renders our own Terraform templates, by
default only that of the event destinations. It has what any program needs that writes this text
(the snapshot's models, our filters) and nothing else: no check of what the format supports or that
every value passes a filter, no unique names, no manifest and no transaction.
"""

import sys
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from exporter.formats import filters
from exporter.formats.code_beside import CodeBeside
from exporter.formats.references import LITERAL
from exporter.formats.render_context import DestinationView, RenderContext, SetView
from exporter.formats.terraform.names import resource_type
from exporter.formats.terraform.references import refer
from exporter.formats.terraform.setting import Setting
from exporter.formats.terraform.steps import ImportBlock
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, Scope
from exporter.sources import snapshot

DESTINATIONS = "event_destinations.tf"
ALL = (
    *("versions.tf", "providers.tf", "locals.tf", "configuration_sets.tf"),
    *(DESTINATIONS, "imports.tf"),
)

_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_FILTERS = (
    *("comment", "hcl", "hcl_address", "hcl_attributes", "hcl_block", "hcl_tags"),
    *("label", "plain"),
)


def _environment() -> Environment:
    """Return a plain Jinja environment for text."""
    environment = Environment(  # no HTML
        loader=FileSystemLoader(_TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update({name: getattr(filters, name) for name in _FILTERS})
    return environment


def _view(set_: ConfigurationSet) -> SetView:
    """Return a set with its names as labels, which are unique in the benchmark's account."""
    label = set_.name.replace("-", "_")
    destinations = tuple(
        DestinationView(f"{label}_{each.name.replace('-', '_')}", each.name, each, ())
        for each in set_.event_destinations
    )
    return SetView(label, set_.name, set_, (), destinations)


def _plan(scope: Scope) -> RenderContext:
    return RenderContext(scope, tuple(_view(set_) for set_ in scope.configuration_sets), {}, ())


def _imports(plan: RenderContext) -> list[ImportBlock]:
    sets = [(view.label, Identity(view.name)) for view in plan.sets]
    destinations = [
        (each.label, Identity(view.name, each.name)) for view, each in plan.destinations
    ]
    return [
        ImportBlock(f"{resource_type(who)}.{label}", who.import_id)
        for label, who in [*sets, *destinations]
    ]


def main() -> None:
    """Render the templates and write the files."""
    source, out, *templates = sys.argv[1:]
    loaded = snapshot.load(Path(source).read_bytes(), source, snapshot.CliOutputOptions(None, None))
    environment = _environment()
    for scope in loaded.scopes:
        plan = _plan(scope)
        references = refer(plan.targets, scope, LITERAL, repeated=plan.repeated_targets)
        for name in templates or [DESTINATIONS]:
            imports = _imports(plan) if name == "imports.tf" else []
            template = environment.get_template(f"terraform/{name}.jinja")
            text = template.render(
                plan=plan,
                scope=scope,
                references=references,
                setting=Setting(CodeBeside()),
                imports=imports,
                terraform="1.5",
                is_part=False,
            )
            Path(out, name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
