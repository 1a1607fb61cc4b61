"""The sequences: an account changes, exports follow it, and Terraform is asked each time.

What must hold after every export is in ``_check``. A failure shows all steps as the commands that
a person would type.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from exporter.model.identities import Identity
from tests.day_two.accounts import OPTIONS, PLAIN, targets
from tests.day_two.bench import Bench
from tests.day_two.choices import (
    DESTINATIONS,
    NONE,
    SETS,
    Choices,
    Flags,
    first_flags,
    later_flags,
)
from tests.day_two.plans import Action, Change

Json = Any

_EVENTS = (["BOUNCE"], ["BOUNCE", "COMPLAINT"], ["CLICK", "OPEN", "SEND"])


class DayTwo(RuleBasedStateMachine):
    """A person, an account, a folder with an export, and Terraform.

    Args:
        bench: An empty account and an empty folder.
        every: After how many exports ``--check`` and ``diff`` are asked; 0 is never.
    """

    def __init__(self, bench: Bench, *, every: int) -> None:
        super().__init__()
        self.bench = bench
        self._every = every
        self._exports = 0
        self._choices = Choices()
        self._applied: dict[str, bytes] = {}
        self._is_fresh = False
        self._renames = 0
        self._kept_addresses: set[str] = set()

    # The account
    # ------------------------------------------------------------------------------------

    # Most of what can go wrong needs a state that holds something.
    @initialize(flags=first_flags(), is_imported=st.sampled_from((True, True, False)))
    def begin(self, flags: Flags = NONE, *, is_imported: bool = False) -> None:
        """An account with two sets is exported for the first time, and perhaps imported."""
        for name in SETS[:2]:
            self.create(name, DESTINATIONS[0])
        self._put("create", SETS[0], DESTINATIONS[1], self._definition(2))
        self.export(flags)
        if is_imported and self._is_fresh:
            self.apply()
            self.delete("imports.tf")

    @rule(data=st.data(), kind=st.sampled_from(("add", "remove", "rename", "options")))
    def change_a_set(self, data: st.DataObject, kind: str) -> None:
        """Somebody adds, removes, changes a set, or makes it anew under another name."""
        bench = self.bench
        alive = sorted(bench.account.dump())
        absent = [each for each in SETS if each not in alive]
        if kind == "options" and alive:
            name = data.draw(st.sampled_from(alive))
            option, value = data.draw(st.sampled_from(OPTIONS))
            bench.aws(f"put_configuration_set_{option}_options", ConfigurationSetName=name, **value)
        old = data.draw(st.sampled_from(alive)) if kind in ("remove", "rename") and alive else ""
        new = data.draw(st.sampled_from(absent)) if kind in ("add", "rename") and absent else ""
        content = bench.account.dump().get(old, {})
        if old:
            bench.aws("delete_configuration_set", ConfigurationSetName=old)
        if new:
            self._create_set(new)
            for each in content.get("EventDestinations", ()):
                self._put("create", new, each.pop("Name"), each)
        self._is_fresh = False

    @rule(data=st.data(), remove=st.booleans(), leads_to=st.integers(0, 5))
    @precondition(lambda self: self.bench.account.dump())
    def change_a_destination(self, data: st.DataObject, *, remove: bool, leads_to: int) -> None:
        """Somebody adds, removes or changes an event destination."""
        bench = self.bench
        owner = data.draw(st.sampled_from(sorted(bench.account.dump())))
        name = data.draw(st.sampled_from(DESTINATIONS))
        exists = Identity(owner, name) in bench.alive()
        if exists and remove:
            bench.aws(
                "delete_configuration_set_event_destination",
                ConfigurationSetName=owner,
                EventDestinationName=name,
            )
        else:
            events, enabled = data.draw(st.sampled_from(_EVENTS)), data.draw(st.booleans())
            definition = self._definition(leads_to, events, enabled=enabled)
            self._put("update" if exists else "create", owner, name, definition)
        self._is_fresh = False

    def create(self, name: str, destination: str) -> None:
        """Create a set with a destination."""
        self._create_set(name)
        self._put("create", name, destination, self._definition(0))

    def _create_set(self, name: str) -> None:
        self.bench.aws("create_configuration_set", ConfigurationSetName=name, **PLAIN)

    def _definition(
        self, leads_to: int, events: Sequence[str] = _EVENTS[0], *, enabled: bool = True
    ) -> Json:
        scope = self.bench.scope
        target = targets(scope.region, scope.account_id or "")[leads_to]
        return {"Enabled": enabled, "MatchingEventTypes": [*events], **target}

    def _put(self, verb: str, owner: str, name: str, definition: Json) -> None:
        self.bench.aws(
            f"{verb}_configuration_set_event_destination",
            ConfigurationSetName=owner,
            EventDestinationName=name,
            EventDestination=definition,
        )

    # Exports
    # ------------------------------------------------------------------------------------

    @rule()
    def export_again(self) -> None:
        """Without any option: the earlier ones hold."""
        self.export()

    @rule(flags=later_flags())
    def export_otherwise(self, flags: Flags) -> None:
        """With other options."""
        self.export(flags)

    @rule(flags=st.just(NONE) | later_flags(), part=st.none() | st.sampled_from(SETS))
    @precondition(lambda self: self.bench.account.dump())
    def export_a_snapshot(self, flags: Flags, part: str | None) -> None:
        """From a snapshot that was just taken, perhaps of one set alone."""
        self.export(flags, part=part if part in self.bench.account.dump() else "*")

    def export(self, flags: Flags = NONE, part: str = "") -> None:
        """Export, and check what comes of it.

        Args:
            flags: Its options.
            part: A pattern, to export a snapshot of what matches in place of the live account.
        """
        bench, source = self.bench, "live"
        if part:
            source = str(bench.folder / "account.json")
            only = ("--include", part) if part != "*" else ()
            ran = bench.run("snapshot", "--out", source, "-q", *only)
            bench.must(ran.code == 0, ran.err)
        choices = flags.over(self._choices)
        alive = bench.alive()
        read = Choices(include=(part or "*",)).selects(alive)
        selected = choices.selects(read)
        earlier, before, imports_stood = bench.held(), self._managed(), "imports.tf" in bench.once()
        command = ("export", "terraform", "--from", source, "--out", str(bench.infra), "-q")
        ran = bench.run(*command, *flags.arguments)
        is_other = bool(earlier) and not earlier & read
        if ran.code:
            bench.must(ran.code == 1, f"exit code {ran.code}\n{ran.err}")
            bench.must(is_other or not selected, f"refused without need\n{ran.err}")
            if not (is_other and selected):
                return
            named = any(str(each) in ran.err for each in earlier)
            bench.must(named, f"the refusal names none of {_shown(earlier)}\n{ran.err}")
            ran = bench.run(*command, "--force", *flags.arguments)
            bench.must(ran.code == 0, ran.err)
        elif source == "live" and not _sets(earlier) & _sets(read):
            # One set alone may well have been replaced by another.
            bench.must(len(_sets(earlier)) < 2, f"nothing of the earlier export is left\n{ran.err}")
        if not bench.is_exported:
            bench.must(not selected, f"nothing was written\n{ran.err}")
            return
        self._choices = choices
        self._is_fresh = True
        self._check(alive, selected, imports_stood=imports_stood)
        left = (before & alive) - selected
        bench.must(
            not left or "warning:" in ran.err,
            f"no warning, though these left the code alive: {_shown(left)}\n{ran.err}",
        )
        self._exports += 1
        if self._every and self._exports % self._every == 0:
            self._compare(source)

    def _managed(self) -> set[Identity]:
        """What the code describes."""
        if not self.bench.infra.exists():
            return set()
        return {each.identity for each in self.bench.code().resources.values()}

    def _check(self, alive: set[Identity], selected: set[Identity], *, imports_stood: bool) -> None:
        """Right after an export: nothing that is alive is at risk, and nothing is missing."""
        bench = self.bench
        code, state = bench.code(), bench.engine.state()
        written = {address: each.identity for address, each in code.resources.items()}
        bench.must(
            set(written.values()) == selected,
            f"selected: {_shown(selected)}\nwritten: {_shown(written.values())}",
        )
        planned = bench.engine.plan()
        shown = "\n".join(planned.lines)
        bench.must(not planned.errors, shown)
        for change in planned.changes:
            who = written.get(change.address) or state[change.previous or change.address]
            why = _fault(change, is_alive=who in alive, is_selected=who in selected)
            bench.must(not why, f"{who}: {why}\n{shown}")
        if not imports_stood:
            again = [to for to, _ in code.imports if to in state and to in self._kept_addresses]
            bench.must(not again, f"imported before, and imported again: {again}")
        self._kept_addresses = set(written)

    def _compare(self, source: str) -> None:
        """``--check`` and ``diff`` agree that there is nothing to do."""
        bench = self.bench
        infra = str(bench.infra)
        ran = bench.run("export", "terraform", "--from", source, "--out", infra, "--check", "-q")
        bench.must(ran.code == 0, f"--check: exit code {ran.code}\n{ran.err}")
        if self._managed():
            ran = bench.run("diff", infra, "live", "--unmanaged", "ignore", "-q")
            bench.must(ran.code == 0, f"diff: exit code {ran.code}\n{ran.out}{ran.err}")

    # The folder and Terraform
    # ------------------------------------------------------------------------------------

    @rule(data=st.data())
    @precondition(lambda self: self.bench.infra.exists() and self.bench.names())
    def rename_in_code(self, data: st.DataObject) -> None:
        """A person edits a line of names.toml; the next export follows."""
        self.rename(data.draw(st.sampled_from(self.bench.names())))

    def rename(self, old: str) -> None:
        """Give a resource a name in code that none had before."""
        self._renames += 1
        self.bench.rename(old, f"renamed_{self._renames}")
        self._is_fresh = False

    @rule()
    @precondition(lambda self: self._is_fresh)
    def apply(self) -> None:
        """What the export promised comes true: nothing changes, and the next plan is empty."""
        bench = self.bench
        before = bench.account.dump()
        bench.typed.append("terraform -chdir=infra apply")
        bench.engine.apply()
        bench.must(bench.account.dump() == before, "the apply changed the account")
        planned = bench.engine.plan()
        bench.must(not planned.changes and not planned.errors, "\n".join(planned.lines))
        written = {at: each.identity for at, each in bench.code().resources.items()}
        bench.must(dict(bench.engine.state()) == written, "state is not what the code says")
        self._applied = bench.once()

    @rule(data=st.data())
    @precondition(lambda self: self._deletable())
    def clean_up(self, data: st.DataObject) -> None:
        """A person deletes files that an apply has made superfluous."""
        names = st.sampled_from(self._deletable())
        self.delete(*data.draw(st.lists(names, min_size=1, unique=True)))

    def delete(self, *names: str) -> None:
        """Delete files of the export."""
        for name in names:
            self.bench.typed.append(f"rm infra/{name}")
            (self.bench.infra / name).unlink()

    def _deletable(self) -> list[str]:
        once = self.bench.once()
        return sorted(name for name, content in once.items() if self._applied.get(name) == content)


def _fault(change: Change, *, is_alive: bool, is_selected: bool) -> str:
    """What is wrong with a change right after an export of what is alive; empty when nothing is."""
    match change.action:
        case Action.DELETE | Action.REPLACE if is_alive:
            return f"{change.action} of what is alive"
        case Action.CREATE if is_alive:
            return "create of what exists"
        case Action.CREATE | Action.REPLACE:
            return f"{change.action} of what was gone before the export"
        case Action.UPDATE:
            return "update of what the account did not change since"
        case Action.FORGET if is_selected:
            return "forgotten, though the export selects it"
    return ""


def _sets(identities: Iterable[Identity]) -> set[str]:
    return {each.configuration_set for each in identities}


def _shown(identities: Iterable[Identity]) -> str:
    return ", ".join(sorted(map(str, identities)))
