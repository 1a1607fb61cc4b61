"""An export from start to end: what was read, through the gate and the templates, into a folder."""

from collections.abc import Sequence
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
from exporter.export.contents import Done
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
from exporter.formats.scope_export import ScopeExport, export_scope
from exporter.formats.terraform.addresses import block_of
from exporter.model.identities import key_of
from exporter.model.read_result import ReadResult, what_is_missing
from exporter.support.errors import ExporterError
from exporter.support.remarks import Said
from exporter.support.text import count, listed


def export(format_: Format, given: ExportInput, options: ExportOptions) -> ExportReport:
    """Export what was read.

    Raises:
        StrictError: when the options are strict and something cannot be written as it is, or was
            not read.
        ExporterError: when the folder holds something that the export would destroy, or cannot be
            written.
    """
    manifest, out_dir = given.manifest, given.out_dir
    if given.reading.is_empty and not given.reading.unread:
        ended = _nothing_read(format_, given, options)
        if ended is not None:
            return ended
    assigned = folders.assign(given.reading, manifest, format_.folder)
    names = NamesPolicy(options, given)
    names.check([path for path, _ in assigned.scopes])
    replacing.check(given.replaces, assigned)
    if options.module:
        module_root.refuse_several(path for path, _ in assigned.scopes)
    if not options.force and not options.check:
        _refuse(format_, given, options, assigned)
    known = manifest if manifest and manifest.format == format_.name else None
    warnings: list[Said] = []
    warnings += changes_since.replaced(manifest) if manifest and not known else []
    scopes = export_scopes.gathered(format_, given, assigned, names)
    done = [(each, export_scope(format_, each.scope, options, each.facts)) for each in scopes]
    if options.force and format_.can_move:
        done = [_with_overwritten(format_, given, options, *pair) for pair in done]
        warnings += changes_since.overwritten(each for each, _ in done)
    if not options.force:
        for each, result in done:
            previous_addresses = each.facts.previous.previous_addresses
            renames.refuse_taken(each.where, previous_addresses, result.rendering.addresses)
            refusals.old_terraform(result)
    for each, result in done:
        written_already.refuse_older(result)
        written_already.refuse_outside(result)
        format_.refuse_clashes(each.facts.beside, result.rendering)
    replaced = [result.replacement for _, result in done if result.replacement is not None]
    warnings += replacing.warnings(replaced, known)
    warnings += written_already.warnings(result for _, result in done)
    exports = tuple((each.path, result) for each, result in done)
    entries = tuple((result.scope, entry) for _, result in exports for entry in result.entries)
    warnings += changes_since.lost_references(exports)
    warnings += changes_since.renamed(format_, known, exports)
    warnings += changes_since.departures(format_, known, exports)
    warnings += dict.fromkeys(each for _, done in exports for each in done.rendering.warnings)
    described = written_already.notes(result for _, result in done)
    notes = (*described, *replacing.notes(replaced))
    report = ExportReport(entries, exports, warnings=tuple(warnings), notes=notes)
    doubts = [*replacing.doubts(replaced), *written_already.doubts(each for _, each in done)]
    _refuse_losses(report, given.reading, options, doubts)
    written: Done = [pair for pair in done if _holds_something(format_, pair[1])]
    if not written and not (options.force and assigned.kept):
        return _nothing_writable(format_, out_dir, known, report)
    return contents.write(format_, given, options, (written, assigned), report)


def _with_overwritten(
    format_: Format,
    given: ExportInput,
    options: ExportOptions,
    each: ExportScope,
    done: ScopeExport,
) -> tuple[ExportScope, ScopeExport]:
    """The same scope with what only the files tell that force overwrites."""
    previous, record = each.facts.previous, each.record
    stale = export_files.own_files(given.manifest, record) if given.manifest and record else []
    lost = overwritten.lost(given.out_dir / each.path, stale, done.rendering)
    addresses = [resource.address for resource in record.resources] if record else []
    addresses += [at for trail in previous.previous_addresses.values() for at in trail]
    fresh = set(lost).difference(addresses, map(block_of, addresses))
    if fresh.issubset(previous.forgotten):
        # Most overwrite nothing that is unknown, and stay as they are.
        return each, done
    previous = replace(previous, forgotten=tuple(sorted(fresh.union(previous.forgotten))))
    each = replace(each, facts=replace(each.facts, previous=previous))
    return each, export_scope(format_, each.scope, options, each.facts)


def _refuse(format_: Format, given: ExportInput, options: ExportOptions, assigned: Folders) -> None:
    """Refuse what would lose something that the folder holds."""
    out_dir, manifest = given.out_dir, given.manifest
    here = tuple(records.bare(path, scope) for path, scope in assigned.scopes)
    new = Manifest(manifests.FORMAT_VERSION, format_.name, (*here, *assigned.kept), {})
    writer.refuse_other_export(out_dir, manifest, new)
    refusals.unread(out_dir, manifest, given.reading)
    refusals.other_account(out_dir, manifest, assigned, given.reading)
    refusals.other_stack(out_dir, manifest, assigned, options.stack_name)
    refusals.other_module(out_dir, manifest, assigned, options.module)


def _holds_something(format_: Format, done: ScopeExport) -> bool:
    """Whether there is code to write: a template needs a resource, Terraform one that leaves."""
    leaves = bool(done.departed) or bool(done.facts.previous.forgotten)
    is_there = bool(done.plan.identities) or bool(done.facts.described)
    return is_there or (format_.can_move and leaves)


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
    """What an export does that finds no configuration set.

    None when it goes on: what is not proven to be gone leaves the code as anything does.
    """
    manifest, reading = given.manifest, given.reading
    nothing = f"no configuration set in {reading.where}"
    if manifest is None:
        return ExportReport(notes=(f"{nothing}; nothing written to {given.out_dir}",))
    is_same = manifest.format == format_.name
    read = {key_of(scope) for scope in reading.scopes}
    others = [record for record in manifest.scopes if record.place not in read]
    is_held = any(record.resources for record in manifest.scopes if record not in others)
    if is_same and others and not is_held:
        return None
    if (options.check or not options.force) and manifest.resources:
        raise ExporterError(
            f"{nothing}, and this folder has an export of "
            f"{count(len(manifest.resources), 'resource')}",
            where=str(given.out_dir),
            hint="check the account, the region and the endpoint; --force removes them from the "
            "code without destroying them",
        )
    if is_same and (format_.can_move or others):
        return None
    warnings = changes_since.replaced(manifest)
    removed = writer.empty(given.out_dir, manifest)
    notes = (f"{nothing}; removed {count(len(removed), 'file')}",)
    return ExportReport(notes=notes, warnings=tuple(warnings))


def _refuse_losses(
    report: ExportReport, reading: ReadResult, options: ExportOptions, doubts: Sequence[str]
) -> None:
    losses = sum(entry.is_loss for _, entry in report.entries)
    if not options.strict or not (losses or reading.unread or doubts):
        return
    reasons = []
    if doubts:
        reasons.append(f"other code may manage some of it ({listed(doubts, 3, '; ')})")
    if losses:
        reasons.append(f"{count(losses, 'thing')} cannot be written as live")
    if reading.unread:
        reasons.append(f"{what_is_missing(reading.unread)} could not be read")
    raise StrictError(f"--strict: {' and '.join(reasons)}", report)
