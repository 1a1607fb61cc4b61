"""The code of each event destination, taken from an export."""

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
"""With targets in place, because each block is shown alone."""


def codes(scope: Scope) -> dict[FormatName, list[str]]:
    """Return the code of every destination of a scope, in order, in each format.

    If a format can't express a destination, comments say why.
    """
    return {
        name: list(_texts(name, export_scope(load_format(name), scope, _IN_PLACE)))
        for name in FormatName
    }


def _texts(name: FormatName, export: ScopeExport) -> Iterator[str]:
    blocks = _blocks(name, export)
    sets = {view.name: view for view in export.plan.sets}
    views = {Identity(view.name, each.name): each for view, each in export.plan.destinations}
    for set_, destination in export.scope.destinations:
        identity = Identity(set_.name, destination.name)
        # If the set is left out, only its own comments say why.
        remarks = views[identity].comments if identity in views else sets[set_.name].comments
        comments = "".join(f"# {line}\n" for remark in remarks for line in remark.splitlines())
        label = export.rendering.addresses.get(identity, "").rpartition(".")[2]
        yield comments + blocks.get(label, "")


def _blocks(name: FormatName, export: ScopeExport) -> dict[str, str]:
    code = load_format(name).read_back
    return {
        block["label"]: dedent(block[0])
        for file in export.rendering.files
        if file.path.endswith(code.suffix) and file.role is not FileRole.IMPORT
        for block in code.destination.finditer(file.text)
    }
