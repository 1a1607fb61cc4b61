"""Where configuration comes from: a live account or a file, both as the same ``Reading``."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from exporter import snapshot
from exporter.errors import ExporterError, UsageError
from exporter.progress import Progress
from exporter.reading import Reading
from exporter.selection import Selection
from exporter.wording import count

LIVE = "live"
STDIN = "-"


@dataclass(frozen=True)
class Source:
    """Which configuration a command works on, as its options say it.

    Attributes:
        origin: ``live``, a file's path, or ``-`` for standard input.
        profile: For a live source, the profile of the AWS configuration.
        region: For a live source, the region; for a snapshot, which of its regions; for a pasted
            answer, its region.
        endpoint_url: For a live source, where to send the requests instead of to AWS.
        configuration_set: For a pasted answer, the set that it is of.
        selection: Which sets and destinations.
    """

    origin: str = LIVE
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    configuration_set: str | None = None
    selection: Selection = field(default_factory=Selection)

    def read(self, progress: Progress | None = None) -> Reading:
        """Read and select.

        Raises:
            UsageError: when options do not go with the source.
            ExporterError: when nothing can be read, or the selection matches nothing.
        """
        reading = self._live(progress) if self.origin == LIVE else self._file()
        return self._selected(reading)

    def _live(self, progress: Progress | None) -> Reading:
        if self.configuration_set is not None:
            raise UsageError(
                "--configuration-set goes with --from FILE, for the raw answer of one set",
                hint="choose sets of a live account with --include NAME",
            )
        # boto3 takes a third of a second to load, which no other source needs.
        from exporter.aws.reader import read_live  # noqa: PLC0415
        from exporter.aws.session import Access  # noqa: PLC0415

        access = Access(self.profile, self.region, self.endpoint_url)
        return read_live(access, self.selection.may_hold, progress)

    def _file(self) -> Reading:
        options = (("--profile", self.profile), ("--endpoint-url", self.endpoint_url))
        for option, value in options:
            if value is not None:
                raise UsageError(f"{option} goes with a live source, not with --from {self.origin}")
        pasted = snapshot.PastedAnswer(self.configuration_set, self.region)
        loaded = snapshot.load(self._bytes(), self._name, pasted)
        scopes = [s for s in loaded.scopes if self.region in (None, s.region)]
        if loaded.scopes and not scopes:
            there = ", ".join(sorted({scope.region for scope in loaded.scopes}))
            raise ExporterError(
                f"no scope of region {self.region}", where=self._name, hint=f"it has {there}"
            )
        return Reading(tuple(scopes), in_account=sum(len(s.configuration_sets) for s in scopes))

    @property
    def _name(self) -> str:
        return "standard input" if self.origin == STDIN else self.origin

    def _bytes(self) -> bytes:
        try:
            return (
                sys.stdin.buffer.read() if self.origin == STDIN else Path(self.origin).read_bytes()
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise ExporterError(
                f"cannot be read: {reason}",
                where=self._name,
                hint="--from takes 'live', the path of a snapshot, or '-' for standard input",
            ) from None

    def _selected(self, reading: Reading) -> Reading:
        scopes = tuple(self.selection.apply(scope) for scope in reading.scopes)
        nothing = not reading.unread and not any(s.configuration_sets for s in scopes)
        if self.selection and reading.in_account and nothing:
            there = count(reading.in_account, "configuration set")
            raise ExporterError(
                f"{self.selection} leaves nothing of {there}",
                where=", ".join(scope.title for scope in scopes),
                hint="patterns match SET or SET/DESTINATION; 'ses2iac scan' lists both",
            )
        notes = reading.notes + self.selection.unmatched(reading.scopes)
        return Reading(scopes, reading.unread, notes, reading.in_account)
