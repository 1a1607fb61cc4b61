"""Every expression whose value we say, said by ``terraform console`` too."""

import json
from pathlib import Path

from tests.hcl_expressions import WORKED_OUT
from tests.support import Engines


def test_the_console_says_the_same(engines: Engines, tmp_path: Path) -> None:
    # It looks no variable up, and prints what stands last alone: all of them are one list.
    asked = {each: value for each, value in WORKED_OUT.items() if "var." not in each}
    every = ", ".join(f"tostring({expression})" for expression in asked)
    ran = engines.terraform().run(tmp_path, "console", given=f"jsonencode([{every}])\n")
    assert ran.code == 0, ran.err
    found = dict(zip(asked, json.loads(json.loads(ran.out)), strict=True))
    assert found == asked
