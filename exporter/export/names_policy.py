"""``--names`` and ``--prune-names``: where names are stored, and which ones are dropped."""

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
    """Where the names of an export are stored, and which ones are dropped."""

    options: ExportOptions
    given: ExportInput

    def check(self, folders: Collection[str]) -> None:
        """Refuse one file for several scopes.

        Each scope is a separate root module or set of stacks, and two may use the same name. In one
        file their names would clash, or be dropped by an export of the other scope.

        Raises:
            UsageError: if a scope has a folder below DIR.
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

    def path_for(self, folder: str) -> Path:
        """Return the path of the names file for a scope's folder."""
        return self._file or self.given.out_dir / folder / NAMES_FILE

    def read(self, folder: str) -> str | None:
        """Return the text of the names file; None if there is none.

        If ``--names`` gives a new file, it starts with the names in DIR.

        Raises:
            ExporterError: if it can't be read.
        """
        text = None if self._file is None else _text(self._file)
        if text is not None:
            return text
        text = _text(self.given.out_dir / folder / NAMES_FILE, regular_files.read_unlinked)
        # Without an export in DIR, a file of this name may be anything.
        is_unknown = self._file is not None and self.given.manifest is None
        return None if is_unknown and text is not None and not is_ours(text) else text

    def inside(self, folder: str) -> str | None:
        """Return the names file's path below DIR; None if it is elsewhere."""
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
        """Return the names of resources that no longer exist.

        Names that a pattern excludes, or that could not be read, are not stale.

        ``others`` exist too: destinations to be replaced, and those in a person's own code.
        """
        existing = {*identities(scope), *others}
        return {
            identity: label
            for identity, label in pinned_names.items()
            if identity not in existing and self.was_looked_for(scope, identity)
        }

    def was_looked_for(self, scope: Scope, identity: Identity) -> bool:
        """Whether a resource with this name would have been read if it existed."""
        return self._is_selected(identity) and not any(
            failure.holds(scope.account_id, scope.region, identity.configuration_set)
            for failure in self.given.reading.unread
        )

    def _is_selected(self, identity: Identity) -> bool:
        """Whether the selection matches a resource because of its name alone."""
        if self.given.selection is None or identity.configuration_set in self.given.left_out:
            return False
        set_facts = SetFacts(identity.configuration_set)
        if identity.event_destination is not None:
            facts = DestinationFacts(set_facts, identity.event_destination)
            return self.given.selection.takes_destination(facts) is True
        return self.given.selection.takes_set(set_facts) is True

    def unchanged(
        self, where: str, pinned_names: Mapping[Identity, str], result: ScopeExport, style: Style
    ) -> list[Said]:
        """Return the note on names that a changed ``--name-pattern`` doesn't apply to.

        A name is an address in state or a logical id in a stack, so only a person may change it.
        """
        previous = self.given.manifest.options.name_pattern if self.given.manifest else ""
        pattern = self.options.name_pattern
        if not pinned_names or pattern.if_not_default == previous:
            return []
        scope = result.plan.scope
        fresh = labels.assign(identities(scope), pattern.style(style, scope), {})
        kept = [name for name, label in fresh.items() if pinned_names.get(name, label) != label]
        if not kept:
            return []
        shown = listed(map(str, kept), _SHOWN)
        text = "--name-pattern applies to new names only;"
        hint = "to rename one, delete its line and export again"
        alone = f"{where}: {text} these keep their names: {shown}; {hint}"
        return [Remark(where, f"{text} those in the file stay; {hint}", "file", alone=alone)]

    def in_use(
        self, where: str, pinned_names: Mapping[Identity, str], result: ScopeExport, style: Style
    ) -> list[Said]:
        """Return the note on names that other code in the folder uses already."""
        theirs = {
            (identity.event_destination is None, label.lower())
            for identity, label in result.facts.beside.labels.items()
        }
        if not theirs:
            return []
        base = self.options.name_pattern.style(style, result.plan.scope).base
        fresh = result.labels.keys() - pinned_names.keys() - result.facts.described.keys()
        renamed = {
            identity: result.labels[identity]
            for identity in sorted(fresh, key=lambda identity: identity.names)
            if (identity.event_destination is None, base(identity.names).lower()) in theirs
        }
        if not renamed:
            return []
        shown = listed((f"{identity} is {label}" for identity, label in renamed.items()), _SHOWN)
        text = "your code has these names already, so the export uses others"
        return [Remark(where, text, "file", alone=f"{where}: {text}: {shown}")]

    def note(self, where: str, stale: Collection[Identity]) -> list[Said]:
        """Return the note on names of resources that no longer exist."""
        if not stale:
            return []
        shown = listed(sorted(map(str, stale)), _SHOWN)
        if self.options.prune_names:
            text, hint = "dropped the names of resources that no longer exist", ""
        else:
            text = "kept the names of resources that no longer exist"
            hint = " (--prune-names drops them)"
        return [Remark(where, f"{text}{hint}", "file", alone=f"{where}: {text}: {shown}{hint}")]


@dataclass(frozen=True)
class Outside:
    """A names file that is not below DIR, with its new text."""

    file: Path
    text: str

    def differences(self) -> tuple[StaleFile, ...]:
        """Return the difference, if there is one."""
        old, new = _text(self.file), self.text
        if old == new:
            return ()
        # DIR is put before paths, which leaves an absolute one as it is.
        path = str(self.file.absolute())
        return (StaleFile(path, None if old is None else old.encode(), new.encode()),)

    @contextmanager
    def written(self) -> Iterator[None]:
        """Replace the file, and restore it if the body fails.

        Raises:
            ExporterError: if it can't be written.
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
    """Refuse a names file that would overwrite another file of the export."""
    if path == MANIFEST_FILE or any(file.path == path for file in files):
        raise UsageError(
            f"--names would overwrite {path}, which the export writes", hint="choose another file"
        )


def _text(file: Path, read: Callable[[Path], bytes] = regular_files.read) -> str | None:
    data = regular_files.data_if_there(file, read)
    return None if data is None else regular_files.decoded(data, file)
