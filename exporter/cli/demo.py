"""``ses2iac demo``."""

import os
import shutil
import sys
import sysconfig
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.terminal import console
from exporter.formats import manifest as manifests
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.model.identities import Identity
from exporter.support.errors import ExitCode, ExporterError

_EXAMPLE = Identity("order-confirmations", "bounces")
"""The destination of the demo account whose code is shown."""


@grouped
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write to.")] = Path(
        "demo-output"
    ),
    shell: Annotated[
        bool,
        typer.Option("--shell", help="Open a shell in that account instead, to try any command."),
    ] = False,
) -> None:
    """Try it without AWS: scan and export a made-up account."""
    from exporter.demo import running  # noqa: PLC0415 - needs an extra

    if shell:
        _complete_path()
        raise typer.Exit(running.run([_shell()], partial(_welcome, running.ACCOUNT_ID)))
    with running.account():
        console.result("A made-up account, served by an emulator on this machine.\n")
        _step(["scan"])
        for name in FormatName:
            _step(["export", name, "--out", str(out / name)])
    console.result(f"\n$ ls -R {out}\n{_tree(out)}")
    for name in FormatName:
        _show(out / name, name)
    _say_next(out)


def _shell() -> str:
    """Return the user's shell."""
    if os.name == "nt":
        return os.environ.get("COMSPEC", "cmd.exe")
    return os.environ.get("SHELL") or "/bin/sh"


def _welcome(account_id: str) -> None:
    console.say(f"Opened a shell in the made-up account {account_id}; type 'exit' to leave.")
    console.say("Try 'ses2iac scan', then 'ses2iac export terraform --out infra'.")


def _complete_path() -> None:
    """Let the shell find ses2iac, also when its environment isn't active; the PATH's own win."""
    if shutil.which("ses2iac") is None:
        known = [os.environ["PATH"]] if os.environ.get("PATH") else []
        os.environ["PATH"] = os.pathsep.join([*known, sysconfig.get_path("scripts")])


def _program() -> str:
    """Return what the user types to run ses2iac: its name, or its path if it isn't on PATH."""
    started = Path(sys.argv[0])
    here = started.name == "ses2iac" and shutil.which("ses2iac") is None
    return str(started) if here else "ses2iac"


def _step(arguments: list[str]) -> None:
    """Run a real command, and print it as someone would type it."""
    from exporter.cli import run  # noqa: PLC0415 - exporter.cli imports this module

    console.result(f"\n$ ses2iac {' '.join(arguments)}\n")
    sys.stdout.flush()
    code = run(arguments)
    sys.stderr.flush()
    if code in (ExitCode.INTERRUPTED, ExitCode.TERMINATED):
        raise typer.Exit(code)
    if code != ExitCode.DONE:
        raise ExporterError(f"'ses2iac {' '.join(arguments)}' ended with exit code {code}")


def _tree(folder: Path) -> str:
    lines = []
    for path in sorted(folder.rglob("*")):
        depth = len(path.relative_to(folder).parts) - 1
        lines.append(f"{'  ' * depth}{path.name}{'/' if path.is_dir() else ''}\n")
    return "".join(lines)


def _show(folder: Path, name: FormatName) -> None:
    """Print the code of the example destination."""
    manifest = manifests.load(folder)
    assert manifest is not None
    label = next(r.address for r in manifest.resources if r.identity == _EXAMPLE).rpartition(".")[2]
    code = load_format(name).read_back
    for file in sorted(folder.glob(f"*{code.suffix}")):
        for block in code.destination.finditer(file.read_text(encoding="utf-8")):
            if block["label"] == label:
                console.result(f"\n# from {file}\n{block[0].rstrip()}\n")


def _say_next(out: Path) -> None:
    program = _program()
    console.result(f"""
{out} has the code, its imports, and notes on what a format can't express.

Next:
  {program} demo --shell    # get to an empty plan on this account
  {program} scan --profile PROFILE    # look at your own account
  {program} export terraform --profile PROFILE --out infra
""")
