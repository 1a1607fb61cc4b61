"""An export from start to end: what was read, through the gate and the templates, into a folder."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import structs

from exporter import adoption, names_choice, names_file, output, since, trails
from exporter import manifest as manifests
from exporter.errors import ExporterError
from exporter.manifest import HERE, Manifest, Resource, ScopeRecord
from exporter.models import Scope
from exporter.names_choice import NamesChoice
from exporter.naming import Identity
from exporter.output import Difference, Outcome, OutputFile, Permissions
from exporter.reading import Reading, what_is_missing
from exporter.references.base import LITERAL, Choice, ReferenceMode, unused
from exporter.render.base import Format
from exporter.render.export import Earlier, ScopeExport, Wishes, export_scope
from exporter.render.fidelity import Entry
from exporter.render.layout import Layout
from exporter.wording import count


@dataclass(frozen=True)
class Choices:
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
    """

    strict: bool = False
    force: bool = False
    imports: bool | None = None
    configuration_sets: bool = True
    adopt_suffix: str = ""
    check: bool = False
    held: Mapping[tuple[str | None, str], Mapping[str, str]] = field(default_factory=dict)
    names: NamesChoice = field(default_factory=NamesChoice)
    layout: Layout = Layout.RESOURCES
    templates: tuple[str, ...] = ()
    references: Choice = LITERAL


@dataclass(frozen=True)
class Report:
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
    outcome: Outcome | None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


class StrictError(ExporterError):
    """``--strict`` refuses the export; the report holds what it refuses it for."""

    def __init__(self, what: str, report: Report) -> None:
        super().__init__(
            what, hint="leave --strict out to export all the rest; nothing was written"
        )
        self.report = report


