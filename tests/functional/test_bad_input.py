"""Everything that can go wrong for a person: one directory of ``tests/cases`` each.

A case is ``case.toml`` (the fields of ``Case``), the files that the command finds in its working
folder, laid over what an earlier export left there, and ``stderr.txt``, the whole of what the
command must say. Where a command prints a result, ``stdout.txt`` is the whole of that; without the
file there must be none. A folder ``bin`` holds programs that stand in for the real ones: no case
finds any other engine on PATH. ``SES2IAC_UPDATE_CASES=1`` writes the texts anew (``stdout.txt``
where there is one, be it empty); read the diff.
"""

import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exporter.formats import manifest
from exporter.reports.verify_table import as_table
from exporter.sources.config import CONFIG_FILE
from exporter.verify.results import Result, Tool, VerifyReport, failed, not_run, passed
from tests.fakes import FakeAws, FakeSet, plain_set
from tests.support import Ran, free_port, ses2iac, ses2iac_process

CASES = Path(__file__).parent.parent / "cases"
OUT = "infra"
BIN = "bin"
OWN_FILES = {"case.toml", "stderr.txt"}
KEPT_APART = {*OWN_FILES, "stdout.txt", BIN}
SETS = {"newsletters": plain_set("opens"), "orders": plain_set("bounces")}
NEEDED = ("cat", "env", "sh", "sleep")
"""What the programs of a case may use of the machine, beside Python as ``python3``."""
VOLATILE = {"ses2iac", "python", "black", "cfn-lint"}
"""The tools that are real in every case, so that their versions are those of the machine."""


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``case.toml`` says.

    Attributes:
        shows: What the case is there for.
        arguments: The command line after the program's name. ``<port>`` is the fake server's port,
            or one that nobody listens on when there is no fake server.
        exit: The exit code.
        server: For a live case, which faults (``tests.fakes.FAULTS``) each route answers with in
            turn; the last one stays.
        waits: Routes that are answered only after others were.
        sets: Which sets the account holds.
        deleted: Destinations, each as ``SET/DESTINATION``, that they hold no more.
        environment: Variables of the command.
        unset: Variables of the fake server's that the command does not get.
        earlier: The format of an export of the whole account that stands in DIR.
        earlier_options: More options of that export.
        replace: What was edited since then: by file, texts and what stands in the place of the
            first of each.
        delete: Files that were deleted since then.
        nested: Snapshots to make, each with so many lists in one another: too long to keep.
        large: Files to make with so many bytes, all of them a comment.
        stdin: What standard input holds.
        holds: What DIR's manifest lists afterwards; without it nothing at all may have changed.
        before: The first minor version of Python 3 with which it no longer happens.
        process: Run in a process of its own: Click's messages depend on how it was started.
    """

    shows: str
    arguments: list[str]
    exit: int
    server: dict[str, list[str]] | None = None
    waits: dict[str, list[str]] = {}
    sets: list[str] = msgspec.field(default_factory=lambda: list(SETS))
    deleted: list[str] = []
    environment: dict[str, str] = {}
    unset: list[str] = []
    earlier: str = ""
    earlier_options: list[str] = []
    replace: dict[str, dict[str, str]] = {}
    delete: list[str] = []
    nested: dict[str, int] = {}
    large: dict[str, int] = {}
    stdin: str | None = None
    holds: list[str] | None = None
    before: int | None = None
    process: bool = False


def directories() -> list[Path]:
    """Every case."""
    return sorted(path for path in CASES.iterdir() if path.is_dir())


def parameters() -> Iterable[Any]:
    """Every case; those are slow that start a Python: ``verify`` does, and a person's templates."""
    for folder in directories():
        case = load(folder)
        is_slow = case.process or case.arguments[0] == "verify" or "--templates" in case.arguments
        yield pytest.param(folder, id=folder.name, marks=[pytest.mark.slow] if is_slow else [])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test a case."""
    if metafunc.function is test_case:
        metafunc.parametrize("folder", list(parameters()))


def test_case(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = load(folder)
    if case.before is not None and sys.version_info >= (3, case.before):
        pytest.skip(f"Python 3.{case.before} says something else, and rightly")
    if os.name != "posix" and (folder / BIN).exists():
        pytest.skip("the programs of the case are scripts with a #! line")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, programs(folder, tmp_path))))
    if case.earlier:
        export_earlier(case.earlier, case.earlier_options, capsys)
    lay_out(folder, case, work)
    before = everything(work)
    with FakeAws(account(case)) as fake:
        for route, faults in (case.server or {}).items():
            fake.script(route, *faults)
        for route, others in case.waits.items():
            fake.wait(route, others)
        port = free_port() if case.server is None else fake.port
        environment = fake.environment() if case.server is not None else {}
        environment |= case.environment
        ran = run(case, port, environment, monkeypatch, capsys)
        met = fake.calls
    said = without_volatile_parts(ran.err, tmp_path, port)
    printed = without_measurements(without_volatile_parts(ran.out, tmp_path, port))
    if os.environ.get("SES2IAC_UPDATE_CASES"):
        (folder / "stderr.txt").write_bytes(said.encode())
        if (folder / "stdout.txt").exists():
            (folder / "stdout.txt").write_bytes(printed.encode())

    # Even where SES2IAC_UPDATE_CASES would take it for what is expected.
    assert "this is a fault in ses2iac" not in said
    assert said.encode() == expected_stderr(folder)
    assert printed.encode() == expected_stdout(folder)
    assert ran.code == case.exit
    assert list(temporary.iterdir()) == []
    assert not [route for route in case.server or {} if not met[route]], "a fault was not met"
    if case.holds is None:
        assert everything(work) == before
    else:
        assert held(work / OUT) == case.holds
        assert outside(everything(work)) == outside(before)


def test_every_file_belongs_to_a_case() -> None:
    assert [path.name for path in CASES.iterdir() if not path.is_dir()] == []
    for folder in directories():
        case = load(folder)
        words = [*case.arguments, *case.environment.values(), OUT, f".{OUT}.ses2iac-staging"]
        found = folder / CONFIG_FILE
        if found.exists():
            # Found in the working folder; what it names is read too.
            text = found.read_text(encoding="utf-8", errors="replace")
            words += [CONFIG_FILE, *re.findall(r'"([^"]+)"', text)]
        words = [word.removeprefix("@") for word in words]
        names = {path.name for path in folder.iterdir()}
        assert names >= OWN_FILES, folder.name
        assert [name for name in names - KEPT_APART if name not in words] == [], folder.name
        assert_programs(folder / BIN)


def assert_programs(bin_: Path) -> None:
    """A program of a case is a script that says what runs it; a ``bin`` without one is nothing."""
    programs = sorted(bin_.iterdir()) if bin_.exists() else []
    assert bool(programs) == bin_.exists()
    for program in programs:
        first = program.read_text(encoding="utf-8").splitlines()[0]
        assert first in ("#!/bin/sh", "#!/usr/bin/env python3"), program


def test_versions_and_seconds_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    shown = verdicts(version="0.2.0", seconds=0.0)
    assert shown == verdicts(version="10.11.12.dev1+abcdef", seconds=123.4)
    assert shown.splitlines()[1:4] == [
        "check  tool               result   seconds  found",
        "files  ses2iac <version>  passed       #.#  9 files as exported",
        "fmt    terraform 1.11.4   failed       #.#  not formatted",
    ]
    assert shown.splitlines()[4].split() == ["plan", "terraform", "1.11.4", "not", "run", "init"]


def verdicts(version: str, seconds: float) -> str:
    """What ``verify`` prints of a machine's own versions and speed, normalised."""
    results = (
        Result("files", Tool.OURSELVES, version, passed("9 files as exported"), seconds, "."),
        Result("fmt", Tool.TERRAFORM, "1.11.4", failed("not formatted"), seconds, "."),
        Result("plan", Tool.TERRAFORM, "1.11.4", not_run("init"), seconds, "."),
    )
    exported = manifest.Manifest(1, "terraform", (), {})
    return without_measurements(as_table(exported, VerifyReport(results)))


