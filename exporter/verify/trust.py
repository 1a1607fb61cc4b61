"""Which programs that lie in an export's folder may be started.

They may have come with somebody else's code. One that git ignores and does not track came by no
commit: a person made it there.
"""

from dataclasses import dataclass, field
from pathlib import Path

from exporter.support import processes

_LIMIT = 30
_OPTIONS = (
    "--no-optional-locks",
    # A repository's own configuration can name programs to start.
    *("-c", "core.fsmonitor=false", "-c", "core.hooksPath="),
)


@dataclass
class Trust:
    """Decides, and remembers what was left aside.

    Attributes:
        is_asked: Whether the person trusts what the folder brings.
    """

    is_asked: bool = False
    notes: list[str] = field(default_factory=list)

    def allows(self, folder: Path, below: str, program: str) -> bool:
        """Whether a program in a folder may be started; when not, a note says so.

        ``below`` is what holds the program with all that it loads.
        """
        if self.is_asked or _is_left_out_of_git(folder, below, program):
            return True
        note = (
            f"{folder / program} is not used: git doesn't ignore it, so it may have come "
            "with the code; use it with --trust-dir"
        )
        if note not in self.notes:
            self.notes.append(note)
        return False


def _is_left_out_of_git(folder: Path, below: str, program: str) -> bool:
    """Whether git ignores a program, and tracks nothing of what it is part of."""
    git = processes.find("git")
    if git is None:
        return False
    try:
        ignored = _run(git, folder, "check-ignore", "--quiet", "--", program)
        tracked = _run(git, folder, "ls-files", "--", below)
    except processes.EngineError:
        return False
    return ignored.code == 0 and tracked.code == 0 and not tracked.out.strip()


def _run(git: str, folder: Path, *arguments: str) -> processes.Ran:
    # Without its variables, which may name another repository.
    environment = processes.without_aws(("GIT_",))
    return processes.run([git, *_OPTIONS, *arguments], folder, _LIMIT, environment)
