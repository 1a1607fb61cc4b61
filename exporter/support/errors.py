"""Errors that a person is meant to read, and the exit codes of the command line."""

from collections.abc import Sequence
from enum import IntEnum

from exporter.support.redaction import redacted


class ExitCode(IntEnum):
    """What the process tells its caller (``docs/cli.md``)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    DIFFERENT = 3
    PARTIAL = 4
    INTERRUPTED = 130
    TERMINATED = 143


class ExporterError(Exception):
    """Something that stops the work, said so that the reader can act on it, without secrets.

    Args:
        what: What happened, one sentence without a full stop.
        where: The file, JSON path, account or region that it happened in; empty when ``what`` says
            it.
        hint: What to do next; empty when there is nothing to add.
        items: What ``what`` is about, one a line below it.
    """

    def __init__(
        self, what: str, *, where: str = "", hint: str = "", items: Sequence[str] = ()
    ) -> None:
        self.what = redacted(what)
        self.where = redacted(where)
        self.hint = redacted(hint)
        self.items = tuple(map(redacted, items))
        super().__init__(self.what)

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class UsageError(ExporterError):
    """Options that do not go together; ends with Click's exit code 2."""
