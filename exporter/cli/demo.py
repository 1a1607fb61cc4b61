"""``ses2iac demo``."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.terminal import console
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.support.errors import ExitCode, ExporterError


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
            f"the demo's emulator is not installed (no module {missing.name})",
            hint="pip install 'ses2iac[demo]'",
        ) from None
    with Emulator() as emulator, _environment(emulator.environment()):
        seed(emulator)
        console.result("A made-up account, served by an emulator on this machine.\n")
        _step(["scan"])
        for name in FormatName:
            _step(["export", name, "--out", str(out / name)])
    console.result(f"\n$ ls -R {out}\n{_tree(out)}")
    for name in FormatName:
        excerpt = load_format(name).demo_excerpt
        _show(out / name / excerpt.file, excerpt.mark, excerpt.above)
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


def _show(file: Path, mark: str, above: int) -> None:
    """Print the code of a resource: from ``above`` lines before the one that ends with ``mark``."""
    lines = file.read_text(encoding="utf-8").splitlines()
    begin = next(n for n, line in enumerate(lines) if line.endswith(mark)) - above
    indent = len(lines[begin]) - len(lines[begin].lstrip())
    shown = [lines[begin]]
    for line in lines[begin + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            shown += [line] if line.strip() in ("}", ")") else []
            break
        shown.append(line)
    code = "\n".join(shown).rstrip()
    console.result(f"\n# from {file}\n{code}\n")


def _say_next(out: Path) -> None:
    console.result(f"""
What to do next:
  look   at {out}: code, import files, and what each format cannot hold
  read   it with your own account:  ses2iac scan --profile PROFILE
  try    ses2iac export terraform --profile PROFILE --out infra
         cd infra && terraform init && terraform plan
""")