@pytest.mark.skipif(os.name != "posix", reason="the programs are scripts with a #! line")
def test_no_real_engine_is_found(tmp_path: Path) -> None:
    """What is found is the case's own, and what its scripts are made of."""
    (tmp_path / "case" / BIN).mkdir(parents=True)
    (tmp_path / "case" / BIN / "terraform").write_text("#!/bin/sh\n")
    path = os.pathsep.join(map(str, programs(tmp_path / "case", tmp_path)))
    assert shutil.which("terraform", path=path) == str(tmp_path / BIN / "terraform")
    assert shutil.which("sh", path=path)
    assert shutil.which("python3", path=path)
    for name in ("tofu", "node", "cfn-lint", "black", "ls"):
        assert shutil.which(name, path=path) is None


def test_a_case_with_a_misspelt_field_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="`strickt`"):
        parse(b'shows = ""\narguments = []\nexit = 1\nstrickt = true\n')


def load(folder: Path) -> Case:
    """The case in a directory."""
    return parse((folder / "case.toml").read_bytes())


def parse(text: bytes) -> Case:
    """A case from its TOML."""
    return msgspec.toml.decode(text, type=Case)


def account(case: Case) -> dict[str, FakeSet]:
    """What the account holds when the command runs."""
    names = {
        name: [
            d["Name"] for d in SETS[name].destinations if f"{name}/{d['Name']}" not in case.deleted
        ]
        for name in case.sets
    }
    known = {f"{name}/{d['Name']}" for name in case.sets for d in SETS[name].destinations}
    assert set(case.deleted) <= known
    return {name: plain_set(*destinations) for name, destinations in names.items()}


def expected_stderr(folder: Path) -> bytes:
    """What the case says that the command says."""
    path = folder / "stderr.txt"
    if not path.exists():
        pytest.fail(f"{folder.name} has no stderr.txt: make it with SES2IAC_UPDATE_CASES=1")
    return path.read_bytes()


def expected_stdout(folder: Path) -> bytes:
    """What the case says that the command prints: nothing where it says nothing."""
    path = folder / "stdout.txt"
    return path.read_bytes() if path.exists() else b""


