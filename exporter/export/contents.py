"""Rendered scopes to the files of an export, and into its folder."""

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

Done = list[tuple[ExportScope, ScopeExport]]
"""The rendered scopes."""


def write(
    format_: Format,
    given: ExportInput,
    options: ExportOptions,
    rendered: tuple[Done, Folders],
    report: ExportReport,
) -> ExportReport:
    """Write rendered scopes, or say what that would change where the person asks for a check.

    ``rendered`` are the scopes that hold something, and the folders of all.

    Raises:
        ExporterError: when the folder holds what the export would destroy, or can't be written.
    """
    done, folders = rendered
    names = NamesPolicy(options, given)
    files: list[RenderedFile] = []
    notes: list[Said] = [*report.notes, *_unmet(options, done)]
    notes += dict.fromkeys(note for _, result in done for note in result.rendering.notes)
    outside: names_policy.Outside | None = None
    for each, result in done:
        if not result.labels and result.rendering.keyed and each.names is None:
            # Nothing has a name in code, and nothing had one before.
            files += _files(each, result)
            continue
        text, said = _names_text(names, each, result, format_.style)
        notes += said
        files += _files(each, result)
        path = names.inside(each.path)
        if path is not None:
            names_policy.refuse_collision(path, files)
            files.append(RenderedFile(path, text, FileRole.NAMES))
        else:
            outside = names_policy.Outside(Path(each.where), text)
    scopes = [records.record(format_, each.path, options, result) for each, result in done]
    scopes = sorted([*scopes, *folders.kept], key=lambda of: (of.account_id or "", of.region))
    kept = frozenset(record.path for record in folders.kept)
    files = _with_shared(format_, scopes, files, _paths_in(given.manifest, kept))
    contents = Contents(
        tuple(files),
        Manifest(
            manifests.FORMAT_VERSION, format_.name, tuple(scopes), {}, _repeated(options, done)
        ),
        kept,
        _FilesBefore(format_, given.manifest, done, options).hold,
        _unowned(format_, options),
        tuple(_moved_names(names, done)),
    )
    if options.check:
        differences = writer.preview(given, contents)
        differences += outside.differences() if outside else ()
        return replace(report, differences=differences, notes=tuple(notes))
    with outside.written() if outside else nullcontext():
        outcome = writer.write(given, contents, force=options.force)
    notes += changes_since.gone(given.manifest, report.exports)
    notes += changes_since.kept(folders.kept)
    for each, result in done:
        notes += changes_since.crowded(each, result)
    warnings = (*outcome.warnings, *report.warnings)
    return replace(report, outcome=outcome, notes=tuple(notes), warnings=warnings)


def _moved_names(names: NamesPolicy, done: Done) -> Iterator[str]:
    """The names files of scopes that go to another folder, and take their names along.

    What stayed behind would look as if it were still obeyed.
    """
    for each, _ in done:
        if each.is_same and each.record is not None and each.names is not None:
            old = names.inside(each.record.path)
            if old is not None and old != names.inside(each.path):
                yield old


def _paths_in(manifest: Manifest | None, folders: Collection[str]) -> list[str]:
    """The files of a manifest that are in some scopes' folders."""
    paths = manifest.files if manifest else ()
    return [path for path in paths if manifest and manifest.owner_of(path) in folders]


def _with_shared(
    format_: Format, scopes: Iterable[ScopeRecord], files: list[RenderedFile], more: list[str]
) -> list[RenderedFile]:
    """The files, with those that several accounts and regions share in the place of one's own.

    ``more`` are files that stay as they are.
    """
    shared = format_.join(scopes, {*more, *(file.path for file in files)})
    names = {file.path for file in shared}
    return [*shared, *(file for file in files if file.path not in names)]


def _names_text(
    names: NamesPolicy, each: ExportScope, result: ScopeExport, style: Style
) -> tuple[str, list[Said]]:
    """The names file of a scope, and what must be said of it."""
    pruned = each.stale if names.options.prune_names else {}
    pinned = result.facts.previous.pinned_names
    text, is_kept = names_file.update(each.names, result.labels, pinned, pruned)
    shown = names.inside(each.path) or each.where
    said: list[Said] = []
    if not is_kept:
        said.append(Remark(shown, "rewritten; its comments and order are lost", "file"))
    said += names.unchanged(shown, pinned, result, style)
    said += names.taken(shown, pinned, result, style)
    return text, [*said, *names.note(shown, each.stale)]


def _unowned(format_: Format, options: ExportOptions) -> dict[str, bytes]:
    """Files that a person may have already, and has from then on."""
    if not options.gitignore:
        return {}
    return {".gitignore": "".join(f"{line}\n" for line in format_.ignored).encode()}


def _repeated(options: ExportOptions, done: Done) -> RepeatedOptions:
    """What a later export repeats: it replaces code as long as there is some left."""
    is_replacing = any(result.replacement and result.replacement.blocks for _, result in done)
    return options.repeated if is_replacing else structs.replace(options.repeated, replaces=None)


def _unmet(options: ExportOptions, done: Done) -> list[Said]:
    """The lines of a map that are about nothing."""
    used = frozenset().union(*(result.rendering.mapped_by for _, result in done))
    return [
        Remark(
            line.where,
            "no target matches",
            "line",
            alone=f"{line.where}: {line.pattern} matches no target",
        )
        for line in unused(options.references.lines, used)
    ]


def _files(each: ExportScope, done: ScopeExport) -> list[RenderedFile]:
    """The files of a scope, by their paths below the export's folder."""
    return [replace(file, path=each.prefix + file.path) for file in done.rendering.files]


@dataclass(frozen=True)
class _FilesBefore:
    """The files that the previous export would have written, made again from what it remembers.

    Two exports that git merged are such an export, though no manifest has the hash of its files.
    """

    format_: Format
    previous: Manifest | None
    done: Done
    options: ExportOptions

    def hold(self, path: str, data: bytes) -> bool:
        return self._files.get(path) == data

    @cached_property
    def _files(self) -> dict[str, bytes]:
        files = [file for each, _ in self.done for file in self._of_scope(each)]
        if self.previous is not None:
            stood = [*self.previous.files]
            files = _with_shared(self.format_, self.previous.scopes, files, stood)
        return {file.path: file.data for file in files}

    def _of_scope(self, each: ExportScope) -> list[RenderedFile]:
        record = each.record
        if record is None or not each.is_same or not record.has_values:
            return []
        try:
            scope = records.scope_of(record)
        except codec.MalformedError:
            # Anybody may have edited the manifest.
            return []
        options = replace(self.options, imports=None) if self.options.imports else self.options
        facts = export_scopes.as_recorded(each, record)
        return _files(each, export_scope(self.format_, scope, options, facts))
