"""Terraform code of several folders: modules, provider configurations, values from outside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from exporter.formats.code_inputs import CodeInputs, OtherScope
from exporter.formats.code_resource import Loaded, Unknown, UnknownCause
from exporter.formats.terraform.code_tree import FolderTree
from exporter.formats.terraform.hcl.load import load_root
from exporter.formats.unresolved import ANYTHING, NamePattern, Reach
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError

Json = Any

HERE = CodeInputs("123456789012", "eu-west-1", "aws")
SET = 'resource "aws_sesv2_configuration_set" "s" {\n  configuration_set_name = %s\n%s\n}\n'
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'


@dataclass(frozen=True)
class Files:
    """Files in memory: path -> text."""

    texts: Mapping[str, str]

    def code(self, folder: str) -> Mapping[str, str] | None:
        """The files of a folder."""
        prefix = "" if folder == "." else f"{folder}/"
        found = {
            path: text
            for path, text in self.texts.items()
            if path.startswith(prefix) and "/" not in path.removeprefix(prefix)
        }
        return found or None

    def shown(self, path: str) -> str:
        """A path."""
        return path

    def names(self, folder: str) -> list[str] | None:
        """The files of a folder."""
        return [path.removeprefix(f"{folder}/") for path in self.code(folder) or ()]

    def text(self, path: str) -> str | None:
        """Any file."""
        return self.texts.get(path.removeprefix("./"))


def loaded(files: Mapping[str, str], inputs: CodeInputs = HERE) -> list[Loaded]:
    return load_root(Files(files), inputs)


def names(files: Mapping[str, str], inputs: CodeInputs = HERE) -> dict[str, str]:
    """The resources by address, all of which are of one place."""
    (found,) = loaded(files, inputs)
    assert found.unresolved == ()
    return {each.address: str(each.identity) for each in found.resources}


def a_set(name: str, more: str = "") -> str:
    return SET % (name, more)


def destination(target: str, more: str = "", set_name: str = '"x"') -> str:
    return (
        'resource "aws_sesv2_configuration_set_event_destination" "d" {\n'
        f'  configuration_set_name = {set_name}\n  event_destination_name = "d"\n'
        f'  event_destination {{\n    enabled = true\n    matching_event_types = ["SEND"]\n'
        f"    sns_destination {{\n      topic_arn = {target}\n    }}\n  }}\n{more}\n}}\n"
    )


def topic(code: str, inputs: CodeInputs = HERE, **files: str) -> Json:
    """The topic of the destination in some code."""
    (found,) = loaded({"main.tf": PROVIDER + code, **files}, inputs)
    assert found.unresolved == ()
    return found.resources[-1].values["SnsDestination"]["TopicArn"]


# Modules
# -------------------------------------------------------------------------


def test_modules_by_path_with_keys_arguments_and_outputs() -> None:
    files = {
        "main.tf": """
module "mail" {
  source   = "./modules/mail"
  for_each = { a = ["x", "y"], b = [] }
  kinds    = each.value
}
module "one" {
  source = "./modules/set"
  count  = 2
  name   = "one-${count.index}"
}
"""
        + a_set('"${module.mail["a"].names["x"]}-${module.one[1].name}"'),
        "modules/mail/main.tf": """
