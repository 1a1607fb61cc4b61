"""The expected outputs, and the one command that writes them anew: ``make goldens``.

A folder with a ``case.toml`` is a case: its ``source`` (a snapshot or a raw answer) is exported
to each format, or its ``formats``, with its ``arguments`` by the command itself, ``CASE`` in them
being the folder. Read the diff before committing it.
"""

import contextlib
import io
import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exporter.cli import run
from exporter.demo.account import seed
from exporter.demo.emulator import Emulator
from exporter.formats.registry import FormatName
from tests.support import ROOT

FOLDERS = (ROOT / "samples", ROOT / "tests" / "golden")


@dataclass(frozen=True)
class Case:
    """A source with what is expected of its export."""

    folder: Path
    source: str
    arguments: tuple[str, ...]
    formats: tuple[FormatName, ...]

    @property
    def name(self) -> str:
        """The case in test names."""
        return self.folder.relative_to(ROOT).as_posix()

    def export(self, format_name: FormatName, out: Path) -> str:
        """Export to a folder; gives what the command said on stderr.

        Raises:
            RuntimeError: when the command fails.
        """
        said = io.StringIO()
        source = str(self.folder / self.source)
        arguments = [each.replace("CASE", str(self.folder)) for each in self.arguments]
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = run(["export", format_name, "--from", source, "--out", str(out), *arguments])
        if code:
            raise RuntimeError(f"{self.name}: {format_name} ended with {code}: {said.getvalue()}")
        return said.getvalue().replace(str(out), "DIR").replace(str(self.folder), "CASE")


def cases() -> list[Case]:
    """Every case, in order."""
    files = sorted(file for folder in FOLDERS for file in folder.glob("*/case.toml"))
    return [_case(file) for file in files]


def demo_snapshot() -> str:
    """The demo account's snapshot, as the command reads it from the emulator."""
    said = io.StringIO()
    with Emulator() as emulator, _environment(emulator.environment()):
        seed(emulator)
        with contextlib.redirect_stdout(said):
            code = run(["snapshot", "--out", "-"])
    if code:
        raise RuntimeError(f"the demo account could not be read: exit code {code}")
    return said.getvalue()


def _case(file: Path) -> Case:
    described = tomllib.loads(file.read_text(encoding="utf-8"))
    formats = tuple(map(FormatName, described.get("formats", FormatName)))
    return Case(file.parent, described["source"], tuple(described.get("arguments", ())), formats)


@contextlib.contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in before:
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> None:
    """Write every expected output anew."""
    (ROOT / "samples/shop/snapshot.json").write_text(demo_snapshot(), encoding="utf-8")
    for case in cases():
        for format_name in case.formats:
            out = case.folder / format_name
            shutil.rmtree(out, ignore_errors=True)
            said = case.export(format_name, out)
            (case.folder / f"{format_name}.stderr").write_text(said, encoding="utf-8")
        sys.stdout.write(f"{case.name}\n")


if __name__ == "__main__":
    main()
