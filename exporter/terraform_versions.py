"""Which Terraform the code in a folder is for, as far as people say it there.

They say it by ``required_version``
(https://developer.hashicorp.com/terraform/language/expressions/version-constraints), and by the
files of version managers (``.terraform-version`` of tfenv, ``.tool-versions`` of asdf).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exporter import regular

Version = tuple[int, ...]

_REQUIRED = re.compile(r'^\s*required_version\s*=\s*"(?P<text>[^"]*)"')
_CLAUSE = re.compile(r"\s*(?P<operator>=|!=|>=|<=|>|<|~>)?\s*v?(?P<version>[0-9]+(\.[0-9]+)*)")
_PLAIN = re.compile(r"v?(?P<version>[0-9]+(\.[0-9]+)+)\s*\Z")


@dataclass(frozen=True)
class Constraint:
    """What somebody says of the version.

    Attributes:
        text: In their words.
        where: The file and the line.
    """

    text: str
    where: str


def refusing(folder: Path, needed: Version) -> Constraint | None:
    """What in a folder admits no version as new as one that is needed.

    Args:
        folder: The folder of a root module.
        needed: The version.

    Returns:
        The first such constraint; None when there is none, or nobody says anything.
    """
    for constraint, text in _constraints(folder):
        if not _admits(text, needed):
            return constraint
    return None


def _constraints(folder: Path) -> Iterator[tuple[Constraint, str]]:
    for path in sorted(folder.glob("*.tf")) if folder.is_dir() else ():
        for number, line in enumerate(_lines(path), 1):
            found = _REQUIRED.match(line)
            if found:
                yield Constraint(line.strip(), f"{path}:{number}"), found["text"]
    for path in _version_files(folder):
        for number, line in enumerate(_lines(path), 1):
            name, _, rest = line.partition(" ")
            text = rest.strip() if path.name == ".tool-versions" else line.strip()
            found = _PLAIN.match(text)
            if found and (path.name != ".tool-versions" or name == "terraform"):
                yield Constraint(line.strip(), f"{path}:{number}"), found["version"]


def _version_files(folder: Path) -> Iterator[Path]:
    """Those of the folder and of the folders above it, within one repository."""
    here = folder.absolute()
    for place in (here, *here.parents):
        for name in (".terraform-version", ".tool-versions"):
            if (place / name).is_file():
                yield place / name
        if (place / ".git").exists():
            return


def _lines(path: Path) -> list[str]:
    try:
        return regular.read(path).decode("utf-8", "replace").splitlines()
    except OSError:
        return []


def _admits(text: str, needed: Version) -> bool:
    """Whether a constraint admits some version from the needed one on.

    Only what bounds it above can keep it from that.
    """
    for clause in text.split(","):
        found = _CLAUSE.match(clause)
        if found is None:
            continue
        version = tuple(map(int, found["version"].split(".")))
        operator = found["operator"] or "="
        if operator in ("=", "<=") and _padded(version) < _padded(needed):
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
