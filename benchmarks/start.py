"""The cost of starting: ``ses2iac --help``, and ``scan`` up to its first line.

``--help`` is compared with that of a minimal Typer application; the first line of ``scan``, read
by ``head -1``, with ``--help`` and with the standard library's parsing of the same snapshot.
Medians of processor time, of runs that alternate.
"""

import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.account import written
from benchmarks.goals import arguments, goal, repeats
from benchmarks.processes import measured

# The script that pip generates for the command.
_OURS = "import sys\nfrom exporter.cli import main\nsys.exit(main())\n"
_MINIMAL = '''\
import typer

app = typer.Typer()


@app.command()
def hello(name: str = "you") -> None:
    """Greet."""
    print(f"hello {name}")


@app.command()
def goodbye(name: str = "you") -> None:
    """Part."""
    print(f"goodbye {name}")


app()
'''
_READ = "import json, sys\njson.load(open(sys.argv[1]))"

HELP = "ses2iac --help"
MINIMAL = "a minimal Typer application's --help"


def _medians(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, float]:
    """Measure processor time; of a command with ``head -1`` in its title, only one line is read."""
    seconds_by_title: dict[str, list[float]] = {what: [] for what in commands}
    for _ in range(runs):
        for what, command in commands.items():
            # The command exits with 1 when its reader closes the pipe.
            run = measured(command, first_line="head -1" in what)
            seconds_by_title[what].append(
                (run if run.code == 1 and "head -1" in what else run.check()).cpu
            )
    return {what: statistics.median(seconds) for what, seconds in seconds_by_title.items()}


def _scan(size: int) -> str:
    return f"scan --from {size:,} destinations | head -1"


def _read(size: int) -> str:
    return f"json.load of {size:,} destinations"


def main() -> None:
    """Print the medians and their ratios."""
    options = arguments(__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, minimal = folder / "ours.py", folder / "minimal.py"
        ours.write_text(_OURS, encoding="utf-8")
        minimal.write_text(_MINIMAL, encoding="utf-8")
        commands = {
            HELP: [sys.executable, str(ours), "--help"],
            MINIMAL: [sys.executable, str(minimal), "--help"],
        }
        for size in options.size:
            source = str(written(size, folder))
            commands[_scan(size)] = [sys.executable, str(ours), "scan", "--from", source]
            commands[_read(size)] = [sys.executable, "-c", _READ, source]
        taken = _medians(commands, repeats(min(options.size), most=7))
    for what, seconds in taken.items():
        print(f"{what:<53}{1000 * seconds:>7.0f} ms of CPU")
    goal(f"{HELP} / {MINIMAL}", taken[HELP] / taken[MINIMAL], 1.2)
    for size in options.size:
        goal(f"{_scan(size)} / {HELP}", taken[_scan(size)] / taken[HELP], 2)
        started = taken[_scan(size)] / (taken[HELP] + taken[_read(size)])
        goal(f"{_scan(size)} / {HELP} and json.load", started, 2)


if __name__ == "__main__":
    main()
