"""Which programs in an export's folder may be started.

A program may have come with someone else's code. If git ignores it and tracks no part of it, it
didn't come with a commit, so a person has installed it there.
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
    """Decides which programs to trust.

    Attributes:
        trust_dir: Whether ``--trust-dir`` is given.
        notes: A note for each program that isn't trusted.
    """

    trust_dir: bool = False
    notes: list[str] = field(default_factory=list)

    def allows(self, folder: Path, below: str, program: str) -> bool:
        """Whether a program in a folder may be started; otherwise add a note.

        ``below`` is the directory with the program and everything that it loads.
        """
        if self.trust_dir or _is_outside_git(folder, below, program):
            return True
        note = (
            f"{folder / program} is not used: git doesn't ignore it, so it may have come "
            "with the code; use it with --trust-dir"
        )
        if note not in self.notes:
            self.notes.append(note)
        return False


def _is_outside_git(folder: Path, below: str, program: str) -> bool:
    """Whether git ignores a program, and tracks nothing in ``below``."""
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
    # Git's variables may name another repository.
    environment = processes.without_aws(("GIT_",))
    return processes.run([git, *_OPTIONS, *arguments], folder, _LIMIT, environment)
