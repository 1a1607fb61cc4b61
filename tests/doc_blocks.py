"""The shell blocks of the documentation, found and run as a person would run them.

A block of ``sh`` holds commands, one of ``console`` commands behind ``$ `` with what they print.
The blocks of a page run in order in one folder. ``<!-- not run: reason -->`` on the line above a
block says that it is shown only.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import ROOT

FENCE = re.compile(
    r"^(?:<!-- not run: (?P<reason>[^\n]+) -->\n)?"
    r"^(?P<indent> *)```(?P<language>sh|console)\n(?P<text>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
SHELL = re.compile(r"[|;&`]|\$\(|<")
"""What only a shell can do; a call of ses2iac without it runs in this process."""

ORDINARY = frozenset({"cat", "cp", "echo", "ls", "mkdir", "mv", "rm", "sed", "test", "touch"})
"""Programs of every system, which change nothing but the folder of the page."""


@dataclass(frozen=True)
class Command:
    """A command of a page."""

    line: str
    """As it stands there, continued lines joined."""
    shown: tuple[str, ...] | None = None
    """What it prints, where that is shown."""
    code: int = 0
    """The exit code that the page tells of."""


@dataclass(frozen=True)
class Block:
    """A block of a page."""

    page: str
    number: int
    """The line of the page that it begins in."""
    commands: tuple[Command, ...]
    reason: str = ""
    """Why it is not run; empty for one that is."""


def pages() -> list[Path]:
    """The pages of the documentation."""
    return sorted((ROOT / "docs").glob("*.md"))


def blocks(page: Path) -> Iterator[Block]:
    """The shell blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        number = text.count("\n", 0, found.start("text"))
        body = re.sub(rf"^{found['indent']}", "", found["text"], flags=re.MULTILINE)
        parse = _console if found["language"] == "console" else _script
        yield Block(page.name, number, tuple(parse(body)), found["reason"] or "")


def _script(text: str) -> Iterator[Command]:
    """The commands of a script: a line each, or as far as ``\\`` and here documents go."""
    lines = iter(text.replace("\\\n", " ").splitlines())
    for line in lines:
        whole = line
        if here := re.search(r"<<'(\w+)'", line):
            for more in lines:
                whole += f"\n{more}"
                if more == here[1]:
                    break
        said = re.search(r"# exit code (\d+)$", line)
        if shlex.split(line, comments=True):
            yield Command(whole.strip(), code=int(said[1]) if said else 0)


def _console(text: str) -> Iterator[Command]:
    """The commands of a session, each with the lines below it."""
    joined = text.replace("\\\n", " ")
    found = [part.split("\n") for part in re.split(r"^\$ ", joined, flags=re.MULTILINE)[1:]]
    for part, following in zip(found, [*found[1:], [""]], strict=True):
        line, *shown = part
        told = [row for row in following[1:] if row]
        code = int(told[0]) if following[0] == "echo $?" else 0
        yield Command(line, tuple(row.rstrip() for row in _trimmed(shown)), code)


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


@dataclass
class Session:
    """A shell, as far as the documentation needs one."""

    ses2iac: Callable[[list[str]], tuple[int, str]]
    """Runs the command in this process; gives the exit code and what it printed."""
    chdir: Callable[[Path], None]
    shown_only: Mapping[str, str] = field(default_factory=dict)
    """How commands begin that are not run, with the reasons."""
    others: frozenset[str] = frozenset()
    """Programs that may run beside the ordinary ones."""
    last: int = 0
    skipped: list[str] = field(default_factory=list)

    def run(self, command: Command) -> str | None:
        """Run a command; gives what it printed, or None for one that is not run."""
        words = shlex.split(command.line.split("\n")[0], comments=True)
        program = words[0]
        if any(f"{command.line} ".startswith(f"{each} ") for each in self.shown_only):
            self.skipped.append(command.line)
            return None
        if command.line == "echo $?":
            return f"{self.last}\n"
        if program == "cd":
            self.chdir(Path(words[1]))
            return ""
        if program == "ses2iac" and not SHELL.search(command.line.split(" #")[0]):
            self.last, printed = self._here(command.line)
        else:
            assert program in ORDINARY | self.others | {"ses2iac"}, f"may {program} run?"
            self.last, printed = _there(command.line)
        told = f"{command.line}: exit code {self.last}, not {command.code}\n{printed}"
        assert self.last == command.code, told
        return printed

    def _here(self, line: str) -> tuple[int, str]:
        words = shlex.split(os.path.expandvars(line), comments=True)[1:]
        if ">" not in words:
            return self.ses2iac(words)
        code, printed = self.ses2iac(words[: words.index(">")])
        Path(words[words.index(">") + 1]).write_text(printed, encoding="utf-8")
        return code, ""


def _there(line: str) -> tuple[int, str]:
    done = subprocess.run(
        ["sh", "-c", line],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout


def differs(shown: tuple[str, ...], printed: str) -> str:
    """Where what is printed is not what is shown; empty when it is.

    A line ``...`` stands for any lines. Versions of programs and seconds may be others.
    """
    wanted = "\n".join(
        r"(?:.*\n)*?.*" if line.strip() == "..." else re.escape(_steady(line)) for line in shown
    )
    said = "\n".join(_steady(line.rstrip()) for line in _trimmed(printed.splitlines()))
    if re.fullmatch(wanted, said.lstrip("\n")):
        return ""
    return "shown:\n" + "\n".join(map(_steady, shown)) + "\n\nprinted:\n" + said


def _steady(line: str) -> str:
    """A line of the table of ``verify`` without what another machine has otherwise."""
    if not re.search(r" (?:passed|failed|not run)\b", line):
        return line
    line = re.sub(r" +\d+\.\d(?= |$)", " S", line)
    return re.sub(r"\d+\.\d+\.\d+", "V", line)
