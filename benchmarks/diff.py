"""How long ``diff`` takes, beside what it cannot be faster than.

``python -m benchmarks.diff`` prints, for 10,000 destinations on both sides, the seconds of a
process and the ratio to loading both files with the standard library (snapshots), or to parsing the
code with pygohcl (our own Terraform export).
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from exporter.model.resources import Snapshot
from exporter.sources import snapshot
from tests.acceptance.accounts import many_sets

_RUNS = 3
_LOAD = "import json, sys\nfor name in sys.argv[1:]: json.load(open(name))"
_PARSE = "import pygohcl, sys\nfor name in sys.argv[1:]: pygohcl.loads(open(name).read())"


def _seconds(command: Sequence[str]) -> float:
    """The median of some runs; 3 is the exit code of a difference."""
    taken = []
    for _ in range(_RUNS):
        began = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        taken.append(time.perf_counter() - began)
        assert done.returncode in (0, 3)
    return statistics.median(taken)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = snapshot.dump(Snapshot(format_version=1, scopes=(many_sets(2500, 4),)))
        files = [folder / "old.json", folder / "new.json"]
        files[0].write_text(text, encoding="utf-8")
        files[1].write_text(text.replace('mail-77"', 'mail-77x"'), encoding="utf-8")
        infra = folder / "infra"
        ours = [sys.executable, "-m", "exporter"]
        export = ["export", "terraform", "--from", str(files[0]), "--out", str(infra), "--quiet"]
        subprocess.run([*ours, *export], check=True)
        code = [str(infra / "configuration_sets.tf"), str(infra / "event_destinations.tf")]
        paths = [str(file) for file in files]
        _row("snapshots", [*ours, "diff", *paths], [sys.executable, "-c", _LOAD, *paths])
        _row(
            "Terraform export",
            [*ours, "diff", str(infra), paths[1]],
            [sys.executable, "-c", _PARSE, *code],
        )


def _row(what: str, command: Sequence[str], floor: Sequence[str]) -> None:
    taken, least = _seconds(command), _seconds(floor)
    print(
        f"{what:18} {taken:6.2f} s, {taken / least:4.1f} times the {least:.2f} s of reading alone"
    )


if __name__ == "__main__":
    main()
