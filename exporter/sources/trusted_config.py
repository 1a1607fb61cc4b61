"""Choose the configuration file, and limit what one may do that the user did not name.

A ``ses2iac.toml`` that was found may have come with somebody else's code. It may set what to read
and how to write it. But only the user, by an option or by naming the file, decides where signed
requests go, and which files outside the file's folder are read or written.
"""

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from exporter.model.account_query import KEYS, AccountQuery
from exporter.sources import config, settings
from exporter.sources.config import CONFIG_FILE, Config
from exporter.sources.pattern_files import AT
from exporter.support.errors import ExporterError

_ENDPOINT = "endpoint_url"
_IDENTITY = ("profile", "role_arns", "external_id", "organization_role")
"""The fields of a target that choose the credentials."""


def chosen(named: Path | None, start: Path | None = None) -> Config | None:
    """Return the configuration file to use; None if there is none.

    A file named by ``--config`` is trusted. Otherwise one is looked for in ``start`` and its
    parents, by default from the working folder.

    Raises:
        ExporterError: if it can't be read or is invalid, or if it was path and has a setting that
            only a named file may have.
    """
    if named is not None:
        return config.load(named)
    path = config.find(start or Path.cwd())
    if path is None:
        return None
    if path.is_symlink():
        raise ExporterError(
            "is a link, which is not followed",
            where=str(path),
            hint=f"to use it anyway: --config {CONFIG_FILE}",
        )
    loaded = config.load(path)
    for line, what in _refused(loaded):
        raise ExporterError(
            what,
            where=f"{path}:{line}",
            hint="delete the line or, if you trust this file, pass it explicitly: --config "
            f"{path}",
        )
    return loaded


def as_whom(read: Config, targets: tuple[AccountQuery, ...]) -> str:
    """Return a note if a file that was found chooses the credentials; empty if it doesn't.

    ``targets`` are the targets of the file that are used.
    """
    keys = [
        KEYS[name]
        for name in _IDENTITY
        if any(getattr(target, name) not in (None, ()) for target in targets)
    ]
    if not keys:
        return ""
    return f"{read.path}: found here; sets the credentials to read with: {', '.join(keys)}"


def _refused(read: Config) -> Iterator[tuple[int, str]]:
    """Yield what a file that was found may not set: the line, and what is wrong."""
    for index, target in enumerate(read.targets):
        if target.endpoint_url is not None:
            line = read.line_of("target", index, _ENDPOINT) or 1
            yield line, f"{_ENDPOINT!r} redirects signed requests"
    folder = read.path.parent
    for key, given in read.export.items():
        for path in _paths(key, given.value):
            if not _is_within(folder, path):
                yield given.line, f"{key!r} points outside this file's folder"
            elif key == "names" and not _is_plain_toml(folder, path):
                yield (
                    given.line,
                    (f"{key!r} will be written to, so it must be a .toml file that is not hidden"),
                )


def _paths(key: str, value: Any) -> Iterator[Path]:
    reader = settings.BY_KEY[key].read
    texts = [value] if isinstance(value, str) else value
    if reader is settings.patterns:
        yield from (Path(text.removeprefix(AT)) for text in texts if text.startswith(AT))
    elif reader in (settings.path, settings.paths):
        yield from map(Path, texts)


def _is_within(folder: Path, path: Path) -> bool:
    """Tell whether a path is inside a folder, after following links."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def _is_plain_toml(folder: Path, path: Path) -> bool:
    below = PurePath(path.resolve().relative_to(folder.resolve()))
    return below.suffix == ".toml" and not any(part.startswith(".") for part in below.parts)
