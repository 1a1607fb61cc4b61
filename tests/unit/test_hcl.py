"""Terraform code that anybody wrote: what it describes, what it does not tell, and every fault."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from exporter.formats.code_resource import CodeResource, Loaded, Unknown, UnknownCause
from exporter.formats.loading import load_format
from exporter.formats.options import ExportOptions
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import export_scope
from exporter.formats.terraform.hcl.functions import FUNCTIONS
from exporter.formats.terraform.hcl.lifecycle import IGNORED
from exporter.formats.terraform.hcl.load import load
from exporter.formats.terraform.hcl.relevance import concerns_ses
from exporter.formats.terraform.hcl.syntax import MAX_BYTES
from exporter.formats.unresolved import lines
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, EventDestination, Scope
from exporter.support.errors import ExporterError
from tests import readback
from tests.hcl_expressions import WORKED_OUT
from tests.readback import nfc
from tests.strategies import aws_scopes, examples, hostile_scopes, hostile_text
from tests.support import ROOT

Json = Any

FIXTURES = ROOT / "tests/fixtures/terraform"
ARN = "arn:aws:sns:eu-west-1:123456789012:mail"


def _invalid(reason: str) -> Unknown:
    """What Terraform would reject."""
    return Unknown(reason, UnknownCause.INVALID)


def tagged(expression: str, more: str = "") -> Json:
    """The value of an expression, as a tag has it: a text or ``Unknown``."""
    text = (
        'resource "aws_sesv2_configuration_set" "x" {\n  configuration_set_name = "x"\n'
        f"  tags = {{\n    t = {expression}\n  }}\n}}\n{more}"
    )
    (found,) = load({"main.tf": text}).resources
    (tag,) = found.values["Tags"]
    assert tag["Key"] == "t"
    return tag["Value"]


def a_set(body: str = "", label: str = "x", name: str = '"x"') -> str:
    return (
        f'resource "aws_sesv2_configuration_set" "{label}" {{\n'
        f"  configuration_set_name = {name}\n{body}\n}}\n"
    )


def a_destination(inner: str, label: str = "d", head: str = "") -> str:
    return (
        f'resource "aws_sesv2_configuration_set_event_destination" "{label}" {{\n'
        f'  configuration_set_name = "x"\n  event_destination_name = "{label}"\n{head}\n'
        f"  event_destination {{\n{inner}\n  }}\n}}\n"
    )


def values(text: str, **files: str) -> dict[str, Json]:
    (found,) = load({"main.tf": text, **files}).resources
    return found.values


# Expressions
# -------------------------------------------------------------------------


@pytest.mark.parametrize("expression", WORKED_OUT)
def test_an_expression_is_worked_out(expression: str) -> None:
    assert tagged(expression) == WORKED_OUT[expression]


def test_every_function_is_tested() -> None:
    tested = " ".join(WORKED_OUT)
    assert [name for name in FUNCTIONS if f"{name}(" not in tested] == []


NOT_WORKED_OUT: Mapping[str, str] = {
    "var.nothing": "var.nothing is not in this code",
    '"a${var.nothing}b"': "var.nothing is not in this code",
    "local.nothing": "local.nothing is not in this code",
    "aws_sns_topic.x.arn": "aws_sns_topic.x.arn is not in this code",
    "aws_sns_topic.x[0].arn": "aws_sns_topic.x[0].arn is not in this code",
    "data.aws_region.current.name": "data.aws_region.current.name is not in this code",
    "module.m.topics[0]": "module.m is not in this code",
    "terraform.applying": "terraform.applying cannot be evaluated",
    "path.cwd": "path.cwd is not known",
    "aws_sesv2_configuration_set.x.arn": "the account or the region is not known",
    "each.key": "each.key is not in this code",
    "nothing": "nothing is not in this code",
    'file("x")': "the file x cannot be read",
    'templatefile("x", {})': "the file x cannot be read",
    "file(1)": "file of these values cannot be evaluated",
    "provider::aws::arn_parse(1)": "the function provider::aws::arn_parse cannot be evaluated",
    "timestamp()": "the function timestamp cannot be evaluated",
    # What Go and Python take otherwise.
    'replace("abc", "/(?i)B/", "x")': "replace of these values cannot be evaluated",
    'replace("abc", "/x*/", "-")': "replace of these values cannot be evaluated",
    'replace("abc", "/[/", "-")': "replace of these values cannot be evaluated",
    r'regex("\\pL", "a")': "regex of these values cannot be evaluated",
    'regex("^x", "abc")': "regex finds no match",
    # What could take forever, or all memory.
    'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "/(a+)+c/", "")': (
        "replace of these values cannot be evaluated"
    ),
    'regex("a*a*a*a*b", "a")': "regex of these values cannot be evaluated",
    'format("%999999999d", 1)': "format of these values cannot be evaluated",
    'indent(999999999, "a\\nb")': "indent of these values cannot be evaluated",
    "length(setproduct("
    + ", ".join(["range(99)"] * 6)
    + "))": ("setproduct of these values cannot be evaluated"),
    'yamldecode("a: &x [1]\\nb: *x").b[0]': "yamldecode of these values cannot be evaluated",
    f'format("%{"9" * 5000}d", 1)': "format of these values cannot be evaluated",
    f'jsonencode(regexall("{"(" * 3000}", "a"))': "regexall of these values cannot be evaluated",
    'lookup({}, "a", "b", "c")': "lookup of these values cannot be evaluated",
    'format("%5.1f", 3)': "format of these values cannot be evaluated",
    'yamldecode("a: 010").a': "yamldecode of these values cannot be evaluated",
    'yamldecode("a: yes").a': "yamldecode of these values cannot be evaluated",
    'yamldecode("a: 2026-01-01").a': "yamldecode of these values cannot be evaluated",
    'jsondecode("{").a': "jsondecode of invalid JSON",
    'one(["a", "b"])': "one of several",
    "element([], 0)": "element of an empty list",
    'base64decode("?")': "base64decode of invalid base64",
    '"%{ if true }x%{ endif }"': "a directive %{ } cannot be evaluated",
    '"a ${~ "b" ~} c"': "the marker ~ in a string cannot be evaluated",
    '"a${null}"': "a string contains null",
    '"a${[]}"': "a string is required",
    "[]": "a string is required",
    r'"\ud800"': r"the escape \ud800 is not a character",
    r'"\UFFFFFFFF"': r"the escape \UFFFFFFFF is not a character",
    '"a\nb"': "a quoted string continues on the next line",
    "1 / 3": "a division with a remainder cannot be evaluated",
    "1 / 0": "a division by zero",
    "1 % 0": "a division by zero",
    "1.5 * 2": "arithmetic with fractions cannot be evaluated",
    '"a" + 1': "a number is required",
    "!1": "a boolean is required",
    "[] == []": "whether two collections are equal cannot be evaluated",
    "var.nothing ? 1 : 2": "var.nothing is not in this code",
    "true && var.nothing": "var.nothing is not in this code",
    "{ a = 1 }.b": "what it refers to does not exist",
    '["a"][1]': "what it refers to does not exist",
    '["a"][-1]': "what it refers to does not exist",
    'toset(["a"])[0]': "what it refers to does not exist",
    '[for v in "a" : v]': "a loop goes over something that isn't a collection",
    "[for v in [1] : v if var.nothing][0]": "var.nothing is not in this code",
    '{ for v in [1, 2] : "a" => v }.a': "the key a appears twice",
    "{ (var.nothing) = 1 }.a": "var.nothing is not in this code",
    "{ a.b = 1 }.a": "the key a.b is not in parentheses",
    "{ (null) = 1 }.a": "a key is null",
    'upper("é")': "upper of these values cannot be evaluated",
    'length("é")': "length of these values cannot be evaluated",
    'format("%s")': "format of these values cannot be evaluated",
    'format("x", 1)': "format of these values cannot be evaluated",
    "upper()": "upper of these values cannot be evaluated",
    "merge([])": "merge of these values cannot be evaluated",
    "merge(1...)": "... is used after something that isn't a list",
    'concat(toset(["a"]), ["b"])': "concat of these values cannot be evaluated",
    'contains(["a"], ["a"])': "contains of these values cannot be evaluated",
    "[[]] == [[]]": "whether two collections are equal cannot be evaluated",
    "{ a = var.nothing } == { a = 1 }": "var.nothing is not in this code",
    'coalesce([], "a")': "coalesce of these values cannot be evaluated",
    'flatten([["a"], var.nothing])[0]': "flatten of these values cannot be evaluated",
    'coalesce("", "")': "coalesce finds no value",
    'lookup({ a = 1 }, "b")': "lookup finds no b",
    "try({ a = 1 }.b)": "try finds no value",
    # What is unknown might be refused by Terraform or not.
    'try(var.nothing.x, "default")': "var.nothing is not in this code",
    'try([var.nothing.x], "default")': "var.nothing is not in this code",
    "can(var.nothing.x)": "var.nothing is not in this code",
    "jsonencode(var.nothing)": "var.nothing is not in this code",
    "jsonencode([var.nothing])": "jsonencode of these values cannot be evaluated",
    "jsonencode(1.5)": "jsonencode of these values cannot be evaluated",
    'toset([["a"]])': "a set of values other than strings cannot be evaluated",
    "1" + "0" * 50: "a number with so many digits cannot be evaluated",
    "9" * 20 + " * " + "9" * 20: "the value is too large to evaluate",
}


@pytest.mark.parametrize("expression", NOT_WORKED_OUT)
def test_what_the_code_does_not_tell_is_unknown(expression: str) -> None:
    found = tagged(expression)
    assert isinstance(found, Unknown)
    assert found.reason == NOT_WORKED_OUT[expression]


@pytest.mark.parametrize(
    ("expression", "cause"),
    [
        ("[]", UnknownCause.INVALID),
        ("1 / 0", UnknownCause.INVALID),
        ('jsondecode("{").a', UnknownCause.INVALID),
        ('try("a" + 1)', UnknownCause.INVALID),
        ("var.nothing", UnknownCause.NOT_EVALUATED),
        ("timestamp()", UnknownCause.NOT_EVALUATED),
    ],
)
def test_what_terraform_refuses_is_told_from_what_is_not_evaluated(
    expression: str, cause: UnknownCause
) -> None:
    assert tagged(expression).cause is cause


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('{ known = "a", other = var.x }.known', "a"),
        ("{ known = 1, other = var.x }.other", Unknown("var.x is not in this code")),
        ('["a", var.x][0]', "a"),
        ("merge({ a = var.x }, { a = 1 }).a", "1"),
        ("false && var.x", "false"),
        ("true || var.x", "true"),
    ],
)
def test_what_is_unknown_is_so_at_its_place_only(expression: str, expected: Json) -> None:
    assert tagged(expression) == expected


@pytest.mark.parametrize(
    ("heredoc", "expected"),
    [
        ("<<EOT\n  a\n b\nEOT\n", "  a\n b\n"),
        ("<<-EOT\n    a\n      b\n\n    c\n    EOT\n", "a\n  b\n\nc\n"),
        ("<<-EOT\n      a\n  \n    b\n    EOT\n", "  a\n  \nb\n"),
        ('<<-EOT\n    ${"a"}\n      b\n    EOT\n', "a\n  b\n"),
        ('<<EOT\n"q" \\n $${x} %%{y} ${1}\nEOT\n', '"q" \\n ${x} %{y} 1\n'),
        ("<<EOT\nEOTX\nEOT X\n  EOT\n", "EOTX\nEOT X\n"),
        ("<<EOT\nEOT\n", ""),
        ("<<-EOT\n\ta\n\t\tb\n\tEOT\n", "a\n\tb\n"),
        ("<<EOT\r\na\r\nEOT\r\n", "a\r\n"),
        (
            "<<EOT\n%{ for x in [] }\n%{ endfor }\nEOT\n",
            Unknown("a directive %{ } cannot be evaluated"),
        ),
    ],
)
def test_a_heredoc(heredoc: str, expected: Json) -> None:
    text = a_set(f"  tags = {{ t = local.h }}\n}}\nlocals {{\n  h = {heredoc}")
    assert values(text)["Tags"] == [{"Key": "t", "Value": expected}]


# Names: variables, locals, other resources
# -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "given", "expected"),
    [
        ("default = 5", "", "5"),
        ("", "", Unknown("var.v has no value; set it with --var v=...")),
        ("type = string", 'v = "t"', "t"),
        ("default = 5", "v = 6", "6"),
        (
            "default = [1]\n type = list(string)",
            "",
            _invalid("a string is required"),
        ),
        (
            'type = number\n default = "x"',
            "",
            _invalid("var.v cannot be evaluated: a number is required"),
        ),
        (
            "type = object({ a = string })\n default = {}",
            "",
            _invalid("var.v cannot be evaluated: the attribute a is required"),
        ),
        (
            "type = tuple([string])\n default = []",
            "",
            Unknown("var.v cannot be evaluated: its type cannot be evaluated"),
        ),
        ('default = "a"\n nullable = false', "v = null", "a"),
        ("default = upper(var.w)", "", Unknown("var.w is not in this code")),
    ],
)
def test_a_variable(variable: str, given: str, expected: Json) -> None:
    text = a_set("  tags = { t = var.v }") + f'variable "v" {{\n {variable}\n}}\n'
    found = load({"main.tf": text, "terraform.tfvars": given}).resources[0]
    assert found.values["Tags"] == [{"Key": "t", "Value": expected}]


def test_the_type_of_a_variable_fills_in_what_is_optional() -> None:
    more = """
