"""The files of an export in a folder, and how they differ from its manifest."""

from pathlib import Path

from exporter.formats import manifest as manifests
from exporter.formats.manifest import HERE, MANIFEST_FILE, Manifest, ScopeRecord
from exporter.support import regular_files
from exporter.support.below import is_linked, is_there
from exporter.support.errors import ExporterError

LINK = "a link, not a file"


def own_files(manifest: Manifest, record: ScopeRecord) -> list[str]:
    """Return the paths of a scope's files, relative to its folder."""
    paths = [*manifest.files, *manifest.editable]
    prefix = "" if record.path == HERE else f"{record.path}/"
    return sorted(
        path.removeprefix(prefix) for path in paths if manifest.owner_of(path) == record.path
    )


def read(path: Path) -> bytes | None:
    """Return the content of a regular file; None if it isn't one, is a link or can't be read."""
    try:
        return regular_files.read_unlinked(path)
    except OSError:
        return None


def is_recorded(data: bytes, recorded: str) -> bool:
    """Whether a file has a recorded hash; Windows line endings don't count."""
    return recorded in (manifests.digest(data), manifests.digest(_unix(data)))


def is_same(data: bytes | None, other: bytes) -> bool:
    """Whether a file is the same as another, except for Windows line endings.

    No file of an export contains a carriage return; git on Windows adds one to each line
    (``core.autocrlf``).
    """
    return data is not None and (data == other or _unix(data) == other)


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def refuse_links(out_dir: Path, manifest: Manifest) -> None:
    """Raise ``ExporterError`` if a file of an export is a link, or reached through one."""
    paths = (MANIFEST_FILE, *manifest.files, *manifest.editable)
    links = [f"{path}: {LINK}" for path in paths if is_linked(out_dir, path)]
    if links:
        raise ExporterError(
            "has links instead of files of the export:",
            where=str(out_dir),
            items=links,
            hint="put the files there, or 'ses2iac export --force' into the folder",
        )


def differences(out_dir: Path, manifest: Manifest) -> tuple[list[str], list[str]]:
    """Return how an export's files differ from its manifest.

    Returns:
        What is wrong, and differences that are allowed.
    """
    wrong: list[str] = []
    noted: list[str] = []
    for path, digest in manifest.files.items():
        if is_linked(out_dir, path):
            wrong.append(f"{path}: {LINK}")
            continue
        data = read(out_dir / path)
        if data is not None and not is_recorded(data, digest):
            wrong.append(f"{path}: edited since the export")
        elif data is None and is_there(out_dir / path):
            wrong.append(f"{path}: cannot be read")
        elif data is None:
            (noted if path in manifest.deletable else wrong).append(f"{path}: deleted")
    wrong += [f"{path}: {LINK}" for path in manifest.editable if is_linked(out_dir, path)]
    noted += [f"{p}: deleted" for p in manifest.editable if not is_there(out_dir / p)]
    return wrong, noted
