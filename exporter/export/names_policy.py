"""``--names`` and ``--prune-names``: where the names are kept, and which of them go."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exporter.export.export_input import ExportInput
from exporter.export.names_file import NAMES_FILE, is_ours
from exporter.export.writer import StaleFile
from exporter.formats import labels
from exporter.formats.base import RenderedFile
from exporter.formats.labels import Style
from exporter.formats.manifest import HERE, MANIFEST_FILE
from exporter.formats.options import ExportOptions
from exporter.formats.scope_export import ScopeExport
from exporter.model.identities import Identity, identities
from exporter.model.resources import Scope
from exporter.sources.patterns import DestinationFacts, SetFacts
from exporter.support import regular_files, transaction
from exporter.support.errors import UsageError
from exporter.support.remarks import Remark, Said
from exporter.support.text import listed

_SHOWN = 20


@dataclass(frozen=True)
class NamesPolicy:
    """Where the names of an export are kept, and which of them go."""

    options: ExportOptions
    given: ExportInput

    def check(self, folders: Collection[str]) -> None:
        """Refuse one file for several scopes.

        Each is a root module (or a set of stacks) of its own, in which another scope's ``orders``
        may have the same name; one file would make their names clash, or prune each other's.

        Raises:
            UsageError: when there is a scope that does not have DIR for itself.
        """
        if self._file is not None and any(folder != HERE for folder in folders):
            raise UsageError(
                "--names FILE is for one account and region, and this export has several",
                hint=f"drop --names, so that each has a {NAMES_FILE} in its own folder of "
                "DIR, or export them one at a time",
            )

    @property
    def _file(self) -> Path | None:
        return self.options.names_file

    def place(self, folder: str) -> Path:
        """The names file of a scope's folder."""
        return self._file or self.given.out_dir / folder / NAMES_FILE

    def read(self, folder: str) -> str | None:
        """What the names file holds; None when there is none.

        A file that is yet to be made begins with the names that DIR has.

        Raises:
            ExporterError: when it cannot be read.
        """
        text = None if self._file is None else _text(self._file)
        if text is not None:
            return text
        text = _text(self.given.out_dir / folder / NAMES_FILE, regular_files.read_unlinked)
        # Without an export there, a file of this name may be anything.
        is_anothers = self._file is not None and self.given.manifest is None
        return None if is_anothers and text is not None and not is_ours(text) else text

    def inside(self, folder: str) -> str | None:
        """The names file's path below DIR; None when it is elsewhere."""
        if self._file is None:
            return NAMES_FILE if folder == HERE else f"{folder}/{NAMES_FILE}"
        try:
            return self._file.resolve().relative_to(self.given.out_dir.resolve()).as_posix()
        except ValueError:
            return None

    def stale(
        self,
        pinned_names: Mapping[Identity, str],
        scope: Scope,
        others: Iterable[Identity] = (),
    ) -> dict[Identity, str]:
        """The names of what is not there any more.

        What was left out by a pattern or could not be read is not judged.

        ``others`` were read too: destinations that are to be replaced, and what a person's own code
        describes.
        """
        there = {*identities(scope), *others}
        return {
            who: label
            for who, label in pinned_names.items()
            if who not in there and self.was_looked_for(scope, who)
        }

    def was_looked_for(self, scope: Scope, who: Identity) -> bool:
        """Whether something would have been read if SES had it, as far as its name tells."""
        return self._is_judged(who) and not any(
            each.holds(scope.account_id, scope.region, who.configuration_set)
            for each in self.given.reading.unread
        )

    def _is_judged(self, who: Identity) -> bool:
        """Whether it would have been read if it were there, as far as its name alone tells."""
        if self.given.selection is None or who.configuration_set in self.given.left_out:
            return False
        of_set = SetFacts(who.configuration_set)
        if who.event_destination is not None:
            facts = DestinationFacts(of_set, who.event_destination)
            return self.given.selection.takes_destination(facts) is True
        return self.given.selection.takes_set(of_set) is True

    def unchanged(
        self, where: str, pinned_names: Mapping[Identity, str], done: ScopeExport, style: Style
    ) -> list[Said]:
        """The sentence about names that another ``--name-pattern`` leaves as they are.

        A name is an address in state, or a logical id in a stack: only the person renames it.
        """
        previous = self.given.manifest.options.name_pattern if self.given.manifest else ""
        pattern = self.options.name_pattern
        if not pinned_names or pattern.if_not_default == previous:
            return []
        scope = done.plan.scope
        fresh = labels.assign(identities(scope), pattern.style(style, scope), {})
        kept = [who for who, label in fresh.items() if pinned_names.get(who, label) != label]
        if not kept:
            return []
        shown = listed(map(str, kept), _SHOWN)
        text = "--name-pattern applies to new names only;"
        hint = "to rename one, delete its line and export again"
        alone = f"{where}: {text} these keep their names: {shown}; {hint}"
        return [Remark(where, f"{text} those in the file stay; {hint}", "file", alone=alone)]

    def taken(
        self, where: str, pinned_names: Mapping[Identity, str], done: ScopeExport, style: Style
    ) -> list[Said]:
        """The sentence about names that other code in the folder has already."""
        theirs = {
            (who.event_destination is None, label.lower())
            for who, label in done.facts.beside.labels.items()
        }
        if not theirs:
            return []
        base = self.options.name_pattern.style(style, done.plan.scope).base
        fresh = done.labels.keys() - pinned_names.keys() - done.facts.described.keys()
        others = {
            who: done.labels[who]
            for who in sorted(fresh, key=lambda who: who.names)
            if (who.event_destination is None, base(who.names).lower()) in theirs
        }
        if not others:
            return []
        shown = listed((f"{who} is {label}" for who, label in others.items()), _SHOWN)
        text = "your code has these names already, so the export uses others"
        return [Remark(where, text, "file", alone=f"{where}: {text}: {shown}")]

    def note(self, where: str, stale: Collection[Identity]) -> list[Said]:
        """The sentence about names of what is not there any more."""
        if not stale:
            return []
        shown = listed(sorted(str(who) for who in stale), _SHOWN)
        if self.options.prune_names:
            text, hint = "dropped the names of resources that no longer exist", ""
        else:
            text = "kept the names of resources that no longer exist"
            hint = " (--prune-names drops them)"
        return [Remark(where, f"{text}{hint}", "file", alone=f"{where}: {text}: {shown}{hint}")]


