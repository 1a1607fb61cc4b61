"""Every expression whose value we say, said by ``terraform console`` too."""

import base64
from pathlib import Path

from tests.hcl_expressions import WORKED_OUT
from tests.support import Engines


def test_the_console_says_the_same(engines: Engines, tmp_path: Path) -> None:
    # It looks no variable up, and prints what stands last alone: all of them are one list.
    asked = {each: value for each, value in WORKED_OUT.items() if "var." not in each}
    # In base64, as neither its quotes nor its JSON keep every text (a combining accent).
    every = ", ".join(f"base64encode({expression})" for expression in asked)
    ran = engines.terraform().run(tmp_path, "console", given=f'join(",", [{every}])\n')
    assert ran.code == 0, ran.err
    texts = [base64.b64decode(each).decode() for each in ran.out.strip().strip('"').split(",")]
    found = dict(zip(asked, texts, strict=True))
    assert found == asked
