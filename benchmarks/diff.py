"""The cost of ``diff``, compared with just reading both sides.

Processor time of whole processes, from start to exit; the median of several runs that alternate.
One destination differs between the two snapshots; the export is unchanged.
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.export import measure, middle
from benchmarks.goals import arguments, goal, heading, repeats, row
from benchmarks.processes import OURS, FailedError, Usage, measured
from exporter.model.resources import Snapshot
from exporter.sources import snapshot
from tests.acceptance.accounts import many_sets

PER_SET = 4
_STANDARD = "import json, sys\nfor name in sys.argv[1:]: json.load(open(name))"
_OWN = """\
import pathlib, sys
from exporter.sources.snapshot import CliOutputOptions, load
for name in sys.argv[1:]:
    load(pathlib.Path(name).read_bytes(), name, CliOutputOptions(None, None))
"""
_PARSE = "import pygohcl, sys\nfor name in sys.argv[1:]: pygohcl.loads(open(name).read())"

SNAPSHOTS = "diff of two snapshots"
EXPORT = "diff of an export and a snapshot"
STANDARD = "json.load of both snapshots"
OWN = "our models of both snapshots"
PARSE = "pygohcl of the export's code"


def _commands(size: int, folder: Path) -> Mapping[str, Sequence[str]]:
    """Return the commands to measure, for an account of that many destinations."""
    scope = many_sets(max(1, size // PER_SET), PER_SET)
    text = snapshot.dump(Snapshot(format_version=1, scopes=(scope,)))
    old, new, infra = folder / "old.json", folder / "new.json", folder / "infra"
    old.write_text(text, encoding="utf-8")
    name = scope.configuration_sets[-1].event_destinations[-1].name
    changed = text[::-1].replace(f'"{name}"'[::-1], f'"{name}x"'[::-1], 1)[::-1]
    new.write_text(changed, encoding="utf-8")
    measure(old, "terraform", infra)
    code = [str(infra / "configuration_sets.tf"), str(infra / "event_destinations.tf")]
    both = [str(old), str(new)]
    return {
        SNAPSHOTS: [*OURS, "diff", *both],
        EXPORT: [*OURS, "diff", str(infra), str(old)],
        STANDARD: [sys.executable, "-c", _STANDARD, *both],
        OWN: [sys.executable, "-c", _OWN, *both],
        PARSE: [sys.executable, "-c", _PARSE, *code],
    }


def _of_size(size: int, folder: Path) -> dict[str, Usage]:
    runs: dict[str, list[Usage]] = {}
    commands = _commands(size, folder)
    for _ in range(repeats(size)):
        for what, command in commands.items():
            run = measured(command)
            if run.code != (3 if what == SNAPSHOTS else 0):
                raise FailedError(f"{what}: exit code {run.code}: {run.stderr[-300:]}")
            runs.setdefault(what, []).append(run)
    return {title: middle(measured_runs) for title, measured_runs in runs.items()}


def main() -> None:
    """Print the table and the goals."""
    options = arguments(__doc__, [10_000]).parse_args()
    heading()
    for size in options.size:
        with tempfile.TemporaryDirectory() as name:
            runs = _of_size(size, Path(name))
        for what, run in runs.items():
            row(what, size, run)
        print(f"CPU of whole processes, {size:,} destinations:")
        goal(f"  {SNAPSHOTS} / {STANDARD}", runs[SNAPSHOTS].cpu / runs[STANDARD].cpu, 3)
        goal(f"  {EXPORT} / {SNAPSHOTS}", runs[EXPORT].cpu / runs[SNAPSHOTS].cpu, 2)
        goal(f"  {EXPORT} / {OWN}", runs[EXPORT].cpu / runs[OWN].cpu, 2)


if __name__ == "__main__":
    main()
