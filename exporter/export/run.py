"""An export from start to end: what was read, through the gate and the templates, into a folder."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from msgspec import structs

from exporter.export import (
    adoption,
    changes_since,
    export_scopes,
    folders,
    names_file,
    names_policy,
    overwritten,
    refusals,
    renames,
    writer,
)
from exporter.export.export_scopes import ExportScope, NamesOptions
from exporter.export.folders import Folders
from exporter.export.names_policy import NamesPolicy
from exporter.export.writer import Contents, OutputFile, StaleFile, WriteOutcome
from exporter.formats import export_files, records
from exporter.formats import manifest as manifests
from exporter.formats.base import FileRole, Format
from exporter.formats.fidelity import Entry
from exporter.formats.layout import Layout
from exporter.formats.manifest import Manifest, RepeatedOptions, ScopeRecord
from exporter.formats.references import LITERAL, ReferenceMode, ReferenceOptions, unused
from exporter.formats.scope_export import ScopeExport, Wishes, export_scope
from exporter.model import codec
from exporter.model.read_result import ReadResult, what_is_missing
from exporter.model.resources import Scope
from exporter.support import transaction
from exporter.support.errors import ExporterError
from exporter.support.text import count


@dataclass(frozen=True)
class ExportOptions:
    """What the person chose.

    Attributes:
        strict: Refuse an export that is not complete.
        force: Replace what would be refused.
        imports: Whether to write the files that serve the import; None writes them unless a person
            deleted them.
        configuration_sets: Whether to write the sets themselves, or only their destinations.
        adopt_suffix: What the destinations' new names end with, where they are to be made anew;
            empty leaves them their names.
        check: Write nothing, and report what would be written.
        held: By account and region, sets that other code holds, and which; only destinations of
            theirs are written.
        names: Where names are kept, and which go.
        layout: How the code is spread over files.
        templates: The names of a person's own templates that make the code.
        references: What is to stand for the ARNs of targets.
        options: What of all this a later export repeats.
    """

    strict: bool = False
    force: bool = False
    imports: bool | None = None
    configuration_sets: bool = True
    adopt_suffix: str = ""
    check: bool = False
    held: Mapping[tuple[str | None, str], Mapping[str, str]] = field(default_factory=dict)
    names: NamesPolicy = field(default_factory=NamesPolicy)
    layout: Layout = Layout.RESOURCES
    templates: tuple[str, ...] = ()
    references: ReferenceOptions = LITERAL
    options: RepeatedOptions = field(default_factory=RepeatedOptions)


@dataclass(frozen=True)
class ExportReport:
    """What an export did.

    Attributes:
        entries: What is not carried over as it is, with the scope that it is about.
        exports: The rendered scopes by folder; empty when there was nothing to write.
        outcome: What happened in the folder; None when nothing was written.
        notes: What else is worth saying.
        warnings: What else must be said.
        differences: For a check, the files that are not what an export would write.
    """

    entries: tuple[tuple[Scope, Entry], ...] = ()
    exports: tuple[tuple[str, ScopeExport], ...] = ()
    outcome: WriteOutcome | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    differences: tuple[StaleFile, ...] = ()


class StrictError(ExporterError):
    """``--strict`` refuses the export; the report holds what it refuses it for."""

    def __init__(self, what: str, report: ExportReport) -> None:
        super().__init__(
            what, hint="leave --strict out to export all the rest; nothing was written"
        )
        self.report = report


Done = list[tuple[ExportScope, ScopeExport]]
"""The rendered scopes."""


def export(
    format_: Format, reading: ReadResult, out_dir: Path, choices: ExportOptions
) -> ExportReport:
    """Export what was read.

    Raises:
        StrictError: when the choices are strict and something cannot be written as it is, or was
            not read.
        ExporterError: when the folder holds something that the export would destroy, or cannot be
            written.
    """
    earlier = _checked(out_dir) if choices.check else writer.earlier_manifest(out_dir)
    if reading.is_empty and not reading.unread:
        ended = _nothing_read(format_, reading, out_dir, earlier, choices)
        if ended is not None:
            return ended
    found = folders.assign(reading, earlier)
    choices.names.check([path for path, _ in found.scopes])
    if not choices.force and not choices.check:
        _refuse(format_, reading, out_dir, earlier, found)
    warnings: list[str] = []
    if earlier and earlier.format != format_.name:
        warnings = changes_since.replaced(earlier)
    naming = NamesOptions(choices.names, choices.adopt_suffix)
    scopes = export_scopes.gathered(format_, reading, found, (out_dir, earlier), naming)
    done = [(each, _rendered(format_, each, reading, out_dir, choices)) for each in scopes]
    if choices.force and format_.can_move:
        forced = [_with_overwritten(each, result, out_dir, earlier) for each, result in done]
        warnings += changes_since.overwritten(forced)
        done = [
            (
                new,
                # Most overwrite nothing that is unknown, and stand as they are.
                (
                    result
                    if new.forgotten == old.forgotten
                    else _rendered(format_, new, reading, out_dir, choices)
                ),
            )
            for new, (old, result) in zip(forced, done, strict=True)
        ]
    if not choices.force:
        for place, result in done:
            renames.refuse_taken(place.where, place.stood, result.rendering.addresses)
            refusals.old_terraform(out_dir / place.path, result)
    exports = tuple((place.path, result) for place, result in done)
    entries = tuple((result.scope, entry) for _, result in exports for entry in result.entries)
    known = earlier if earlier and earlier.format == format_.name else None
    warnings += changes_since.renamed(format_, known, exports) + changes_since.departures(
        format_, known, exports
    )
    report = ExportReport(entries, exports, warnings=tuple(warnings))
    _refuse_losses(report, reading, choices)
    written = [each for each in done if _holds_something(format_, *each)]
    if not written and not (choices.force and found.kept):
        return _nothing_writable(format_, out_dir, known, report)
    return _write(format_, (out_dir, earlier), written, found, choices, report)


def _checked(out_dir: Path) -> Manifest | None:
    """The earlier export of a check, which writes nothing, not even what undoes a killed run."""
    if transaction.is_unfinished(out_dir):
        raise ExporterError(
            "an export into this folder was interrupted, and its files are of two exports",
            where=str(out_dir),
            hint="the next export without --check undoes what it did",
        )
    return manifests.load(out_dir)


def _rendered(
    format_: Format, each: ExportScope, reading: ReadResult, out_dir: Path, choices: ExportOptions
) -> ScopeExport:
    earlier = export_scopes.earlier_of(each, format_, reading, out_dir)
    return export_scope(format_, each.scope, earlier, _wishes(each, choices))


def _with_overwritten(
    each: ExportScope, done: ScopeExport, out_dir: Path, earlier: Manifest | None
) -> ExportScope:
    """The same scope with what only the files tell that force overwrites."""
    stale = export_files.own_files(earlier, each.record) if earlier and each.record else []
    lost = overwritten.lost(out_dir / each.path, stale, done.rendering)
    known = {resource.address for resource in each.record.resources} if each.record else set()
    fresh = set(lost).difference(known, *each.stood.values())
    return replace(each, forgotten=tuple(sorted(fresh.union(each.forgotten))))


def _refuse(
    format_: Format, reading: ReadResult, out_dir: Path, earlier: Manifest | None, found: Folders
) -> None:
    """Refuse what would lose something that the folder holds."""
    here = tuple(records.bare(path, scope) for path, scope in found.scopes)
    new = Manifest(manifests.FORMAT_VERSION, format_.name, (*here, *found.kept), {})
    writer.refuse_other_export(out_dir, earlier, new)
    refusals.unread(out_dir, earlier, reading)
    refusals.other_account(out_dir, earlier, found, reading)


def _holds_something(format_: Format, place: ExportScope, done: ScopeExport) -> bool:
    """Whether there is code to write: a template needs a resource, Terraform one that leaves."""
    leaves = bool(done.departed) or bool(place.forgotten)
    return bool(done.plan.identities) or (format_.can_move and leaves)


def _nothing_writable(
    format_: Format, out_dir: Path, earlier: Manifest | None, report: ExportReport
) -> ExportReport:
    if earlier and earlier.resources:
        held = count(len(earlier.resources), "resource")
        raise ExporterError(
            f"nothing of this can be written as {format_.title}, and this folder holds an "
            f"export of {held}",
            where=str(out_dir),
            hint="check the options, or choose another --out",
        )
    note = f"nothing of this can be written as {format_.title}; {out_dir} is left as it was"
    return ExportReport(report.entries, notes=(note,))


def _write(
    format_: Format,
    out: tuple[Path, Manifest | None],
    done: Done,
    found: Folders,
    choices: ExportOptions,
    report: ExportReport,
) -> ExportReport:
    out_dir, earlier = out
    files: list[OutputFile] = []
    notes = _unmet(choices, done)
    notes += dict.fromkeys(note for _, result in done for note in result.rendering.notes)
    outside: names_policy.Outside | None = None
    for place, result in done:
        pruned = place.stale if choices.names.prune else {}
        names, is_kept = names_file.update(place.names, result.labels, result.pins, pruned)
        path = choices.names.inside(out_dir, place.path)
        shown = path or place.where
        notes += [] if is_kept else [f"{shown}: written anew, without its comments and order"]
        notes += choices.names.note(shown, place.stale)
        files += _files(place, result)
        if path is not None:
            names_policy.refuse_collision(path, files)
            files.append(OutputFile(path, names.encode(), FileRole.NAMES))
        else:
            outside = names_policy.Outside(Path(place.where), names)
    scopes = [_record(format_, place, result, choices) for place, result in done]
    scopes = sorted([*scopes, *found.kept], key=lambda each: (each.account_id or "", each.region))
    contents = Contents(
        tuple(files),
        Manifest(manifests.FORMAT_VERSION, format_.name, tuple(scopes), {}, choices.options),
        frozenset(record.path for record in found.kept),
        _Recorded(format_, done, choices).holds,
    )
    if choices.check:
        differences = writer.preview(out_dir, contents, earlier)
        differences += outside.differences() if outside else ()
        return replace(report, differences=differences, notes=tuple(notes))
    with outside.written() if outside else nullcontext():
        outcome = writer.write(out_dir, contents, force=choices.force)
    notes += changes_since.gone(earlier, report.exports) + changes_since.kept(found.kept)
    for place, result in done:
        notes += _crowded(place, result)
    return replace(report, outcome=outcome, notes=tuple(notes))


def _unmet(choices: ExportOptions, done: Done) -> list[str]:
    """The lines of a map that are about nothing."""
    used = frozenset().union(*(result.rendering.mapped_by for _, result in done))
    return [
        f"{line.where}: {line.pattern} matches no target"
        for line in unused(choices.references.lines, used)
    ]


def _wishes(each: ExportScope, choices: ExportOptions) -> Wishes:
    return Wishes(
        configuration_sets=choices.configuration_sets,
        imports=choices.imports is not False,
        import_again=choices.imports is True,
        adopted=each.adopted,
        refused=each.refused,
        root=each.root,
        held=choices.held.get((each.scope.account_id, each.scope.region)),
        forgotten=each.forgotten,
        layout=choices.layout,
        references=choices.references,
    )


def _files(each: ExportScope, done: ScopeExport) -> list[OutputFile]:
    return [
        OutputFile(each.prefix + file.path, file.text.encode(), file.role)
        for file in done.rendering.files
    ]


def _record(
    format_: Format, each: ExportScope, done: ScopeExport, choices: ExportOptions
) -> ScopeRecord:
    mode = choices.references.mode
    return structs.replace(
        records.record(format_, each.path, done, each.stood),
        forgotten=each.forgotten,
        adopt_suffix=choices.adopt_suffix,
        templates=choices.templates,
        references="" if mode is ReferenceMode.LITERAL else mode.value,
        is_mapped=bool(done.rendering.mapped_by),
    )


@dataclass(frozen=True)
class _Recorded:
    """The files that the earlier export would have written, made again from what it remembers.

    Two exports that git merged are such an export, though no manifest has the hash of its files.
    """

    format_: Format
    done: Done
    choices: ExportOptions

    def holds(self, path: str, data: bytes) -> bool:
        """Whether a file holds what the earlier export would have written."""
        return self._files.get(path) == data

    @cached_property
    def _files(self) -> dict[str, bytes]:
        return {
            file.path: file.data for each, _ in self.done for file in self._rendered_again(each)
        }

    def _rendered_again(self, each: ExportScope) -> list[OutputFile]:
        record = each.record
        if record is None or not each.is_same or not record.has_values:
            return []
        try:
            again = replace(each, scope=records.scope_of(record))
        except codec.MalformedError:
            # Anybody may have edited the manifest.
            return []
        wishes = replace(_wishes(again, self.choices), import_again=False)
        earlier = export_scopes.as_recorded(again, record)
        return _files(again, export_scope(self.format_, again.scope, earlier, wishes))


def _nothing_read(
    format_: Format,
    reading: ReadResult,
    out_dir: Path,
    earlier: Manifest | None,
    choices: ExportOptions,
) -> ExportReport | None:
    """What an export does that finds no configuration set.

    None when it goes on: what is not proven to be gone leaves the code as anything does.
    """
    nothing = f"no configuration set in {reading.where}"
    if earlier is None:
        return ExportReport(notes=(f"{nothing}; nothing is written to {out_dir}",))
    is_same = earlier.format == format_.name
    read = {(scope.account_id, scope.region) for scope in reading.scopes}
    others = [record for record in earlier.scopes if record.place not in read]
    held = [each for record in earlier.scopes if record not in others for each in record.resources]
    if is_same and others and not held:
        return None
    if (choices.check or not choices.force) and earlier.resources:
        raise ExporterError(
            f"{nothing}, and this folder holds an export of "
            f"{count(len(earlier.resources), 'resource')}",
            where=str(out_dir),
            hint="check the account, the region and the endpoint; with --force they leave the code "
            "without being destroyed",
        )
    if is_same and (format_.can_move or others):
        return None
    warnings = changes_since.replaced(earlier)
    removed = writer.empty(out_dir, earlier)
    notes = (f"{nothing}; removed {count(len(removed), 'file')}",)
    return ExportReport(notes=notes, warnings=tuple(warnings))


def _refuse_losses(report: ExportReport, reading: ReadResult, choices: ExportOptions) -> None:
    losses = sum(entry.is_loss for _, entry in report.entries)
    if not choices.strict or not (losses or reading.unread):
        return
    found = []
    if losses:
        found.append(f"{count(losses, 'thing')} cannot be written as live")
    if reading.unread:
        found.append(f"{what_is_missing(reading.unread)} could not be read")
    raise StrictError(f"--strict: {' and '.join(found)}", report)


def _crowded(each: ExportScope, done: ScopeExport) -> list[str]:
    """Which sets cannot hold their old and their new destinations together."""
    if each.adopted is None:
        return []
    return [
        f"{name}: with its new destinations beside the old ones it would hold {number}, and SES "
        f"allows {adoption.PER_SET}: leave {number - adoption.PER_SET} or more for a later round "
        f"(--exclude '{name}/NAME')"
        for name, number in adoption.crowded(
            each.scope, each.adopted, frozenset(done.plan.identities)
        )
    ]
