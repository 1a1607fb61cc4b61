"""Sequences that a person would think of first, each of which once went wrong."""

from collections.abc import Callable, Mapping

from tests.day_two.choices import Flags
from tests.day_two.machine import DayTwo

NEWCOMER = "gamma"


def new_set(machine: DayTwo) -> None:
    """A set that came after the import is imported, and nothing else is."""
    machine.begin(is_imported=True)
    machine.create(NEWCOMER, "bounces")
    machine.export()
    imports = sorted(by for _, by in machine.bench.code().imports)
    machine.bench.must(imports == [NEWCOMER, f"{NEWCOMER}|bounces"], f"imports: {imports}")
    machine.apply()


def narrower(machine: DayTwo) -> None:
    """What a later export leaves out leaves state too, and comes back by an import."""
    machine.begin(is_imported=True)
    machine.export(Flags(include=("alpha",)))
    machine.apply()
    machine.delete("removed.tf")
    machine.export()
    machine.export(Flags(reset=True))
    machine.apply()


def narrower_and_back(machine: DayTwo) -> None:
    """The same before anything was applied."""
    machine.begin()
    machine.export(Flags(include=("alpha",)))
    machine.export(Flags(reset=True))
    machine.apply()


def without_sets(machine: DayTwo) -> None:
    """The sets leave the code; their destinations stay."""
    machine.begin(is_imported=True)
    machine.export(Flags(sets=False))
    machine.apply()
    machine.export(Flags(sets=True))
    machine.apply()


def renamed_and_left_out(machine: DayTwo) -> None:
    """Renamed once, not applied, and then left out: state may hold either name."""
    machine.begin(is_imported=True)
    machine.rename("alpha")
    machine.export()
    machine.export(Flags(exclude=("alpha",)))
    machine.apply()


def left_out_and_renamed(machine: DayTwo) -> None:
    """Left out, not applied, renamed, and taken in again: the move finds what state holds."""
    machine.begin(is_imported=True)
    machine.export(Flags(exclude=("alpha",)))
    machine.rename("alpha")
    machine.export(Flags(reset=True))
    machine.apply()


def part_of_an_account(machine: DayTwo) -> None:
    """A snapshot of one set does not prove that the others are gone."""
    machine.begin(is_imported=True)
    machine.export(part="alpha")
    machine.apply()
    machine.export(part="*")
    machine.apply()


def gone(machine: DayTwo) -> None:
    """What is gone from SES leaves the code, and comes back as something new."""
    machine.begin(is_imported=True)
    machine.bench.aws("delete_configuration_set", ConfigurationSetName="beta")
    machine.export()
    machine.apply()
    machine.create("beta", "bounces")
    machine.export()
    machine.apply()


def another_account(machine: DayTwo) -> None:
    """Nothing of the export is left: it is refused, and forced it destroys nothing."""
    machine.begin(is_imported=True)
    for name in ("alpha", "beta"):
        machine.bench.aws("delete_configuration_set", ConfigurationSetName=name)
    machine.create(NEWCOMER, "bounces")
    machine.export()
    machine.apply()


SCENARIOS: Mapping[str, Callable[[DayTwo], None]] = {
    each.__name__: each
    for each in (
        new_set,
        narrower,
        narrower_and_back,
        without_sets,
        renamed_and_left_out,
        left_out_and_renamed,
        part_of_an_account,
        gone,
        another_account,
    )
}
