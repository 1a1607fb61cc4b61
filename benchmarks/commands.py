"""Every command on growing accounts, and on an existing export: ``make bench``.

Each command is a separate process. Processor time is compared, because other work on the machine
affects it least: a second export with the first, and each command with itself on a smaller account.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.account import written
from benchmarks.goals import arguments, gigabytes, goal, heading, linear, row
from benchmarks.processes import OURS, FailedError, Usage, measured

SECOND = 1.5
"""The most that a later export may take, relative to the first."""
DIFFERS = 3

FIRST = "first export"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    FIRST: ("export", "terraform", "--from", "{source}", "--out", "{out}", "--quiet"),
    "second export": ("export", "terraform", "--from", "{source}", "--out", "{out}", "--quiet"),
    "export --check": ("export", "terraform", "--from", "{source}", "--out", "{out}", "--check"),
    "diff with the export": ("diff", "{out}", "{source}"),
    "scan --unmanaged-by": ("scan", "--from", "{source}", "--unmanaged-by", "{out}"),
    "lint": ("lint", "--from", "{source}", "--output", "json", "--fail-on", "never"),
    "report": ("report", "--from", "{source}", "--out", "{folder}/page.html", "--quiet"),
    "scan": ("scan", "--from", "{source}"),
    "scan --output json": ("scan", "--from", "{source}", "--output", "json"),
    "scan --output csv": ("scan", "--from", "{source}", "--output", "csv"),
}
"""The commands, in order: all but the first use the folder that the first one writes."""


def of_size(size: int, folder: Path) -> dict[str, Usage]:
    """Run every command on an account of that many destinations, and print what each took."""
    names = {"source": written(size, folder), "out": folder / f"out-{size}", "folder": folder}
    runs = {}
    for title, words in COMMANDS.items():
        run = measured([*OURS, *(word.format(**names) for word in words)])
        if run.code not in (0, DIFFERS):
            raise FailedError(f"{title}: {run.stderr[-300:]}")
        runs[title] = run
        row(title, size, run, f"{run.cpu / runs[FIRST].cpu:.2f}")
    return runs


def _goals(sizes: Mapping[int, Mapping[str, Usage]]) -> None:
    largest = max(sizes)
    runs = sizes[largest]
    print(f"CPU of whole processes, {largest:,} destinations:")
    for what in ("second export", "export --check"):
        goal(f"  {what} / {FIRST}", runs[what].cpu / runs[FIRST].cpu, SECOND)
    goal("  diff with the export: peak memory in GB", gigabytes(runs["diff with the export"]), 1)
    linear(sizes, COMMANDS)


def main() -> None:
    """Print the table and the goals."""
    options = arguments(__doc__).parse_args()
    heading("CPU / first")
    sizes: dict[int, dict[str, Usage]] = {}
    with tempfile.TemporaryDirectory() as name:
        for size in options.size:
            sizes[size] = of_size(size, Path(name))
    _goals(sizes)


if __name__ == "__main__":
    main()
