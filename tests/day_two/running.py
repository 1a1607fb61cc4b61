"""Running the state machine: so many sequences, the same in every run."""

import os
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.day_two.bench import Bench
from tests.day_two.machine import DayTwo

SEED = int(os.environ.get("SES2IAC_DAY_TWO_SEED", "20261127"))
# A failure is shown as it was found: to make it shorter takes minutes.
_PHASES = [Phase.generate, *[Phase.shrink] * ("SES2IAC_DAY_TWO_SHRINK" in os.environ)]


def run_sequences(make: Callable[[], Bench], count: int, *, steps: int, every: int) -> None:
    """Run sequences; a failure shows the commands, and how to run them again.

    Args:
        make: Makes an empty account and an empty folder.
        count: How many.
        steps: Of how many steps each.
        every: After how many exports ``--check`` and ``diff`` are asked.
    """

    @seed(SEED)
    class Sequence(DayTwo):
        def __init__(self) -> None:
            super().__init__(make(), every=every)

    settled = settings(
        max_examples=count,
        stateful_step_count=steps,
        phases=_PHASES,
        deadline=None,
        database=None,
        print_blob=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Sequence, settings=settled)
    except Exception as error:
        error.add_note(f"with SES2IAC_DAY_TWO_SEED={SEED}; SES2IAC_DAY_TWO_SHRINK=1 shortens it")
        raise
