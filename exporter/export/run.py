"""Run an export: from what was read, through the gate and the templates, into a folder."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from exporter.export import (
    changes_since,
    contents,
    export_scopes,
    folders,
    module_root,
    overwritten,
    refusals,
    renames,
    replacing,
    writer,
    written_already,
)
from exporter.export.contents import RenderedScopes
from exporter.export.export_input import ExportInput
from exporter.export.export_scopes import ExportScope
from exporter.export.folders import Folders
from exporter.export.names_policy import NamesPolicy
from exporter.export.report import ExportReport, StrictError
from exporter.formats import export_files, records
from exporter.formats import manifest as manifests
from exporter.formats.base import Format
from exporter.formats.manifest import Manifest
from exporter.formats.options import ExportOptions
from exporter.formats.replaced_code import Replacement
from exporter.formats.scope_export import ScopeExport, export_scope
from exporter.formats.terraform.addresses import block_of
from exporter.model.identities import key_of
from exporter.model.read_result import ReadResult, what_is_missing
from exporter.support.errors import ExporterError
from exporter.support.remarks import Said
from exporter.support.text import count, listed


def export(format_: Format, given: ExportInput, options: ExportOptions) -> ExportReport:
    """Export what was read: pass it through the gate and the templates, and write the files.

    With ``--check`` nothing is written; the report has the differences instead.

    Raises:
        StrictError: if ``--strict`` is given and something can't be written as it is, or was not
            read.
        ExporterError: if the export would destroy something in the folder, or can't write to it.
    """
    manifest = given.manifest
    if given.reading.is_empty and not given.reading.unread:
        early_report = _nothing_read(format_, given, options)
        if early_report is not None:
            return early_report
    assigned = folders.assign(given.reading, manifest, format_.folder)
    names = NamesPolicy(options, given)
    names.check([path for path, _ in assigned.scopes])
    replacing.check(given.replaces, assigned)
    if options.module:
        module_root.refuse_several(path for path, _ in assigned.scopes)
    if not options.force and not options.check:
        _refuse_loss_in_folder(format_, given, options, assigned)
    scopes = export_scopes.collect(format_, given, assigned, names)
    rendered = _render(format_, given, options, scopes)
    _refuse_clashes(format_, options, rendered)
    previous = manifest if manifest and manifest.format == format_.name else None
    report = _report(format_, given, options, rendered, previous)
    if options.strict:
        _refuse_losses(report, given.reading)
    with_code = [pair for pair in rendered if _has_code(format_, pair[1])]
    if not with_code and not (options.force and assigned.kept):
        return _nothing_writable(format_, given.out_dir, previous, report)
    return contents.write(format_, given, options, (with_code, assigned), report)


def _render(
    format_: Format, given: ExportInput, options: ExportOptions, scopes: Iterable[ExportScope]
) -> RenderedScopes:
    rendered = [
        (scope, export_scope(format_, scope.scope, options, scope.facts)) for scope in scopes
    ]
    if options.force and format_.can_move:
        rendered = [_with_overwritten(format_, given, options, *pair) for pair in rendered]
    return rendered


def _with_overwritten(
    format_: Format,
    given: ExportInput,
    options: ExportOptions,
    scope: ExportScope,
    result: ScopeExport,
) -> tuple[ExportScope, ScopeExport]:
    """Add the resources in files that ``--force`` overwrites, which only these files tell."""
    previous, record = scope.facts.previous, scope.record
    stale = export_files.own_files(given.manifest, record) if given.manifest and record else []
    lost = overwritten.lost(given.out_dir / scope.path, stale, result.rendering)
    known = [resource.address for resource in record.resources] if record else []
    known += [address for trail in previous.previous_addresses.values() for address in trail]
    unknown = set(lost).difference(known, map(block_of, known))
    if unknown.issubset(previous.forgotten):
        # Nothing to add, as in most exports: don't render the scope again.
        return scope, result
    forgotten = tuple(sorted(unknown.union(previous.forgotten)))
    facts = replace(scope.facts, previous=replace(previous, forgotten=forgotten))
    return replace(scope, facts=facts), export_scope(format_, scope.scope, options, facts)


def _refuse_loss_in_folder(
    format_: Format, given: ExportInput, options: ExportOptions, assigned: Folders
) -> None:
    """Refuse an export that would lose something in the folder."""
    out_dir, manifest = given.out_dir, given.manifest
    new_records = tuple(records.bare(path, scope) for path, scope in assigned.scopes)
    new = Manifest(manifests.FORMAT_VERSION, format_.name, (*new_records, *assigned.kept), {})
    writer.refuse_other_export(out_dir, manifest, new)
    refusals.unread(out_dir, manifest, given.reading)
    refusals.other_account(out_dir, manifest, assigned, given.reading)
    refusals.other_stack(out_dir, manifest, assigned, options.stack_name)
    refusals.other_module(out_dir, manifest, assigned, options.module)


def _refuse_clashes(format_: Format, options: ExportOptions, rendered: RenderedScopes) -> None:
    """Refuse code that clashes with state, or with a person's own code in the folder."""
    if not options.force:
        for scope, result in rendered:
            previous_addresses = scope.facts.previous.previous_addresses
            renames.refuse_taken(scope.where, previous_addresses, result.rendering.addresses)
            refusals.old_terraform(result)
    for scope, result in rendered:
        written_already.refuse_older(result)
        written_already.refuse_outside(result)
        format_.refuse_clashes(scope.facts.beside, result.rendering)