variable "o" {
  type = map(object({
    a = string
    b = optional(bool, true)
    c = optional(list(string), ["x"])
    d = optional(number)
    e = optional(set(string))
  }))
  default = {
    one = { a = 1, dropped = 1 }
    two = { a = "z", b = "false", c = [1], d = "5", e = ["b", "a", "b"] }
  }
}
"""
    assert json.loads(tagged("jsonencode(var.o)", more)) == {
        "one": {"a": "1", "b": True, "c": ["x"], "d": None, "e": None},
        "two": {"a": "z", "b": False, "c": ["1"], "d": 5, "e": ["a", "b"]},
    }


def test_tfvars_win_in_the_order_of_terraform() -> None:
    text = a_set("  tags = { a = var.a, b = var.b, c = var.c }") + "".join(
        f'variable "{name}" {{\n  default = 0\n}}\n' for name in "abc"
    )
    files = {
        "main.tf": text,
        "b.auto.tfvars": "a = 2\nb = 2",
        "a.auto.tfvars": "a = 1\nb = 1",
        "terraform.tfvars": "a = 3\nc = 3",
        "prod.tfvars": "b = 4",
    }
    assert [tag["Value"] for tag in load(files).resources[0].values["Tags"]] == ["2", "4", "3"]


def test_tfvars_in_json_stand_where_terraform_reads_them() -> None:
    text = a_set("  tags = { a = var.a, b = var.b, c = var.c, d = var.d }") + "".join(
        f'variable "{name}" {{\n  default = 0\n}}\n' for name in "abcd"
    )
    files = {
        "main.tf": text,
        "terraform.tfvars": "a = 1\nb = 1",
        "terraform.tfvars.json": '\ufeff{"b": "${2}", "c": 2.50, "d": true}',
        "b.auto.tfvars": "c = 3",
        "c.auto.tfvars.json": '{"c": "e\u0301"}',
        "a.auto.tfvars.json": '{"c": 5}',
    }
    values = [tag["Value"] for tag in load(files).resources[0].values["Tags"]]
    # No template in JSON; texts are in the normal form as everywhere.
    assert values == ["1", "${2}", "é", "true"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1, "a": 2}', '{"a": NaN}', "[" * 9000])
def test_values_that_are_no_json_object_are_refused(text: str) -> None:
    with pytest.raises(ExporterError, match="JSON"):
        load({"main.tf": a_set(), "x.auto.tfvars.json": text})


def test_numbers_with_exponents_do_not_hide_the_rest_of_a_file() -> None:
    text = a_set(
        "  delivery_options {\n    max_delivery_seconds = 36e2 # 1e3\n  }\n"
        '  tags = { a = "1e3", b-1e3 = <<EOT\n2e3 ${4e0}\nEOT\n  }'
    )
    found = values(text)
    assert found["DeliveryOptions"] == {"MaxDeliverySeconds": 3600}
    assert found["Tags"] == [{"Key": "a", "Value": "1e3"}, {"Key": "b-1e3", "Value": "2e3 4\n"}]
    with pytest.raises(ExporterError, match="not Terraform code"):
        load({"main.tf": 'locals {\n  a = "ok"\n  b = 1e\n}\n'})


@pytest.mark.parametrize("text", ["inf", "-Inf", "5p1", "1e1000"])
def test_odd_numbers_of_terraform_are_unknown(text: str) -> None:
    assert isinstance(tagged(f'tonumber("{text}")'), Unknown)
    assert tagged(f'can(tonumber("{text}"))') != "false"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.tf", 'terraform {\n  backend "s3" {}\n}\n', False),
        ("a.tf", '# module "a" {}\nresource "aws_sns_topic" "a" {\n}\n', False),
        ("a.tf", 'provider "aws" {\n  region = "eu-west-1"\n}\n', False),
        ("a.tf", 'provider "aws" {\n  default_tags {\n  }\n}\n', True),
        ("a.tf", 'module\t"a" {\n}\n', True),
        ("a.tf", a_set(), True),
        ("a.tf", 'resource "aws_ses_configuration_set" "a" {\n}\n', True),
        ("a.tf", "}{", True),
        ("a_override.tf", 'provider "aws" {\n}\n', True),
        ("override.tf", 'variable "a" {\n}\n', True),
        ("override.tf", "terraform {\n}\n", False),
        ("a.tf.json", '{"resource": [{"aws_sesv2_configuration_set": {"a": {}}}]}', True),
        ("a.tf.json", '{"resource": {"aws_sns_topic": {"a": {}}}, "variable": {"a": {}}}', False),
        ("a.tf.json", '{"\\u006dodule": {"a": {}}}', True),
        ("a.tf.json", "{", True),
        ("a.tf.json", "[" * 9000, True),
        ("a_override.tf.json", '{"variable": {"a": {}}}', True),
    ],
)
def test_what_else_in_a_folder_concerns_ses(path: str, text: str, *, expected: bool) -> None:
    assert concerns_ses(path, text) is expected


def test_locals_that_lead_back_to_themselves_are_unknown() -> None:
    more = "locals {\n a = local.b\n b = [local.a]\n c = local.c\n d = 1\n}\n"
    assert tagged("local.c", more) == Unknown("local.c refers to itself")
    assert tagged("local.a[0]", more) == Unknown("local.a refers to itself")
    assert tagged("local.d", more) == "1"


def test_resources_that_lead_back_to_themselves_are_unknown() -> None:
    text = a_set(name="aws_sesv2_configuration_set.x.id")
    (said,) = lines(load({"main.tf": text}).unresolved)
    assert "aws_sesv2_configuration_set.x refers to itself" in said


@pytest.mark.parametrize(
    ("head", "reference", "expected"),
    [
        ("", "aws_sesv2_configuration_set.s.configuration_set_name", "s"),
        ("", "aws_sesv2_configuration_set.s.id", "s"),
        ("", "aws_sesv2_configuration_set.s.name", None),
        ("", "aws_sesv2_configuration_set.s[0].id", None),
        ("count = 2", "aws_sesv2_configuration_set.s[1].id", "s"),
        ("count = 2", "aws_sesv2_configuration_set.s.1.id", "s"),
        ("count = 2", "aws_sesv2_configuration_set.s[2].id", None),
        ("count = 0", "aws_sesv2_configuration_set.s[0].id", None),
        ('for_each = toset(["a"])', 'aws_sesv2_configuration_set.s["a"].id', "s"),
        ('for_each = toset(["a"])', "aws_sesv2_configuration_set.s.a.id", "s"),
        ('for_each = toset(["a"])', 'aws_sesv2_configuration_set.s["b"].id', None),
        ("for_each = var.x", 'aws_sesv2_configuration_set.s["b"].id', None),
    ],
)
def test_a_reference_gives_the_name(head: str, reference: str, expected: str | None) -> None:
    more = a_set(f"  {head}", "s", '"s"').replace('"s"\n', '"s"\n', 1)
    if "count = 2" in head:
        more = more.replace(
            'configuration_set_name = "s"', 'configuration_set_name = ["r", "s"][count.index]'
        )
        reference_is_second = "1" in reference
        expected = expected if reference_is_second else None
    text = a_set(f"  tags = {{ t = {reference} }}") + more
    found = next(one for one in load({"main.tf": text}).resources if one.address.endswith(".x"))
    (tag,) = found.values["Tags"]
    assert tag["Value"] == expected or (expected is None and isinstance(tag["Value"], Unknown))


def test_a_destination_can_be_referred_to() -> None:
    text = a_set(
        "  tags = { t = aws_sesv2_configuration_set_event_destination.d.id }"
    ) + a_destination("enabled = true")
    assert load({"main.tf": text}).resources[0].values["Tags"][0]["Value"] == "x|d"


# Resources
# -------------------------------------------------------------------------


def test_what_a_set_says() -> None:
    text = a_set("""
  delivery_options {
    max_delivery_seconds = "300"
    sending_pool_name    = null
    tls_policy           = var.policy
  }
  reputation_options {
    reputation_metrics_enabled = "false"
  }
  suppression_options {
    suppressed_reasons = ["COMPLAINT", "BOUNCE"]
  }
  tracking_options {}
  vdm_options {
    dashboard_options {
      engagement_metrics = "ENABLED"
    }
    guardian_options {}
  }
  tags = { b = 1, a = "x", none = null }
  lifecycle {
    prevent_destroy = true
  }
  depends_on = [aws_sns_topic.x]
