"""Which Terraform the code in a folder is for, as far as people say it there.

They say it by ``required_version``
(https://developer.hashicorp.com/terraform/language/expressions/version-constraints), and by the
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
    """What is said in a folder of the version: by its code first, then for version managers."""
    for path in sorted((*folder.glob("*.tf"), *folder.glob("*.tf.json"))):
        pattern = _REQUIRED if path.suffix == ".tf" else _REQUIRED_JSON
        for number, line in enumerate(_lines(path), 1):
            found = pattern.search(line)
            if found and "//" not in found["before"]:
                yield _constraint(path, number, line, found["text"], path.name)
    for path in filter(None, (_nearest(folder, name) for name in _CHOSEN)):
        for number, line in enumerate(_lines(path), 1):
            text = _CHOSEN[path.name](line.partition("#")[0].split())
            found = _PLAIN.match(text)
            if found:
                yield _constraint(path, number, line, found["version"], "")


def _constraint(path: Path, number: int, line: str, text: str, file: str) -> VersionConstraint:
    return VersionConstraint(line.strip(), f"{path}:{number}", file, partial(admits, text))


_CHOSEN: Mapping[str, Callable[[list[str]], str]] = {
    ".terraform-version": lambda words: "".join(words[:1]),
    # The version that is tried first; those that follow stand in for it.
    ".tool-versions": lambda words: "".join(words[1:2]) if words[:1] == ["terraform"] else "",
}
"""Which version the words of a line choose, by the file."""


def _nearest(folder: Path, name: str) -> Path | None:
    """The file that counts: of the folder, or the nearest above it within one repository."""
    for place in (folder, *folder.absolute().parents):
        if (place / name).is_file():
            return place / name
        if (place / ".git").exists():
            return None
    return None


def _lines(path: Path) -> list[str]:
    try:
        return regular_files.read_within(path).decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def admits(text: str, needed: Version, below: Version | None = None) -> bool:
    """Whether a constraint admits some version from the needed one on, and below another.

    What bounds it above can keep it from the one, what bounds it below from the other.
    """
    for clause in text.split(","):
        found = _CLAUSE.match(clause)
        if found is None:
            continue
        version = tuple(map(int, found["version"].split(".")))
        operator = found["operator"] or "="
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
    """The first version that ``~>`` no longer admits: its last part but one is one higher."""
    *head, last = version[:-1]
    return _padded((*head, last + 1))


def _padded(version: Version) -> Version:
    return (*version, 0, 0, 0)[:3]
