"""The cost of reading an account, with and without SES's quota.

``python -m benchmarks.reading`` runs the installed command against ``benchmarks.server``, in
separate processes, and prints measurements and goals. ``python -m benchmarks.reading one fast``
runs only these measures; ``--help`` lists them.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import OURS, FailedError, Server, Stats, Usage, measured, serving
from benchmarks.server import DESTINATIONS, OPTIONS, Settings, account_id

# Some of those that botocore lists for sesv2; accounts have most of them without opting in.
REGIONS = (
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-2",
)

PAGE = 100
MIB = 1024 * 1024


@dataclass(frozen=True)
class Size:
    """How much to read.

    Attributes:
        calls: The number of sets for counting calls.
        quota: The number of sets to read at the quota, one per second.
        fast: The number of sets to read without a quota.
        runs: How often to do that.
        threads: The threads of the pools that it is compared with.
        fleets: Accounts, and regions of each, to read together.
    """

    calls: int = 250
    quota: int = 30
    fast: int = 2000
    runs: int = 3
    threads: tuple[int, ...] = (1, 2, 4, 8, 16)
    fleets: tuple[tuple[int, int], ...] = ((1, 1), (10, 10), (63, 16))


TINY = Size(20, 2, 20, 1, (1,), ((1, 1), (2, 1), (2, 2)))
"""Just enough to try the benchmark itself."""


@dataclass(frozen=True)
class Run:
    """One run of a command against a server."""

    usage: Usage
    stats: Stats

    @property
    def cpu_per_1000_calls(self) -> float:
        """Seconds of processor time, including the start of the process."""
        return 1000 * self.usage.cpu / self.stats.total


def row(what: str, number: str, goal: str = "", is_met: bool | None = None) -> None:
    """Print a line of the table; ``is_met`` is None without a goal."""
    verdict = {None: "", True: "met", False: "MISSED"}[is_met]
    print(f"{what:<47}{number:>21}  {goal:<18}{verdict}".rstrip(), flush=True)


def snapshot(server: Server, *options: str) -> Run:
    """Take a snapshot with the command line."""
    return command(server, "snapshot", "--quiet", *options)


def command(server: Server, *arguments: str) -> Run:
    """Run the command line; it writes to a temporary folder.

    Raises:
        FailedError: if it fails.
    """
    server.reset()
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder, "out"))
        usage = measured([*OURS, *arguments, "--out", out], server.environment).check()
    return Run(usage, server.stats())


def regions(count: int) -> list[str]:
    """Return the options for this many regions."""
    return [f"--region={region}" for region in REGIONS[:count]]


def calls(size: Size) -> None:
    """Count the calls for N sets."""
    sets = size.calls
    pages = -(-sets // PAGE)
    for destinations in (0, 1, 10):
        with serving(Settings(sets=sets, destinations=destinations)) as server:
            number = snapshot(server).stats.ses
            what = f"calls, {sets} sets of {destinations} destinations"
            row(what, f"{number}", f"{2 * sets + pages}", number <= 2 * sets + pages)
            if destinations == 1:
                bare = ["export", "terraform", "--quiet", "--no-configuration-sets"]
                number = command(server, *bare).stats.ses
                row(
                    "the same, exported without set options",
                    f"{number}",
                    f"{sets + pages}",
                    number <= sets + pages,
                )


def _paced(sets: int, scopes: int) -> Run:
    with serving(Settings(sets=sets, rate=1, burst=1)) as server:
        run = snapshot(server, *regions(scopes))
    read = run.stats.calls
    for action in (OPTIONS, DESTINATIONS):
        assert read[action]["answered"] == sets * scopes, read
    assert run.stats.scopes == scopes
    return run


def _refused(run: Run, what: str) -> None:
    share = run.stats.throttled / run.stats.ses
    number = f"{run.stats.throttled} of {run.stats.ses}, {share:.1%}"
    row(what, number, "at most 2 %", share <= 0.02)


def one(size: Size) -> Run:
    """Read one scope at the quota."""
    run = _paced(size.quota, 1)
    goal = 1.05 * size.quota + 1
    seconds = run.usage.seconds
    row(
        f"{size.quota} sets at 1 request/s",
        f"{seconds:.1f} s",
        f"at most {goal:.1f} s",
        seconds <= goal,
    )
    row("  from the first to the last call", f"{run.stats.seconds:.1f} s")
    _refused(run, "  throttled")
    return run


def many(size: Size, single: Run | None = None) -> None:
    """Read sixteen scopes at the quota in parallel, and compare that with one scope."""
    single = single or one(size)
    run = _paced(size.quota, len(REGIONS))
    seconds = run.usage.seconds
    goal = 1.1 * single.usage.seconds
    row("the same, 16 scopes at once", f"{seconds:.1f} s", f"at most {goal:.1f} s", seconds <= goal)
    row("  from the first to the last call", f"{run.stats.seconds:.1f} s")
    _refused(run, "  throttled")


def _bare(server: Server, threads: int) -> Run:
    """Make the same calls with a thread pool and one botocore client."""
    server.reset()
    pool = [sys.executable, "-m", "benchmarks.pool", str(threads)]
    usage = measured(pool, server.environment).check()
    return Run(usage, server.stats())


def _rates(run: Run) -> tuple[float, float]:
    """Return calls per second of the whole process, and between its first and last call."""
    return run.stats.ses / run.usage.seconds, (run.stats.ses - 1) / run.stats.seconds


def _middle(runs: Sequence[Run]) -> tuple[float, float]:
    """Return both rates, each the median of several runs."""
    whole, inner = zip(*map(_rates, runs), strict=True)
    return statistics.median(whole), statistics.median(inner)


def fast(size: Size, latency: float = 0.0) -> None:
    """Read one large scope without a quota, and compare that with bare thread pools."""
    ours: list[Run] = []
    bare: dict[int, list[Run]] = {threads: [] for threads in size.threads}
    with serving(Settings(sets=size.fast, latency=latency)) as server:
        # Alternating, so that noise affects all.
        for _ in range(size.runs):
            ours.append(snapshot(server))
            for threads, runs in bare.items():
                runs.append(_bare(server, threads))
    mine = _middle(ours)
    row(f"{size.fast:,} sets without a quota", _formatted(mine))
    for threads, runs in bare.items():
        row(f"  a bare pool of {threads} threads", _formatted(_middle(runs)))
    for index, what in enumerate(("the whole process", "first to last call")):
        ratio = mine[index] / max(_middle(runs)[index] for runs in bare.values())
        row(f"  share of the best, {what}", f"{ratio:.2f}", "at least 0.8", ratio >= 0.8)
    row("  CPU seconds per 1,000 calls", f"{_middle_cpu(ours):.2f}")
    row("  the same of the thriftiest pool", f"{min(map(_middle_cpu, bare.values())):.2f}")
    row("  peak memory", f"{ours[-1].usage.mib:.0f} MiB")


def _middle_cpu(runs: Sequence[Run]) -> float:
    """Return CPU seconds per 1,000 calls, which other work affects less than the rates."""
    return statistics.median(run.cpu_per_1000_calls for run in runs)


def _formatted(rates: tuple[float, float]) -> str:
    return f"{rates[0]:.0f}, {rates[1]:.0f} calls/s"


def _fleet(server: Server, accounts: int, of_each: int) -> Run:
    roles = [f"--role-arn=arn:aws:iam::{account_id(n + 1)}:role/r" for n in range(accounts)]
    run = snapshot(server, *roles, *regions(of_each))
    scopes = accounts * of_each
    assert run.stats.scopes == scopes, run.stats
    megabytes = run.usage.mib * MIB / 1e6
    each = f"{run.usage.seconds:.1f} s, {megabytes:.0f} MB"
    row(f"{scopes:,} scopes of 3 sets", each, "under 600 MB", megabytes < 600)
    row(
        f"  CPU seconds per 1,000 of {run.stats.total:,} calls",
        f"{run.cpu_per_1000_calls:.2f}",
    )
    return run


def _slope(few: Run, more: Run) -> float:
    """Return CPU seconds per 1,000 additional calls, without the start of the process."""
    added = more.stats.total - few.stats.total
    return 1000 * (more.usage.cpu - few.usage.cpu) / added


def scopes(size: Size) -> None:
    """Read a thousand accounts and regions, and compare that with fewer."""
    with serving(Settings(sets=3)) as server:
        single, hundred, thousand = (
            _fleet(server, accounts, of_each) for accounts, of_each in size.fleets
        )
    first, second = _slope(single, hundred), _slope(hundred, thousand)
    row("  CPU for 1,000 more calls, 1 to 100 scopes", f"{first:.2f} s")
    row(
        "  the same, 100 to 1,000 scopes",
        f"{second:.2f} s",
        "not growing (1.1)",
        second <= 1.1 * first,
    )


MEASURES = ("calls", "one", "many", "fast", "scopes")


def _run(names: Sequence[str], size: Size, latency: float) -> bool:
    """Run the measures, even after one that failed; return whether all succeeded."""
    single: list[Run] = []
    measures: dict[str, Callable[[], object]] = {
        "calls": lambda: calls(size),
        "one": lambda: single.append(one(size)),
        "many": lambda: many(size, *single),
        "fast": lambda: fast(size, latency),
        "scopes": lambda: scopes(size),
    }
    failed = False
    for name in MEASURES:
        if name in names:
            try:
                measures[name]()
            except FailedError as error:
                failed = True
                row(name, "failed", str(error))
    return not failed


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measures", nargs="*", help=", ".join(MEASURES) + "; all by default")
    parser.add_argument("--latency", type=float, default=0.0, help="of the server, in 'fast'")
    parser.add_argument(
        "--tiny", action="store_true", help="so little that only the benchmark itself is tried"
    )
    options = parser.parse_args()
    unknown = set(options.measures) - set(MEASURES)
    if unknown:
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"{'measure':<47}{'measured':>21}  goal")
    if not _run(options.measures or MEASURES, TINY if options.tiny else Size(), options.latency):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