@dataclass(frozen=True)
class Outside:
    """A names file that is not below DIR, and what it is to hold."""

    file: Path
    text: str

    def differences(self) -> tuple[StaleFile, ...]:
        """What would change."""
        old, new = _text(self.file), self.text
        if old == new:
            return ()
        # DIR is put before paths, which leaves an absolute one as it is.
        path = str(self.file.absolute())
        return (StaleFile(path, None if old is None else old.encode(), new.encode()),)

    @contextmanager
    def written(self) -> Iterator[None]:
        """Replace the file; it is as it was when the body fails.

        Raises:
            ExporterError: when it cannot be written.
        """
        old = _text(self.file)
        if old == self.text:
            yield
            return
        transaction.write_file(self.file, self.text.encode())
        try:
            yield
        except BaseException:
            if old is None:
                self.file.unlink(missing_ok=True)
            else:
                transaction.write_file(self.file, old.encode())
            raise


def refuse_collision(path: str, files: Iterable[RenderedFile]) -> None:
    """Refuse a names file in the place of another file of the export."""
    if path == MANIFEST_FILE or any(file.path == path for file in files):
        raise UsageError(
            f"--names would overwrite {path}, which the export writes", hint="choose another file"
        )


def _text(file: Path, read: Callable[[Path], bytes] = regular_files.read) -> str | None:
    data = regular_files.data_if_there(file, read)
    return None if data is None else regular_files.decoded(data, file)
