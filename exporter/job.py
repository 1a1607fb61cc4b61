"""An export from start to end: what was read, through the gate and the templates, into a folder."""

from dataclasses import dataclass
from pathlib import Path

from exporter import names_file, output
from exporter.errors import ExporterError
from exporter.manifest import Manifest, Resource, ScopeRecord
from exporter.models import Scope
from exporter.naming import Identity
from exporter.output import Outcome, OutputFile, Permissions
from exporter.reading import Reading
from exporter.render.base import Format
from exporter.render.export import Earlier, ScopeExport, export_scope
from exporter.render.fidelity import Entry
from exporter.wording import count

HERE = "."


@dataclass(frozen=True)
class Choices:
    """What the person chose.

    Attributes:
        strict: Refuse an export that is not complete.
        force: Replace what would be refused.
        imports: Whether to write the files that serve the import; None writes them unless a person
            deleted them.
        configuration_sets: Whether to write the sets themselves, or only their destinations.
    """

    strict: bool = False
    force: bool = False
    imports: bool | None = None
    configuration_sets: bool = True


@dataclass(frozen=True)
class Report:
    """What an export did.

    Attributes:
        entries: What is not carried over as it is, with the scope that it is about.
        exports: The rendered scopes by folder; empty when there was nothing to write.
        outcome: What happened in the folder; None when nothing was written.
        notes: What else must be said.
    """

    entries: tuple[tuple[Scope, Entry], ...] = ()
    exports: tuple[tuple[str, ScopeExport], ...] = ()
    outcome: Outcome | None = None
    notes: tuple[str, ...] = ()


class StrictError(ExporterError):
    """``--strict`` refuses the export; the report holds what it refuses it for."""

    def __init__(self, what: str, report: Report) -> None:
        super().__init__(
            what, hint="leave --strict out to export all the rest; nothing was written"
        )
        self.report = report


def export(format_: Format, reading: Reading, target: Path, choices: Choices) -> Report:
    """Export what was read.

    Raises:
        StrictError: when the choices are strict and something cannot be written as it is, or was
            not read.
        ExporterError: when the folder holds something that the export would destroy, or cannot be
            written.
    """
    earlier = output.earlier_manifest(target)
    if reading.is_empty and not reading.unread:
        return _nothing_read(target, earlier, choices)
    if not choices.force:
        _refuse_to_forget(target, earlier, reading)
    exports = [
        (path, _export_one(format_, scope, target, path, earlier, choices))
        for path, scope in _places(reading.scopes)
    ]
    entries = tuple((done.scope, entry) for _, done in exports for entry in done.entries)
    report = Report(entries, tuple(exports))
    _refuse_losses(report, reading, choices)
    if not any(done.plan.identities for _, done in exports):
        note = f"nothing of this can be written as {format_.title}; {target} is left as it was"
        return Report(entries, notes=(note,))
    files = [file for path, done in exports for file in _files(target, path, done)]
    record = (format_.name, tuple(_record(path, done) for path, done in exports))
    allowed = Permissions(force=choices.force, imports=choices.imports is True)
    outcome = output.write(target, files, record, allowed)
    notes = _notes(earlier, tuple(exports), outcome)
    return Report(entries, tuple(exports), outcome, notes)


def _places(scopes: tuple[Scope, ...]) -> list[tuple[str, Scope]]:
    """The folder of each scope that holds something.

    The models keep account and region free of path syntax.
    """
    filled = [scope for scope in scopes if scope.configuration_sets]
    if len(filled) == 1:
        return [(HERE, filled[0])]
    return [(f"{scope.account_id or 'unknown-account'}/{scope.region}", scope) for scope in filled]


def _export_one(
    format_: Format,
    scope: Scope,
    target: Path,
    path: str,
    earlier: Manifest | None,
    choices: Choices,
) -> ScopeExport:
    pins = _pins(target, path, format_)
    record = earlier.scope_at(path) if earlier else None
    stacks = {r.configuration_set: r.stack for r in record.resources if r.stack} if record else {}
    return export_scope(
        format_,
        scope,
        Earlier(pins, stacks),
        configuration_sets=choices.configuration_sets,
        imports=choices.imports is not False,
    )


