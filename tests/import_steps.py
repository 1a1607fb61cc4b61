"""The shell blocks of an ``IMPORT.md``, as a person meets them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A block and the heading that it stands under."""

    section: str
    block: str

    @property
    def programs(self) -> list[str]:
        """The first word of each command in it."""
        joined = self.block.replace("\\\n", " ")
        return [shlex.split(line)[0] for line in joined.splitlines() if line.strip()]


def steps(text: str) -> Iterator[Step]:
    """Every block, in order."""
    for part in re.split(r"^## ", text, flags=re.MULTILINE):
        section = part.partition("\n")[0]
        for block in re.findall(r"^```sh\n(.*?)^```$", part, flags=re.MULTILINE | re.DOTALL):
            yield Step(section, block)
