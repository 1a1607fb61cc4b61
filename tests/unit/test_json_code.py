"""Terraform code in JSON says what the same code says in Terraform's own language."""

import json
from typing import Any

import pytest

from exporter.formats.terraform.hcl.load import load
from exporter.formats.terraform.hcl.syntax import parse
from exporter.support.errors import ExporterError

SET = "aws_sesv2_configuration_set"
DESTINATION = f"{SET}_event_destination"


def in_json(code: Any) -> Any:
    """What code in JSON describes."""
    return load({"main.tf.json": json.dumps(code, indent=2)})


def test_the_same_code_in_both_languages() -> None:
    hcl = """
variable "stages" {
  type    = set(string)
  default = ["prod", "test"]
}
locals {
  names = { a = "a}\\"", b = "${"$"}{no}" }
  slash = "a\\\\b"
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
  default_tags {
    tags = { team = "mail" }
  }
}
resource "aws_sesv2_configuration_set" "this" {
  for_each               = var.stages
  provider               = aws.us
  configuration_set_name = "${each.key}-mail"
  sending_options {
    sending_enabled = each.key == "prod"
  }
  tags = { of = "${local.names["a"]} $${x} %%{y}\\n", (local.slash) = "1" }
  lifecycle {
    ignore_changes = [delivery_options, tags["seen"]]
  }
}
resource "aws_sesv2_configuration_set_event_destination" "this" {
  configuration_set_name = aws_sesv2_configuration_set.this["prod"].configuration_set_name
  provider               = aws.us
  event_destination_name = "metrics"
  event_destination {
    matching_event_types = ["SEND"]
    cloud_watch_destination {
      dynamic "dimension_configuration" {
        for_each = ["a", "b"]
        iterator = each_name
        content {
          dimension_name          = each_name.value
          dimension_value_source  = "messageTag"
          default_dimension_value = "none"
        }
      }
    }
  }
}
"""
    dimension = {
        "for_each": ["a", "b"],
        "iterator": "each_name",
        "content": {
            "dimension_name": "${each_name.value}",
            "dimension_value_source": "messageTag",
            "default_dimension_value": "none",
        },
    }
    provider = {
        "//": "made",
        "alias": "us",
        "region": "us-east-1",
        "default_tags": [{"tags": {"team": "mail"}}],
    }
    code = {
        "//": {"metadata": {"version": "0.20"}},
        "variable": {"stages": {"type": "set(string)", "default": ["prod", "test"]}},
        "locals": {"names": {"a": 'a}"', "b": '${"$"}{no}'}, "slash": "a\\b"},
        "provider": {"aws": [provider]},
        "resource": [
            {
                SET: {
                    "this": {
                        "//": {"path": "this"},
                        "for_each": "${var.stages}",
                        "provider": "aws.us",
                        "configuration_set_name": "${each.key}-mail",
                        "sending_options": {"sending_enabled": '${each.key == "prod"}'},
                        "tags": {
                            "of": '${local.names["a"]} $${x} %%{y}\n',
                            "${local.slash}": "1",
                        },
                        "lifecycle": {"ignore_changes": ["delivery_options", 'tags["seen"]']},
                    }
                }
            },
            {
                DESTINATION: {
                    "this": [
                        {
                            "configuration_set_name": (
                                f'${{{SET}.this["prod"].configuration_set_name}}'
                            ),
                            "provider": "${aws.us}",
                            "event_destination_name": "metrics",
                            "event_destination": {
                                "matching_event_types": ["SEND"],
                                "cloud_watch_destination": {
                                    "dynamic": {"dimension_configuration": dimension}
                                },
                            },
                        }
                    ]
                }
            },
        ],
    }
    expected = load({"main.tf": hcl})
    found = in_json(code)
    assert not expected.unresolved
    assert not found.unresolved
    assert [(str(each.identity), each.address) for each in expected.resources] == [
        ("prod-mail", f'{SET}.this["prod"]'),
        ("test-mail", f'{SET}.this["test"]'),
        ("prod-mail/metrics", f"{DESTINATION}.this"),
    ]
    assert found.region == "us-east-1"
    for one, other in zip(expected.resources, found.resources, strict=True):
        assert (one.identity, one.address) == (other.identity, other.address)
        assert one.values == other.values


def test_a_module_and_its_providers_in_json() -> None:
    block = {"source": "./m", "providers": {"aws": "aws.us"}, "depends_on": ["aws_sns_topic.a"]}
    code = parse(json.dumps({"module": {"m": block}}), "main.tf.json")
    (call,) = code.blocks
    assert call.local_source == "./m"
    assert call.source.text_of(call.node) == (
        'module "m" {\nsource = "./m"\nproviders = {\naws = aws.us,\n}\n'
        "depends_on = [\naws_sns_topic.a,\n]\n}"
    )


def test_lines_are_those_of_the_file() -> None:
    text = (
        '{"resource": {\n  "aws_sesv2_configuration_set": {\n\n    "a": {\n'
        '      "configuration_set_name": "a", "tags": {\n        "x": "${var.no}"\n      }\n'
        '    },\n    "b": {}\n  }\n}}\n'
    )
    loaded = load({"main.tf.json": text})
    assert [each.where for each in loaded.resources] == ["main.tf.json:4"]
    (unknown,) = loaded.unresolved
    assert unknown.where == "main.tf.json:9"
    first, _ = parse(text, "main.tf.json").blocks
    assert first.body.attributes["tags"].where == "main.tf.json:5"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", 1, "not JSON: expected a value"),
        ("{\n\n", 3, "not JSON: expected a string in double quotes"),
        ('{\n"a" 1}', 2, "not JSON: expected ':'"),
        ('{"a": 1\n,}', 2, "not JSON: expected a string in double quotes"),
        ('{"a": [1,]}', 1, "not JSON: expected a value"),
        ('{"a": [1 2]}', 1, "not JSON: expected ','"),
        ('{"a": "\\q"}', 1, "not JSON: invalid string"),
        ("{}\n{}", 2, "not JSON: unexpected text after the end"),
        ("[" * 9000, 1, "not JSON: nested too deeply"),
        ('{"a": ' * 9000, 1, "not JSON: nested too deeply"),
        ('"a"', 1, "not Terraform code: expected an object"),
        ('{"locals": {\n"a b": 1}}', 2, "not Terraform code: 'a b' can't name an argument"),
        ('{"locals": {"a":\n"${x"}}', 2, "not Terraform code: ${ without a closing }"),
        ('{"locals": {\n"a": 1, "a": 2}}', 2, "the argument a appears twice"),
        ('{"locals": {\n"a": "${x y}"}}', 2, "not Terraform code: cannot be read from here: x"),
    ],
)
def test_what_is_no_code(text: str, where: int, what: str) -> None:
    with pytest.raises(ExporterError) as caught:
        load({"main.tf.json": text})
    assert caught.value.where == f"main.tf.json:{where}"
    assert caught.value.what.startswith(what)
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    ['${"a}"}', '${x["${y["{"]}"]}', '${"\\"}"}', "a ${b} %{ if c }d%{ endif }", '"\\\t\x01é'],
)
def test_texts_keep_what_stands_between_braces(text: str) -> None:
    code = parse(json.dumps({"locals": {"a": text}, "output": {"b": {"value": 1}}}), "m.tf.json")
    assert [block.type for block in code.blocks] == ["locals", "output"]
