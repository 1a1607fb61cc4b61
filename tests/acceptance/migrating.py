"""What ``MIGRATE.md`` lists, done by a machine: nothing else is changed in a person's code."""

import re
from collections import defaultdict
from pathlib import Path

_DELETED = re.compile(r"^- `(?P<file>[^`:]+):(?P<first>\d+)(?:-(?P<last>\d+))?`: `[^`]+`$", re.M)
_RENAMED = re.compile(
    r"^- `(?P<file>[^`:]+):(?P<line>\d+)`: `(?P<old>[^`]+)` "
    r"(?:becomes `(?P<new>[^`]+)`|has no replacement; .*)$",
    re.M,
)


def migrate(folder: Path, text: str) -> None:
    """Rename and delete what a guide lists, in the code of a folder."""
    lines: dict[str, list[str]] = {}

    def of(file: str) -> list[str]:
        return lines.setdefault(file, (folder / file).read_text(encoding="utf-8").split("\n"))

    deleted = text[text.index("## Delete") :].partition("\n## ")[0]
    for found in _RENAMED.finditer(text):
        at = int(found["line"]) - 1
        line, old, new = of(found["file"])[at], found["old"], found["new"]
        assert old in line, f"{found['file']}:{at + 1} has no {old}"
        if new is None:
            line = re.sub(rf"{re.escape(old)},? ?", "", line, count=1)
        else:
            line = line.replace(old, new, 1)
        of(found["file"])[at] = line
    gone: dict[str, set[int]] = defaultdict(set)
    for found in _DELETED.finditer(deleted):
        first = int(found["first"])
        gone[found["file"]] |= set(range(first, int(found["last"] or first) + 1))
        of(found["file"])
    for file, kept in lines.items():
        left = [line for number, line in enumerate(kept, 1) if number not in gone[file]]
        (folder / file).write_text("\n".join(left), encoding="utf-8")
