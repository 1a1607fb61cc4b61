"""Where code lives: twelve rooms, imports that only lead down, and one door to AWS.

``docs/architecture.md`` says what each room is for.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import exporter
from tests.support import ROOT as REPOSITORY

ROOT = Path(exporter.__file__).parent

ROOMS = (
    "cli",
    "demo",
    "reports",
    "verify",
    "export",
    "diff",
    "lint",
    "sources",
    "formats",
    "aws",
    "model",
    "support",
)
"""From the top down: a room may import from itself and from those that follow."""

ENTRANCES = {"exporter", "exporter.__main__"}
"""The modules beside the rooms: the version, and ``python -m exporter``."""

SDK = {"boto3", "botocore", "moto"}
ROOMS_WITH_THE_SDK = {"aws", "demo"}


@cache
def modules() -> dict[str, Path]:
    """Every module by its dotted name."""
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


@cache
def imports(module: str) -> tuple[tuple[int, str], ...]:
    """What a module imports, inside functions too: the line and the module."""
    return tuple(_imports(ast.parse(modules()[module].read_text(encoding="utf-8"))))


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            name = node.module or ""
            for alias in node.names:
                full = f"{name}.{alias.name}"
                yield node.lineno, full if full in modules() else name


def room(module: str) -> str:
    """The room of a module; empty for the entrances."""
    return "" if module in ENTRANCES else module.split(".")[1]


def test_the_rooms_are_these() -> None:
    beside = {name for name in modules() if "." not in name or name.count(".") == 1}
    assert {room(name) for name in modules()} == {"", *ROOMS}
    assert {name for name in beside if modules()[name].parent == ROOT} == ENTRANCES


def test_imports_only_lead_down() -> None:
    wrong = []
    for module in sorted(modules()):
        at = room(module)
        for line, name in imports(module):
            to = room(name) if name.startswith("exporter.") else ""
            if at and to and ROOMS.index(to) < ROOMS.index(at):
                wrong.append(f"{modules()[module].relative_to(ROOT.parent)}:{line}: {name}")
    assert wrong == []


def test_only_the_demo_command_imports_the_demo() -> None:
    importers = {
        module
        for module in modules()
        for _, name in imports(module)
        if name.startswith("exporter.demo") and room(module) != "demo"
    }
    assert importers == {"exporter.cli.demo"}


def test_only_aws_and_the_demo_import_the_sdk() -> None:
    importers = {
        room(module)
        for module in modules()
        for line, name in imports(module)
        if name.split(".")[0] in SDK and not _is_for_types(module, line)
    }
    assert importers == ROOMS_WITH_THE_SDK


def _is_for_types(module: str, line: int) -> bool:
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
        and node.lineno <= line <= (node.end_lineno or 0)
        for node in ast.walk(tree)
    )


@pytest.mark.parametrize("name", ROOMS)
def test_the_architecture_page_names_every_room(name: str) -> None:
    page = (REPOSITORY / "docs/architecture.md").read_text(encoding="utf-8")
    assert f"| `{name}/` |" in page


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_the_files_that_a_page_names_are_there(page: str) -> None:
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    rooms = "|".join(ROOMS)
    named = re.findall(rf"`((?:{rooms})/[a-z_/]+(?:\.py)?)`", text)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_no_packages_import_each_other_in_a_circle() -> None:
    arrows: dict[str, set[str]] = {}
    for module in modules():
        for _, name in imports(module):
            if name in modules() and not {module, name} & ENTRANCES:
                arrows.setdefault(package(module), set()).add(package(name))
    circles = [
        (one, other)
        for one in sorted(arrows)
        for other in sorted(_reached(one, arrows))
        if one < other and one in _reached(other, arrows)
    ]
    assert circles == []


def _reached(start: str, arrows: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in arrows.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found


def package(module: str) -> str:
    """The folder of a module; what lies deeper than a format's own folder counts as that."""
    is_package = modules()[module].name == "__init__.py"
    folder = module if is_package else module.rpartition(".")[0]
    return ".".join(folder.split(".")[:3])
