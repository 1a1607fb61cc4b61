"""``--unmanaged-by``: what code that is already there does not hold yet.

By identity alone: whether the code says of it what is live is what ``diff`` tells.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from msgspec import structs

from exporter.diff.deployed_stacks import StacksOfSource
from exporter.diff.detect import SideKind, recognise
from exporter.diff.load import MEANT_FOR_OTHERS, SideRequest, load
from exporter.diff.other_names import scope_of
from exporter.diff.side import Side, SideScope, of_scope
from exporter.formats import manifest as manifests
from exporter.formats.code_inputs import CodeInputs
from exporter.formats.loading import load_format
from exporter.formats.manifest import Manifest
from exporter.formats.stacks import STACK_NAME, may_share_a_name
from exporter.formats.unresolved import Reach, Unresolved
from exporter.model.identities import Identity, key_of
from exporter.model.read_result import ReadResult
from exporter.model.resources import ConfigurationSet, Scope
from exporter.sources.read import LIVE, STDIN, Source
from exporter.support.errors import ExporterError, UsageError
from exporter.support.remarks import Said
from exporter.support.text import inventory, shortened

OPTION = "--unmanaged-by"
_MOST_NOTES = 10
_NO_INPUTS = CodeInputs()

ManagedByCode = Mapping[tuple[str | None, str], Mapping[str, str]]
"""By account and region, the sets that code holds, and which code."""


@dataclass(frozen=True)
class Code:
    """Code that holds something already.

    Attributes:
        request: How it was asked for.
        side: What it holds, as far as it says so itself.
    """

    request: SideRequest
    side: Side

    @property
    def _may_say_more(self) -> bool:
        """Whether names of Terraform code may be made of its account and region."""
        is_terraform = self.request.kind is SideKind.TERRAFORM
        return is_terraform and any(scope.unresolved for scope in self.side.scopes)

    def side_for(self, scope: Scope) -> Side:
        """What it holds, in the light of an account and region that were read."""
        is_terraform = self.request.kind is SideKind.TERRAFORM
        if self.request.kind not in MEANT_FOR_OTHERS or (is_terraform and not self._may_say_more):
            return self.side
        # A template says neither; its names may be made of both, or by CloudFormation.
        inputs = replace(
            self.request.inputs,
            account_id=scope.account_id,
            region=scope.region,
            partition=scope.partition,
            others=(scope_of(of_scope(scope)),),
        )
        return load(replace(self.request, inputs=inputs))

    @staticmethod
    def scopes_of(side: Side, scope: Scope) -> Iterator[SideScope]:
        """What of it is, or may be, of an account and region."""
        yield from (own for own in side.scopes if _may_be_of(own, scope))


@dataclass(frozen=True)
class Unmanaged:
    """What is left of a reading.

    Attributes:
        reading: What no code holds. A set that some code holds is there for the sake of its
            destinations, with its options as if they were not read.
        managed_by_code: By account and region, the sets of which some code holds the set itself,
            and which code.
        notes: What else must be said.
        doubts: What of the code may be some of what is left, and cannot be told.
        line: What was left out, counted.
    """

    reading: ReadResult
    managed_by_code: ManagedByCode = field(default_factory=dict)
    notes: tuple[Said, ...] = ()
    doubts: tuple[Unresolved, ...] = ()
    line: str = ""


def load_code(
    names: Iterable[str], source: Source, inputs: CodeInputs = _NO_INPUTS
) -> tuple[Code, ...]:
    """Read what is to be left out.

    Args:
        names: Any side that ``diff`` reads, but for ``live``.
        source: What is exported; tells how to reach a stack.
        inputs: What the person says of the code.

    Raises:
        UsageError: when one is no code, or cannot be read beside the source.
        ExporterError: when one is not there or cannot be read.
    """
    found = []
    for name in names:
        if name == LIVE:
            raise UsageError(
                f"{OPTION} {LIVE} would leave nothing to export", hint="pass a folder of code"
            )
        if name == STDIN and source.origin == STDIN:
            raise UsageError(f"only one of --from and {OPTION} can be standard input")
        kind = recognise(name)
        # Only a stack has to be reached; regions that are read need not be those of the code.
        reached = replace(source, origin=LIVE) if kind is SideKind.STACK else Source()
        own = inputs
        if kind in MEANT_FOR_OTHERS and source.origin == LIVE:
            own = replace(inputs, stacks=StacksOfSource(source))
        request = SideRequest(name, kind, reached, inputs=own)
        found.append(Code(request, load(request)))
    return tuple(found)


def refuse_same_stack(codes: Iterable[Code], scopes: Iterable[Scope], stack_name: str) -> None:
    """Refuse an export whose stacks would have the names of those of another one.

    Who followed the steps of both would send the template of one to the stack of the other, which
    takes its resources out.

    Args:
        codes: What the export leaves to others.
        scopes: What is left for it.
        stack_name: The name of its first stack; empty for the default.

    Raises:
        ExporterError: naming the other export and the stack.
    """
    places = [key_of(scope) for scope in scopes if scope.configuration_sets]
    for code in codes:
        if code.request.kind is not SideKind.EXPORT or code.side.exported_as is None:
            continue
        manifest = manifests.load(Path(code.request.name))
        if manifest is None or not load_format(code.side.exported_as).has_stacks:
            continue
        for record in manifest.scopes:
            same = may_share_a_name(record.stack_name, stack_name)
            if same and any(_is_same_place(record.place, place) for place in places):
                theirs, ours = record.stack_name or STACK_NAME, stack_name or STACK_NAME
                raise ExporterError(
                    f"its stack is {theirs}, and this export's stack would be {ours}: "
                    "deploying one would remove the other's resources",
                    where=code.request.name,
                    hint="give this export another --stack-name",
                )


def _is_same_place(one: tuple[str | None, str], other: tuple[str | None, str]) -> bool:
    """Whether two are of one account and region, as far as they say it."""
    return one[1] == other[1] and (one[0] == other[0] or None in (one[0], other[0]))


def refuse_own(names: Iterable[str], out: Path, manifest: Manifest | None) -> None:
    """Refuse to leave out of a folder what the folder holds: it would be removed from it.

    Args:
        names: What is to be left out.
        out: The folder.
        manifest: The one of the export that stands there.

    Raises:
        UsageError: saying which one.
    """
    own = {out.resolve()}
    if manifest is not None:
        own |= {(out / scope.path).resolve() for scope in manifest.scopes}
        own |= {(out / path).resolve() for path in manifest.files}
    for name in names:
        if Path(name).resolve() in own:
            raise UsageError(
                f"{OPTION} {name} would remove everything that {out} has now from --out {out}",
                hint=f"export to another folder, or drop {OPTION} to keep what {out} has and "
                "add what is new",
            )


def leave(
    reading: ReadResult, code: Iterable[Code], *, configuration_sets: bool = True
) -> Unmanaged:
    """Leave out what code holds.

    Args:
        reading: What was read.
        code: What holds some of it.
        configuration_sets: Whether the sets themselves count, or only their destinations.

    Raises:
        ExporterError: when code cannot be read for one of the accounts and regions.
    """
    code = tuple(code)
    notes = {note: None for each in code for note in each.side.notes}
    scopes: list[Scope] = []
    managed: dict[tuple[str | None, str], dict[str, str]] = {}
    doubts: dict[Unresolved, None] = {}
    met: set[str] = set()
    vague: set[str] = set()
    for scope in reading.scopes:
        holders: dict[Identity, str] = {}
        unresolved: list[Unresolved] = []
        for each in code:
            side = each.side_for(scope)
            notes |= dict.fromkeys(side.notes)
            for own in each.scopes_of(side, scope):
                met.add(each.request.name)
                places = sum(_may_be_of(own, other) for other in reading.scopes)
                if places > 1 or each.request.kind is SideKind.CLOUDFORMATION:
                    vague.add(each.request.name)
                unresolved += own.unresolved
                holders |= {
                    who: each.side.title
                    for who in (*own.items, *_surely_held(own, scope))
                    if who not in holders
                }
        left = [_left(found, holders, configuration_sets) for found in scope.configuration_sets]
        kept = tuple(found for found in left if found is not None)
        doubts |= dict.fromkeys(each for each in unresolved if _may_hold(each.reach, kept))
        scopes.append(structs.replace(scope, configuration_sets=kept))
        managed[scope.account_id, scope.region] = {
            found.name: holders[Identity(found.name)]
            for found in kept
            if Identity(found.name) in holders
        }
    many = len(reading.scopes) > 1
    said = [*notes, *_place_notes(code, met, vague if many else set(), len(reading.scopes))]
    rest = replace(reading, scopes=tuple(scopes))
    line = _line(reading, rest, managed, code)
    return Unmanaged(rest, managed, tuple(said), tuple(doubts), line)


def _surely_held(own: SideScope, scope: Scope) -> Iterator[Identity]:
    """What code surely holds of a scope, although it does not tell all of its name or values."""
    for found in scope.configuration_sets:
        is_owned = found.owning_stack is not None
        destinations = (Identity(found.name, each.name) for each in found.event_destinations)
        for who in (Identity(found.name), *destinations):
            if any(_is_sure(each.reach, who, is_owned=is_owned) for each in own.unresolved):
                yield who


def _is_sure(reach: Reach, who: Identity, *, is_owned: bool) -> bool:
    """Whether something unresolved is a resource, and not only may be.

    Its name is known, or enough of it: CloudFormation makes names of a logical id, and the tags of
    a set say whether a stack owns it.
    """
    if not reach.holds(who):
        return False
    if who.event_destination is None:
        # A destination of a set that the code does not hold may bring that set to mind, no more.
        is_named = reach.set_name.is_known or (is_owned and not reach.set_name.is_any)
        return is_named and not reach.has_destinations
    return not reach.destination_name.is_any and (is_owned or reach.set_name.is_known)


def _may_hold(reach: Reach, left: Iterable[ConfigurationSet]) -> bool:
    """Whether something unresolved may be one of the resources that are left."""
    return any(
        (found.options_known and reach.holds(Identity(found.name)))
        or any(reach.holds(Identity(found.name, each.name)) for each in found.event_destinations)
        for found in left
    )


def _may_be_of(own: SideScope, scope: Scope) -> bool:
    """Whether code can be of an account and region; what it does not say may be any."""
    return own.account_id in (None, scope.account_id) and own.region in (None, scope.region)


def _left(
    found: ConfigurationSet, holders: Mapping[Identity, str], configuration_sets: bool
) -> ConfigurationSet | None:
    """What of a set no code holds; None when that is nothing."""
    destinations = tuple(
        each for each in found.event_destinations if Identity(found.name, each.name) not in holders
    )
    if Identity(found.name) in holders:
        if not destinations:
            return None
        return ConfigurationSet(found.name, options_known=False, event_destinations=destinations)
    if not destinations and not configuration_sets:
        return None
    if not destinations and not found.options_known:
        # Only its destinations are known, and all of them are held.
        return None
    return structs.replace(found, event_destinations=destinations)


def _place_notes(
    code: Iterable[Code], met: set[str], vague: set[str], places: int
) -> Iterator[str]:
    """Which code is of something else, and which may be of several."""
    for each in code:
        if each.request.name not in met:
            where = ", ".join(scope.title for scope in each.side.scopes)
            said = f"is of {where}" if where else "describes nothing"
            yield f"{each.side.title}: {said}, so it manages nothing of what was read"
        elif each.request.name in vague:
            yield (
                f"{each.side.title}: does not give its account and region, so what it "
                f"manages is left out of all {places} that it may belong to"
            )


def doubt(found: Unmanaged) -> ExporterError:
    """That some of what is left may stand in code after all.

    Every line of it would get a second owner.
    """
    return ExporterError(
        f"the code passed to {OPTION} may already manage some of what is left",
        items=shortened((each.said for each in found.doubts), _MOST_NOTES, "more like it"),
        hint="; ".join(filter(None, dict.fromkeys(each.hint for each in found.doubts)))
        or "compare with 'ses2iac diff' before applying",
    )


def _line(
    reading: ReadResult,
    rest: ReadResult,
    managed: ManagedByCode,
    code: tuple[Code, ...],
) -> str:
    """What was left out: a set that is there for its destinations alone is."""
    bare = sum(map(len, managed.values()))
    sets = sum(len(s.configuration_sets) for s in reading.scopes)
    sets -= sum(len(s.configuration_sets) for s in rest.scopes) - bare
    destinations = sum(1 for s in reading.scopes for _ in s.destinations)
    destinations -= sum(1 for s in rest.scopes for _ in s.destinations)
    return f"left out, because {_held_by(code)} it: {inventory(sets, destinations)}"


def nothing_left(reading: ReadResult, code: tuple[Code, ...]) -> str:
    """What to say when code holds all that was read."""
    sets = sum(len(scope.configuration_sets) for scope in reading.scopes)
    destinations = sum(1 for scope in reading.scopes for _ in scope.destinations)
    return f"nothing left to export: {_held_by(code)} all of {inventory(sets, destinations)}"


def _held_by(code: tuple[Code, ...]) -> str:
    names = ", ".join(each.request.name for each in code)
    return f"{names} {'holds' if len(code) == 1 else 'hold'}"
