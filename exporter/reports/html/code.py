"""The code of each event destination, cut out of what an export would write."""

from collections.abc import Iterator
from textwrap import dedent

from exporter.formats.base import FileRole
from exporter.formats.loading import load_format
from exporter.formats.options import ExportOptions
from exporter.formats.references import ReferenceOptions
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import ScopeExport, export_scope
from exporter.model.identities import Identity
from exporter.model.resources import Scope

_IN_PLACE = ExportOptions(references=ReferenceOptions(in_place=True))
"""A block that is shown alone has to name its target."""


def codes(scope: Scope) -> dict[FormatName, list[str]]:
    """The code of every destination of a scope, in order, in each format.

    Where a format cannot hold one, comments say why.
    """
    return {
        name: list(_of(name, export_scope(load_format(name), scope, _IN_PLACE)))
        for name in FormatName
    }


def _of(name: FormatName, export: ScopeExport) -> Iterator[str]:
    found = _blocks(name, export)
    sets = {view.name: view for view in export.plan.sets}
    views = {Identity(view.name, each.name): each for view, each in export.plan.destinations}
    for of, destination in export.scope.destinations:
        who = Identity(of.name, destination.name)
        # Where a set is left out, its destinations are not even mentioned.
        said = views[who].comments if who in views else sets[of.name].comments
        comments = "".join(f"# {line}\n" for each in said for line in each.splitlines())
        label = export.rendering.addresses.get(who, "").rpartition(".")[2]
        yield comments + found.get(label, "")


def _blocks(name: FormatName, export: ScopeExport) -> dict[str, str]:
    code = load_format(name).read_back
    return {
        block["label"]: dedent(block[0])
        for file in export.rendering.files
        if file.path.endswith(code.suffix) and file.role is not FileRole.IMPORT
        for block in code.destination.finditer(file.text)
    }
