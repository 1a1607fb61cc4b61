"""Sizes of accounts, tables of measurements, and goals."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from benchmarks.processes import Usage

SIZES = (1_000, 10_000, 100_000)
"""The numbers of event destinations, by default."""
TINY, FEW = 1_000, 20_000
LINEAR = 1.2
"""The most that a command's time may grow faster than the account, to allow for noise."""
GIGABYTE = 1000**3 / 1024**2


def arguments(what: str | None, sizes: Sequence[int] = SIZES) -> argparse.ArgumentParser:
    """Return a parser with an option for the sizes of accounts."""
    parser = argparse.ArgumentParser(
        description=what, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--size",
        type=int,
        nargs="+",
        default=list(sizes),
        metavar="N",
        help="event destinations, by default %(default)s; five or more, smallest first",
    )
    return parser


def repeats(size: int, most: int = 3) -> int:
    """Return how often to run: once for a large account, which takes long, and for a tiny one."""
    return most if TINY <= size <= FEW else 1


def goal(what: str, number: float, most: float) -> None:
    """Print a figure, usually a ratio, and whether it meets its goal."""
    verdict = "met" if number <= most else "MISSED"
    print(f"{what:<72}{number:>7.2f}  at most {most:<5,g}{verdict}", flush=True)


def linear(sizes: Mapping[int, Mapping[str, Usage]], names: Iterable[str]) -> None:
    """Print how the processor time of each process grew between the two largest sizes."""
    for before, after in list(pairwise(sorted(sizes)))[-1:]:
        for name in names:
            growth = sizes[after][name].cpu / sizes[before][name].cpu
            goal(f"  {name} / the same of {before:,}", growth, LINEAR * after / before)


def heading(*columns: str) -> None:
    """Print the heading of a table of ``row``."""
    names = ("destinations", "seconds", "CPU s", "MiB", *columns)
    print(f"{'':<40}" + "".join(f"{name:>13}" for name in names))


def row(what: str, size: int, run: Usage, *columns: str) -> None:
    """Print what a process took."""
    cells = (f"{size:,}", f"{run.seconds:.2f}", f"{run.cpu:.2f}", f"{run.mib:.0f}", *columns)
    print(f"{what:<40}" + "".join(f"{cell:>13}" for cell in cells), flush=True)


def gigabytes(run: Usage) -> float:
    """Return the peak memory of a process."""
    return run.mib / GIGABYTE