@dataclass(frozen=True)
class _Place:
    """A scope, the folder that it goes to, and the names file that stands there.

    Attributes:
        path: The folder below the export's.
        scope: What was read.
        names: The names file's text; None when there is none that counts.
        where: The names file, for messages.
        adopted: The destinations that are to be made anew; see ``RenderOptions``.
        refused: Which of them SES would not create, and why.
        pins: The names in the names file.
        stale: The names there of what is not there any more.
    """

    path: str
    scope: Scope
    names: str | None
    where: str
    adopted: Mapping[Identity, Identity] | None = None
    refused: Mapping[Identity, str] = field(default_factory=dict)
    pins: Mapping[Identity, str] = field(default_factory=dict)
    stale: Mapping[Identity, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The way from its folder to the export's."""
        return HERE if self.path == HERE else "/".join(".." for _ in self.path.split("/"))

    @property
    def prefix(self) -> str:
        """What stands before the paths of its files."""
        return "" if self.path == HERE else f"{self.path}/"


def export(format_: Format, reading: Reading, target: Path, choices: Choices) -> Report:
    """Export what was read.

    Raises:
        StrictError: when the choices are strict and something cannot be written as it is, or was
            not read.
        ExporterError: when the folder holds something that the export would destroy, or cannot be
            written.
    """
    # A check writes nothing, not even what undoes a killed run.
    earlier = manifests.load(target) if choices.check else output.earlier_manifest(target)
    if reading.is_empty and not reading.unread:
        return _nothing_read(reading, target, earlier, choices)
    folders = _folders(reading)
    choices.names.check([path for path, _ in folders])
    places = [_place(target, path, scope, choices.names) for path, scope in folders]
    if choices.adopt_suffix:
        places = [_adopting(place, choices.adopt_suffix) for place in places]
    if not choices.force and not choices.check:
        scopes = [_scope_record(place.path, place.scope) for place in places]
        output.refuse_other_export(target, earlier, format_.name, scopes)
        _refuse_to_forget(target, earlier, reading)
    if earlier and earlier.format != format_.name:
        # All of it is replaced by force; its names mean nothing in this format.
        earlier = None
        if choices.names.file is None:
            places = [replace(place, names=None) for place in places]
    places = [_with_pins(place, format_, reading, choices.names) for place in places]
    imported = output.imported(target, earlier)
    moved = trails.moves(target, format_, earlier)
    done = [
        (place, _export_one(format_, place, earlier, imported, moved.get(place.path, {}), choices))
        for place in places
    ]
    if not choices.force:
        for place, result in done:
            trails.refuse_taken(place.where, moved.get(place.path, {}), result.rendering.addresses)
    exports = tuple((place.path, result) for place, result in done)
    entries = tuple((result.scope, entry) for _, result in exports for entry in result.entries)
    report = Report(entries, exports, warnings=tuple(since.renamed(format_, earlier, exports)))
    _refuse_losses(report, reading, choices)
    if not any(result.plan.identities for _, result in exports):
        if earlier and earlier.resources:
            held = count(len(earlier.resources), "resource")
            raise ExporterError(
                f"nothing of this can be written as {format_.title}, and this folder holds an "
                f"export of {held}",
                where=str(target),
                hint="check the options, or remove what the folder holds by hand",
            )
        note = f"nothing of this can be written as {format_.title}; {target} is left as it was"
        return Report(entries, notes=(note,))
    return _write(format_, target, done, choices, report)


def _write(
    format_: Format,
    target: Path,
    done: list[tuple[_Place, ScopeExport]],
    choices: Choices,
    report: Report,
) -> Report:
    earlier = manifests.load(target)
    files: list[OutputFile] = []
    notes = _unmet(choices, done)
    notes += dict.fromkeys(note for _, result in done for note in result.rendering.notes)
    outside: names_choice.Outside | None = None
    for place, result in done:
        pruned = place.stale if choices.names.prune else {}
        names, is_kept = names_file.update(place.names, result.labels, result.pins, pruned)
        path = choices.names.inside(target, place.path)
        shown = path or place.where
        notes += [] if is_kept else [f"{shown}: written anew, without its comments and order"]
        notes += choices.names.note(shown, place.stale)
        files += _files(place, result)
        if path is not None:
            names_choice.refuse_collision(path, files)
            files.append(OutputFile(path, names.encode(), is_editable=True))
        else:
            outside = names_choice.Outside(Path(place.where), names)
    records = tuple(_record(place.path, result, choices) for place, result in done)
    notes += since.otherwise_made(earlier, records)
    allowed = Permissions(force=choices.force, imports=choices.imports is True)
    if choices.check:
        differences = output.preview(target, files, (format_.name, records), allowed)
        differences += outside.differences() if outside else ()
        return replace(report, differences=differences, notes=tuple(notes))
    with outside.written() if outside else nullcontext():
        outcome = output.write(target, files, (format_.name, records), allowed)
    notes += since.notes(earlier, report.exports, outcome)
    for place, result in done:
        notes += _crowded(place, result)
    return replace(report, outcome=outcome, notes=tuple(notes))


def _unmet(choices: Choices, done: list[tuple[_Place, ScopeExport]]) -> list[str]:
    """The lines of a map that are about nothing."""
    used = frozenset().union(*(result.rendering.mapped_by for _, result in done))
    return [
        f"{line.where}: {line.pattern} matches no target"
        for line in unused(choices.references.lines, used)
    ]


def _folders(reading: Reading) -> list[tuple[str, Scope]]:
    """The folder of each scope that holds something: one of its own, where several are read.

    It does not matter which of them holds something today. The models keep account and region free
    of path syntax.
    """
    scopes = reading.scopes
    others = sum(not unread.name for unread in reading.unread)
    filled = [scope for scope in scopes if scope.configuration_sets]
    if len(scopes) + others == 1:
        return [(HERE, scope) for scope in filled]
    return [(f"{scope.account_id or 'unknown-account'}/{scope.region}", scope) for scope in filled]


def _place(target: Path, path: str, scope: Scope, names: NamesChoice) -> _Place:
    return _Place(path, scope, names.read(target, path), str(names.place(target, path)))


def _with_pins(place: _Place, format_: Format, reading: Reading, names: NamesChoice) -> _Place:
    """The same with the names that its names file gives."""
    if place.names is None:
        return place
    pins = names_file.load(place.names, place.where, format_.style)
    adopted = (place.adopted or {}).values()
    stale = names.stale(pins, place.scope, reading.unread, adopted)
    if names.prune:
        pins = {who: label for who, label in pins.items() if who not in stale}
    return replace(place, pins=pins, stale=stale)


def _adopting(place: _Place, suffix: str) -> _Place:
    """The same scope with its destinations under their new names."""
    return replace(
        place,
        scope=adoption.adopt(place.scope, suffix),
        adopted=adoption.successors(place.scope, suffix),
        refused=adoption.refused(place.scope, suffix),
    )


def _export_one(
    format_: Format,
    place: _Place,
    earlier: Manifest | None,
    imported: frozenset[tuple[str, Identity]],
    stood: Mapping[Identity, tuple[str, ...]],
    choices: Choices,
) -> ScopeExport:
    record = earlier.scope_at(place.path) if earlier else None
    earlier_one = Earlier(place.pins)
    if record is not None:
        stacks = {r.configuration_set: r.stack for r in record.resources if r.stack}
        own = (who for path, who in imported if path == place.path)
        earlier_one = Earlier(place.pins, stacks, frozenset(own), stood)
    return export_scope(
        format_,
        place.scope,
        earlier_one,
        Wishes(
            configuration_sets=choices.configuration_sets,
            imports=choices.imports is not False,
            import_again=choices.imports is True,
            adopted=place.adopted,
            refused=place.refused,
            root=place.root,
            held=choices.held.get((place.scope.account_id, place.scope.region)),
            layout=choices.layout,
            references=choices.references,
        ),
    )


def _files(place: _Place, done: ScopeExport) -> list[OutputFile]:
    return [
        OutputFile(
            place.prefix + file.path,
            file.text.encode(),
            is_import=file.is_import,
            is_move=file.is_move,
        )
        for file in done.rendering.files
    ]


def _record(path: str, done: ScopeExport, choices: Choices) -> ScopeRecord:
    rendering = done.rendering
    resources = tuple(
        Resource(
            configuration_set=who.configuration_set,
            event_destination=who.event_destination or "",
            address=rendering.addresses[who],
            stack=rendering.stacks.get(who.configuration_set, 0),
            imported=who in done.imported,
            former=rendering.former.get(who, ()),
        )
        for who in done.plan.identities
    )
    bare = _scope_record(path, done.scope)
    mode = choices.references.mode
    return structs.replace(
        bare,
        resources=resources,
        fidelity=done.entries,
        adopt_suffix=choices.adopt_suffix,
        templates=choices.templates,
        references="" if mode is ReferenceMode.LITERAL else mode.value,
        is_mapped=bool(done.rendering.mapped_by),
    )


def _scope_record(path: str, scope: Scope) -> ScopeRecord:
    return ScopeRecord(path, scope.partition, scope.region, scope.account_id)


def _nothing_read(
    reading: Reading, target: Path, earlier: Manifest | None, choices: Choices
) -> Report:
    nothing = f"no configuration set in {reading.where}"
    if earlier is None:
        return Report(notes=(f"{nothing}; nothing is written to {target}",))
    if choices.check or not choices.force:
        raise ExporterError(
            f"{nothing}, and this folder holds an export of "
            f"{count(len(earlier.resources), 'resource')}",
            where=str(target),
            hint="check the account and region; --force removes the earlier export",
        )
    removed = output.empty(target, earlier)
    return Report(notes=(f"{nothing}; removed {count(len(removed), 'file')}",))


def _refuse_to_forget(target: Path, earlier: Manifest | None, reading: Reading) -> None:
    """Sets that could not be read must not vanish from code that has them.

    Applying it would delete them.
    """
    if earlier is None:
        return
    forgotten = [
        unread.title or unread.name
        for unread in reading.unread
        if any(
            unread.holds(scope.account_id, scope.region, resource.configuration_set)
            for scope in earlier.scopes
            for resource in scope.resources
        )
    ]
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
        found.append(f"{what_is_missing(reading.unread)} could not be read")
    raise StrictError(f"--strict: {' and '.join(found)}", report)


def _crowded(place: _Place, done: ScopeExport) -> list[str]:
    """Which sets cannot hold their old and their new destinations together."""
    if place.adopted is None:
        return []
    return [
        f"{name}: with its new destinations beside the old ones it would hold {number}, and SES "
        f"allows {adoption.PER_SET}: leave {number - adoption.PER_SET} or more for a later round "
        f"(--exclude '{name}/NAME')"
        for name, number in adoption.crowded(
            place.scope, place.adopted, frozenset(done.plan.identities)
        )
    ]
