"""Time and peak memory of an export, for growing accounts: ``make bench``.

Each measurement is a separate process, from start to exit, that reads a snapshot file and writes
a new folder. The exports are compared with a bare Jinja loop over the same templates
(``benchmarks.loop``), by processor time, which other work on the machine affects least.
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.account import written
from benchmarks.goals import arguments, gigabytes, goal, heading, linear, repeats, row
from benchmarks.loop import ALL, DESTINATIONS
from benchmarks.processes import OURS, Usage, measured
from exporter.formats.registry import FormatName

DESTINATION_LOOP = "Jinja over destinations"
WHOLE_LOOP = "Jinja over all files"


def measure(source: Path, format_name: str, out: Path) -> Usage:
    """Run an export in a separate process."""
    command = [*OURS, "export", format_name, "--quiet", "--from", str(source), "--out", str(out)]
    return measured(command).check()


def middle(runs: Sequence[Usage]) -> Usage:
    """Return the run with the median processor time."""
    return sorted(runs, key=lambda run: run.cpu)[len(runs) // 2]


def _loop(source: Path, out: Path, templates: Sequence[str]) -> Usage:
    """Run the bare Jinja loop in a separate process."""
    out.mkdir()
    command = [sys.executable, "-m", "benchmarks.loop", str(source), str(out), *templates]
    return measured(command).check()


def _of_size(size: int, folder: Path) -> dict[str, Usage]:
    """Run every export and both loops for one size, alternating, so that noise affects all."""
    source = written(size, folder)
    runs: dict[str, list[Usage]] = {}
    for number in range(repeats(size)):
        out = folder / f"{size}-{number}"
        out.mkdir()
        for name in FormatName:
            runs.setdefault(name, []).append(measure(source, name, out / name))
        runs.setdefault(DESTINATION_LOOP, []).append(_loop(source, out / "one", [DESTINATIONS]))
        runs.setdefault(WHOLE_LOOP, []).append(_loop(source, out / "all", ALL))
        for file in ALL:
            expected = (out / FormatName.TERRAFORM / file).read_bytes()
            assert (out / "all" / file).read_bytes() == expected, file
    return {name: middle(measured_runs) for name, measured_runs in runs.items()}


def _goals(sizes: Mapping[int, Mapping[str, Usage]]) -> None:
    largest = max(sizes)
    most = sizes[largest]
    print(f"CPU of whole processes, {largest:,} destinations:")
    terraform = most[FormatName.TERRAFORM].cpu
    goal(
        "  Terraform / a Jinja loop over the destinations",
        terraform / most[DESTINATION_LOOP].cpu,
        1.5,
    )
    goal(
        "  Terraform / a Jinja loop over all that it writes", terraform / most[WHOLE_LOOP].cpu, 1.5
    )
    goal("  CDK / Terraform", most[FormatName.CDK].cpu / terraform, 2)
    for name in FormatName:
        goal(f"  {name}: peak memory in GB", gigabytes(most[name]), 1.5)
    linear(sizes, FormatName)


def main() -> None:
    """Print the table and the goals."""
    options = arguments(__doc__).parse_args()
    heading("CPU ms each")
    sizes: dict[int, dict[str, Usage]] = {}
    with tempfile.TemporaryDirectory() as name:
        for size in options.size:
            sizes[size] = _of_size(size, Path(name))
            for what, run in sizes[size].items():
                row(what, size, run, f"{1000 * run.cpu / size:.3f}")
    _goals(sizes)


if __name__ == "__main__":
    main()
