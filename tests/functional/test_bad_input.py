"""Everything that can go wrong for a person: one directory of ``tests/cases`` each.

A case is ``case.toml`` (the fields of ``Case``), the files that the command finds in its working
folder, laid over what an earlier export left there, and ``stderr.txt``, the whole of what the
command must say. ``SES2IAC_UPDATE_CASES=1`` writes that file anew; read the diff.
"""

import io
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from exporter import manifest
from exporter.aws import reader
from tests.fakes import FakeAws, plain_set
from tests.support import Ran, free_port, ses2iac, ses2iac_process

CASES = Path(__file__).parent.parent / "cases"
OUT = "infra"
OWN_FILES = {"case.toml", "stderr.txt"}
SETS = {"newsletters": plain_set("opens"), "orders": plain_set("bounces")}


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``case.toml`` says.

    Attributes:
        shows: What the case is there for.
        arguments: The command line after the program's name. ``<port>`` is the fake server's port,
            or one that nobody listens on when there is no fake server.
        exit: The exit code.
        server: For a live case, which faults (``tests.fakes.FAULTS``) each route answers with in
            turn; the last one stays.
        sets: Which sets the account holds.
        environment: Variables of the command.
        unset: Variables of the fake server's that the command does not get.
        earlier: The format of an export of the whole account that stands in DIR.
        delete: Files that were deleted since then.
        nested: Snapshots to make, each with so many lists in one another: too long to keep.
        stdin: What standard input holds.
        holds: What DIR's manifest lists afterwards; without it nothing at all may have changed.
        process: Run in a process of its own: Click's messages depend on how it was started.
        skip_pauses: Do not wait between tries; for cases that would take longer than a second or
            two.
    """

    shows: str
    arguments: list[str]
    exit: int
    server: dict[str, list[str]] | None = None
    sets: list[str] = msgspec.field(default_factory=lambda: list(SETS))
    environment: dict[str, str] = {}
    unset: list[str] = []
    earlier: str = ""
    delete: list[str] = []
    nested: dict[str, int] = {}
    stdin: str | None = None
    holds: list[str] | None = None
    process: bool = False
    skip_pauses: bool = False


def directories() -> list[Path]:
    """Every case."""
    return sorted(path for path in CASES.iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", directories(), ids=lambda folder: str(folder.name))
def test_case(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = load(folder)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    if case.earlier:
        export_earlier(case.earlier, capsys)
    lay_out(folder, case, work)
    before = everything(work)
    with FakeAws({name: SETS[name] for name in case.sets}) as fake:
        for route, faults in (case.server or {}).items():
            fake.script(route, *faults)
        port = free_port() if case.server is None else fake.port
        environment = fake.environment() if case.server is not None else {}
        environment |= case.environment
        ran = run(case, port, environment, monkeypatch, capsys)
        calls = fake.calls
    said = without_volatile_parts(ran.err, tmp_path, port)
    if os.environ.get("SES2IAC_UPDATE_CASES"):
        (folder / "stderr.txt").write_bytes(said.encode())

    # Even where SES2IAC_UPDATE_CASES would take it for what is expected.
    assert "this is a fault in ses2iac" not in said
    assert said.encode() == expected_stderr(folder)
    assert (ran.code, ran.out) == (case.exit, "")
    assert not [route for route in case.server or {} if not calls[route]], "a fault was not met"
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
        names = {path.name for path in folder.iterdir()}
        assert names >= OWN_FILES, folder.name
        assert [name for name in names - OWN_FILES if name not in words] == [], folder.name


def test_a_case_with_a_misspelt_field_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="`strickt`"):
        parse(b'shows = ""\narguments = []\nexit = 1\nstrickt = true\n')


def load(folder: Path) -> Case:
    """The case in a directory."""
    return parse((folder / "case.toml").read_bytes())


def parse(text: bytes) -> Case:
    """A case from its TOML."""
    return msgspec.toml.decode(text, type=Case)


def expected_stderr(folder: Path) -> bytes:
    """What the case says that the command says."""
    path = folder / "stderr.txt"
    if not path.exists():
        pytest.fail(f"{folder.name} has no stderr.txt: make it with SES2IAC_UPDATE_CASES=1")
    return path.read_bytes()


def export_earlier(format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Leave an export of the healthy account in DIR."""
    with FakeAws(SETS) as fake, pytest.MonkeyPatch.context() as healthy:
        for name, value in fake.environment().items():
            healthy.setenv(name, value)
        ran = ses2iac(capsys, "export", format_, "--out", OUT)
    assert ran.code == 0, ran.err


def lay_out(folder: Path, case: Case, work: Path) -> None:
    """Put the case's files into the working folder."""
    skipped = shutil.ignore_patterns(*OWN_FILES)
    shutil.copytree(folder, work, ignore=skipped, dirs_exist_ok=True)
    for name in case.delete:
        (work / name).unlink()
    for name, depth in case.nested.items():
        scopes = "[" * depth + "]" * depth
        (work / name).write_text(f'{{"FormatVersion": 1, "Scopes": {scopes}}}')


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
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if case.stdin is not None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(case.stdin.encode())))
    if case.skip_pauses:
        monkeypatch.setattr(reader, "time", SimpleNamespace(sleep=lambda _seconds: None))
    return ses2iac(capsys, *arguments)


def without_volatile_parts(text: str, tmp_path: Path, port: int) -> str:
    """What is said, without what differs from run to run and from machine to machine."""
    for path in {str(tmp_path), str(tmp_path.resolve())}:
        text = text.replace(path, "<tmp>")
    text = text.replace(f"127.0.0.1:{port}", "127.0.0.1:<port>")
    return re.sub(r"\[SSL[^\n]*\(_ssl\.c:\d+\)", "<what OpenSSL says>", text)


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
