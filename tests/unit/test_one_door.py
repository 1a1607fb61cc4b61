"""Files are read by ``regular_files``: pipes keep others waiting, links lead them away."""

import ast
from pathlib import Path

import pytest

import exporter

ROOT = Path(exporter.__file__).parent
READERS = {"read_bytes", "read_text", "open"}

ALLOWED = {
    "support/regular_files.py": "the door",
    "support/undo_log.py": "files of its own staging folder and of the export, links apart",
    "support/transaction.py": "files that are known to be plain, and a null device for stdout",
    "support/undo_key.py": "opened without waiting or following links, then looked at",
    "sources/checkpoint_file.py": "opened without following links, then looked at",
    "support/staging.py": "its own folder",
    "cli/__init__.py": "the null device",
    "cli/demo.py": "what the demo has just written",
    "reports/html/page.py": "our own style and program",
    "formats/catalogue.py": "our own templates",
    "formats/sandbox.py": "what the parent or child process has just written",
    "verify/cdk.py": "the copy that verify works in",
    "verify/templates.py": "the copy that verify works in",
    "verify/terraform_beside.py": "the copy that verify works in",
}


def reads(file: Path) -> list[int]:
    """The lines at which a module reads a file by itself."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = []
    for call in calls:
        function = call.func
        name = getattr(function, "attr", getattr(function, "id", ""))
        if name in READERS:
            found.append(call.lineno)
    return found


@pytest.mark.parametrize(
    "file", sorted(ROOT.rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT))
)
def test_no_module_reads_files_by_itself(file: Path) -> None:
    name = file.relative_to(ROOT).as_posix()
    if name not in ALLOWED:
        assert reads(file) == [], "use exporter/support/regular_files.py, or say here why not"


def test_what_is_allowed_is_needed() -> None:
    assert [name for name in ALLOWED if not reads(ROOT / name)] == []
