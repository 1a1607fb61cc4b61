"""``FILE.partial``: what an unfinished snapshot has read so far (``docs/files.md``).

Each set adds a line when it is read, so that nothing is lost however the run ends. Each line
begins with a digest of itself and all lines before it, so an edited or incomplete file is refused.
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
    """A checkpoint in a file; a context manager that closes it, and removes it if it is empty.

    Args:
        path: The file, readable only by its owner.

    Raises:
        ExporterError: if an existing file is damaged or can't be read; and from every method, if
            the file can't be written.
        UsageError: if it was written with another selection.
    """

    def __init__(self, path: Path, selection: Selection, *, resume: bool) -> None:
        super().__init__()
        self.path = path
        self._selection = selection
        self._lock = threading.Lock()
        self._file: int | None = None
        self._digest = ""
        self._size = 0
        self._sets = 0
        if resume:
            self._load()

    @property
    def total(self) -> int:
        """The number of sets in it."""
        return self._sets

    def __enter__(self) -> Self:
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            # Unless it is resumed, an existing file is replaced, even if it is a link.
            if not self._size:
                self._refuse_busy()
                self.path.unlink(missing_ok=True)
                flags |= os.O_EXCL
            self._file = os.open(self.path, flags, 0o600)
            self._acquire_lock(self._file)
            os.ftruncate(self._file, self._size)
            os.lseek(self._file, 0, os.SEEK_END)
        except OSError as error:
            raise self._unwritable(error) from error
        if not self._size:
            self.known.began = _now()
            chosen = {"Include": self._selection.include, "Exclude": self._selection.exclude}
            self._put({"Kind": "begun", "FormatVersion": FORMAT_VERSION, **chosen})
        return self

    def _refuse_busy(self) -> None:
        """Raise if another run is writing to the file that is to be replaced."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            existing = os.open(self.path, flags)
        except OSError:
            # There is no file, or not one that another run could have opened.
            return
        try:
            self._acquire_lock(existing)
        finally:
            os.close(existing)

    def _acquire_lock(self, descriptor: int) -> None:
        """Lock out other runs until the file is closed, if the system can lock files."""
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
        """Remove the file: everything was read, or nothing."""
        with suppress(FileNotFoundError):
            self.path.unlink()
        written.discard(self.path)

    def read(self, key: AccountRegionKey, configuration_set: ConfigurationSet) -> None:
        """Record a set that was read."""
        self._sets += 1
        where = {"AccountId": key[0], "Region": key[1]}
        self._put({"Kind": "read", **where, "ConfigurationSet": codec.encode(configuration_set)})

    def complete(self, scope: Scope) -> None:
        """Record that an account and region is complete, and which sets it has."""
        self._sets += not scope.configuration_sets
        bare = codec.encode(structs.replace(scope, configuration_sets=()))
        names = [set_.name for set_ in scope.configuration_sets]
        self._put({"Kind": "complete", "Scope": bare, "ConfigurationSets": names})

    def ended(self, missing: Iterable[ReadFailure]) -> None:
        """Record what could not be read, for people who look at the file."""
        rows = [
            {"What": failure.title or failure.name, "Reason": failure.reason} for failure in missing
        ]
        self._put({"Kind": "ended", "Missing": rows})

    def _put(self, entry: dict[str, Any]) -> None:
        """Append a line in one write, so that only the last line of a file can be incomplete."""
        text = msgspec.json.encode({**entry, "At": _now()})
        with self._lock:
            if self._file is None:
                return
            digest = _digest(self._digest, text)
            line = remaining = b"%s %s\n" % (digest.encode(), text)
            try:
                while remaining:
                    remaining = remaining[os.write(self._file, remaining) :]
            except OSError as error:
                # Half a line, followed by another line, would damage the whole file.
                with suppress(OSError):
                    os.ftruncate(self._file, self._size)
                    os.lseek(self._file, 0, os.SEEK_END)
                raise self._unwritable(error) from error
            self._digest = digest
            self._size += len(line)

    def _unwritable(self, error: OSError) -> ExporterError:
        return ExporterError(
            f"cannot be written: {error.strerror}",
            where=str(self.path),
            hint="ses2iac keeps what it has read next to --out; free up space, or choose "
            "another folder",
        )

    # Resuming

    def _load(self) -> None:
        data = regular_files.data_if_there(self.path, hint=_HINT)
        if data is None:
            return
        for number, entry in self._entries(data):
            try:
                self._recall(entry)
            except (KeyError, TypeError, codec.MalformedError):
                raise self._damaged(number) from None

    def _entries(self, data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the complete lines; an incomplete last line of a killed run is dropped."""
        # Not splitlines: a flipped byte may have become a carriage return.
        *lines, _ = data.split(b"\n")
        for number, line in enumerate(lines, 1):
            digest, _, text = line.partition(b" ")
            if digest.decode("ascii", "replace") != _digest(self._digest, text):
                raise self._damaged(number)
            self._digest = digest.decode()
            self._size += len(line) + 1
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
            set_ = codec.decode(entry["ConfigurationSet"], ConfigurationSet)
            self.known.sets[entry["AccountId"], entry["Region"]][set_.name] = set_
            self._sets += 1
        elif kind == "complete":
            scope = codec.decode(entry["Scope"], Scope)
            key = (scope.account_id or "", scope.region)
            known = self.known.sets[key]
            sets = tuple(known[name] for name in entry["ConfigurationSets"])
            self.known.complete[key] = structs.replace(scope, configuration_sets=sets)
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
