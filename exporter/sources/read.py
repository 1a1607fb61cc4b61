"""Read configuration sets from live accounts or a file, both as the same ``ReadResult``."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exporter.model.account_query import FLAGS, AccountQuery, check
from exporter.model.checkpoint import ReadObserver
from exporter.model.identities import key_of
from exporter.model.read_result import Evidence, ReadResult
from exporter.sources import snapshot
from exporter.sources.selection import Selection
from exporter.support import regular_files
from exporter.support.errors import ExporterError, UsageError
from exporter.support.text import count

if TYPE_CHECKING:
    from exporter.sources.config import Config

_ACCOUNTS = ("profile", "role_arns", "organization_role", "include_accounts", "exclude_accounts")

LIVE = "live"
STDIN = "-"


@dataclass(frozen=True)
class Source:
    """The configuration that a command works on, from its options.

    Attributes:
        origin: ``live``, a file's path, or ``-`` for standard input.
        target: The accounts and regions; for a file, only the regions count.
        config: The configuration file, which may name more of them; None looks for one.
        configuration_set: The set that AWS CLI output describes.
        keeps_whole: Whether to keep sets whole, even if only some destinations are selected.
    """

    origin: str = LIVE
    target: AccountQuery = field(default_factory=AccountQuery)
    config: Path | None = None
    configuration_set: str | None = None
    selection: Selection = field(default_factory=Selection)
    keeps_whole: bool = False

    def read(self, observer: ReadObserver | None = None, *, options: bool = True) -> ReadResult:
        """Read and select.

        ``observer`` follows the read of a live source; the sets' own ``options`` take one call per
        set.

        Raises:
            UsageError: if an option does not apply to the source.
            ExporterError: if nothing can be read, or the selection matches nothing.
        """
        reading = self._live(observer, options=options) if self.origin == LIVE else self._file()
        return self._selected(reading)

    def _live(self, observer: ReadObserver | None, *, options: bool) -> ReadResult:
        if self.configuration_set is not None:
            raise UsageError(
                "--configuration-set needs --from FILE with AWS CLI output about one set",
                hint="select sets of a live account with --include NAME",
            )
        # Only this source needs boto3, which takes a third of a second to load.
        from exporter.aws.reader import read_live  # noqa: PLC0415
        from exporter.aws.region_reader import SetsToRead  # noqa: PLC0415

        # Tags are returned with the options, so a tag pattern needs them.
        request = SetsToRead(self.selection.may_hold, options or self.selection.needs_options)
        return read_live(self.targets(), request, observer)

    def targets(self) -> tuple[AccountQuery, ...]:
        """Return what a live source reads: from the options, or from the configuration file.

        An option that names accounts replaces all targets of the file; other options apply to
        each of the targets.

        Raises:
            UsageError: if options can't be combined.
            ExporterError: if the configuration file is invalid.
        """
        file = self._file_of_targets()
        if file is None:
            check(self.target)
            return (self.target,)
        return tuple(self._overridden(target, str(file.path)) for target in file.targets)

    def as_whom(self) -> str:
        """Return a note if a configuration file that was found, not named, sets the credentials.

        Raises:
            ExporterError: if the configuration file is invalid.
        """
        from exporter.sources import trusted_config  # noqa: PLC0415 - see _file_of_targets

        file = self._file_of_targets() if self.config is None else None
        return trusted_config.as_whom(file, file.targets) if file is not None else ""

    def _file_of_targets(self) -> "Config | None":
        """Return the configuration file if its targets are read; None if options replace them."""
        # Loading the modules for [export] takes a while, which a file as the source doesn't need.
        from exporter.sources import trusted_config  # noqa: PLC0415

        file = trusted_config.chosen(self.config)
        names_accounts = any(name in _ACCOUNTS for name in self._given)
        return None if file is None or not file.targets or names_accounts else file

    @property
    def _given(self) -> dict[str, Any]:
        """The fields of the target that are set by options."""
        return {
            name: getattr(self.target, name)
            for name in FLAGS
            if getattr(self.target, name) not in (None, (), False)
        }

    def _overridden(self, target: AccountQuery, where: str) -> AccountQuery:
        """Override a target of the file by options."""
        options = self._given
        if "regions" in options:
            target = replace(target, all_regions=False)
        elif "all_regions" in options:
            target = replace(target, regions=())
        overridden = replace(target, **options)
        check(overridden, where)
        return overridden

    def _file(self) -> ReadResult:
        for name in self._given.keys() - {"regions"}:
            option = FLAGS[name]
            raise UsageError(f"{option} needs a live source, not --from {self.origin}")
        regions = self.target.regions
        if self.configuration_set is not None and len(regions) > 1:
            raise UsageError("AWS CLI output describes one region; pass --region once")
        pasted = snapshot.CliOutputOptions(self.configuration_set, regions[0] if regions else None)
        loaded, notes = snapshot.load_with_notes(self._bytes(), self._name, pasted)
        scopes = [s for s in loaded.scopes if not regions or s.region in regions]
        missing = [region for region in regions if region not in {s.region for s in loaded.scopes}]
        if loaded.scopes and missing:
            present = ", ".join(sorted({scope.region for scope in loaded.scopes}))
            raise ExporterError(
                f"has nothing of region {missing[0]}", where=self._name, hint=f"it has {present}"
            )
        limited = dict.fromkeys(str(s.selection) for s in scopes if s.selection is not None)
        parts = tuple(f"{self._name}: incomplete: made with {each}" for each in limited)
        return ReadResult(
            tuple(scopes),
            notes=(*notes, *parts),
            in_account=sum(len(s.configuration_sets) for s in scopes),
            evidence={key_of(scope): Evidence(scope) for scope in scopes},
        )

    @property
    def _name(self) -> str:
        return "standard input" if self.origin == STDIN else self.origin

    def _bytes(self) -> bytes:
        hint = "use 'live', the path of a snapshot, or '-' for standard input"
        with regular_files.readable(self._name, hint):
            if self.origin == STDIN:
                return regular_files.read_standard_input()
            return regular_files.read_named(Path(self.origin))

    def _selected(self, reading: ReadResult) -> ReadResult:
        select = self.selection.whole if self.keeps_whole else self.selection.apply
        scopes = tuple(map(select, reading.scopes))
        is_empty = not reading.unread and not any(s.configuration_sets for s in scopes)
        if self.selection and reading.in_account and is_empty:
            sets = count(reading.in_account, "configuration set")
            raise ExporterError(
                f"{self.selection} matches none of {sets}",
                where=", ".join(scope.title for scope in scopes),
                hint="patterns match SET or SET/DESTINATION; 'ses2iac scan' lists both",
            )
        notes = reading.notes + self.selection.unmatched(reading.scopes, reading.listed)
        return replace(reading, scopes=scopes, notes=notes)
