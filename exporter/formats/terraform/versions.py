"""The constraints on Terraform's version in a folder.

They are in ``required_version``
(https://developer.hashicorp.com/terraform/language/expressions/version-constraints), and in the
files of version managers (``.terraform-version`` of tfenv, ``.tool-versions`` of asdf).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from exporter.formats.code_beside import Version, VersionConstraint
from exporter.support import regular_files

_REQUIRED = re.compile(r'^(?P<before>[^#"]*?)\brequired_version\s*=\s*"(?P<text>[^"]*)"')
_REQUIRED_JSON = re.compile(r'(?P<before>)"required_version"\s*:\s*"(?P<text>[^"]*)"')
_CLAUSE = re.compile(r"\s*(?P<operator>=|!=|>=|<=|>|<|~>)?\s*v?(?P<version>[0-9]+(\.[0-9]+)*)")
_PLAIN = re.compile(r"v?(?P<version>[0-9]+(\.[0-9]+)+)(-[0-9A-Za-z.-]+)?\Z")


def constraints(folder: Path) -> Iterator[VersionConstraint]:
    """Yield the constraints on the version in a folder: in code, then for version managers."""
    for path in sorted((*folder.glob("*.tf"), *folder.glob("*.tf.json"))):
        pattern = _REQUIRED if path.suffix == ".tf" else _REQUIRED_JSON
        for number, line in enumerate(_lines(path), 1):
            match = pattern.search(line)
            if match and "//" not in match["before"]:
                yield _constraint(path, number, line, match["text"], path.name)
    for path in filter(None, (_nearest(folder, name) for name in _CHOSEN)):
        for number, line in enumerate(_lines(path), 1):
            text = _CHOSEN[path.name](line.partition("#")[0].split())
            match = _PLAIN.match(text)
            if match:
                yield _constraint(path, number, line, match["version"], "")


def _constraint(path: Path, number: int, line: str, text: str, file: str) -> VersionConstraint:
    return VersionConstraint(line.strip(), f"{path}:{number}", file, partial(admits, text))


_CHOSEN: Mapping[str, Callable[[list[str]], str]] = {
    ".terraform-version": lambda words: "".join(words[:1]),
    # The version that is tried first; those that follow are fallbacks.
    ".tool-versions": lambda words: "".join(words[1:2]) if words[:1] == ["terraform"] else "",
}
"""By file name, a function that returns the version that the words of a line choose."""


def _nearest(folder: Path, name: str) -> Path | None:
    """Return the file in the folder, or in the nearest parent within the same repository."""
    for directory in (folder, *folder.absolute().parents):
        if (directory / name).is_file():
            return directory / name
        if (directory / ".git").exists():
            return None
    return None


def _lines(path: Path) -> list[str]:
    try:
        return regular_files.read_within(path).decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def admits(text: str, needed: Version, below: Version | None = None) -> bool:
    """Whether a constraint allows some version at or above ``needed``, and lower than ``below``.

    Each clause is checked alone: its upper bound against ``needed``, its lower bound against
    ``below``.
    """
    for clause in text.split(","):
        match = _CLAUSE.match(clause)
        if match is None:
            continue
        version = tuple(map(int, match["version"].split(".")))
        operator = match["operator"] or "="
        if operator in ("=", "<=") and _padded(version) < _padded(needed):
            return False
        if below and operator in ("=", ">=", ">", "~>") and _padded(version) >= _padded(below):
            return False
        if operator == "<" and _padded(version) <= _padded(needed):
            return False
        if operator == "~>" and len(version) > 1 and _next(version) <= _padded(needed):
            return False
    return True


def _next(version: Version) -> Version:
    """Return the first version that ``~>`` no longer allows: its last part but one plus one."""
    *head, last = version[:-1]
    return _padded((*head, last + 1))


def _padded(version: Version) -> Version:
    return (*version, 0, 0, 0)[:3]
