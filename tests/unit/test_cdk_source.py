"""Our own CDK export, read without running it, and only as we wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats.cdk import source
from exporter.formats.loading import load_format
from exporter.formats.options import ExportOptions
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import export_scope
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError
from tests import readback
from tests.strategies import aws_scopes, examples, hostile_scopes
from tests.support import SAMPLES
from tests.unit.test_template_loader import models

SHOP = {path.name: path.read_text() for path in sorted((SAMPLES / "shop/cdk").iterdir())}


def check(scope: Scope, configuration_sets: bool) -> None:
    done = export_scope(
        load_format(FormatName.CDK),
        scope,
        ExportOptions(configuration_sets=configuration_sets),
    )
    files = {file.path: file.text for file in done.rendering.files}
    loaded = source.load(files)
    assert models(loaded) == readback.read_cdk(files)
    assert {each.address: each.identity for each in loaded.resources} == readback.cdk_addresses(
        files
    )
    assert (loaded.account_id, loaded.region) == (scope.account_id, scope.region)
    for each in loaded.resources:
        name, _, line = each.where.rpartition(":")
        below = files[name].split("\n")[int(line) - 1 : int(line) + 2]
        assert f'"{each.address}",' in below[2]


@examples(40)
@given(scope=aws_scopes(), configuration_sets=st.booleans())
def test_our_own_code_is_read_as_others_read_it(scope: Scope, configuration_sets: bool) -> None:
    check(scope, configuration_sets)


@examples(30)
@given(scope=hostile_scopes(), configuration_sets=st.booleans())
def test_no_text_of_the_code_is_read_as_anything_else(
    scope: Scope, configuration_sets: bool
) -> None:
    check(scope, configuration_sets)


def test_the_sample_is_read() -> None:
    loaded = source.load(SHOP)
    assert (loaded.account_id, loaded.region) == ("123456789012", "eu-west-1")
    assert len(loaded.resources) == 16
    assert loaded.resources[1].where == "ses_stack.py:49"


def test_files_may_stand_in_a_folder() -> None:
    loaded = source.load({f"infra/{name}": text for name, text in SHOP.items()})
    assert loaded.resources[0].where == "infra/ses_stack.py:35"


def test_comments_and_layout_do_not_matter() -> None:
    stack = SHOP["ses_stack.py"].replace("\n    def ", "\n    # mine\n    def ")
    stack = stack.replace('name="2fa-codes",', "name='2fa-codes',  # mine")
    found = source.load({**SHOP, "ses_stack.py": stack})
    assert [each.values for each in found.resources] == [
        each.values for each in source.load(SHOP).resources
    ]


STACK_EDITS = [
    ("from typing import Any\n", "from typing import Any\nimport os\n", 5),
    ("class SesStack(Stack):", "class Other(Stack):", 16),
    ("class SesStack(Stack):", "class SesStack(Base):", 16),
    ("class SesStack(Stack):", "@final\nclass SesStack(Stack):", 17),
    ("construct_id: str, **kwargs", "construct_id: str, stage: str, **kwargs", 19),
    ("super().__init__(scope, construct_id, **kwargs)", "super().__init__(scope, 'x')", 20),
    ("self._add_set_2fa_codes()", "self._add_set_2fa_codes(1)", 22),
    ("self._add_set_2fa_codes()", "print()", 22),
    ("        self._add_set_2fa_codes()\n", "", 19),
    ("        self._add_set_2fa_codes()\n", "        self._add_set_2fa_codes()\n" * 2, 23),
    ("RemovalPolicy.RETAIN", "RemovalPolicy.DESTROY", 30),
    ("_add_set_2fa_codes(self)", "_add_set_2fa_codes(self, x)", 34),
    (
        "    def _add_set_2fa_codes(self) -> None:",
        "    @cache\n    def _add_set_2fa_codes(self):",
        35,
    ),
    ('            "2faCodes",', '            f"2faCodes",', 35),
    ('name="2fa-codes"', "name=NAME", 38),
    ('name="2fa-codes"', 'name="a" + "b"', 38),
    ('name="2fa-codes"', 'name=f"{x}"', 38),
    ('name="2fa-codes"', "name=b'x'", 38),
    ('name="2fa-codes"', "name=7", 38),
    ('name="2fa-codes"', 'name=""', 38),
    ('            name="2fa-codes",\n', "", 35),
    ('name="2fa-codes",', 'name="2fa-codes", **more,', 38),
    ('name="2fa-codes",', 'name="2fa-codes", options_known=False,', 35),
    ('name="2fa-codes",', 'name="2fa-codes", color=1,', 38),
    ("CfnConfigurationSet.DeliveryOptionsProperty(", "dict(", 39),
    ("CfnConfigurationSet.DeliveryOptionsProperty(", "CfnConfigurationSet.TagProperty(", 39),
    ('tls_policy="REQUIRE"', "tls_policy=None", 40),
    ("sending_enabled=True", "sending_enabled=not False", 46),
    ("configuration_set_name=configuration_set.ref", "configuration_set_name=other.ref", 52),
    ("            configuration_set_name=configuration_set.ref,\n", "", 49),
    ("        configuration_set = CfnConfigurationSet(", "        x = CfnConfigurationSet(", 35),
    ("        CfnEventDestination(\n", "        for x in y: CfnEventDestination(\n", 49),
    ("        CfnEventDestination(\n", "        Bucket(\n", 49),
]


@pytest.mark.parametrize(("old", "new", "line"), STACK_EDITS)
def test_an_edited_stack_is_refused_with_its_line(old: str, new: str, line: int) -> None:
    assert old in SHOP["ses_stack.py"]
    edited = SHOP["ses_stack.py"].replace(old, new, 1)
    with pytest.raises(ExporterError, match="not as ses2iac writes it") as caught:
        source.load({**SHOP, "ses_stack.py": edited})
    assert caught.value.where == f"ses_stack.py:{line}"
    assert "cdk.out" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("import aws_cdk as cdk", "import aws_cdk", 4),
        ("from ses_stack import SesStack", "from ses_stack import SesStack as S", 6),
        ("from ses_stack import SesStack", "from my_stack import SesStack", 6),
        ("from ses_stack import SesStack", "from .ses_stack import SesStack", 6),
        ("app = cdk.App()", "app = cdk.App(context={})", 8),
        ('account="123456789012"', "account=os.environ['A']", 9),
        ('account="123456789012"', "account=1", 9),
        ('region="eu-west-1"', 'zone="eu-west-1"', 9),
        ("cdk.Environment(", "Environment(", 9),
        ("env=environment)", "env=environment, stage=1)", 13),
        ('"ses-configuration-sets"', "NAME", 13),
        ("app.synth()", "app.synth(force=True)", 14),
        ("app.synth()\n", "app.synth()\nprint()\n", 15),
        ("app.synth()\n", "", 1),
        ('SesStack(app, "ses-configuration-sets", env=environment)\n', "", 1),
    ],
)
def test_an_edited_app_is_refused_with_its_line(old: str, new: str, line: int) -> None:
    assert old in SHOP["app.py"]
    edited = SHOP["app.py"].replace(old, new, 1)
    with pytest.raises(ExporterError) as caught:
        source.load({**SHOP, "app.py": edited})
    assert caught.value.where.startswith("app.py:")
    assert caught.value.where in (f"app.py:{line}", "app.py:1")
    assert "cdk.out" in caught.value.hint


@pytest.mark.parametrize(
    ("files", "where", "said"),
    [
        ({}, "", "no app.py"),
        ({"a/app.py": "", "b/app.py": ""}, "", "2 files app.py"),
        ({"app.py": SHOP["app.py"]}, "ses_stack.py", "app.py imports ses_stack, which is missing"),
        ({"app.py": ""}, "app.py:1", "'import aws_cdk as cdk' is missing"),
        ({"app.py": "("}, "app.py:1", "not Python"),
        ({"app.py": "\0"}, "app.py", "not Python"),
        ({"app.py": "(" * 5000}, "app.py", "n"),
        ({**SHOP, "ses_stack.py": ""}, "ses_stack.py:1", "here stands class SesStack(Stack)"),
        ({**SHOP, "ses_stack.py": "class SesStack(Stack):\n  'x'"}, "ses_stack.py:1", "__init__"),
        ({**SHOP, "ses_stack.py": "x = 1" + "+1" * 50_000}, "", "nested too deeply"),
    ],
)
def test_what_is_no_export_of_ours_is_refused(files: dict[str, str], where: str, said: str) -> None:
    with pytest.raises(ExporterError) as caught:
        source.load(files)
    assert caught.value.where.startswith(where)
    assert said in caught.value.what


def test_a_set_described_twice_names_both() -> None:
    edited = SHOP["ses_stack.py"].replace('name="newsletter"', 'name="2fa-codes"')
    with pytest.raises(ExporterError, match=r"twice, by 2faCodes .* and Newsletter"):
        source.load({**SHOP, "ses_stack.py": edited})
