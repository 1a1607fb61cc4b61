"""Every benchmark runs: at a tiny size, to see that it says what it measures, not how much."""

import pkgutil
import re
import subprocess
import sys

import pytest

import benchmarks
from tests.support import ROOT

SIZE = ("--size", "20")
TINY: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "export": (
        ("--size", "10", "20"),
        (
            "Terraform / a Jinja loop over the destinations",
            "Terraform / a Jinja loop over all that it writes",
            "terraform: peak memory in GB",
            "terraform / the same of 10",
        ),
    ),
    "commands": (
        SIZE,
        (
            "second export / first export",
            "export --check / first export",
            "diff with the export: peak memory in GB",
        ),
    ),
    "diff": (
        SIZE,
        (
            "diff of two snapshots / json.load of both snapshots",
            "diff of an export and a snapshot / diff of two snapshots",
        ),
    ),
    "start": (
        SIZE,
        (
            "ses2iac --help / a minimal Typer application's --help",
            "scan --from 20 destinations | head -1 / ses2iac --help",
        ),
    ),
    "reading": (("--tiny",), ("calls, 20 sets of 1 destinations", "share of the best")),
}
"""How each is run, and the figures that have a goal."""
PARTS = {"account", "goals", "loop", "pool", "processes", "server"}
"""What the others are made of, or run; ``server`` has tests of its own."""
ENGINES = {"terraform"}
"""Those that need an engine: see ``tests/acceptance``."""


def test_every_benchmark_is_run() -> None:
    modules = {module.name for module in pkgutil.iter_modules(benchmarks.__path__)}
    assert modules == {*TINY, *PARTS, *ENGINES}


@pytest.mark.slow
@pytest.mark.parametrize("name", TINY)
def test_a_benchmark_prints_its_figures_and_goals(name: str) -> None:
    arguments, figures = TINY[name]
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    for figure in figures:
        [line] = [line for line in done.stdout.splitlines() if _is_of(line, figure)][:1]
        assert re.search(r"\d\S* +(at (most|least) )?[\d,.]+ *(met|MISSED)$", line), line


def _is_of(line: str, figure: str) -> bool:
    return re.match(rf" *{re.escape(figure)}\b", line) is not None
