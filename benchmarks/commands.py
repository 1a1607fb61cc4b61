"""Every command on an account that grows, and on a folder that stands: ``make bench``.

Each is a process of its own. The processor time is compared, as other work on the machine changes
it least: of a second export with the first, and of each command with itself on a tenth of the
account.
``--large`` goes up to 100,000 destinations.
"""

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.export import snapshot
from benchmarks.processes import OURS, FailedError, Usage, measured

SIZES = (1_000, 10_000)
LARGE = 100_000
SECOND = 1.5
"""How much longer than the first export a later one may take."""
GROWTH = 12.0
"""How much more ten times as many destinations may take."""
GIGABYTE = 1000**3 / 1024**2
DIFFERS = 3

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "first export": ("export", "terraform", "--from", "{source}", "--out", "{out}", "--quiet"),
    "second export": ("export", "terraform", "--from", "{source}", "--out", "{out}", "--quiet"),
    "export --check": ("export", "terraform", "--from", "{source}", "--out", "{out}", "--check"),
    "diff": ("diff", "{out}", "{source}"),
    "scan --unmanaged-by": ("scan", "--from", "{source}", "--unmanaged-by", "{out}"),
    "lint": ("lint", "--from", "{source}", "--output", "json", "--fail-on", "never"),
    "report": ("report", "--from", "{source}", "--out", "{folder}/page.html", "--quiet"),
    "scan": ("scan", "--from", "{source}", "--output", "csv"),
}
"""What is measured, in order: all but the first run on the folder that the first one made."""


def of_size(size: int, folder: Path) -> dict[str, Usage]:
    """Every command on an account of that many destinations."""
    source = folder / f"{size}.json"
    source.write_text(json.dumps(snapshot(size)), encoding="utf-8")
    names = {"source": source, "out": folder / f"out-{size}", "folder": folder}
    found = {}
    for what, arguments in COMMANDS.items():
        run = measured([*OURS, *(each.format(**names) for each in arguments)])
        if run.code not in (0, DIFFERS):
            raise FailedError(f"{what}: {run.said[-300:]}")
        found[what] = run
    return found


def show(size: int, runs: Mapping[str, Usage], fewer: Mapping[str, Usage] | None) -> None:
    """Print a line for each command."""
    first = runs["first export"].cpu
    for what, run in runs.items():
        growth = f"{run.cpu / fewer[what].cpu:>9.2f}" if fewer else f"{'':>9}"
        print(
            f"{what:<22}{size:>13,}{run.seconds:>9.2f}{run.cpu:>9.2f}{run.mib:>8.0f}"
            f"{run.cpu / first:>10.2f}{growth}",
            flush=True,
        )


def goal(what: str, number: float, most: float) -> None:
    """Print whether a goal is met."""
    verdict = "met" if number <= most else "MISSED"
    print(f"{what:<56}{number:>8.2f}  at most {most:<7,g}{verdict}")


def main() -> None:
    """Print the table and the goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="up to 100,000 destinations")
    sizes = (*SIZES, LARGE) if parser.parse_args().large else SIZES
    print(f"{'':<22}{'destinations':>13}{'seconds':>9}{'CPU s':>9}{'MiB':>8}", end="")
    print(f"{'to first':>10}{'growth':>9}")
    fewer: dict[str, Usage] | None = None
    runs: dict[str, Usage] = {}
    with tempfile.TemporaryDirectory() as name:
        for size in sizes:
            fewer, runs = runs or None, of_size(size, Path(name))
            show(size, runs, fewer)
    first = runs["first export"].cpu
    for what in ("second export", "export --check"):
        goal(f"{what} to the first", runs[what].cpu / first, SECOND)
    for what, run in runs.items():
        goal(f"{what}: ten times as many", run.cpu / fewer[what].cpu if fewer else 0, GROWTH)
    goal("diff: peak memory in GB", runs["diff"].mib / GIGABYTE, 1)


if __name__ == "__main__":
    main()
