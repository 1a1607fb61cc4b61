"""``--outputs`` and ``--gitignore``: what people expect beside an export, when they ask for it."""

import re

import pytest

from tests.functional.snapshots import Desk, configuration_set, destination, orders, scope
from tests.support import tree

FORMATS = ("terraform", "cloudformation", "cdk")
SETS = (configuration_set("orders", destination("bounces")), configuration_set("2fa-codes"))
NAMES = {
    "terraform": """
output "configuration_set_names" {
  description = "The names of the configuration sets"
  value = {
    "2fa-codes" = aws_sesv2_configuration_set._2fa_codes.configuration_set_name
    orders      = aws_sesv2_configuration_set.orders.configuration_set_name
  }
}
""",
    "cloudformation": """
Outputs:
  "2faCodesName":
    Value: !Ref "2faCodes"
  OrdersName:
    Value: !Ref Orders
""",
    "cdk": """
        CfnOutput(
            self,
            "OrdersName",
            value=configuration_set.ref,
        )
""",
}
FILES = {"terraform": "outputs.tf", "cloudformation": "template.yaml", "cdk": "ses_stack.py"}


@pytest.mark.parametrize("to", FORMATS)
def test_the_names_of_the_sets_are_outputs(desk: Desk, to: str) -> None:
    desk.export(scope(*SETS), options=("--outputs",), to=to)
    assert NAMES[to] in desk.read(FILES[to])


@pytest.mark.parametrize("to", FORMATS)
def test_nobody_gets_them_unasked(desk: Desk, to: str) -> None:
    desk.export(scope(*SETS), to=to)
    text = "".join(data.decode() for data in tree(desk.out).values())
    assert not re.search(r"\boutput\b|Outputs|CfnOutput", text.replace("--output", ""))


@pytest.mark.parametrize("to", FORMATS)
def test_a_later_export_repeats_them(desk: Desk, to: str) -> None:
    desk.export(scope(*SETS), options=("--outputs",), to=to)
    before = tree(desk.out)
    ran = desk.again(to=to)
    assert "of the last export: --outputs (" in ran.err
    assert tree(desk.out) == before
    assert desk.again("--check", to=to).code == 0
    assert desk.again("--no-outputs", to=to).code == 0
    plain = Desk(desk.capsys, desk.folder / "plain")
    plain.folder.mkdir()
    plain.export(scope(*SETS), to=to)
    assert tree(desk.out) == tree(plain.out)


@pytest.mark.parametrize("to", ["terraform", "cdk"])
def test_they_are_the_same_with_a_file_for_each_set(desk: Desk, to: str) -> None:
    desk.export(scope(*SETS), options=("--outputs", "--layout", "per-set"), to=to)
    if to == "terraform":
        assert NAMES[to] in desk.read("outputs.tf")
    else:
        code = desk.read("configuration_sets/orders.py")
        assert "from aws_cdk import CfnOutput, Stack\n" in code
        assert '    CfnOutput(\n        stack,\n        "OrdersName",\n' in code


def test_sets_as_data_are_named_by_going_through_them(desk: Desk) -> None:
    desk.export(scope(*SETS), options=("--outputs", "--layout", "data"))
    assert desk.read("outputs.tf").endswith("""
  value = {
    for key, set in aws_sesv2_configuration_set.this : key => set.configuration_set_name
  }
}
""")


def test_each_scope_has_its_own(desk: Desk) -> None:
    desk.export(scope(*SETS), scope(*SETS, region="us-east-1"), options=("--outputs",))
    for region in ("eu-west-1", "us-east-1"):
        assert NAMES["terraform"] in desk.read(f"123456789012/{region}/outputs.tf")


def test_an_output_has_no_name_of_a_resource(desk: Desk) -> None:
    sets = (configuration_set("orders"), configuration_set("orders-name"))
    desk.export(scope(*sets), options=("--outputs",), to="cdk")
    code = desk.read("ses_stack.py")
    assert re.findall(r'CfnOutput\(\n\s+self,\n\s+"(\w+)"', code) == [
        "OrdersNameOutput",
        "OrdersNameName",
    ]


@pytest.mark.parametrize("to", ["cloudformation", "cdk"])
def test_an_import_brings_no_outputs(desk: Desk, to: str) -> None:
    desk.export(scope(*SETS), options=("--outputs",), to=to)
    steps = desk.read("IMPORT.md")
    if to == "cdk":
        assert "An import adds no outputs" in steps
        assert "npx aws-cdk@2 deploy ses-configuration-sets" in steps
        return
    assert "Outputs:" not in desk.read("import-template.yaml")
    assert "--template-body file://import-template.yaml" in steps
    assert "--change-set-type UPDATE" in steps
    # Once the import is done, its template is not written again.
    for path in ("import-template.yaml", "resources-to-import.json", "IMPORT.md"):
        (desk.out / path).unlink()
    desk.again(to=to)
    assert not (desk.out / "import-template.yaml").exists()


@pytest.mark.parametrize("to", FORMATS)
def test_without_sets_there_is_nothing_to_name(desk: Desk, to: str) -> None:
    ran = desk.try_export(orders(), options=("--outputs", "--no-configuration-sets"), to=to)
    assert ran.code == 2
    assert "hint: add --no-outputs" in ran.err


IGNORED = {
    "terraform": ".terraform/\n*.tfstate\n*.tfstate.*\n",
    "cdk": ".venv/\n__pycache__/\ncdk.out/\n",
}


@pytest.mark.parametrize("to", IGNORED)
def test_what_tools_leave_is_ignored(desk: Desk, to: str) -> None:
    desk.export(orders(), options=("--gitignore",), to=to)
    assert desk.read(".gitignore") == IGNORED[to]
    assert ".gitignore" not in desk.manifest()["Files"]
    # From now on it is the person's: edited or deleted, no export says a word.
    desk.put(".gitignore", "mine\n")
    assert desk.again("--check", to=to).code == 0
    desk.again("--gitignore", to=to)
    assert desk.read(".gitignore") == "mine\n"
    (desk.out / ".gitignore").unlink()
    assert desk.again("--check", to=to).code == 0
    desk.again(to=to)
    assert not (desk.out / ".gitignore").exists()


def test_a_link_is_a_file_that_is_there(desk: Desk) -> None:
    desk.out.mkdir()
    (desk.out / ".gitignore").symlink_to(desk.folder / "elsewhere")
    desk.export(orders(), options=("--gitignore",))
    assert not (desk.folder / "elsewhere").exists()


def test_cloudformation_leaves_nothing(desk: Desk) -> None:
    ran = desk.try_export(orders(), options=("--gitignore",), to="cloudformation")
    assert ran.code == 2
    assert ran.err.startswith(
        "error: --gitignore does not apply to CloudFormation, whose tools leave "
    )


def test_a_check_writes_no_gitignore(desk: Desk) -> None:
    desk.export(orders())
    desk.again("--check", "--gitignore")
    assert not (desk.out / ".gitignore").exists()
