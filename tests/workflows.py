"""Workflows for the linters: those that ``docs`` shows, and one with the steps of the action.

``python -m tests.workflows FOLDER`` writes them; ``make check`` judges them (``.ci/workflows``).
"""

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from tests.support import ROOT

_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
_OURS = re.compile(r"OWNER/ses2iac@\S+( #.*)?")


def documented() -> list[str]:
    """The GitHub workflows of the documentation, as they stand there."""
    pages = sorted((ROOT / "docs").glob("*.md"))
    blocks = [block for page in pages for block in _BLOCK.findall(page.read_text(encoding="utf-8"))]
    return [block for block in blocks if re.search(r"^on:", block, re.MULTILINE)]


def of_action() -> dict[str, Any]:
    """A workflow with the inputs and the steps of ``action.yml``: actionlint reads no actions."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    inputs = {
        name: {"type": "string", "required": given.get("required", False)}
        for name, given in action["inputs"].items()
    }
    steps = action["runs"]["steps"]
    return {
        "name": "the action's steps",
        "on": {"workflow_call": {"inputs": inputs}},
        "permissions": {},
        "jobs": {"action": {"runs-on": "ubuntu-latest", "steps": steps}},
    }


def main(folder: Path) -> None:
    """Write each to a file of the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    action = yaml.safe_dump(of_action(), sort_keys=False)
    (folder / "action-steps.yml").write_text(action, encoding="utf-8")
    for number, text in enumerate(documented(), 1):
        # Which commit of ours to pin, its readers choose.
        pinned = _OURS.sub(f"OWNER/ses2iac@{'0' * 40}", text)
        (folder / f"docs-{number}.yml").write_text(pinned, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
