"""The names of the files of a layout with one a configuration set."""

import importlib.util
from collections.abc import Mapping

import black
import pytest
from hypothesis import assume, given

from exporter.formats.cdk import source
from exporter.formats.code_resource import Loaded
from exporter.formats.labels import TERRAFORM, assign
from exporter.formats.layout import Layout, terraform_file
from exporter.formats.loading import load_format
from exporter.formats.options import ExportOptions
from exporter.formats.references import ReferenceMode, ReferenceOptions
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import export_scope
from exporter.formats.terraform.hcl import load as hcl
from exporter.formats.terraform.hcl.tree import RootAlone
from exporter.model.identities import identities
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError
from tests.strategies import aws_scopes, examples, hostile_scopes
from tests.support import ROOT
from tests.unit.test_template_loader import models

PER_SET = ROOT / "tests/golden/per_set/cdk"
FILES = {path.relative_to(PER_SET).as_posix(): path.read_text() for path in PER_SET.rglob("*.py")}


@pytest.mark.parametrize(
    ("label", "file"),
    [
        ("orders", "orders.tf"),
        ("Versions", "Versions-set.tf"),
        ("imports", "imports-set.tf"),
        ("override", "override-set.tf"),
        ("my_override", "my_override-set.tf"),
        ("main", "main-set.tf"),
        ("NUL", "NUL-set.tf"),
        ("com1", "com1-set.tf"),
        ("versions-set", "versions-set-set.tf"),
    ],
)
def test_a_file_of_a_set_is_no_other_file(label: str, file: str) -> None:
    assert terraform_file(label) == file


def test_a_name_that_is_too_long_for_a_file_is_cut() -> None:
    one, other = "A" * 254 + "b", "A" * 254 + "c"
    assert len({terraform_file(one), terraform_file(other)}) == 2
    assert max(len(terraform_file(one)), len(terraform_file(other))) < 230


@examples(40)
@given(scope=hostile_scopes())
def test_files_differ_in_more_than_case(scope: Scope) -> None:
    own = {who for who in identities(scope) if who.event_destination is None}
    files = {terraform_file(label).lower() for label in assign(own, TERRAFORM, {}).values()}
    assert len(files) == len(own)
    assert not files & {"versions.tf", "providers.tf", "imports.tf", "configuration_sets.tf"}


def rendered(
    format_: FormatName,
    scope: Scope,
    layout: Layout,
    mode: ReferenceMode = ReferenceMode.LITERAL,
) -> Mapping[str, str]:
    wishes = ExportOptions(imports=False, layout=layout, references=ReferenceOptions(mode))
    done = export_scope(load_format(format_), scope, wishes)
    return {file.path: file.text for file in done.rendering.files}


@pytest.mark.parametrize("mode", ReferenceMode)
@examples(15)
@given(scope=aws_scopes())
def test_cdk_says_the_same_in_both_layouts_and_every_mode(
    mode: ReferenceMode, scope: Scope
) -> None:
    plain = rendered(FormatName.CDK, scope, Layout.RESOURCES)
    for layout in Layout:
        files = rendered(FormatName.CDK, scope, layout, mode)
        assert models(source.load(files, scope.partition)) == models(source.load(plain))


@examples(25)
@given(scope=hostile_scopes())
def test_terraform_says_the_same_in_every_layout(scope: Scope) -> None:
    code = [loaded(rendered(FormatName.TERRAFORM, scope, layout), scope) for layout in Layout]
    assert models(code[0]) == models(code[1]) == models(code[2])


def loaded(files: Mapping[str, str], scope: Scope) -> Loaded:
    """What code and the data beside it say."""
    data = {path: text for path, text in files.items() if path.endswith(".yaml")}
    code = {path: text for path, text in files.items() if path not in data}
    return hcl.load_one(RootAlone(code, data), scope)


@pytest.mark.parametrize("mode", ReferenceMode)
@examples(10)
@given(scope=hostile_scopes())
def test_terraform_says_the_same_in_every_mode(mode: ReferenceMode, scope: Scope) -> None:
    plain = loaded(rendered(FormatName.TERRAFORM, scope, Layout.RESOURCES), scope)
    for layout in Layout:
        files = rendered(FormatName.TERRAFORM, scope, layout, mode)
        assert models(loaded(files, scope)) == models(plain)


@pytest.mark.parametrize("mode", ReferenceMode)
@examples(6)
@given(scope=hostile_scopes())
def test_modules_are_as_black_leaves_them(mode: ReferenceMode, scope: Scope) -> None:
    # Black would wrap the line of a region with a name as long as no region has.
    assume(len(scope.region) < 30)
    for path, text in rendered(FormatName.CDK, scope, Layout.PER_SET, mode).items():
        if path.endswith(".py"):
            assert black.format_str(text, mode=black.Mode()) == text, path


@pytest.mark.parametrize(
    ("file", "old", "new", "where"),
    [
        ("ses_stack.py", "import add_orders\n", "import add_orders as x\n", "ses_stack.py:14"),
        ("ses_stack.py", "add_orders(self)", "add_orders(scope)", "ses_stack.py:39"),
        ("ses_stack.py", "        add_orders(self)\n", "", "ses_stack.py:"),
        ("ses_stack.py", "add_orders(self)", "add_imports(self)", "ses_stack.py:39"),
        ("configuration_sets/scope.py", "stack: Stack", "stack", "configuration_sets/scope.py:8"),
        ("configuration_sets/scope.py", "        stack,", "        self,", "configuration_sets/"),
        ("configuration_sets/scope.py", "def add_scope", "def scope", "configuration_sets/scope"),
        ("configuration_sets/scope.py", "def add", "import os\n\n\ndef add", "configuration_sets/"),
    ],
)
def test_an_edited_module_is_refused(file: str, old: str, new: str, where: str) -> None:
    assert FILES[file].count(old) == 1
    with pytest.raises(ExporterError, match="can't be read without running the app") as caught:
        source.load({**FILES, file: FILES[file].replace(old, new)})
    assert caught.value.where.startswith(where)


def test_a_missing_module_is_named() -> None:
    files = {path: text for path, text in FILES.items() if not path.endswith("/scope.py")}
    said = r"^configuration_sets/scope.py: is missing, and ses_stack.py imports it"
    with pytest.raises(ExporterError, match=said):
        source.load(files)


def test_the_golden_is_a_package_that_python_finds() -> None:
    for path in FILES:
        assert importlib.util.spec_from_file_location("module", PER_SET / path) is not None
        assert all(part.isidentifier() for part in path.removesuffix(".py").split("/"))