def export_earlier(format_: str, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Leave an export of the healthy account in DIR."""
    with FakeAws(SETS) as fake, pytest.MonkeyPatch.context() as healthy:
        for name, value in fake.environment().items():
            healthy.setenv(name, value)
        ran = ses2iac(capsys, "export", format_, "--out", OUT, *options)
    assert ran.code == 0, ran.err


def lay_out(folder: Path, case: Case, work: Path) -> None:
    """Put the case's files into the working folder."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in KEPT_APART:
            shutil.copytree(path, work / path.name, dirs_exist_ok=True)
        elif path.name not in KEPT_APART:
            shutil.copy(path, work)
    for name, edits in case.replace.items():
        text = (work / name).read_text(encoding="utf-8")
        for old, new in edits.items():
            assert old in text, f"{name} holds no {old!r}"
            text = text.replace(old, new, 1)
        (work / name).write_text(text, encoding="utf-8")
    for name in case.delete:
        (work / name).unlink()
    for name, size in case.large.items():
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_bytes(b"#" * size)
    for name, depth in case.nested.items():
        scopes = "[" * depth + "]" * depth
        (work / name).write_text(f'{{"FormatVersion": 1, "Scopes": {scopes}}}')


def programs(folder: Path, place: Path) -> list[Path]:
    """The folders of a PATH with the case's programs, and little else.

    Args:
        folder: The case.
        place: Where to make them.
    """
    own, needed = place / BIN, place / "needed"
    own.mkdir()
    needed.mkdir()
    if os.name != "posix":
        return [own, needed]
    for program in (folder / BIN).iterdir() if (folder / BIN).exists() else ():
        copied = Path(shutil.copy(program, own))
        copied.chmod(0o755)
    (needed / "python3").symlink_to(Path(sys.executable).resolve())
    for name in NEEDED:
        found = shutil.which(name)
        assert found is not None
        (needed / name).symlink_to(found)
    return [own, needed]


def run(
    case: Case,
    port: int,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Ran:
    """Run the case's command."""
    arguments = [argument.replace("<port>", str(port)) for argument in case.arguments]
    variables = {
        name: value.replace("<port>", str(port))
        for name, value in environment.items()
        if name not in case.unset
    }
    if case.process:
        return ses2iac_process(*arguments, env=variables)
    # Wide enough for every table: where a cell is folded depends on the versions beside it.
    monkeypatch.setenv("COLUMNS", "1000")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if case.stdin is not None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(case.stdin.encode())))
    return ses2iac(capsys, *arguments)


def without_volatile_parts(text: str, tmp_path: Path, port: int) -> str:
    """What is said, without what differs from run to run and from machine to machine."""
    for path in {str(tmp_path), str(tmp_path.resolve())}:
        text = text.replace(path, "<tmp>")
    text = text.replace(f"127.0.0.1:{port}", "127.0.0.1:<port>")
    return re.sub(r"\[SSL[^\n]*\(_ssl\.c:\d+\)", "<what OpenSSL says>", text)


def without_measurements(text: str) -> str:
    """The tables of ``verify`` without versions and seconds of the machine, as if it were another.

    The columns keep their alignment: their width follows from what they hold.
    """
    shown: list[str] = []
    rows: list[str] = []
    for line in [*text.splitlines(keepends=True), ""]:
        is_heading = re.match(r"check +tool +result +seconds +found$", line.rstrip("\n"))
        if is_heading or (rows and line.strip()):
            rows.append(line)
        else:
            shown += [*_aligned(rows), line]
            rows = []
    return "".join(shown)


def _aligned(rows: list[str]) -> list[str]:
    """The rows of one table, its heading first, with placeholders."""
    if not rows:
        return []
    columns = [rows[0].index(name) for name in ("tool", "result", "seconds")]
    tool, result, seconds = columns
    # Numbers end where the heading ends.
    found = seconds + len("seconds")
    tools = [re.sub(r"^(\S+) .+", _placeholder, row[tool:result].rstrip()) for row in rows]
    width = max(map(len, tools)) + 2
    return [
        row[:tool]
        + name.ljust(width)
        + row[result:seconds]
        + re.sub(r" *\d+\.\d$", "#.#".rjust(len("seconds")), row[seconds:found])
        + row[found:]
        for row, name in zip(rows, tools, strict=True)
    ]


def _placeholder(cell: "re.Match[str]") -> str:
    return f"{cell[1]} <version>" if cell[1] in VOLATILE else cell[0]


def everything(folder: Path) -> dict[str, bytes | None]:
    """All that stands below a folder: files with their content, folders without."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def outside(paths: Iterable[str]) -> list[str]:
    """The paths that are not DIR or below it."""
    return [path for path in paths if path.split("/")[0] != OUT]


def held(out: Path) -> list[str]:
    """The identities in DIR's manifest, after a look whether its files are there."""
    found = manifest.load(out)
    assert found is not None
    assert [path for path in (*found.files, *found.editable) if not (out / path).is_file()] == []
    return [str(resource.identity) for resource in found.resources]