variable "kinds" { type = set(string) }
module "sets" {
  source   = "../set"
  for_each = var.kinds
  name     = "k-${each.key}"
}
output "names" { value = { for k, m in module.sets : k => m.name } }
""",
        "modules/set/main.tf": 'variable "name" {}\n'
        + a_set("var.name")
        + 'output "name" { value = aws_sesv2_configuration_set.s.configuration_set_name }\n',
    }
    inner = "aws_sesv2_configuration_set.s"
    assert names(files) == {
        inner: "k-x-one-1",
        f'module.mail["a"].module.sets["x"].{inner}': "k-x",
        f'module.mail["a"].module.sets["y"].{inner}': "k-y",
        f"module.one[0].{inner}": "one-0",
        f"module.one[1].{inner}": "one-1",
    }


def call(source: str, more: str = "", name: str = "m") -> str:
    return f'module "{name}" {{\n  source = "{source}"\n{more}\n}}\n'


def installed(**folders: str) -> str:
    modules = [{"Key": "", "Source": "", "Dir": "."}]
    modules += [{"Key": key, "Source": "r", "Dir": folder} for key, folder in folders.items()]
    return json.dumps({"Modules": modules})


def test_an_installed_module_is_where_terraform_put_it() -> None:
    files = {
        "main.tf": call("acme/mail/aws", 'version = "~> 1.0"'),
        ".terraform/modules/modules.json": installed(
            **{"m": ".terraform/modules/m", "m.deep": ".terraform/modules/m.deep/sub"}
        ),
        ".terraform/modules/m/main.tf": a_set('"a"')
        + call("git::https://example.com/x.git//sub", "", "deep")
        + call("./inner", "", "inner"),
        ".terraform/modules/m/inner/main.tf": a_set('"b"'),
        ".terraform/modules/m.deep/sub/main.tf": a_set('"c"'),
    }
    assert sorted(names(files).values()) == ["a", "b", "c"]


MISSING: Mapping[str, tuple[dict[str, str], str, str]] = {
    "not installed": ({}, "its code is not in .terraform/modules", "terraform init"),
    "another module is": (
        {".terraform/modules/modules.json": installed(other="x")},
        "its code is not in .terraform/modules",
        "terraform init",
    ),
    "outside": (
        {".terraform/modules/modules.json": installed(m="../../elsewhere")},
        ".terraform/modules/modules.json says that it is outside the root module",
        "terraform state pull",
    ),
    "outside by a root path": (
        {".terraform/modules/modules.json": installed(m="/etc")},
        ".terraform/modules/modules.json says that it is outside the root module",
        "terraform state pull",
    ),
    "deleted": (
        {".terraform/modules/modules.json": installed(m=".terraform/modules/m")},
        ".terraform/modules/modules.json names a folder that is not there",
        "terraform init",
    ),
}


@pytest.mark.parametrize("case", MISSING)
def test_a_module_whose_code_is_not_there_is_named_with_what_helps(case: str) -> None:
    more, reason, hint = MISSING[case]
    files = {"main.tf": call("acme/mail/aws") + a_set('"x"'), **more}
    (found,) = loaded(files)
    (said,) = found.unresolved
    assert (said.where, said.what, said.reason) == ("main.tf:1", "module.m", reason)
    assert hint in said.hint
    assert said.reach == ANYTHING
    assert [str(each.identity) for each in found.resources] == ["x"]


def test_modules_and_the_workspace_may_be_in_another_folder() -> None:
    files = {
        "main.tf": call("acme/mail/aws") + a_set('"${terraform.workspace}"'),
        "data/modules/modules.json": installed(m="data/modules/m"),
        "data/modules/m/main.tf": a_set('"a"'),
        "data/environment": "dev",
    }
    inputs = CodeInputs(environment={"TF_DATA_DIR": "data"})
    assert sorted(names(files, inputs).values()) == ["a", "dev"]


def test_a_folder_that_is_not_there_is_named() -> None:
    (found,) = loaded({"main.tf": call("./gone")})
    assert found.unresolved[0].reason == "there is no folder ./gone"


def test_a_list_of_modules_of_no_known_shape_is_an_error() -> None:
    files = {"main.tf": call("a/b/c"), ".terraform/modules/modules.json": "[]"}
    with pytest.raises(ExporterError, match="not the list of modules that Terraform writes"):
        loaded(files)


def test_modules_without_ses_are_not_mentioned() -> None:
    files = {
        "main.tf": call("./queue") + a_set('"${module.m.name}-x"'),
        "queue/main.tf": call("./deeper") + 'output "name" { value = "q" }\n',
        "queue/deeper/main.tf": 'resource "aws_sqs_queue" "q" {\n  count = var.nothing\n}\n',
    }
    assert list(names(files).values()) == ["q-x"]


def test_code_that_cannot_be_read_matters_only_where_it_may_be_about_ses() -> None:
    main = {"main.tf": call("./a") + a_set('"x"')}
    assert list(names({**main, "a/main.tf": "resource {"}).values()) == ["x"]
    for broken in ('resource "aws_sesv2_configuration_set" {', 'module "x" {'):
        with pytest.raises(ExporterError, match="not Terraform code"):
            loaded({**main, "a/main.tf": broken})
    remote = {
        "main.tf": call("acme/mail/aws") + a_set('"x"'),
        ".terraform/modules/modules.json": installed(m=".terraform/modules/m"),
        ".terraform/modules/m/main.tf": 'module "x" {',
    }
    (found,) = loaded(remote)
    assert "its code cannot be read: .terraform/modules/m/main.tf:1" in found.unresolved[0].reason


@pytest.mark.parametrize(
    "files",
    [
        {"main.tf": call("./a"), "a/main.tf": a_set('"x"') + call("../a")},
        {"main.tf": call("./a"), "a/main.tf": call("../b"), "b/main.tf": call("../a")},
        {"main.tf": call("./a"), "a/main.tf": call("../")},
    ],
)
def test_a_module_that_calls_itself_is_an_error(files: dict[str, str]) -> None:
    with pytest.raises(ExporterError, match=r"module\.m calls the module that contains it"):
        loaded(files)


def test_modules_that_multiply_do_not_take_forever() -> None:
    files = {"main.tf": call("./m0", name="a") + call("./m0", name="b")}
    for at in range(25):
        files[f"m{at}/main.tf"] = call(f"../m{at + 1}", name="a") + call(f"../m{at + 1}", name="b")
    files["m25/main.tf"] = a_set("local.nothing")
    (found,) = loaded(files)
    assert found.resources == ()
    assert "the value is too large to evaluate" in {each.reason for each in found.unresolved}


def test_what_a_module_repeats_under_unknown_keys_reaches_what_it_may_be() -> None:
    files = {
        "main.tf": 'variable "brands" {}\nvariable "on" {}\n'
        + call("./set", "for_each = var.brands\nname = each.key")
        + call("./set", 'count = var.on ? 1 : 0\nname = "fixed"', "n"),
        "set/main.tf": 'variable "name" {}\n'
        + a_set('"${var.name}-mail"')
        + destination('"x"', "", "aws_sesv2_configuration_set.s.id"),
    }
    (found,) = loaded(files)
    assert found.resources == ()
    ends, fixed = NamePattern(("", "-mail")), NamePattern.of_name("fixed-mail")
    own = NamePattern.of_name("d")
    assert [each.reach for each in found.unresolved] == [
        Reach(has_destinations=False, set_name=ends),
        Reach(has_sets=False, set_name=ends, destination_name=own),
        Reach(has_destinations=False, set_name=fixed),
        Reach(has_sets=False, set_name=fixed, destination_name=own),
    ]
    assert found.unresolved[0].reason == (
        "its for_each is not known: var.brands has no value; set it with --var brands=..."
    )


@pytest.mark.parametrize(
    ("name", "stretches"),
    [
        ('"${var.stage}-mail"', ("", "-mail")),
        ('"a-${var.stage}-${var.x}"', ("a-", "-", "")),
        ('"a-${local.part}"', ("a-", "-b")),
        ('join("-", ["mail", var.stage])', ("mail-", "")),
        ("var.stage", ("", "")),
    ],
)
def test_a_name_that_is_known_in_part_hides_nothing_else(
    name: str, stretches: tuple[str, ...]
) -> None:
    more = 'variable "stage" {}\nvariable "x" {}\nlocals {\n  part = "${var.stage}-b"\n}\n'
    (found,) = loaded({"main.tf": a_set(name) + more})
    assert found.unresolved[0].reach.set_name == NamePattern(stretches)


@pytest.mark.parametrize(
    "name",
    [
        'upper("${var.stage}-mail")',
        'replace("${var.stage}-mail", "-", "_")',
        '"${var.stage}-mail" == "x" ? "a" : "b"',
        '{ a = "x" }["${var.stage}-mail"]',
        'element(["x"], "${var.stage}-mail")',
        'join("${var.stage}-mail", ["a", "b"])',
        '[for x in ["${var.stage}-mail"] : x if x == "y"][0]',
        'one(toset(["${var.stage}-mail"]))',
        'try("${var.stage}-mail", "x")',
        'file("${var.stage}-mail")',
        'format("%s", "${var.stage}-mail")',
        "aws_sesv2_configuration_set.other.arn",
    ],
)
def test_what_is_made_of_a_text_known_in_part_is_not_known_in_part(name: str) -> None:
    other = a_set('"${var.stage}-mail"').replace('"s"', '"other"')
    (found,) = loaded({"main.tf": a_set(name) + other + 'variable "stage" {}\n'})
    assert found.unresolved[0].reach.set_name == NamePattern(("", ""))
    assert found.unresolved[1].reach.set_name == NamePattern(("", "-mail"))


def test_a_name_of_instances_that_are_unknown_is_known() -> None:
    code = 'variable "on" {}\n' + a_set('"fixed"', "count = var.on ? 1 : 0")
    code += destination('"x"', "", "aws_sesv2_configuration_set.s[0].id")
    (found,) = loaded({"main.tf": code})
    a_destination = found.unresolved[1].reach
    assert not a_destination.holds(Identity("other", "d"))
    assert a_destination.holds(Identity("fixed", "d"))


# Provider configurations
# -------------------------------------------------------------------------

US = 'provider "aws" {\n  alias  = "us"\n  region = "us-east-1"\n}\n'


def places(files: Mapping[str, str]) -> dict[tuple[str | None, str | None], list[str]]:
    return {
        (each.account_id, each.region): [str(one.identity) for one in each.resources]
        for each in loaded(files)
    }


def test_each_provider_configuration_is_a_place_of_its_own() -> None:
    files = {
        "main.tf": PROVIDER
        + US
        + a_set('"eu"')
        + a_set('"us"', "provider = aws.us").replace('"s"', '"t"')
        + call("./m", "providers = {\n aws = aws.us\n }")
        + call("./m", "", "n")
        + call("./two", "providers = {\n aws.here = aws\n aws.there = aws.us\n }", "o"),
        "m/main.tf": a_set('"m"'),
        "two/main.tf": a_set('"h"', "provider = aws.here")
        + a_set('"t"', "provider = aws.there").replace('"s"', '"t"'),
    }
    assert places(files) == {
        (None, "eu-west-1"): ["eu", "m", "h"],
        (None, "us-east-1"): ["us", "m", "t"],
    }


def test_a_region_of_its_own_is_the_place_of_a_resource() -> None:
    code = a_set('"a"', "region = local.r") + a_set('"b"').replace('"s"', '"t"')
    unknown = a_set('"c"', "region = var.nothing").replace('"s"', '"u"')
    more = 'locals {\n  r = "us-east-1"\n}\n'
    assert places({"main.tf": PROVIDER + code + unknown + more}) == {
        (None, "us-east-1"): ["a"],
        (None, "eu-west-1"): ["b"],
        (None, None): ["c"],
    }


def test_an_assumed_role_says_the_account() -> None:
    role = 'assume_role {\n role_arn = "arn:aws:iam::210987654321:role/ci"\n }\n'
    other = f'provider "aws" {{\n alias = "o"\n region = "eu-west-1"\n {role}}}\n'
    unknown = other.replace('"o"', '"u"').replace("210987654321", "${var.account}")
    code = a_set('"x"') + "".join(
        a_set('"x"', f"provider = aws.{alias}").replace('"s"', f'"{alias}"') for alias in "ou"
    )
    found = loaded({"main.tf": PROVIDER + other + unknown + code})
    assert [(each.account_id, each.region) for each in found] == [
        (None, "eu-west-1"),
        ("210987654321", "eu-west-1"),
        (None, "eu-west-1"),
    ]


def test_a_role_that_is_not_known_is_of_the_other_side_where_there_is_no_other() -> None:
    role = "assume_role {\n role_arn = var.role\n }\n"
    provider = f'provider "aws" {{\n region = "eu-west-1"\n {role}}}\n'
    code = 'resource "aws_sns_topic" "t" {\n  name = "e"\n}\n' + destination("aws_sns_topic.t.arn")
    (found,) = loaded({"main.tf": provider + code})
    arn = "arn:aws:sns:eu-west-1:123456789012:e"
    assert found.resources[0].values["SnsDestination"]["TopicArn"] == arn
    (found,) = loaded({"main.tf": provider + code + US})
    assert isinstance(found.resources[0].values["SnsDestination"]["TopicArn"], Unknown)


def test_two_providers_with_one_alias_are_an_error() -> None:
    with pytest.raises(ExporterError, match=r"the provider aws.us is configured twice") as caught:
        loaded({"main.tf": US + US + a_set('"x"')})
    assert caught.value.where == "main.tf:5"


# Values from the place, and from outside
# -------------------------------------------------------------------------

NEAR: Mapping[str, tuple[str, str]] = {
    'resource "aws_sns_topic" "t" {\n  name = "events"\n}\n': (
        "aws_sns_topic.t.arn",
        "arn:aws:sns:eu-west-1:123456789012:events",
    ),
    'resource "aws_sns_topic" "t" {\n  count = 2\n  name = "e${count.index}"\n}\n': (
        "aws_sns_topic.t[1].id",
        "arn:aws:sns:eu-west-1:123456789012:e1",
    ),
    'resource "aws_sns_topic" "t" {\n  for_each = toset(["a"])\n  name = each.key\n}\n': (
        "element(values(aws_sns_topic.t)[*].arn, 0)",
        "arn:aws:sns:eu-west-1:123456789012:a",
    ),
    'resource "aws_iam_role" "t" {\n  name = "r"\n  path = "/ci/"\n}\n': (
        "aws_iam_role.t.arn",
        "arn:aws:iam::123456789012:role/ci/r",
    ),
    'resource "aws_kinesis_firehose_delivery_stream" "t" {\n  name = "f"\n}\n': (
        "aws_kinesis_firehose_delivery_stream.t.arn",
        "arn:aws:firehose:eu-west-1:123456789012:deliverystream/f",
    ),
    'resource "aws_cloudwatch_event_bus" "t" {\n  name = "b"\n}\n': (
        "aws_cloudwatch_event_bus.t.arn",
        "arn:aws:events:eu-west-1:123456789012:event-bus/b",
    ),
    'data "aws_sns_topic" "t" {\n  name = "events"\n}\n': (
        "data.aws_sns_topic.t.arn",
        "arn:aws:sns:eu-west-1:123456789012:events",
    ),
    'data "aws_region" "t" {}\ndata "aws_caller_identity" "t" {}\ndata "aws_partition" "t" {}\n': (
        '"arn:${data.aws_partition.t.partition}:sns:${data.aws_region.t.name}:'
        '${data.aws_caller_identity.t.account_id}:x"',
        "arn:aws:sns:eu-west-1:123456789012:x",
    ),
    'resource "aws_sqs_queue" "t" {\n  name = "q"\n}\n': ('"x-${aws_sqs_queue.t.name}"', "x-q"),
}


@pytest.mark.parametrize("code", NEAR)
def test_arns_follow_from_the_place_and_the_name(code: str) -> None:
    reference, arn = NEAR[code]
    assert topic(code + destination(reference)) == arn


def test_the_place_is_that_of_the_provider() -> None:
    code = 'resource "aws_sns_topic" "t" {\n  provider = aws.us\n  name = "e"\n}\n'
    assert topic(US + code + destination("aws_sns_topic.t.arn")) == (
        "arn:aws:sns:us-east-1:123456789012:e"
    )
    china = PROVIDER.replace("eu-west-1", "cn-north-1")
    code = 'resource "aws_sns_topic" "t" {\n  name = "e"\n}\n'
    (found,) = loaded({"main.tf": china + code + destination("aws_sns_topic.t.arn")})
    arn = "arn:aws-cn:sns:cn-north-1:123456789012:e"
    assert found.resources[0].values["SnsDestination"]["TopicArn"] == arn


FAR: Mapping[str, tuple[str, str]] = {
    'resource "aws_sns_topic" "t" {\n  name_prefix = "e"\n}\n': (
        "aws_sns_topic.t.arn",
        "the name of the aws_sns_topic is generated",
    ),
    'resource "aws_sns_topic" "t" {}\n': (
        "aws_sns_topic.t.owner",
        "AWS or the provider generates it",
    ),
    'resource "aws_pinpoint_app" "t" {}\n': ("aws_pinpoint_app.t.arn", "AWS generates the ID"),
    'resource "aws_route53_zone" "t" {\n  name = "example.org."\n}\n': (
        "aws_route53_zone.t.name",
        "AWS or the provider generates it",
    ),
    'data "aws_ssm_parameter" "t" {\n  name = "r"\n}\n': (
        "data.aws_ssm_parameter.t.value",
        "data.aws_ssm_parameter.t.value is not in this code",
    ),
}


@pytest.mark.parametrize("code", FAR)
def test_what_aws_makes_up_is_unknown(code: str) -> None:
    reference, reason = FAR[code]
    found = topic(code + destination(reference))
    assert isinstance(found, Unknown)
    assert found.reason.startswith(reason)


@dataclass(frozen=True)
class Arns:
    """The names of another side, as far as code asks for them."""

    arns: tuple[str, ...]
    sets: Mapping[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("there", "arn"),
    [
        ("role/ci/mail", "role/ci/mail"),
        ("role/mail", "role/mail"),
        ("role/ci/other-mail", "role/mail"),
    ],
)
def test_a_role_that_is_looked_up_has_the_path_of_the_one_of_its_name(there: str, arn: str) -> None:
    start = "arn:aws:iam::123456789012:"
    other = OtherScope("123456789012", "eu-west-1", "aws", Arns((f"{start}{there}",)))
    code = 'data "aws_iam_role" "t" {\n  name = "mail"\n}\n'
    inputs = replace(HERE, others=(other,))
    assert topic(code + destination("data.aws_iam_role.t.arn"), inputs) == start + arn


def test_of_a_generated_name_the_prefix_is_known() -> None:
    code = 'resource "aws_sns_topic" "t" {\n  name_prefix = "e-"\n}\n'
    found = topic(code + destination("aws_sns_topic.t.arn"))
    assert found.pattern == NamePattern(("arn:aws:sns:eu-west-1:123456789012:e-", ""))


def test_without_another_side_the_place_is_unknown() -> None:
    code = 'resource "aws_sns_topic" "t" {\n  name = "e"\n}\n' + destination("aws_sns_topic.t.arn")
    assert topic(code, CodeInputs()) == Unknown("the account or the region is not known")


def test_values_of_variables_win_in_the_order_of_terraform(tmp_path: Path) -> None:
    more = tmp_path / "more.tfvars"
    more.write_text('d = "file"\ne = "file"\n', encoding="utf-8")
    code = "".join(f'variable "{name}" {{\n  default = "default"\n}}\n' for name in "abcdef")
    names_ = "-".join(f"${{var.{name}}}" for name in "abcdef")
    inputs = CodeInputs(
        variables={"e": "var"},
        var_files=(more,),
        environment={f"TF_VAR_{name}": "env" for name in "bcde"},
    )
    files = {"main.tf": code + a_set(f'"{names_}"'), "x.auto.tfvars": 'c = "auto"\nd = "auto"\n'}
    assert list(names(files, inputs).values()) == ["default-env-auto-file-var-default"]


@pytest.mark.parametrize(
    ("type_", "text", "name"),
    [
        ("", "[a]", '"${var.v}"'),
        ("type = string\n", "[a]", '"${var.v}"'),
        ("type = list(string)\n", '["[a]"]', "var.v[0]"),
        ("type = any\n", '{ n = "[a]" }', "var.v.n"),
    ],
)
def test_a_value_of_the_command_line_is_what_its_type_makes_of_it(
    type_: str, text: str, name: str
) -> None:
    files = {"main.tf": f'variable "v" {{\n{type_}}}\n' + a_set(name)}
    for inputs in (
        CodeInputs(variables={"v": text}),
        CodeInputs(environment={"TF_VAR_v": text}),
    ):
        assert list(names(files, inputs).values()) == ["[a]"]


def test_a_value_that_is_no_expression_is_an_error() -> None:
    files = {"main.tf": 'variable "v" {\n  type = list(string)\n}\n' + a_set("var.v[0]")}
    with pytest.raises(ExporterError) as caught:
        loaded(files, CodeInputs(variables={"v": "[a"}))
    assert (caught.value.where or "").startswith("--var v")


def test_the_workspace_is_that_of_the_process_or_of_the_folder() -> None:
    files = {"main.tf": a_set('"mail-${terraform.workspace}"')}
    assert list(names(files).values()) == ["mail-default"]
    selected = {**files, ".terraform/environment": "dev\n"}
    assert list(names(selected).values()) == ["mail-dev"]
    inputs = CodeInputs(environment={"TF_WORKSPACE": "prod"})
    assert list(names(selected, inputs).values()) == ["mail-prod"]


# Files beside the code
# -------------------------------------------------------------------------


def test_files_beside_the_code_are_read(tmp_path: Path) -> None:
    files = {
        "main.tf": call("./m") + 'locals {\n  all = yamldecode(file("sets.yaml"))\n}\n'
        'resource "aws_sesv2_configuration_set" "a" {\n'
        "  for_each               = { for s in local.all.sets : s.name => s }\n"
        "  configuration_set_name = each.key\n}\n",
        "sets.yaml": "sets:\n  - name: yaml\n",
        "more.tf": 'resource "aws_sesv2_configuration_set" "b" {\n'
        '  for_each               = fileset("${path.root}/m/sets", "*.json")\n'
        '  configuration_set_name = trimsuffix(basename(each.value), ".json")\n}\n',
        "m/sets/one.json": "{}",
        "m/sets/two.txt": "{}",
        "m/main.tf": a_set('jsondecode(file("${path.module}/sets.json"))[0]')
        + a_set('trimspace(templatefile("${path.module}/name.tftpl", { n = "t" }))').replace(
            '"s"', '"t"'
        ),
        "m/sets.json": '["json"]',
        "m/name.tftpl": "${n}-file",
    }
    for path, text in files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (found,) = load_root(FolderTree(tmp_path), HERE)
    assert found.unresolved == ()
    assert sorted(str(each.identity) for each in found.resources) == [
        "json",
        "one",
        "t-file",
        "yaml",
    ]


def test_files_outside_of_the_repository_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(a_set('file("../secret")'), encoding="utf-8")
    (found,) = load_root(FolderTree(root), HERE)
    assert "the file ../secret cannot be read" in found.unresolved[0].reason


# Files of OpenTofu
# -------------------------------------------------------------------------


def test_a_file_of_opentofu_takes_the_place_of_one_of_terraform(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(a_set('"terraform"'), encoding="utf-8")
    (tmp_path / "main.tofu").write_text(a_set('"tofu"'), encoding="utf-8")
    (tmp_path / "more.tofu.json").write_text(
        '{"resource": {"aws_sesv2_configuration_set": {"z": {"configuration_set_name": "json"}}}}',
        encoding="utf-8",
    )
    (found,) = load_root(FolderTree(tmp_path), HERE)
    assert [str(each.identity) for each in found.resources] == ["tofu", "json"]
    assert not found.unresolved


# ignore_changes
# -------------------------------------------------------------------------

IGNORED = UnknownCause.IGNORED


def ignoring(what: str) -> str:
    return f"lifecycle {{\n  ignore_changes = {what}\n}}\n"


def causes(values: Json) -> Json:
    """A tree in which what is ignored is the cause."""
    if isinstance(values, Unknown):
        return values.cause
    if isinstance(values, dict):
        return {name: causes(value) for name, value in values.items()}
    return [causes(item) for item in values] if isinstance(values, list) else values


@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("[event_destination[0].matching_event_types]", {"MatchingEventTypes": IGNORED}),
        (
            "[event_destination[0].sns_destination[0].topic_arn, event_destination[0].enabled]",
            {"SnsDestination": {"TopicArn": IGNORED}, "Enabled": IGNORED},
        ),
        ("[event_destination[0].sns_destination]", {"SnsDestination": IGNORED}),
        ("[\n# a reason\n event_destination.0.enabled,\n]", {"Enabled": IGNORED}),
        ('["event_destination.0.enabled"]', {"Enabled": IGNORED}),
        ("[configuration_set_name]", {"ConfigurationSetName": IGNORED}),
        ("[]", {}),
    ],
)
def test_what_a_destination_ignores(what: str, changed: Json) -> None:
    (found,) = loaded({"main.tf": destination('"arn"', ignoring(what))})
    changed.pop("ConfigurationSetName", None)
    assert causes(found.resources[0].values) == {
        "Enabled": True,
        "MatchingEventTypes": ["SEND"],
        "SnsDestination": {"TopicArn": "arn"},
        **changed,
    }


@pytest.mark.parametrize("what", ["all", "[event_destination]", '["*"]'])
def test_a_destination_that_ignores_all(what: str) -> None:
    (found,) = loaded({"main.tf": destination('"arn"', ignoring(what))})
    values = found.resources[0].values
    assert {causes(value) for value in values.values()} == {IGNORED}
    assert {"Enabled", "MatchingEventTypes", "EventBridgeDestination"} <= set(values)


DEFAULT_TAGS = PROVIDER.replace("\n}", "\n  default_tags {\n    tags = { d = 1 }\n  }\n}")


@pytest.mark.parametrize(
    ("what", "tags"),
    [
        ("[tags]", IGNORED),
        ('[tags["a"]]', {"a": IGNORED, "b": "2", "d": "1"}),
        ("[tags_all]", {"a": "1", "b": "2", "d": IGNORED}),
        ("[sending_options]", {"a": "1", "b": "2", "d": "1"}),
    ],
)
def test_the_tags_that_a_set_ignores(what: str, tags: Json) -> None:
    code = a_set('"x"', "tags = { a = 1, b = 2 }\n" + ignoring(what))
    (found,) = loaded({"main.tf": DEFAULT_TAGS + code})
    shown = causes(found.resources[0].values["Tags"])
    assert (
        shown == tags
        if isinstance(shown, UnknownCause)
        else {each["Key"]: each["Value"] for each in shown} == tags
    )


@pytest.mark.parametrize(
    ("ignored", "tags"),
    [
        ('keys = ["b", "x"]', {"a": "1", "b": IGNORED, "x": IGNORED}),
        ('key_prefixes = ["b"]', UnknownCause.NOT_EVALUATED),
        ("", {"a": "1", "b": "2"}),
    ],
)
def test_the_tags_that_a_provider_ignores(ignored: str, tags: Json) -> None:
    provider = PROVIDER.replace("\n}", f"\n  ignore_tags {{\n    {ignored}\n  }}\n}}")
    (found,) = loaded({"main.tf": provider + a_set('"x"', "tags = { a = 1, b = 2 }")})
    shown = causes(found.resources[0].values["Tags"])
    assert (
        shown == tags
        if isinstance(shown, UnknownCause)
        else {each["Key"]: each["Value"] for each in shown} == tags
    )


# Resources of the SES API v1
# -------------------------------------------------------------------------

V1 = """
resource "aws_ses_configuration_set" "s" {
  name = "old"
%s
}
resource "aws_ses_event_destination" "d" {
  name                   = "d"
  configuration_set_name = aws_ses_configuration_set.s.%s
  matching_types         = ["send", "renderingFailure"]
%s
}
"""


def v1(a_set_: str = "", a_destination: str = "", by: str = "name") -> tuple[Json, Json]:
    (found,) = loaded({"main.tf": V1 % (a_set_, by, a_destination)})
    assert found.unresolved == ()
    assert [str(each.identity) for each in found.resources] == ["old", "old/d"]
    one, other = (causes(each.values) for each in found.resources)
    return one, other


def test_what_resources_of_the_first_api_leave_out_is_the_default_of_their_provider() -> None:
    one, other = v1(by="id")
    assert one["SendingOptions"] == {"SendingEnabled": True}
    assert one["ReputationOptions"] == {"ReputationMetricsEnabled": False}
    assert one["DeliveryOptions"] is IGNORED
    assert {one[name] for name in ("SuppressionOptions", "Tags", "VdmOptions")} == {IGNORED}
    assert "TrackingOptions" not in one
    assert other == {"Enabled": False, "MatchingEventTypes": ["RENDERING_FAILURE", "SEND"]}


def test_what_resources_of_the_first_api_say() -> None:
    one, other = v1(
        "delivery_options {}\nsending_enabled = false\ntracking_options {\n"
        ' custom_redirect_domain = "x.org"\n}',
        'enabled = true\ncloudwatch_destination {\n default_value = "a"\n'
        ' dimension_name = "n"\n value_source = "emailHeader"\n}\n'
        'dynamic "cloudwatch_destination" {\n for_each = ["b"]\n content {\n'
        "  default_value = cloudwatch_destination.value\n"
        '  dimension_name = "m"\n  value_source = "linkTag"\n }\n}',
    )
    assert one["DeliveryOptions"]["TlsPolicy"] == "OPTIONAL"
    assert one["SendingOptions"] == {"SendingEnabled": False}
    assert one["TrackingOptions"] == {"CustomRedirectDomain": "x.org", "HttpsPolicy": IGNORED}
    assert other["CloudWatchDestination"]["DimensionConfigurations"] == [
        {
            "DefaultDimensionValue": "a",
            "DimensionName": "n",
            "DimensionValueSource": "EMAIL_HEADER",
        },
        {
            "DefaultDimensionValue": "b",
            "DimensionName": "m",
            "DimensionValueSource": "LINK_TAG",
        },
    ]
    _, other = v1(
        "", 'kinesis_destination {\n stream_arn = "s"\n role_arn = "r"\n}\n' + ignoring("[enabled]")
    )
    assert other == {
        "Enabled": IGNORED,
        "MatchingEventTypes": ["RENDERING_FAILURE", "SEND"],
        "KinesisFirehoseDestination": {"DeliveryStreamArn": "s", "IamRoleArn": "r"},
    }
