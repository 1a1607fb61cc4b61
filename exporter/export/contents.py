"""Collect the files of an export from its rendered scopes, and write or compare them."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from msgspec import structs

from exporter.export import changes_since, export_scopes, names_file, names_policy, writer
from exporter.export.export_input import ExportInput
from exporter.export.export_scopes import ExportScope
from exporter.export.folders import Folders
from exporter.export.names_policy import NamesPolicy
from exporter.export.report import ExportReport
from exporter.export.writer import Contents
from exporter.formats import manifest as manifests
from exporter.formats import records
from exporter.formats.base import FileRole, Format, RenderedFile
from exporter.formats.labels import Style
from exporter.formats.manifest import Manifest, RepeatedOptions, ScopeRecord
from exporter.formats.options import ExportOptions
from exporter.formats.references import unused
from exporter.formats.scope_export import ScopeExport, export_scope
from exporter.model import codec
from exporter.support.remarks import Remark, Said

RenderedScopes = list[tuple[ExportScope, ScopeExport]]
"""The scopes of an export, each with its code."""


def write(
    format_: Format,
    given: ExportInput,
    options: ExportOptions,
    rendered_folders: tuple[RenderedScopes, Folders],
    report: ExportReport,
) -> ExportReport:
    """Write rendered scopes; for ``--check``, report what that would change.

    ``rendered_folders`` has the scopes with code, and the folders of all scopes.

    Raises:
        ExporterError: if the export would destroy something in the folder, or can't write to it.
    """
    rendered, folders = rendered_folders
    names = NamesPolicy(options, given)
    files, outside, names_notes = _with_names(names, rendered, format_.style)
    notes: list[Said] = [*report.notes, *_unused_map_lines(options, rendered)]
    notes += dict.fromkeys(note for _, result in rendered for note in result.rendering.notes)
    notes += names_notes
    scopes = [records.record(format_, scope.path, options, result) for scope, result in rendered]
    scopes = sorted(
        [*scopes, *folders.kept], key=lambda record: (record.account_id or "", record.region)
    )
    kept = frozenset(record.path for record in folders.kept)
    files = _with_shared(format_, scopes, files, _paths_in(given.manifest, kept))
    contents = Contents(
        tuple(files),
        Manifest(
            manifests.FORMAT_VERSION, format_.name, tuple(scopes), {}, _repeated(options, rendered)
        ),
        kept,
        _PreviousFiles(format_, given.manifest, rendered, options).contain,
        _unowned(format_, options),
        tuple(_moved_names(names, rendered)),
    )
    if options.check:
        differences = writer.preview(given, contents)
        differences += outside.differences() if outside else ()
        return replace(report, differences=differences, notes=tuple(notes))
    with outside.written() if outside else nullcontext():
        outcome = writer.write(given, contents, force=options.force)
    notes += changes_since.gone(given.manifest, report.exports)
    notes += changes_since.kept(folders.kept)
    for scope, result in rendered:
        notes += changes_since.crowded(scope, result)
    warnings = (*outcome.warnings, *report.warnings)
    return replace(report, outcome=outcome, notes=tuple(notes), warnings=warnings)


def _with_names(
    names: NamesPolicy, rendered: RenderedScopes, style: Style
) -> tuple[list[RenderedFile], names_policy.Outside | None, list[Said]]:
    """Return the files of all scopes with their names files, one outside of DIR, and notes."""
    files: list[RenderedFile] = []
    outside: names_policy.Outside | None = None
    notes: list[Said] = []
    for scope, result in rendered:
        files += _files(scope, result)
        if not result.labels and result.rendering.keyed and scope.names is None:
            # No resource has a name in code, or had one before: there is no names file.
            continue
        text, names_notes = _names_text(names, scope, result, style)
        notes += names_notes
        path = names.inside(scope.path)
        if path is not None:
            names_policy.refuse_collision(path, files)
            files.append(RenderedFile(path, text, FileRole.NAMES))
        else:
            outside = names_policy.Outside(Path(scope.where), text)
    return files, outside, notes


def _moved_names(names: NamesPolicy, rendered: RenderedScopes) -> Iterator[str]:
    """Yield the old names files of scopes that move to another folder, with their names.

    A file that stayed behind would seem to be in use.
    """
    for scope, _ in rendered:
        if scope.is_same and scope.record is not None and scope.names is not None:
            old = names.inside(scope.record.path)
            if old is not None and old != names.inside(scope.path):
                yield old


def _paths_in(manifest: Manifest | None, folders: Collection[str]) -> list[str]:
    """Return the files of a manifest that belong to the scopes in these folders."""
    paths = manifest.files if manifest else ()
    return [path for path in paths if manifest and manifest.owner_of(path) in folders]


def _with_shared(
    format_: Format, scopes: Iterable[ScopeRecord], files: list[RenderedFile], kept: list[str]
) -> list[RenderedFile]:
    """Add the files that several accounts and regions share; they replace those of one scope.

    ``kept`` are the paths of files that stay as they are.
    """
    shared = format_.join(scopes, {*kept, *(file.path for file in files)})
    shared_paths = {file.path for file in shared}
    return [*shared, *(file for file in files if file.path not in shared_paths)]


def _names_text(
    names: NamesPolicy, scope: ExportScope, result: ScopeExport, style: Style
) -> tuple[str, list[Said]]:
    """Return the text of a scope's names file, and notes about it."""
    pruned = scope.stale if names.options.prune_names else {}
    pinned = result.facts.previous.pinned_names
    text, is_kept = names_file.update(scope.names, result.labels, pinned, pruned)
    shown = names.inside(scope.path) or scope.where
    notes: list[Said] = []
    if not is_kept:
        notes.append(Remark(shown, "rewritten; its comments and order are lost", "file"))
    notes += names.unchanged(shown, pinned, result, style)
    notes += names.in_use(shown, pinned, result, style)
    return text, [*notes, *names.note(shown, scope.stale)]


