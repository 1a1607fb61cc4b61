"""``ses2iac demo``."""

import os
import sys
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
        opened = (
            f"Opened a shell in the made-up account {running.ACCOUNT_ID}; type 'exit' to leave."
        )
        raise typer.Exit(running.run([_shell()], lambda: console.say(opened)))
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
    console.result(f"""
What to do next:
  look   at {out}: code, import files, and what each format can't express
  read   it with your own account:  ses2iac scan --profile PROFILE
  try    ses2iac export terraform --profile PROFILE --out infra
         cd infra && terraform init && terraform plan
""")
