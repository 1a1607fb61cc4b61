"""Which Terraform addresses a folder declares, forgets and moves: what a plan goes by."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

_RESOURCE = re.compile(r'^resource "([^"]+)" "([^"]+)"', re.M)
_REMOVED = re.compile(r"^removed \{\n  from = (\S+)\n\n  lifecycle \{\n    destroy = false\n", re.M)
_MOVED = re.compile(r"^moved \{\n  from = (\S+)\n  to   = (\S+)\n", re.M)
_IMPORT = re.compile(r'^import \{\n  to = (\S+)\n  id = "(.*)"\n', re.M)


@dataclass(frozen=True)
class Code:
    """The blocks of a root module, by address."""

    resources: AbstractSet[str]
    removed: AbstractSet[str]
    moved: AbstractSet[str]
    imports: AbstractSet[str]

    def destroys(self, state: AbstractSet[str]) -> AbstractSet[str]:
        """What Terraform plans to destroy of a state that holds these addresses."""
        return state - self.resources - self.removed - self.moved

    def creates(self, state: AbstractSet[str]) -> AbstractSet[str]:
        """What Terraform plans to create: a move brings what it moves, or nothing."""
        return self.resources - state - self.imports


def code(folder: Path) -> Code:
    """The blocks of a folder; fails where two of them contradict each other."""
    text = "\n".join(p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.tf")))
    resources = [f"{kind}.{label}" for kind, label in _RESOURCE.findall(text)]
    removed = _REMOVED.findall(text)
    moves = _MOVED.findall(text)
    sources = [old for old, _ in moves]
    imports = [to for to, _ in _IMPORT.findall(text)]
    assert text.count("removed {\n") == len(removed), "a removed block that is not a safe one"
    for found in (resources, removed, sources, imports):
        assert len(found) == len(set(found)), f"twice: {found}"
    # Each of these Terraform refuses.
    assert not set(resources) & set(removed), "removed, and declared"
    assert not set(resources) & set(sources), "moved away, and declared"
    assert not set(removed) & set(sources), "moved away, and removed"
    assert {new for _, new in moves} <= set(resources) | set(sources), "moved to nowhere"
    assert set(imports) <= set(resources), "imported to nowhere"
    return Code(frozenset(resources), frozenset(removed), frozenset(sources), frozenset(imports))
