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


PREFIX = "can't be read without running the app: "
STACK_EDITS = [
    (
        "from typing import Any\n",
        "from typing import Any\nimport os\n",
        5,
        "unexpected 'import os'",
    ),
    ("class SesStack(Stack):", "class Other(Stack):", 16, "expected class SesStack(Stack)"),
    ("class SesStack(Stack):", "class SesStack(Base):", 16, "expected class SesStack(Stack)"),
    (
        "class SesStack(Stack):",
        "@final\nclass SesStack(Stack):",
        17,
        "expected class SesStack(Stack)",
    ),
    (
        "construct_id: str, **kwargs",
        "construct_id: str, stage: str, **kwargs",
        19,
        "expected def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None",
    ),
    (
        "super().__init__(scope, construct_id, **kwargs)",
        "super().__init__(scope, 'x')",
        20,
        "expected 'super().__init__(scope, construct_id, **kwargs)'",
    ),
    (
        "self._add_set_2fa_codes()",
        "self._add_set_2fa_codes(1)",
        22,
        "expected a call that adds a set, or the loop with RemovalPolicy.RETAIN",
    ),
    (
        "self._add_set_2fa_codes()",
        "print()",
        22,
        "expected a call that adds a set, or the loop with RemovalPolicy.RETAIN",
    ),
    (
        "        self._add_set_2fa_codes()\n",
        "",
        19,
        "__init__ must call each method and imported function once, in order",
    ),
    (
        "        self._add_set_2fa_codes()\n",
        "        self._add_set_2fa_codes()\n        self._add_set_2fa_codes()\n",
        23,
        "_add_set_2fa_codes is called twice",
    ),
    (
        "RemovalPolicy.RETAIN",
        "RemovalPolicy.DESTROY",
        30,
        "expected a call that adds a set, or the loop with RemovalPolicy.RETAIN",
    ),
    (
        "_add_set_2fa_codes(self)",
        "_add_set_2fa_codes(self, x)",
        34,
        "expected a method without parameters that adds a set",
    ),
    (
        "    def _add_set_2fa_codes(self) -> None:",
        "    @cache\n    def _add_set_2fa_codes(self):",
        35,
        "expected a method without parameters that adds a set",
    ),
    (
        '            "2faCodes",',
        '            f"2faCodes",',
        35,
        "expected a configuration set or an event destination",
    ),
    ('name="2fa-codes"', "name=NAME", 38, "'NAME' is not a literal value"),
    ('name="2fa-codes"', 'name="a" + "b"', 38, "\"'a' + 'b'\" is not a literal value"),
    ('name="2fa-codes"', 'name=f"{x}"', 38, "\"f'{x}'\" is not a literal value"),
    ('name="2fa-codes"', "name=b'x'", 38, "\"b'x'\" is not a literal value"),
    ('name="2fa-codes"', "name=7", 38, "name must be a non-empty string"),
    ('name="2fa-codes"', 'name=""', 38, "name must be a non-empty string"),
    ('            name="2fa-codes",\n', "", 35, "name must be a non-empty string"),
    ('name="2fa-codes",', 'name="2fa-codes", **more,', 38, "unexpected **more"),
    (
        'name="2fa-codes",',
        'name="2fa-codes", options_known=False,',
        38,
        "'options_known' is not an argument of CfnConfigurationSet",
    ),
    (
        'name="2fa-codes",',
        'name="2fa-codes", color=1,',
        38,
        "'color' is not an argument of CfnConfigurationSet",
    ),
    (
        "CfnConfigurationSet.DeliveryOptionsProperty(",
        "dict(",
        39,
        "expected CfnConfigurationSet.DeliveryOptionsProperty(...) with named arguments",
    ),
    (
        "CfnConfigurationSet.DeliveryOptionsProperty(",
        "CfnConfigurationSet.TagProperty(",
        39,
        "expected CfnConfigurationSet.DeliveryOptionsProperty(...) with named arguments",
    ),
    ('tls_policy="REQUIRE"', "tls_policy=None", 40, "'None' is not a literal value"),
    ("sending_enabled=True", "sending_enabled=not False", 46, "'not False' is not a literal value"),
    (
        "configuration_set_name=configuration_set.ref",
        "configuration_set_name=other.ref",
        52,
        "'other.ref' is not a literal value",
    ),
    (
        "            configuration_set_name=configuration_set.ref,\n",
        "",
        49,
        "CfnEventDestination takes configuration_set_name and event_destination",
    ),
    (
        "        configuration_set = CfnConfigurationSet(",
        "        x = CfnConfigurationSet(",
        35,
        "expected a configuration set or an event destination",
    ),
    (
        "        CfnEventDestination(\n",
        "        for x in y: CfnEventDestination(\n",
        49,
        "expected a configuration set or an event destination",
    ),
    (
        "        CfnEventDestination(\n",
        "        Bucket(\n",
        49,
        "expected a configuration set or an event destination",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "what"), STACK_EDITS)
