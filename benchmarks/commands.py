"""Every command on an account that grows, and on a folder that stands: ``make bench``.

Each is a process of its own. The processor time is compared, as other work on the machine changes
it least: of a second export with the first, and of each command with itself on a smaller account.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.account import written
from benchmarks.goals import arguments, gigabytes, goal, heading, linear, row
from benchmarks.processes import OURS, FailedError, Usage, measured

SECOND = 1.5
"""How much longer than the first export a later one may take."""
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
"""What is measured, in order: all but the first run on the folder that the first one made."""


def of_size(size: int, folder: Path) -> dict[str, Usage]:
    """Run every command on an account of that many destinations, and print what each took."""
    names = {"source": written(size, folder), "out": folder / f"out-{size}", "folder": folder}
    found = {}
    for what, words in COMMANDS.items():
        run = measured([*OURS, *(each.format(**names) for each in words)])
        if run.code not in (0, DIFFERS):
            raise FailedError(f"{what}: {run.said[-300:]}")
        found[what] = run
        row(what, size, run, f"{run.cpu / found[FIRST].cpu:.2f}")
    return found


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
