"""Errors for users, and the exit codes of the command line."""

from collections.abc import Sequence
from enum import IntEnum

from exporter.support.redaction import redacted


class ExitCode(IntEnum):
    """The exit codes of the process (``docs/cli.md``)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    DIFFERENT = 3
    PARTIAL = 4
    INTERRUPTED = 130
    TERMINATED = 143


class ExporterError(Exception):
    """An error that ends the command, with what to do next; secrets are removed.

    Args:
        what: What happened, one sentence without a full stop.
        where: The file, JSON path, account or region where it happened; empty if ``what`` says so.
        hint: What to do next; empty if there is nothing to add.
        items: What ``what`` is about, printed one per line below it.
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
    """Options that are invalid or can't be combined; exit code 2, like Click's."""
