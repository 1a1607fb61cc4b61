"""What ``ses2iac --help`` takes beside the ``--help`` of a minimal Typer application.

``python -m benchmarks.start`` prints medians of runs that alternate, so that a noisy neighbour
disturbs both.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.processes import measured

RUNS = 15
GOAL = 1.2

# What pip writes as the command.
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


def main() -> None:
    """Print both medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        scripts = {"ses2iac --help": _OURS, "a minimal Typer application": _MINIMAL}
        commands = {}
        for number, (name, text) in enumerate(scripts.items()):
            script = Path(folder, f"{number}.py")
            script.write_text(text, encoding="utf-8")
            commands[name] = (sys.executable, str(script), "--help")
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS):
            for name, command in commands.items():
                taken[name].append(measured(command).check().seconds)
    ours, minimal = map(statistics.median, taken.values())
    for name, seconds in taken.items():
        print(f"{name:<30}{1000 * statistics.median(seconds):>7.0f} ms")
    verdict = "met" if ours <= GOAL * minimal else "MISSED"
    print(f"{'ratio':<30}{ours / minimal:>10.2f}  at most {GOAL}  {verdict}")


if __name__ == "__main__":
    main()