def _names_path(path: str) -> str:
    return names_file.NAMES_FILE if path == HERE else f"{path}/{names_file.NAMES_FILE}"


def _names_text(target: Path, path: str) -> str | None:
    place = target / _names_path(path)
    try:
        return place.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ExporterError(f"cannot be read: {error}", where=str(place)) from None


def _pins(target: Path, path: str, format_: Format) -> dict[Identity, str]:
    text = _names_text(target, path)
    where = str(target / _names_path(path))
    return names_file.load(text, where, format_.style) if text is not None else {}


def _files(target: Path, path: str, done: ScopeExport) -> list[OutputFile]:
    prefix = "" if path == HERE else f"{path}/"
    files = [
        OutputFile(prefix + file.path, file.text.encode(), is_import=file.is_import)
        for file in done.rendering.files
    ]
    names = names_file.update(_names_text(target, path), done.labels, done.pins)
    files.append(OutputFile(_names_path(path), names.encode(), is_editable=True))
    return files


def _record(path: str, done: ScopeExport) -> ScopeRecord:
    rendering = done.rendering
    resources = tuple(
        Resource(
            configuration_set=who.configuration_set,
            event_destination=who.event_destination or "",
            address=rendering.addresses[who],
            stack=rendering.stacks.get(who.configuration_set, 0),
        )
        for who in done.plan.identities
    )
    scope = done.scope
    return ScopeRecord(
        path=path,
        partition=scope.partition,
        region=scope.region,
        account_id=scope.account_id,
        resources=resources,
        fidelity=done.entries,
    )


def _nothing_read(target: Path, earlier: Manifest | None, choices: Choices) -> Report:
    if earlier is None:
        return Report(notes=(f"no configuration set was found; nothing is written to {target}",))
    if not choices.force:
        raise ExporterError(
            "no configuration set was found, and this folder holds an export of "
            f"{count(len(earlier.resources), 'resource')}",
            where=str(target),
            hint="check the account and region; --force removes the earlier export",
        )
    removed = output.empty(target, earlier)
    return Report(notes=(f"no configuration set was found; removed {count(len(removed), 'file')}",))


def _refuse_to_forget(target: Path, earlier: Manifest | None, reading: Reading) -> None:
    """Sets that could not be read must not vanish from code that has them.

    Applying it would delete them.
    """
    if earlier is None:
        return
    had = {resource.configuration_set for resource in earlier.resources}
    forgotten = [unread.name for unread in reading.unread if unread.name in had]
    if forgotten:
        raise ExporterError(
            f"could not read {', '.join(forgotten)}, which the earlier export there holds and this "
            f"one would remove",
            where=str(target),
            hint="export again when they can be read, or remove them with --force",
        )


def _refuse_losses(report: Report, reading: Reading, choices: Choices) -> None:
    losses = sum(entry.is_loss for _, entry in report.entries)
    if not choices.strict or not (losses or reading.unread):
        return
    found = []
    if losses:
        found.append(f"{count(losses, 'thing')} cannot be written as live")
    if reading.unread:
        found.append(f"{count(len(reading.unread), 'configuration set')} could not be read")
    raise StrictError(f"--strict: {' and '.join(found)}", report)


def _notes(
    earlier: Manifest | None, exports: tuple[tuple[str, ScopeExport], ...], outcome: Outcome
) -> tuple[str, ...]:
    """What changed since the earlier export that a person should know before applying."""
    if earlier is None:
        return ()
    old = {resource.identity for resource in earlier.resources}
    new = {identity for _, done in exports for identity in done.plan.identities}
    notes = []
    gone = sorted(str(identity) for identity in old - new)
    if gone:
        notes.append(f"no longer in the export, and so no longer in the code: {', '.join(gone)}")
    if outcome.imports_left_out:
        files = ", ".join(outcome.imports_left_out)
        notes.append(f"not written again after you deleted it: {files} (--imports writes it)")
        if new - old:
            added = ", ".join(sorted(str(identity) for identity in new - old))
            notes.append(f"new since then, and to be imported (--imports): {added}")
    return tuple(notes)
