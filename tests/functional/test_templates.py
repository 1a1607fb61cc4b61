"""``ses2iac templates`` and ``export --templates DIR``."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from exporter.formats import catalogue, sandbox
from exporter.formats.cdk.syntax import checked
from exporter.formats.registry import FormatName
from exporter.support.errors import ExporterError
from tests import template_docs
from tests.support import ROOT, SAMPLES, Ran, ses2iac, tree

SOURCE = SAMPLES / "minimal/snapshot.json"
SHOP = SAMPLES / "shop/snapshot.json"
VERSIONS = "terraform/versions.tf.jinja"


def own(place: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return place


def export(capsys: Any, format_: str, tmp_path: Path, *more: str, source: Path = SOURCE) -> Ran:
    out, templates = str(tmp_path / "out"), str(tmp_path / "own")
    arguments = ("--from", str(source), "--out", out, "--templates", templates, *more)
    return ses2iac(capsys, "export", format_, *arguments)


def refused(capsys: Any, tmp_path: Path, text: str, name: str = VERSIONS) -> str:
    """What an export says that a template is refused for."""
    own(tmp_path / "own", **{name: text})
    ran = export(capsys, name.partition("/")[0], tmp_path)
    assert ran.code == 1
    assert not (tmp_path / "out").exists()
    return ran.err.replace(str(tmp_path / "own"), "own")


def test_every_template_is_in_the_list() -> None:
    folder = catalogue.folder()
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    # A report's page is made of data that it trusts its template with; nobody replaces that.
    ours = {name for name in there if name.startswith("report/")}
    assert there - ours == set(catalogue.names())


def test_list_names_each_with_what_it_makes(capsys: pytest.CaptureFixture[str]) -> None:
    ran = ses2iac(capsys, "templates", "list")
    lines = dict(line.split(maxsplit=1) for line in ran.out.splitlines())
    assert lines == {f"{name}.jinja": what for name, what in catalogue.TEMPLATES.items()}


@pytest.mark.parametrize("name", ["cdk/stack.py", "cdk/stack.py.jinja"])
def test_show_prints_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran = ses2iac(capsys, "templates", "show", name)
    assert ran.out == (ROOT / "templates/cdk/stack.py.jinja").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["show", "eject"])
def test_a_name_that_is_none_is_told_the_nearest(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = (str(tmp_path / "own"),) if command == "eject" else ()
    ran = ses2iac(capsys, "templates", command, *more, "cdk/stak.py")
    assert ran.code == 2
    assert "did you mean cdk/stack.py.jinja?" in ran.err
    assert not (tmp_path / "own").exists()


def test_eject_overwrites_by_force_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "own"
    ran = ses2iac(capsys, "templates", "eject", str(place), "terraform", "cdk/app.py")
    assert (ran.code, ran.out) == (0, "")
    names = {"cdk/app.py.jinja", *(n for n in catalogue.names() if n.startswith("terraform/"))}
    assert set(tree(place)) == names
    own(place, **{VERSIONS: "mine"})
    ran = ses2iac(capsys, "templates", "eject", str(place), "terraform/versions.tf")
    assert (ran.code, (place / VERSIONS).read_text()) == (1, "mine")
    assert VERSIONS in ran.err
    assert ses2iac(capsys, "templates", "eject", str(place), "--force").code == 0
    assert set(tree(place)) == set(catalogue.names())
    assert (place / VERSIONS).read_text() == catalogue.text(VERSIONS)


def test_eject_copies_all_or_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "own"
    place.mkdir()
    (place / "terraform").write_text("mine")
    ran = ses2iac(capsys, "templates", "eject", str(place), "cdk", "terraform")
    assert ran.code == 1
    assert ran.err.startswith(f"error: {place}")
    assert tree(place) == {"terraform": b"mine"}


def test_eject_follows_no_link_out_of_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, elsewhere = tmp_path / "own", tmp_path / "elsewhere"
    place.mkdir()
    elsewhere.mkdir()
    (place / "terraform").symlink_to(elsewhere)
    ran = ses2iac(capsys, "templates", "eject", str(place), "--force")
    assert ran.code == 1
    assert list(elsewhere.iterdir()) == []
    assert list(place.iterdir()) == [place / "terraform"]


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["resources", "per-set"])
@pytest.mark.parametrize("format_", FormatName)
def test_what_was_ejected_makes_the_same(
    format_: FormatName, layout: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apart = () if format_ is FormatName.CLOUDFORMATION else ("--layout", layout)
    more = ("--stack-owned", *apart)
    assert ses2iac(capsys, "templates", "eject", str(tmp_path / "own")).code == 0
    assert export(capsys, format_, tmp_path, *more, source=SHOP).code == 0
    plain = str(tmp_path / "plain")
    ses2iac(capsys, "export", format_, "--from", str(SHOP), "--out", plain, *more)
    made, expected = tree(tmp_path / "out"), tree(tmp_path / "plain")
    noted = json.loads(made.pop(".ses2iac.json"))["Scopes"][0]["Templates"]
    assert noted == sorted(
        f"{name}.jinja"
        for name in catalogue.TEMPLATES
        if name.startswith(f"{format_}/") and name.endswith((".py", ".tf", ".yaml"))
    )
    expected.pop(".ses2iac.json")
    assert made == expected
    ran = ses2iac(capsys, "diff", str(tmp_path / "out"), str(SHOP))
    assert ran.code == 0, ran.out + ran.err
    assert "read as anybody's code" in " ".join(ran.out.split())


@pytest.mark.slow
def test_one_is_overridden_and_the_others_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = catalogue.text(VERSIONS) + "# {{ plan.identities | length | plain }} resources\n"
    own(tmp_path / "own", **{VERSIONS: text, ".git/config": "x"})
    assert export(capsys, "terraform", tmp_path).code == 0
    made = tree(tmp_path / "out")
    expected = tree(SAMPLES / "minimal/terraform")
    assert made["versions.tf"].endswith(b"# 2 resources\n")
    assert made["event_destinations.tf"] == expected["event_destinations.tf"]


@pytest.mark.slow
def test_an_expression_in_a_template_is_read_by_diff_as_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "terraform/event_destinations.tf.jinja"
    text = catalogue.text(name).replace("{{ destination.name | hcl }}", "var.name")
    own(tmp_path / "own", **{name: text})
    assert export(capsys, "terraform", tmp_path).code == 0
    ran = ses2iac(capsys, "diff", str(tmp_path / "out"), str(SOURCE))
    assert '"var.name"' not in ran.out
    assert "made with custom templates" in " ".join(ran.out.split())


@pytest.mark.slow
def test_python_is_formatted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "cdk/app.py.jinja"
    own(tmp_path / "own", **{name: catalogue.text(name) + "x  =  { 'a' :1}\n"})
    assert export(capsys, "cdk", tmp_path).code == 0
    assert (tmp_path / "out/app.py").read_text().endswith('\nx = {"a": 1}\n')


def test_without_black_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ExporterError, match="is not installed") as caught:
        checked("app.py", "x = 1\n")
    assert "pip install black" in caught.value.hint


REFUSED = [
    ("\n{% include '/etc/passwd' %}", f"own/{VERSIONS}:2: no template '/etc/passwd'"),
    ("{% include '../../pyproject.toml' %}", ":1: no template '../../pyproject.toml'"),
    ("{% import 'os' as os %}", ":1: no template 'os'"),
    ("{% extends 'terraform/../terraform/versions.tf.jinja' %}", ":1: no template 'terraform/.."),
    ("{% for x in ''.__class__.__mro__ %}{% endfor %}", ":1: access to attribute '__class__'"),
    ("{{ plan.__init__.__globals__ | plain }}", ":1: access to attribute '__init__'"),
    ("{{ (plan | attr('__class__')) | plain }}", ":1: access to attribute '__class__'"),
    ("{{ '{0.__class__}'.format(plan) | plain }}", ":1: access to attribute '__class__'"),
    ("{{ plan.labels.clear() }}", ":1: access to attribute 'clear'"),
    ("\n\n{{ open('/etc/passwd') }}", ":3: 'open' is undefined"),
    ("{{ scope.region }}", ":1: the template writes 'eu-west-1' without a quoting filter"),
    ("{{ scope.region | safe }}", ":1: the template writes 'eu-west-1' without a quoting filter"),
    ("{{ 'x' }}", ":1: the template writes 'x' without a quoting filter"),
    ("{% filter upper %}{% endfilter %}", ":1: {% filter upper %} is not a quoting filter"),
    ("{% call scope.region.upper() %}{% endcall %}", ":1: the template uses {% call %} with"),
    ("{{ [('a = 1 #', 2)] | hcl_attributes(0) }}", ":1: not a name: 'a = 1 #'"),
    ("{{ [] | hcl_block('a {} #', 0) }}", ":1: not a name: 'a {} #'"),
    ("{% autoescape false %}{{ scope.region }}{% endautoescape %}", "without a quoting filter"),
    ("{{ scope.nothing | hcl }}", "has no attribute 'nothing'"),
    ("\n{% if %}", ":2: Expected an expression"),
    ("{% for x in y %}", ":1: Unexpected end of template"),
    ("\n{{ (1 / 0) | hcl }}", ":2: division by zero"),
    ("{% macro f() %}\n{{ f() }}{% endmacro %}{{ f() }}", ":2: the templates call each other"),
    ("{{ ('a' * 99999999999) | hcl }}", ":1: the templates take more than 4 GiB of memory"),
    (
        "{% for a in range(99999) %}\n{% for b in range(99999) %}{% endfor %}{% endfor %}",
        ":2: the loops over range() have too many steps",
    ),
    ("{% for a in range(999999999) %}{% endfor %}", ":1: Range too big"),
    ("x = {", "versions.tf: what the templates make is no HCL"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_template_that_does_more_than_it_may_is_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, tmp_path, text)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("cdk/app.py.jinja", "\nimport x as", "app.py:2: what the templates make is no Python"),
        ("cdk/cdk.json.jinja", "{", "cdk.json: what the templates make is no JSON"),
        ("cloudformation/template.yaml.jinja", "a: [", "template.yaml:"),
        ("terraform/version.tf.jinja", "", "did you mean terraform/versions.tf.jinja?"),
        ("terraform/README.md", "", "takes the place of no template"),
    ],
)
def test_what_is_no_code_of_the_format_is_refused(
    name: str, text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, tmp_path, text, name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "{% set x = 'x' * 99999 %}{% for a in x %}{% for b in x %}\n{% endfor %}{% endfor %}",
        "{{ (9 ** (9 ** 9)) | hcl }}",
    ],
)
def test_what_takes_for_ever_ends(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", 2.0)
    said = refused(capsys, tmp_path, text)
    assert "the templates did not finish within 2.1 s" in said
    assert f"own/{VERSIONS}" in said


def test_no_folder_and_an_empty_one_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no such folder" in export(capsys, "terraform", tmp_path).err
    (tmp_path / "own").mkdir()
    assert "holds no template" in export(capsys, "terraform", tmp_path).err
    (tmp_path / "own/terraform").mkdir()
    (tmp_path / "own" / VERSIONS).write_bytes(b"\xff")
    assert "not UTF-8" in export(capsys, "terraform", tmp_path).err


@pytest.mark.slow
def test_check_obeys_the_templates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own(tmp_path / "own", **{VERSIONS: catalogue.text(VERSIONS) + "# mine\n"})
    assert export(capsys, "terraform", tmp_path).code == 0
    assert export(capsys, "terraform", tmp_path, "--check").code == 0
    own(tmp_path / "own", **{VERSIONS: catalogue.text(VERSIONS)})
    assert export(capsys, "terraform", tmp_path, "--check").code == 3


def test_the_document_is_what_the_code_says() -> None:
    assert template_docs.FILE.read_text(encoding="utf-8") == template_docs.text()