def _report(
    format_: Format,
    given: ExportInput,
    options: ExportOptions,
    rendered: RenderedScopes,
    previous: Manifest | None,
) -> ExportReport:
    """Return the report on rendered scopes, before anything is written.

    ``previous`` is the manifest in the folder, if it is one of this format.
    """
    results = [result for _, result in rendered]
    exports = tuple((scope.path, result) for scope, result in rendered)
    warnings: list[Said] = []
    if given.manifest and not previous:
        warnings += changes_since.replaced(given.manifest)
    if options.force and format_.can_move:
        warnings += changes_since.overwritten(scope for scope, _ in rendered)
    warnings += replacing.warnings(_replacements(results), previous)
    warnings += written_already.warnings(results)
    warnings += changes_since.lost_references(exports)
    warnings += changes_since.renamed(format_, previous, exports)
    warnings += changes_since.departures(format_, previous, exports)
    warnings += dict.fromkeys(line for result in results for line in result.rendering.warnings)
    return ExportReport(
        tuple((result.scope, entry) for result in results for entry in result.entries),
        exports,
        warnings=tuple(warnings),
        notes=(*written_already.notes(results), *replacing.notes(_replacements(results))),
    )


def _replacements(results: Iterable[ScopeExport]) -> list[Replacement]:
    return [result.replacement for result in results if result.replacement is not None]


def _has_code(format_: Format, result: ScopeExport) -> bool:
    """Whether there is code to write: resources, or Terraform's ``removed`` blocks."""
    has_resources = bool(result.plan.identities) or bool(result.facts.described)
    has_removals = bool(result.departed) or bool(result.facts.previous.forgotten)
    return has_resources or (format_.can_move and has_removals)


def _nothing_writable(
    format_: Format, out_dir: Path, previous: Manifest | None, report: ExportReport
) -> ExportReport:
    if previous and previous.resources:
        counted = count(len(previous.resources), "resource")
        raise ExporterError(
            f"none of this can be written as {format_.title}, and this folder has an export of "
            f"{counted}",
            where=str(out_dir),
            hint="check the options, or choose another --out",
        )
    note = f"none of this can be written as {format_.title}; {out_dir} is unchanged"
    return ExportReport(report.entries, notes=(note,))


def _nothing_read(
    format_: Format, given: ExportInput, options: ExportOptions
) -> ExportReport | None:
    """Finish or refuse an export if no configuration set was read.

    Returns:
        The report; None if the export goes on, to drop resources from the code as usual.
    """
    manifest, reading = given.manifest, given.reading
    nothing = f"no configuration set in {reading.where}"
    if manifest is None:
        return ExportReport(notes=(f"{nothing}; nothing written to {given.out_dir}",))
    is_same = manifest.format == format_.name
    read = {key_of(scope) for scope in reading.scopes}
    unread = [record for record in manifest.scopes if record.key not in read]
    has_resources = any(record.resources for record in manifest.scopes if record not in unread)
    if is_same and unread and not has_resources:
        return None
    if (options.check or not options.force) and manifest.resources:
        raise ExporterError(
            f"{nothing}, and this folder has an export of "
            f"{count(len(manifest.resources), 'resource')}",
            where=str(given.out_dir),
            hint="check the account, the region and the endpoint; --force removes them from the "
            "code without destroying them",
        )
    if is_same and (format_.can_move or unread):
        return None
    warnings = changes_since.replaced(manifest)
    removed = writer.empty(given.out_dir, manifest)
    notes = (f"{nothing}; removed {count(len(removed), 'file')}",)
    return ExportReport(notes=notes, warnings=tuple(warnings))


def _refuse_losses(report: ExportReport, reading: ReadResult) -> None:
    """Refuse, for ``--strict``, an export that is incomplete or may repeat other code."""
    results = [result for _, result in report.exports]
    doubts = [*replacing.doubts(_replacements(results)), *written_already.doubts(results)]
    losses = sum(entry.is_loss for _, entry in report.entries)
    reasons = []
    if doubts:
        reasons.append(f"other code may manage some of it ({listed(doubts, 3, '; ')})")
    if losses:
        reasons.append(f"{count(losses, 'thing')} cannot be written as live")
    if reading.unread:
        reasons.append(f"{what_is_missing(reading.unread)} could not be read")
    if reasons:
        raise StrictError(f"--strict: {' and '.join(reasons)}", report)