def test_an_edited_stack_is_refused_with_its_line(old: str, new: str, line: int, what: str) -> None:
    assert old in SHOP["ses_stack.py"]
    edited = SHOP["ses_stack.py"].replace(old, new, 1)
    with pytest.raises(ExporterError) as caught:
        source.load({**SHOP, "ses_stack.py": edited})
    assert (caught.value.where, caught.value.what) == (f"ses_stack.py:{line}", f"{PREFIX}{what}")
    assert "cdk.out" in caught.value.hint


APP_EDITS = [
    ("import aws_cdk as cdk", "import aws_cdk", 4, "expected 'import aws_cdk as cdk'"),
    (
        "from ses_stack import SesStack",
        "from ses_stack import SesStack as S",
        6,
        "expected 'app = cdk.App()'",
    ),
    (
        "from ses_stack import SesStack",
        "from my_stack import SesStack",
        6,
        "expected 'app = cdk.App()'",
    ),
    (
        "from ses_stack import SesStack",
        "from .ses_stack import SesStack",
        6,
        "expected 'app = cdk.App()'",
    ),
    ("app = cdk.App()", "app = cdk.App(context={})", 8, "expected 'app = cdk.App()'"),
    (
        'account="123456789012"',
        "account=os.environ['A']",
        9,
        "expected 'environment = cdk.Environment(...)' with a literal account and region",
    ),
    (
        'account="123456789012"',
        "account=1",
        9,
        "expected 'environment = cdk.Environment(...)' with a literal account and region",
    ),
    (
        'region="eu-west-1"',
        'zone="eu-west-1"',
        9,
        "expected 'environment = cdk.Environment(...)' with a literal account and region",
    ),
    (
        "cdk.Environment(",
        "Environment(",
        9,
        "expected 'environment = cdk.Environment(...)' with a literal account and region",
    ),
    (
        "env=environment)",
        "env=environment, stage=1)",
        13,
        "expected SesStack(app, 'ID', env=environment)",
    ),
    ('"ses-configuration-sets"', "NAME", 13, "expected SesStack(app, 'ID', env=environment)"),
    ("app.synth()", "app.synth(force=True)", 14, "expected a stack or app.synth()"),
    ("app.synth()\n", "app.synth()\nprint()\n", 15, "unexpected 'print()' after app.synth()"),
    ("app.synth()\n", "", 1, "expected a stack or app.synth()"),
    (
        'SesStack(app, "ses-configuration-sets", env=environment)\n',
        "",
        13,
        "expected SesStack(app, 'ID', env=environment)",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "what"), APP_EDITS)
def test_an_edited_app_is_refused_with_its_line(old: str, new: str, line: int, what: str) -> None:
    assert old in SHOP["app.py"]
    edited = SHOP["app.py"].replace(old, new, 1)
    with pytest.raises(ExporterError) as caught:
        source.load({**SHOP, "app.py": edited})
    assert (caught.value.where, caught.value.what) == (f"app.py:{line}", f"{PREFIX}{what}")
    assert "cdk.out" in caught.value.hint


@pytest.mark.parametrize(
    ("files", "where", "said"),
    [
        ({}, "", "no app.py"),
        ({"a/app.py": "", "b/app.py": ""}, "", "2 files named app.py"),
        ({"app.py": SHOP["app.py"]}, "ses_stack.py", "is missing, and app.py imports it"),
        ({"app.py": ""}, "app.py:1", "'import aws_cdk as cdk' is missing"),
        ({"app.py": "("}, "app.py:1", "invalid Python"),
        ({"app.py": "\0"}, "app.py", "invalid Python"),
        ({"app.py": "(" * 5000}, "app.py", "n"),
        ({**SHOP, "ses_stack.py": ""}, "ses_stack.py:1", "expected class SesStack(Stack)"),
        ({**SHOP, "ses_stack.py": "class SesStack(Stack):\n  'x'"}, "ses_stack.py:1", "__init__"),
        ({**SHOP, "ses_stack.py": "x = 1" + "+1" * 50_000}, "", "nested too deeply"),
    ],
)
def test_what_is_no_export_of_ours_is_refused(files: dict[str, str], where: str, said: str) -> None:
    with pytest.raises(ExporterError) as caught:
        source.load(files)
    assert caught.value.where.startswith(where)
    assert said in caught.value.what


def test_an_invalid_escape_sequence_warns_nobody() -> None:
    edited = SHOP["ses_stack.py"].replace('name="2fa-codes"', r'name="2fa\d"')
    found = source.load({**SHOP, "ses_stack.py": edited})
    assert found.resources[0].identity.configuration_set == r"2fa\d"


def test_a_set_described_twice_names_both() -> None:
    edited = SHOP["ses_stack.py"].replace('name="newsletter"', 'name="2fa-codes"')
    with pytest.raises(ExporterError, match=r"twice, by 2faCodes .* and Newsletter"):
        source.load({**SHOP, "ses_stack.py": edited})
