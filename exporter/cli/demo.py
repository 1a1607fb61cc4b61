"""``ses2iac demo``."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli import console
from exporter.cli.options import grouped
from exporter.errors import ExitCode, ExporterError
from exporter.render import FormatName

_SHOWN = {
    FormatName.TERRAFORM: ("event_destinations.tf", "resource "),
    FormatName.CLOUDFORMATION: ("template.yaml", "  OrderConfirmationsBounces:"),
    FormatName.CDK: ("ses_stack.py", "        CfnEventDestination("),
}


@grouped
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write to.")] = Path(
        "demo-output"
    ),
) -> None:
    """Do the whole job on a made-up account, without AWS: scan, then export to every format."""
    try:
        from exporter.demo.account import seed  # noqa: PLC0415 - an extra, loaded when asked for
        from exporter.demo.emulator import Emulator  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise ExporterError(
            f"the demo needs {missing.name}, which is not installed",
            hint="pip install 'ses2iac[demo]'",
        ) from None
    with Emulator() as emulator, _environment(emulator.environment()):
        seed(emulator)
        console.result("A made-up account, served by an emulator on this machine.\n")
        _step(["scan"])
        for name in FormatName:
            _step(["export", name, "--out", str(out / name)])
    console.result(f"\n$ ls -R {out}\n{_tree(out)}")
    for name, (file, start) in _SHOWN.items():
        _show(out / name / file, start)
    _say_next(out)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Only these ``AWS_`` variables, so that nothing of the person's own account is used."""
    before = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for name in before:
        del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            os.environ.pop(name, None)
        os.environ.update(before)


def _step(arguments: list[str]) -> None:
    """Run one of the real commands and show it as a person would have typed it."""
    from exporter.cli import run  # noqa: PLC0415 - the demo is itself a command of it

    console.result(f"\n$ ses2iac {' '.join(arguments)}\n")
    sys.stdout.flush()
    code = run(arguments)
    sys.stderr.flush()
    if code != ExitCode.DONE:
        raise ExporterError(f"'ses2iac {' '.join(arguments)}' ended with exit code {code}")


def _tree(folder: Path) -> str:
    lines = []
    for path in sorted(folder.rglob("*")):
        depth = len(path.relative_to(folder).parts) - 1
        lines.append(f"{'  ' * depth}{path.name}{'/' if path.is_dir() else ''}\n")
    return "".join(lines)


def _show(file: Path, start: str) -> None:
    """Print the first block of a file that begins with ``start``, as an example of the code."""
    lines = file.read_text(encoding="utf-8").splitlines()
    begin = next(n for n, line in enumerate(lines) if line.startswith(start))
    indent = len(start) - len(start.lstrip())
    end = next(
        (
            n
            for n, line in enumerate(lines[begin + 1 :], begin + 1)
            if line.strip() in ("}", ")") and len(line) - len(line.lstrip()) == indent
        ),
        None,
    )
    if end is None:
        blank = (n for n, line in enumerate(lines[begin:], begin) if not line.strip())
        end = next(blank, len(lines)) - 1
    shown = "\n".join(lines[begin : end + 1])
    console.result(f"\n# from {file}\n{shown}\n")


def _say_next(out: Path) -> None:
    console.result(f"""
What to do next:
  look     at {out}: the code, the import files, and what each format cannot hold
  try      ses2iac export terraform --out infra     with AWS credentials, on your account
  apply    cd infra && terraform init && terraform plan
""")
