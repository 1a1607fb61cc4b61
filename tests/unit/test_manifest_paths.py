"""Nothing outside an export's folder can be named by its manifest, whoever edited it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats import manifest
from exporter.formats.manifest import MANIFEST_FILE
from exporter.support.errors import ExporterError
from tests.strategies import examples

Json = dict[str, Any]


def document(scope: str = ".") -> Json:
    return {
        "FormatVersion": 2,
        "Format": "terraform",
        "Scopes": [{"Path": scope, "Partition": "aws", "Region": "eu-west-1"}],
        "Files": {},
        "Options": {},
    }


PLACES: dict[str, Callable[[str], Json]] = {
    "Files": lambda path: {**document(), "Files": {path: "sha256:0"}},
    "Editable": lambda path: {**document(), "Editable": ["names.toml", path]},
    "Imports": lambda path: {**document(), "Imports": [path]},
    "Removals": lambda path: {**document(), "Removals": [path]},
    "Moves": lambda path: {**document(), "Moves": [path]},
    "Scopes": document,
}

every_place = pytest.mark.parametrize("place", PLACES)


def written(folder: Path, content: Json) -> Path:
    (folder / MANIFEST_FILE).write_bytes(msgspec.json.encode(content))
    return folder


@every_place
@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "//host/share/main.tf",
        "..",
        "../main.tf",
        "a/../../main.tf",
        "a/..",
        "./../main.tf",
        "..\\main.tf",
        "a\\b.tf",
        "\\\\host\\share",
        "\\main.tf",
        "C:main.tf",
        "C:/main.tf",
        "c:\\main.tf",
        "main.tf:stream",
        "main\0.tf",
    ],
)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, place: str, path: str) -> None:
    with pytest.raises(ExporterError, match="not below its folder") as caught:
        manifest.load(written(tmp_path, PLACES[place](path)))
    assert repr(path) in str(caught.value)
    assert caught.value.where == str(tmp_path / MANIFEST_FILE)
    assert caught.value.hint


OWN = {
    "terraform": ["main.tf", "_2fa.tf", "orders-set.tf", "123456789012/eu-west-1/imports.tf"],
    "cloudformation": [
        *("template.yaml", "template-02.yaml", "import-template-10.yaml", "IMPORT.md", "ADOPT.md"),
        *("resources-to-import.json", "unknown-account/us-gov-east-1/resources-to-import-3.json"),
    ],
    "cdk": [
        *("app.py", "cdk.json", "requirements.txt", "ses_targets.py", "ses_stack.py"),
        *("ses_stack_02.py", "configuration_sets/__init__.py", "configuration_sets/class_.py"),
        *("resource-mapping-2.json", "123456789012/eu-west-1/configuration_sets/orders.py"),
    ],
}
STRANGE = [
    *(".git/config", ".git/hooks/pre-commit", ".github/workflows/ci.yaml", ".venv/bin/python"),
    *(
        ".github/main.tf",
        ".hidden.tf",
        "a/main.tf",
        "modules/x/main.tf",
        "main.tf.json",
        "Makefile",
    ),
    *("terraform.tfstate", "terraform.tfvars", ".terraform.lock.hcl", "123456789012/main.tf"),
    *("123456789012/eu-west-1/.git/main.tf", "12345678901/eu-west-1/main.tf", "main.tf\n"),
    *("configuration_sets/a.sh", "configuration_sets/a/b.py", "sitecustomize.py", "re.py"),
    *("conftest.py", "package.json", "buildspec.yaml", "README.md", "-x.tf", "", "."),
]


@pytest.mark.parametrize(
    ("format_", "path"), [(format_, path) for format_, paths in OWN.items() for path in paths]
)
def test_what_an_export_writes_is_taken(tmp_path: Path, format_: str, path: str) -> None:
    for place in ("Files", "Imports", "Removals", "Moves"):
        content = {**PLACES[place](path), "Format": format_}
        loaded = manifest.load(written(tmp_path, content))
        assert loaded is not None
        assert msgspec.json.decode(manifest.dump(loaded)) == content


@pytest.mark.parametrize("format_", [*OWN, "another"])
@pytest.mark.parametrize("path", STRANGE)
def test_what_no_export_writes_is_refused(tmp_path: Path, format_: str, path: str) -> None:
    for place in ("Files", "Imports", "Removals", "Moves"):
        content = {**PLACES[place](path), "Format": format_}
        with pytest.raises(ExporterError, match="that no export writes") as caught:
            manifest.load(written(tmp_path, content))
        assert repr(path) in str(caught.value)


@pytest.mark.parametrize("path", ["a", ".git", "123456789012", "a/b", "123456789012/.git", ""])
def test_a_scope_has_a_folder_of_its_account_and_region(tmp_path: Path, path: str) -> None:
    with pytest.raises(ExporterError, match="that no export writes"):
        manifest.load(written(tmp_path, document(path)))


@pytest.mark.parametrize("path", [".git/config", "names/.x", ".envrc"])
def test_a_file_of_names_shows(tmp_path: Path, path: str) -> None:
    with pytest.raises(ExporterError, match="that no export writes"):
        manifest.load(written(tmp_path, PLACES["Editable"](path)))
    assert manifest.load(written(tmp_path, PLACES["Editable"]("names/mail"))) is not None


def test_the_folder_itself_is_a_scope(tmp_path: Path) -> None:
    loaded = manifest.load(written(tmp_path, document(".")))
    assert loaded is not None
    assert loaded.scope_at(".") is not None


@examples(150)
@given(
    parts=st.lists(
        st.sampled_from(("a", "..", ".", "", "b.tf", "C:", "\\", "..\\..", "/", "\0", "...")),
        min_size=1,
        max_size=5,
    ),
    place=st.sampled_from(sorted(PLACES)),
)
def test_what_is_taken_stays_below_the_folder(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], place: str
) -> None:
    path = "/".join(parts)
    folder = tmp_path_factory.mktemp("manifest")
    try:
        loaded = manifest.load(written(folder, PLACES[place](path)))
    except ExporterError:
        loaded = None
    leads_out = path.startswith("/") or ".." in parts or any(c in path for c in ":\\\0")
    assert loaded is None or not leads_out
    if loaded is not None:
        assert (folder / path).resolve().is_relative_to(folder.resolve())
