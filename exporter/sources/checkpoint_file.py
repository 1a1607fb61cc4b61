"""``FILE.partial``: what an unfinished snapshot has read so far (``docs/files.md``).

A line for each thing, added as it is read, so that whatever ends the run loses none of it. Each
line begins with a digest of itself and all before it: a file that was edited or lost a line is
refused.
"""

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

if os.name == "posix":
    import fcntl

import msgspec
from msgspec import structs

from exporter.model import codec
from exporter.model.checkpoint import AccountRegionKey, Checkpoint
from exporter.model.read_result import ReadFailure
from exporter.model.resources import ConfigurationSet, Scope
from exporter.sources.selection import Selection
from exporter.support import regular_files, written
from exporter.support.errors import ExporterError, UsageError

FORMAT_VERSION = 1

_DIGITS = 16
_HINT = "run again without --resume, which replaces the file"


class CheckpointFile(Checkpoint):
    """A journal in a file; a context manager that closes it and, when nothing is in it, removes it.

    Args:
        path: The file, which only its owner can read.

    Raises:
        ExporterError: when the file that is there is damaged or cannot be read, and from every
            method when it cannot be written.
        UsageError: when it is of another selection.
    """

    def __init__(self, path: Path, selection: Selection, *, resume: bool) -> None:
        super().__init__()
        self.path = path
        self._selection = selection
        self._lock = threading.Lock()
        self._file: int | None = None
        self._digest = ""
        self._kept = 0
        self._sets = 0
        if resume:
            self._take_up()

    @property
    def total(self) -> int:
        """How many sets are in it."""
        return self._sets

    def __enter__(self) -> Self:
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            # An earlier file that is not gone on from is replaced, links and all.
            if not self._kept:
                self._refuse_busy()
                self.path.unlink(missing_ok=True)
                flags |= os.O_EXCL
            self._file = os.open(self.path, flags, 0o600)
            self._lock_for_us(self._file)
            os.ftruncate(self._file, self._kept)
            os.lseek(self._file, 0, os.SEEK_END)
        except OSError as error:
            raise self._unwritable(error) from error
        if not self._kept:
            self.known.began = _now()
            chosen = {"Include": self._selection.include, "Exclude": self._selection.exclude}
            self._put({"Kind": "begun", "FormatVersion": FORMAT_VERSION, **chosen})
        return self

    def _refuse_busy(self) -> None:
        """That another run does not write to the file that is to be replaced."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            there = os.open(self.path, flags)
        except OSError:
            # Nothing is there, or what nobody can be writing to as we do.
            return
        try:
            self._lock_for_us(there)
        finally:
            os.close(there)

    def _lock_for_us(self, descriptor: int) -> None:
        """Keep other runs away until the file is closed, where files can be locked."""
        if os.name != "posix":
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExporterError(
                "another run is writing to it",
                where=str(self.path),
                hint="wait until it finishes, or choose another --out",
            ) from None

    def __exit__(self, *_raised: object) -> None:
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None
        if self._sets:
            written.add(self.path)
        else:
            self.remove()

    def remove(self) -> None:
        """Take the file away: all is read, or nothing was."""
        with suppress(FileNotFoundError):
            self.path.unlink()
        written.discard(self.path)

    def read(self, place: AccountRegionKey, found: ConfigurationSet) -> None:
        """Keep a set."""
        self._sets += 1
        where = {"AccountId": place[0], "Region": place[1]}
        self._put({"Kind": "read", **where, "ConfigurationSet": codec.encode(found)})

    def complete(self, scope: Scope) -> None:
        """Keep that nothing is missing of an account's region, and which sets it has."""
        self._sets += not scope.configuration_sets
        bare = codec.encode(structs.replace(scope, configuration_sets=()))
        names = [found.name for found in scope.configuration_sets]
        self._put({"Kind": "complete", "Scope": bare, "ConfigurationSets": names})

    def ended(self, missing: Iterable[ReadFailure]) -> None:
        """Keep what could not be read, for who looks into the file."""
        rows = [{"What": each.title or each.name, "Reason": each.reason} for each in missing]
        self._put({"Kind": "ended", "Missing": rows})

    def _put(self, entry: dict[str, Any]) -> None:
        """Add a line; one write, so that only the end of a file can be half a line."""
        text = msgspec.json.encode({**entry, "At": _now()})
        with self._lock:
            if self._file is None:
                return
            digest = _digest(self._digest, text)
            line = left = b"%s %s\n" % (digest.encode(), text)
            try:
                while left:
                    left = left[os.write(self._file, left) :]
            except OSError as error:
                # Half a line with another one behind it would make the whole file a damaged one.
                with suppress(OSError):
                    os.ftruncate(self._file, self._kept)
                    os.lseek(self._file, 0, os.SEEK_END)
                raise self._unwritable(error) from error
            self._digest = digest
            self._kept += len(line)

    def _unwritable(self, error: OSError) -> ExporterError:
        return ExporterError(
            f"cannot be written: {error.strerror}",
            where=str(self.path),
            hint="ses2iac keeps what it has read next to --out; free up space, or choose "
            "another folder",
        )

    # Going on

    def _take_up(self) -> None:
        data = regular_files.data_if_there(self.path, hint=_HINT)
        if data is None:
            return
        for number, entry in self._entries(data):
            try:
                self._recall(entry)
            except (KeyError, TypeError, codec.MalformedError):
                raise self._damaged(number) from None

    def _entries(self, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
        """The lines that are whole; what a kill left of the last one is dropped."""
        # Not splitlines: a byte that flipped may be a carriage return.
        *lines, _ = data.split(b"\n")
        for number, line in enumerate(lines, 1):
            digest, _, text = line.partition(b" ")
            if digest.decode("ascii", "replace") != _digest(self._digest, text):
                raise self._damaged(number)
            self._digest = digest.decode()
            self._kept += len(line) + 1
            yield number, msgspec.json.decode(text)

    def _damaged(self, number: int) -> ExporterError:
        return ExporterError(
            "damaged: its content isn't what ses2iac wrote, so none of it is used",
            where=f"{self.path}, line {number}",
            hint=_HINT,
        )

    def _recall(self, entry: dict[str, Any]) -> None:
        kind = entry["Kind"]
        self.known.has_ended = kind == "ended"
        if kind == "begun":
            self._check(entry)
            self.known.began = entry["At"]
        elif kind == "read":
            found = codec.decode(entry["ConfigurationSet"], ConfigurationSet)
            self.known.sets[entry["AccountId"], entry["Region"]][found.name] = found
            self._sets += 1
        elif kind == "complete":
            scope = codec.decode(entry["Scope"], Scope)
            place = (scope.account_id or "", scope.region)
            there = self.known.sets[place]
            sets = tuple(there[name] for name in entry["ConfigurationSets"])
            self.known.complete[place] = structs.replace(scope, configuration_sets=sets)
            self._sets += not sets

    def _check(self, entry: dict[str, Any]) -> None:
        if entry["FormatVersion"] != FORMAT_VERSION:
            raise ExporterError(
                f"has version {entry['FormatVersion']}, which this ses2iac cannot resume",
                where=str(self.path),
                hint=_HINT,
            )
        origins = self._selection.origins
        earlier = Selection(tuple(entry["Include"]), tuple(entry["Exclude"]), origins)
        if earlier != self._selection:
            raise UsageError(
                f"was read with {earlier or 'neither --include nor --exclude'}, and cannot "
                f"be resumed with {self._selection or 'neither'}",
                where=str(self.path),
                hint="use the same options, or drop --resume",
            )


def _digest(before: str, text: bytes) -> str:
    return hashlib.sha256(before.encode() + text).hexdigest()[:_DIGITS]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