""")
    assert values(text) == {
        "DeliveryOptions": {
            "MaxDeliverySeconds": 300,
            "TlsPolicy": Unknown("var.policy is not in this code"),
        },
        "ReputationOptions": {"ReputationMetricsEnabled": False},
        "SuppressionOptions": {"SuppressedReasons": ["COMPLAINT", "BOUNCE"]},
        "TrackingOptions": {},
        "VdmOptions": {
            "DashboardOptions": {"EngagementMetrics": "ENABLED"},
            "GuardianOptions": {},
        },
        "Tags": [{"Key": "a", "Value": "x"}, {"Key": "b", "Value": "1"}],
    }


def test_an_argument_that_nobody_knows_is_kept() -> None:
    text = a_set('  new_options {\n    new_value = "x"\n  }\n  other = 5')
    assert values(text) == {"NewOptions": {"NewValue": "x"}, "Other": "5"}


def test_a_block_that_stands_twice_is_unknown() -> None:
    text = a_set("  sending_options {\n    sending_enabled = true\n  }\n  sending_options {}")
    assert values(text) == {"SendingOptions": Unknown("there are 2 sending_options blocks")}


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            f'enabled = true\nmatching_event_types = ["SEND", "BOUNCE", "SEND"]\n'
            f'sns_destination {{\n topic_arn = "{ARN}"\n}}',
            {
                "Enabled": True,
                "MatchingEventTypes": ["BOUNCE", "SEND"],
                "SnsDestination": {"TopicArn": ARN},
            },
        ),
        (
            'enabled = var.x\nmatching_event_types = ["SEND", var.x, "BOUNCE"]\n'
            "sns_destination {\n topic_arn = var.x\n}",
            {
                "Enabled": Unknown("var.x is not in this code"),
                "MatchingEventTypes": ["BOUNCE", "SEND", Unknown("var.x is not in this code")],
                "SnsDestination": {"TopicArn": Unknown("var.x is not in this code")},
            },
        ),
        (
            "matching_event_types = var.x\ncloud_watch_destination {}",
            {
                "MatchingEventTypes": Unknown("var.x is not in this code"),
                "CloudWatchDestination": {"DimensionConfigurations": []},
            },
        ),
        (
            'enabled = "perhaps"\nmatching_event_types = "SEND"',
            {
                "Enabled": _invalid("a boolean is required"),
                "MatchingEventTypes": _invalid("a list is required"),
            },
        ),
        (
            'cloud_watch_destination {\n dynamic "dimension_configuration" {\n'
            " for_each = var.x\n content {}\n }\n dimension_configuration {}\n}",
            {
                "CloudWatchDestination": {
                    "DimensionConfigurations": Unknown("var.x is not in this code")
                }
            },
        ),
        (
            'dynamic "sns_destination" {\n for_each = []\n content {}\n}',
            {},
        ),
        (
            'dynamic "sns_destination" {\n for_each = [1, 2]\n content {}\n}',
            {"SnsDestination": Unknown("there are 2 sns_destination blocks")},
        ),
        (
            'dynamic "sns_destination" {\n for_each = { a = "b" }\n'
            ' iterator = "it"\n content {\n topic_arn = "${it.key}${it.value}"\n'
            " }\n}",
            {"SnsDestination": {"TopicArn": "ab"}},
        ),
        (
            'dynamic "sns_destination" {\n for_each = null\n content {}\n}',
            {"SnsDestination": _invalid("a loop goes over something that isn't a collection")},
        ),
        (
            'dynamic "sns_destination" {\n for_each = [1]\n}',
            {"SnsDestination": Unknown("its dynamic block has no for_each or no content")},
        ),
    ],
)
def test_what_a_destination_says(inner: str, expected: Json) -> None:
    # What is not written is the provider's default, whatever is live.
    assert values(a_destination(inner)) == {"Enabled": False, **expected}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (a_set("count = var.x"), "its count is not known: var.x is not in this code"),
        (a_set("count = -1"), "its count is not known: -1 is not a count"),
        (a_set("count = 1000000000"), "its count is not known: 1000000000 are too many"),
        (a_set("count = true"), "its count is not known: a number is required"),
        (a_set("for_each = var.x"), "its for_each is not known: var.x is not in this code"),
        (a_set('for_each = ["a"]'), "its for_each is not known: it is neither a map nor a set of"),
        (a_set("for_each = null"), "its for_each is not known: it is neither a map nor a set of"),
        (a_set(name="var.x"), "its configuration_set_name is not known: var.x is not in this code"),
        (
            a_set(name='""'),
            "its configuration_set_name is not known: configuration_set_name is not",
        ),
        (a_set(name="null"), "its configuration_set_name is not known: configuration_set_name is"),
        (
            a_destination("", head="").replace('_name = "x"', "_name = var.x"),
            "its configuration_set_name is not known: var.x is not in this code",
        ),
        (
            a_destination("").replace('_name = "d"', "_name = var.x"),
            "its event_destination_name is not known: var.x is not in this code",
        ),
        (
            a_destination("").replace("event_destination {", "other {"),
            "it has 0 event_destination blocks, not one",
        ),
        (
            a_destination("", head="event_destination {}"),
            "it has 2 event_destination blocks, not one",
        ),
    ],
)
def test_a_resource_that_is_not_known_is_named_with_its_place(text: str, said: str) -> None:
    loaded = load({"infra/main.tf": text})
    (sentence,) = lines(loaded.unresolved)
    assert sentence.startswith("infra/main.tf:1: aws_sesv2_configuration_set")
    assert said in sentence
    assert "terraform state pull > s.tfstate; ses2iac diff s.tfstate live" in sentence
    assert all(not one.address.endswith((".x", ".d")) for one in loaded.resources)


def test_count_and_for_each_give_an_address_each() -> None:
    text = (
        a_set("count = 2", "a", '"a${count.index}"')
        + a_set("count = 0", "none", '"none"')
        + a_set(r'for_each = { "q\"" = 1, b = 2 }', "e", '"${each.key}${each.value}"')
    )
    assert [
        (one.address.partition(".")[2], str(one.identity))
        for one in load({"t": text, "m.tf": text}).resources
    ] == [
        ("a[0]", "a0"),
        ("a[1]", "a1"),
        ('e["b"]', "b2"),
        ('e["q\\""]', 'q"1'),
    ]


def test_other_blocks_are_let_be() -> None:
    text = """
