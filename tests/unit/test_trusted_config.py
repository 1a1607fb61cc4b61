"""A ``ses2iac.toml`` that was found says what to read, and not where secrets go or come from."""

import os
from pathlib import Path

import pytest

from exporter.sources.trusted_config import as_whom, chosen
from exporter.support.errors import ExporterError

OUTSIDE = ("../elsewhere", "{top}/elsewhere", "a/../../elsewhere", "link", "link/x")
KEYS = ("map", "templates", "names", "unmanaged-by")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout, with a link that leads out of it."""
    place = tmp_path / "checkout"
    place.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (place / "link").symlink_to(tmp_path / "elsewhere")
    return place


def write(folder: Path, text: str) -> Path:
    path = folder / "ses2iac.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> ExporterError:
    path = write(folder, text)
    with pytest.raises(ExporterError) as caught:
        chosen(None, folder)
    assert f"--config {path}" in caught.value.hint
    # Who names the file says so.
    assert chosen(path) is not None
    return caught.value


@pytest.mark.parametrize("start", [".", "sub/deeper"])
def test_a_found_file_does_not_say_where_requests_go(folder: Path, start: str) -> None:
    (folder / start).mkdir(parents=True, exist_ok=True)
    text = '[[target]]\nregion = "eu-west-1"\n[[target]]\nendpoint_url = "http://127.0.0.1:1"\n'
    path = write(folder, text)
    with pytest.raises(ExporterError, match="'endpoint_url' redirects signed requests") as said:
        chosen(None, folder / start)
    assert said.value.where == f"{path}:4"
    assert "127.0.0.1" not in f"{said.value}{said.value.hint}"


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("key", KEYS)
def test_a_found_file_names_nothing_outside_of_its_folder(
    folder: Path, key: str, path: str
) -> None:
    where = path.format(top=folder.parent)
    error = refusal(folder, f'# first\n[export]\n{key} = "{where}"\n')
    assert error.what == f"{key!r} points outside this file's folder"
    assert error.where == f"{folder / 'ses2iac.toml'}:3"


@pytest.mark.parametrize("path", ["../elsewhere", "{top}/elsewhere", "link", "link/deep"])
@pytest.mark.parametrize("key", ["include", "exclude"])
@pytest.mark.parametrize("form", ['"{}"', '["orders", "{}"]'])
def test_a_found_file_reads_no_patterns_outside_of_its_folder(
    folder: Path, key: str, path: str, form: str
) -> None:
    given = form.format(f"@{path.format(top=folder.parent)}")
    assert refusal(folder, f"[export]\n{key} = {given}\n").what.startswith(
        f"{key!r} points outside"
    )


@pytest.mark.parametrize(
    "path", [".git/config", ".github/workflows/names.toml", "a/.b/names.toml", "names", "x.yml"]
)
def test_names_are_written_only_to_what_shows_as_toml(folder: Path, path: str) -> None:
    assert "will be written" in refusal(folder, f'[export]\nnames = "{path}"\n').what


def test_what_is_below_the_folder_is_obeyed(folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "way").symlink_to("inner")
    write(
        folder,
        '[export]\nmap = "map.toml"\ntemplates = "way"\nnames = "names/mail.toml"\n'
        'include = ["orders", "@sets.txt"]\nunmanaged-by = ["inner", "."]\n',
    )
    found = chosen(None, folder)
    assert found is not None
    assert found.export["include"].value == ["orders", f"@{folder / 'sets.txt'}"]


def test_a_link_that_was_found_is_not_followed(folder: Path) -> None:
    (folder / "real.toml").write_text("", encoding="utf-8")
    (folder / "ses2iac.toml").symlink_to("real.toml")
    with pytest.raises(ExporterError, match="is a link, which is not followed"):
        chosen(None, folder)
    assert chosen(folder / "ses2iac.toml") is not None


def test_nothing_found_is_nothing(tmp_path: Path) -> None:
    assert chosen(None, tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ExporterError, match="is a pipe, not a file"):
        chosen(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('profile = "a"', "profile"),
        ('role_arn = "arn:aws:iam::123456789012:role/a"', "role_arn"),
        (
            'profile = "a"\nrole_arn = "arn:aws:iam::123456789012:role/a"\nexternal_id = "planted"',
            "profile, role_arn, external_id",
        ),
        ('organization_role = "a"', "organization_role"),
        ('region = "eu-west-1"', ""),
    ],
)
def test_as_whom_is_said_without_values(folder: Path, text: str, keys: str) -> None:
    path = write(folder, f"[[target]]\n{text}\n")
    found = chosen(None, folder)
    assert found is not None
    said = as_whom(found, found.targets)
    assert said == (
        f"{path}: found here; sets the credentials to read with: {keys}" if keys else ""
    )