def _unowned(format_: Format, options: ExportOptions) -> dict[str, bytes]:
    """Return files that are written only if missing, and then belong to the person."""
    if not options.gitignore:
        return {}
    return {".gitignore": "".join(f"{line}\n" for line in format_.ignored).encode()}


def _repeated(options: ExportOptions, rendered: RenderedScopes) -> RepeatedOptions:
    """Return the options for later exports, with ``--replaces`` only while it replaces code."""
    is_replacing = any(result.replacement and result.replacement.blocks for _, result in rendered)
    return options.repeated if is_replacing else structs.replace(options.repeated, replaces=None)


def _unused_map_lines(options: ExportOptions, rendered: RenderedScopes) -> list[Said]:
    """Return a note for each line of ``--map`` that matches no target."""
    used = frozenset().union(*(result.rendering.mapped_by for _, result in rendered))
    return [
        Remark(
            line.where,
            "no target matches",
            "line",
            alone=f"{line.where}: {line.pattern} matches no target",
        )
        for line in unused(options.references.lines, used)
    ]


def _files(scope: ExportScope, result: ScopeExport) -> list[RenderedFile]:
    """Return the files of a scope, with paths below the export's folder."""
    return [replace(file, path=scope.prefix + file.path) for file in result.rendering.files]


@dataclass(frozen=True)
class _PreviousFiles:
    """The files of the previous export, rendered again from its manifest.

    If git merged two exports, the hashes in the manifest don't match the merged files; these do.
    """

    format_: Format
    previous: Manifest | None
    rendered: RenderedScopes
    options: ExportOptions

    def contain(self, path: str, data: bytes) -> bool:
        return self._files.get(path) == data

    @cached_property
    def _files(self) -> dict[str, bytes]:
        files = [file for scope, _ in self.rendered for file in self._of_scope(scope)]
        if self.previous is not None:
            paths = [*self.previous.files]
            files = _with_shared(self.format_, self.previous.scopes, files, paths)
        return {file.path: file.data for file in files}

    def _of_scope(self, scope: ExportScope) -> list[RenderedFile]:
        record = scope.record
        if record is None or not scope.is_same or not record.has_values:
            return []
        try:
            recorded = records.scope_of(record)
        except codec.MalformedError:
            # The manifest may have been edited by hand.
            return []
        options = replace(self.options, imports=None) if self.options.imports else self.options
        facts = export_scopes.as_recorded(scope, record)
        return _files(scope, export_scope(self.format_, recorded, options, facts))