data "aws_sesv2_configuration_set" "x" {
  configuration_set_name = "x"
}
terraform {
  required_version = ">= 1.5"
}
import {
  to = aws_sesv2_configuration_set.x
  id = "x"
}
moved {
  from = a.b
  to   = a.c
}
check "x" {
  assert {
    condition     = true
    error_message = "no"
  }
}
output "x" {
  value = aws_sns_topic.x[*].arn
}
resource "aws_ses_domain_identity" "classic" {
  domain = "example.com"
}
resource "aws_sns_topic" "x" {
  for_each = var.y
}
"""
    assert load({"main.tf": text}) == Loaded(())
    assert load({}) == Loaded(())
    assert load({"empty.tf": "", "comment.tf": "# nothing"}) == Loaded(())


# Providers
# -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "region", "account_id"),
    [
        (
            'region = "eu-west-1"\n allowed_account_ids = ["123456789012"]',
            "eu-west-1",
            "123456789012",
        ),
        ("region = local.r\n allowed_account_ids = [123456789012]", "us-east-1", "123456789012"),
        ('region = var.x\n allowed_account_ids = ["123456789012", "000000000000"]', None, None),
        ("allowed_account_ids = [var.x]", None, None),
        ("allowed_account_ids = var.x", None, None),
        ('alias = "b"\n region = "eu-west-1"', None, None),
    ],
)
def test_the_account_and_the_region(
    provider: str, region: str | None, account_id: str | None
) -> None:
    text = f'provider "aws" {{\n {provider}\n}}\nlocals {{\n r = "us-east-1"\n}}\n' + a_set()
    loaded = load({"main.tf": text})
    assert (loaded.region, loaded.account_id) == (region, account_id)


def test_the_provider_that_all_resources_use_is_the_one() -> None:
    text = (
        'provider "aws" {\n region = "eu-west-1"\n default_tags {\n tags = { a = 1 }\n }\n}\n'
        'provider "aws" {\n alias = "b"\n region = "us-east-1"\n}\n' + a_set("provider = aws.b")
    )
    loaded = load({"main.tf": text})
    assert loaded.region == "us-east-1"
    assert lines(loaded.unresolved) == ()
    assert loaded.resources[0].values == {}


@pytest.mark.parametrize(
    ("default_tags", "own", "expected"),
    [
        ("tags = { a = 1, b = 1 }", "tags = { b = 2, c = 3 }", {"a": "1", "b": "2", "c": "3"}),
        ("tags = { a = 1 }", "", {"a": "1"}),
        ("tags = { a = 1, n = null }", "tags = { a = null }", {"a": "1"}),
        ("", "tags = {}", {}),
        ("tags = var.x", "tags = { b = 2 }", Unknown("var.x is not in this code")),
        ("tags = { a = 1 }", "tags = var.x", Unknown("var.x is not in this code")),
        ("tags = { a = var.x }", "", {"a": Unknown("var.x is not in this code")}),
        ("tags = { a = 1 }", "tags = [1]", _invalid("a map is required")),
    ],
)
def test_default_tags_lie_below_those_of_a_resource(
    default_tags: str, own: str, expected: Json
) -> None:
    text = f'provider "aws" {{\n default_tags {{\n {default_tags}\n }}\n}}\n' + a_set(own)
    found = values(text).get("Tags", [])
    assert expected == (
        found if isinstance(found, Unknown) else {t["Key"]: t["Value"] for t in found}
    )


def test_a_region_of_its_own_may_be_the_same() -> None:
    text = 'provider "aws" {\n region = "eu-west-1"\n}\n' + a_set('region = "eu-west-1"')
    assert values(text) == {}


# Files
# -------------------------------------------------------------------------


def test_what_is_not_read_is_said() -> None:
    files = {
        "a/main.tf": a_set() + 'module "m" {\n  source = "./m"\n}\n',
        "a/more.tf.json": '{"resource": {"aws_sesv2_configuration_set": {"y": {}}}}',
        "a/topics.tf.json": '{"resource": {"aws_sns_topic": {"t": {}}}}',
        "a/README.md": "}{",
    }
    loaded = load(files)
    assert [one.address for one in loaded.resources] == ["aws_sesv2_configuration_set.x"]
    assert [said.split(" ")[0] for said in lines(loaded.unresolved)] == [
        "a/more.tf.json:1:",
        "a/main.tf:5:",
    ]


def test_what_an_override_file_changes_is_unknown() -> None:
    main = (
        a_set("  tags = { a = local.l, b = var.v }")
        + a_set(label="y", name='"y"')
        + 'locals {\n  l = 1\n}\nvariable "v" {\n  default = 1\n}\n'
    )
    override = (
        'locals {\n  l = 2\n}\nvariable "v" {\n  default = 2\n}\n'
        'resource "aws_sesv2_configuration_set" "y" {}\n'
    )
    loaded = load({"main.tf": main, "x_override.tf": override})
    assert loaded.resources[0].values["Tags"] == [
        {"Key": "a", "Value": Unknown("x_override.tf:1 overrides local.l")},
        {"Key": "b", "Value": Unknown("x_override.tf:4 overrides var.v")},
    ]
    assert len(loaded.resources) == 1
    assert "x_override.tf:7 overrides it" in lines(loaded.unresolved)[0]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('resource "a" "b" {\n  x = \n  y = 2\n}\n', 2, "cannot be read from here: ="),
        ('resource "a" "b" {\n  x = 1\n', 2, "'}' is missing"),
        ('resource "a" "b" {\n  x = [1, 2\n  y = 1\n}\n', 3, "']' is missing"),
        ("a = 1\n}\n", 2, "cannot be read from here: }"),
        ('a = "\\q"\n', 1, "cannot be read from here: \\"),
        ("resource a b {\n  x: 1\n}\n", 1, "cannot be read from here: resource a b {"),
        ("x = f(1,,2)\n", 1, "cannot be read from here: ,"),
        ("x = <<EOT\nabc\n", 2, "'heredoc identifier' is missing"),
        ("x = <<EOT", 1, "is missing"),
        ("x = <<", 1, "cannot be read from here: x = <<"),
        ('{"resource": {}}', -1, "not Terraform code"),
        ("\x00", 1, "cannot be read from here: ?"),
    ],
)
def test_what_is_no_code_is_refused_with_its_place(text: str, line: int, said: str) -> None:
    with pytest.raises(ExporterError, match="not Terraform code") as caught:
        load({"main.tf": "# first\n\n" + text})
    assert caught.value.where == f"main.tf:{line + 2}"
    assert said in caught.value.what
    assert "terraform show -json" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (a_set() + a_set(name='"y"'), 5, "x is declared twice, first at main.tf:1"),
        (
            a_set() + a_set(label="y"),
            5,
            "y and aws_sesv2_configuration_set.x (at main.tf:1) both describe x",
        ),
        (a_set("count = 2"), 1, "x[1] and aws_sesv2_configuration_set.x[0] (at main.tf:1)"),
        (
            "locals {\n a = 1\n}\nlocals {\n a = 2\n}\n",
            5,
            "local.a is declared twice, first at main.tf:2",
        ),
        ("locals {\n a = 1\n a = 2\n}\n", 3, "the argument a appears twice, first at main.tf:2"),
        ('variable "a" {}\nvariable "a" {}\n', 2, "var.a is declared twice, first at main.tf:1"),
        ('provider "aws" {}\nprovider "aws" {}\n', 2, "the provider aws is configured twice"),
        (a_set("tags = {}\n tags = {}"), 4, "the argument tags appears twice, first at main.tf:3"),
    ],
)
def test_what_stands_twice_is_refused_with_both_places(text: str, line: int, said: str) -> None:
    with pytest.raises(ExporterError) as caught:
        load({"main.tf": text})
    assert caught.value.where == f"main.tf:{line}"
    assert said in caught.value.what
    assert caught.value.hint


def test_a_file_that_is_too_large_is_refused_at_once() -> None:
    with pytest.raises(ExporterError, match="larger than 10 MB") as caught:
        load({"main.tf": "#" * MAX_BYTES})
    assert caught.value.where == "main.tf"
    assert "snapshot" in caught.value.hint
    assert "terraform show -json" in caught.value.hint


def test_a_text_that_is_no_text_is_refused() -> None:
    with pytest.raises(ExporterError, match="not UTF-8"):
        load({"main.tf": '"\ud800"'})


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    text = "\ufeff" + a_set('  tags = { a = "b" } # c').replace("\n", "\r\n")
    assert values(text) == {"Tags": [{"Key": "a", "Value": "b"}]}


# Code that is made to take forever
# -------------------------------------------------------------------------


def laughs(first: str, each: str) -> str:
    lines = [f" a0 = {first}"] + [f" a{n + 1} = {each.replace('#', str(n))}" for n in range(20)]
    return "locals {\n" + "\n".join(lines) + "\n}\n"


@pytest.mark.parametrize(
    ("expression", "more"),
    [
        ("(" * 5000 + "1" + ")" * 5000, ""),
        ("[" * 5000 + "]" * 5000, ""),
        ("1" + " + 1" * 5000, ""),
        ("!" * 5000 + "true", ""),
        ("upper(" * 500 + '"a"' + ")" * 500, ""),
        ("jsonencode(local.a20)", laughs("[1, 1, 1]", "[local.a#, local.a#, local.a#]")),
        ("local.a20", laughs('"' + "x" * 99 + '"', '"${local.a#}${local.a#}"')),
        ("local.a20", laughs("9", "local.a# * local.a#")),
        ("[for a in [1, 2, 3, 4, 5, 6, 7, 8, 9] : " * 12 + "1" + "]" * 12, ""),
        (
            "var.v",
            'variable "v" {\n default = []\n type = ' + "list(" * 500 + "any" + ")" * 500 + "\n}\n",
        ),
    ],
)
def test_no_code_takes_forever(expression: str, more: str) -> None:
    assert isinstance(tagged(expression, more), Unknown)


def test_a_long_chain_of_locals_is_unknown_and_no_crash() -> None:
    chain = "".join(f" a{n} = local.a{n + 1}\n" for n in range(3000))
    assert tagged("local.a0", f"locals {{\n{chain} a3000 = 1\n}}\n") == Unknown(
        "it is nested too deeply"
    )


def test_blocks_in_blocks_are_bounded() -> None:
    found = values(a_set("b {\n" * 2000 + "a = 1\n" + "}\n" * 2000))
    text = str(found)
    assert "nested too deeply" in text


def check_read_or_refused(text: str) -> None:
    for whole in (text, f"a = {text}", a_set(name=text), a_set(name=f'"{text}"'), a_set(text)):
        where = "main.tf"
        try:
            load({"main.tf": whole})
        except ExporterError as error:
            where = error.where
        assert where.startswith("main.tf")


@examples(150)
@given(hostile_text())
def test_any_text_is_read_or_refused(text: str) -> None:
    check_read_or_refused(text)


_PIECES = st.lists(
    st.sampled_from(
        (
            *(
                '"',
                "${",
                "%{",
                "}",
                "{",
                "[",
                "]",
                "(",
                ")",
                "\n",
                "#",
                "//",
                "/*",
                "*/",
                "$${",
                "\\",
            ),
            *(
                "<<EOT",
                "<<-EOT",
                "<<",
                "EOT\n",
                "= ",
                "x",
                "for ",
                " in ",
                " : ",
                "...",
                "[*]",
                ".*",
            ),
            *("?", "\0", "\r\n", "~}", "if", "1", ".", ",", "=>", "null", "upper(", "var.", "each"),
        )
    ),
    max_size=15,
).map("".join)


@examples(200)
@given(_PIECES)
def test_any_pieces_of_code_are_read_or_refused(text: str) -> None:
    check_read_or_refused(text)


# What our own Terraform format writes
# -------------------------------------------------------------------------


def as_written(one: CodeResource) -> dict[str, Json]:
    """Its values; of a block that its code tells Terraform to ignore, the empty one that stands."""
    return {name: {} if value == IGNORED else value for name, value in one.values.items()}


def with_defaults(found: tuple[ConfigurationSet, ...]) -> tuple[ConfigurationSet, ...]:
    """What the provider takes for given where it is not written."""
    return tuple(
        structs.replace(
            each,
            event_destinations=tuple(
                structs.replace(d, enabled=bool(d.enabled)) for d in each.event_destinations
            ),
        )
        for each in found
    )


def assembled(found: Iterable[CodeResource]) -> tuple[ConfigurationSet, ...]:
    """Descriptions as models; a set of which only destinations are there has unknown options."""
    sets: dict[str, Json] = {}
    destinations: dict[str, list[Json]] = {}
    for one in found:
        name = one.identity.configuration_set
        if one.identity.event_destination is None:
            sets[name] = {"ConfigurationSetName": name, **as_written(one)}
        else:
            of_set = destinations.setdefault(name, [])
            of_set.append({"Name": one.identity.event_destination, **as_written(one)})
    for name in destinations:
        sets.setdefault(name, {"ConfigurationSetName": name, "OptionsKnown": False})
    return tuple(
        codec.decode(
            {**sets[name], "EventDestinations": destinations.get(name, [])}, ConfigurationSet
        )
        for name in sorted(sets)
    )


def check_our_own(scope: Scope, configuration_sets: bool) -> None:
    done = export_scope(
        load_format(FormatName.TERRAFORM),
        scope,
        ExportOptions(configuration_sets=configuration_sets, imports=True),
    )
    files = {file.path: file.text for file in done.rendering.files if file.path.endswith(".tf")}
    loaded = load(files)
    assert lines(loaded.unresolved) == ()
    assert (loaded.region, loaded.account_id) == (scope.region, scope.account_id)
    assert nfc(assembled(loaded.resources)) == nfc(with_defaults(readback.read_terraform(files)))
    for one in loaded.resources:
        # Byte for byte what the models write.
        model = EventDestination if one.identity.event_destination else ConfigurationSet
        key = "Name" if one.identity.event_destination else "ConfigurationSetName"
        again = codec.encode(codec.decode({key: "x", **as_written(one)}, model))
        assert {**as_written(one), key: "x"} == again


@examples(60)
@given(scope=aws_scopes(), configuration_sets=st.booleans())
def test_what_an_export_says_is_read_back(scope: Scope, configuration_sets: bool) -> None:
    check_our_own(scope, configuration_sets)


@examples(100)
@given(scope=hostile_scopes(), configuration_sets=st.booleans())
def test_no_text_of_an_export_is_read_as_anything_else(
    scope: Scope, configuration_sets: bool
) -> None:
    check_our_own(scope, configuration_sets)


# Code as people write it
# -------------------------------------------------------------------------


def as_json(value: Json) -> Json:
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    return value


def told(loaded: Loaded) -> str:
    resources = [
        {
            "address": one.address,
            "where": one.where,
            "identity": list(one.identity.names),
            "values": as_json(one.values),
        }
        for one in loaded.resources
    ]
    whole = {
        "resources": resources,
        "unknown": lines(loaded.unresolved),
        "account_id": loaded.account_id,
        "region": loaded.region,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


@pytest.mark.parametrize("shape", sorted(path.name for path in FIXTURES.iterdir()))
def test_code_as_people_write_it(shape: str) -> None:
    """``SES2IAC_UPDATE_CASES=1`` writes what is expected anew; read the diff."""
    folder: Path = FIXTURES / shape
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".tf", ".tfvars"))
    found = told(load({path.name: path.read_text(encoding="utf-8") for path in paths}))
    expected = folder / "expected.json"
    if os.environ.get("SES2IAC_UPDATE_CASES"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


def test_identities_are_those_of_ses() -> None:
    text = a_set() + a_destination("")
    assert [one.identity for one in load({"main.tf": text}).resources] == [
        Identity("x"),
        Identity("x", "d"),
    ]
