"""A small model of Terraform: state, and what a plan makes of resources and their blocks.

Only what the safety of live resources depends on is in it. Each rule was seen in Terraform 1.11.4
with the AWS provider 5.100.0; tests/acceptance/test_terraform_blocks.py compares the two.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from exporter.formats.code_resource import Unknown
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from tests.day_two import code
from tests.day_two.accounts import Account
from tests.day_two.code import Code
from tests.day_two.plans import Action, Change, Planned

Json = Any


class ModelTerraform:
    """Terraform in one folder, with a state of its own.

    Args:
        folder: The root module.
        account: What it manages.
        scope: The account and region of the data sources.
        held: What state holds at first.
    """

    def __init__(
        self,
        folder: Path,
        account: Account,
        scope: Scope,
        held: Mapping[str, Identity] | None = None,
    ) -> None:
        self._folder = folder
        self._account = account
        self._scope = scope
        self._state = dict(held or {})
        self._next: dict[str, Identity] | None = None

    def state(self) -> Mapping[str, Identity]:
        """The addresses that state holds, and what each is in SES."""
        return self._state

    def plan(self) -> Planned:
        """Plan against the account as it is."""
        self._next = None
        read = code.read(self._folder, self._scope)
        errors = _statement_errors(read) or _target_errors(read)
        if errors:
            return Planned((), errors)
        live = _live(self._account)
        moved = _moved(read, self._state)
        state = {at: self._state[before] for at, before in moved.items()}
        before = {at: old for at, old in moved.items() if at != old}
        imports = {to: by for to, by in read.imports if to not in state}
        if any(by not in live for by in imports.values()):
            return Planned((), ("Cannot import non-existent remote object",))
        changes = [*_orphans(read, state, before, live)]
        for address, described in read.resources.items():
            wanted = described.identity
            held = state.get(address)
            if held is not None and held.import_id not in live:
                held = None
            if address in imports:
                by = imports[address]
                is_same = _same(described.values, live[by])
                action = Action.IMPORT if is_same else Action.UPDATE
                changes.append(Change(action, address, import_id=by))
                continue
            if held is None:
                action = Action.CREATE
            elif held != wanted:
                action = Action.REPLACE
            elif not _same(described.values, live[wanted.import_id]):
                action = Action.UPDATE
            elif address in before:
                action = Action.MOVE
            else:
                continue
            changes.append(Change(action, address, before.get(address, "")))
        self._next = {at: each.identity for at, each in read.resources.items()}
        return Planned(tuple(sorted(changes)))

    def apply(self) -> None:
        """Take over what the last plan imports, moves and forgets.

        Raises:
            AssertionError: when it would do more.
        """
        planned = self.plan()
        more = [c for c in planned.changes if c.action not in _HARMLESS]
        assert self._next is not None, planned.lines
        assert not more, planned.lines
        self._state = self._next


_HARMLESS = (Action.IMPORT, Action.MOVE, Action.FORGET)


def _live(account: Account) -> dict[str, Json]:
    """What is alive, by import id."""
    found: dict[str, Json] = {}
    for name, content in account.dump().items():
        destinations = content.pop("EventDestinations")
        found[name] = content
        for each in destinations:
            found[f"{name}|{each.pop('Name')}"] = each
    return found


def _same(written: Json, live: Json) -> bool:
    """Whether the provider sees no difference between code and account."""
    return bool(_normal(written) == _normal(live))


def _normal(value: Json) -> Json:
    """A value without what is empty, and with the order that the provider ignores."""
    assert not isinstance(value, Unknown), value
    if isinstance(value, Mapping):
        items = {key: _normal(item) for key, item in value.items() if key not in _NOT_MANAGED}
        return {key: item for key, item in items.items() if item not in (None, {}, [])}
    if isinstance(value, list | tuple):
        items_ = [_normal(item) for item in value]
        is_of_events = bool(items_) and all(item in _EVENTS for item in items_)
        return sorted(items_) if is_of_events else items_
    return value


_NOT_MANAGED = frozenset({"ConfigurationSetName", "Name", "Tags", "LastFreshStart"})
_EVENTS = ("SEND", "REJECT", "DELIVERY", "OPEN", "CLICK", "RENDERING_FAILURE", "DELIVERY_DELAY")


def _statement_errors(read: Code) -> tuple[str, ...]:
    """The errors that Terraform finds before it looks at state."""
    found = []
    for address, times in Counter(to for to, _ in read.imports).items():
        if times > 1:
            found.append(f'Duplicate import configuration for "{address}"')
    if found:
        return tuple(found)
    found += [
        "Removed resource still exists"
        for each in read.removals
        if each.address in {address.partition("[")[0] for address in read.resources}
    ]
    found += ["Resource instance keys not allowed" for r in read.removals if "[" in r.address]
    sources, ends = Counter(a for a, _ in read.moves), Counter(b for _, b in read.moves)
    ambiguous = [n for n in (*sources.values(), *ends.values()) if n > 1]
    found += ["Ambiguous move statements" for _ in ambiguous]
    declared = {*read.resources, *(to for to, _ in read.imports)}
    found += ["Moved object still exists" for old, _ in read.moves if old in declared]
    return tuple(found)


def _target_errors(read: Code) -> tuple[str, ...]:
    missing = [to for to, _ in read.imports if to not in read.resources]
    return tuple("Configuration for import target does not exist" for _ in missing)


def _moved(read: Code, state: Mapping[str, Identity]) -> dict[str, str]:
    """Where each object of state stands after the moves -> where state holds it."""
    at = {address: address for address in state}
    for old, new in _in_order(dict(read.moves)):
        if old in at and new not in at:
            at[new] = at.pop(old)
    return at


def _in_order(moves: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The moves; of a chain, the first step first."""
    waiting = dict(moves)
    while waiting:
        firsts = [old for old in waiting if old not in waiting.values()]
        for old in firsts or list(waiting):
            yield old, waiting.pop(old)


def _orphans(
    read: Code,
    state: Mapping[str, Identity],
    before: Mapping[str, str],
    live: Mapping[str, Json],
) -> Iterator[Change]:
    """What becomes of that which state holds and code does not."""
    destroys = {each.address: each.destroys for each in read.removals}
    for address, who in state.items():
        if address in read.resources:
            continue
        previous = before.get(address, "")
        if not destroys.get(address, True):
            # It is not looked for in SES first: what is gone is forgotten too.
            yield Change(Action.FORGET, address, previous)
        elif who.import_id in live:
            yield Change(Action.DELETE, address, previous)
