"""CloudFormation's functions: what they give, and what cannot be known."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats.cloudformation import intrinsics, template_text, template_yaml
from exporter.formats.cloudformation.intrinsics import is_created, resolve
from exporter.formats.cloudformation.template_context import Context, Surroundings, context_of
from exporter.formats.code_resource import Unknown
from exporter.support.errors import ExporterError
from tests.strategies import examples

Json = Any

TEMPLATE = """
Parameters:
  Stage: {Type: String, Default: dev}
  Open: {Type: String}
  Count: {Type: Number, Default: 7}
  Flag: {Type: String, Default: true}
  Names: {Type: CommaDelimitedList, Default: "a, b,c"}
  Numbers: {Type: List<Number>, Default: "1,2"}
  Looked: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /mail}
  LookedList: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /mail}
  Path: {Type: AWS::SSM::Parameter::Name, Default: /mail}
  Secret: {Type: String, Default: x, NoEcho: true}
  Reference: {Type: String, Default: '{{resolve:ssm:/mail:1}}'}
  Odd: [1]
  OddDefault: {Type: String, Default: [1]}
Mappings:
  Regions:
    eu-west-1: {Topic: mail, Events: [send, open], Number: 3}
  Looked: {a: {b: '{{resolve:ssm:x}}'}}
Conditions:
  Holds: !Equals [!Ref Stage, dev]
  Fails: !Equals [!Ref Stage, prod]
  Maybe: !Equals [!Ref Open, a]
  Same: !Equals [!Ref Flag, "true"]
  Numeric: !Equals [!Ref Count, 7]
  AndYes: !And [!Condition Holds, !Condition Same]
  AndNo: !And [!Condition Maybe, !Condition Fails]
  AndMaybe: !And [!Condition Holds, !Condition Maybe]
  OrYes: !Or [!Condition Maybe, !Condition Holds]
  OrNo: !Or [!Condition Fails, !Condition Fails]
  OrMaybe: !Or [!Condition Fails, !Condition Maybe]
  NotNo: !Not [!Condition Fails]
  NotMaybe: !Not [!Condition Maybe]
  Cycle: !Not [!Condition Cycle]
  Left: !Condition Right
  Right: !Condition Left
  Ragged: !Equals [a]
  Empty: !And []
  Word: "yes"
  Two: {Fn::Equals: [a, a], Fn::Not: [a]}
  Other: !Contains [[a], a]
  Missing: !Not [!Condition Nowhere]
  Lists: !Equals [!Ref Names, a]
  InMap: !Equals [!FindInMap [Regions, !Ref AWS::Region, Topic], mail]
Resources:
  Mail: {Type: AWS::SES::ConfigurationSet, Properties: {Name: !Sub "${Stage}-mail"}}
  Generated: {Type: AWS::SES::ConfigurationSet}
  Gone: {Type: AWS::SES::ConfigurationSet, Condition: Fails, Properties: {Name: gone}}
  Perhaps: {Type: AWS::SES::ConfigurationSet, Condition: Maybe, Properties: {Name: perhaps}}
  Macro: {Type: AWS::SES::ConfigurationSet, Properties: {'Fn::Transform': {Name: M}}}
  Ring: {Type: AWS::SES::ConfigurationSet, Properties: {Name: !Ref Ring}}
  One: {Type: AWS::SES::ConfigurationSet, Properties: {Name: !Sub "${Two}"}}
  Two: {Type: AWS::SES::ConfigurationSet, Properties: {Name: !Ref One}}
  Topic: {Type: AWS::SNS::Topic}
"""


def context(
    given: dict[str, str] | None = None,
    account_id: str | None = "123456789012",
    region: str | None = "eu-west-1",
    text: str = TEMPLATE,
) -> Context:
    return context_of(
        template_text.parse(text, "t"), "t.yaml", Surroundings(given or {}, {}, account_id, region)
    )


def value_of(text: str) -> Json:
    """A value as YAML writes it."""
    parsed = template_text.parse(f"Resources: {{}}\nV: {text}\n", "t")
    return parsed["V"]


def unknown(reason: str) -> Unknown:
    return Unknown(reason)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Literals
        ("a", "a"),
        ("3", 3),
        ("true", True),
        ("[a, [b]]", ["a", ["b"]]),
        ("{a: {b: c}}", {"a": {"b": "c"}}),
        ("${Stage}", "${Stage}"),
        ("'{{resolve:ssm:x}}'", unknown("a dynamic reference is looked up at deployment")),
        ("{a: 'x{{resolve:ssm:x}}', b: c}", None),
        # Ref
        ("!Ref Stage", "dev"),
        ("{Ref: Stage}", "dev"),
        ("!Ref Count", "7"),
        ("!Ref Flag", "true"),
        ("!Ref Names", ["a", "b", "c"]),
        ("!Ref Numbers", ["1", "2"]),
        ("!Ref Path", "/mail"),
        ("!Ref Open", unknown("the parameter Open has no default")),
        ("!Ref Looked", unknown("the parameter Looked is looked up in SSM")),
        ("!Ref LookedList", unknown("the parameter LookedList is looked up in SSM")),
        ("!Ref Secret", unknown("the parameter Secret is hidden (NoEcho)")),
        ("!Ref Reference", unknown("a dynamic reference is looked up at deployment")),
        ("!Ref Odd", unknown("the parameter Odd is not declared as one")),
        ("!Ref OddDefault", unknown("a function needs a string here")),
        ("!Ref Topic", unknown("the name of Topic is unknown: CloudFormation generates it")),
        ("!Ref Nowhere", unknown("refers to Nowhere, which the template doesn't have")),
        ("!Ref [a]", unknown("Ref has no name")),
        ("!Ref Mail", "dev-mail"),
        ("!Ref Perhaps", "perhaps"),
        (
            "!Ref Generated",
            unknown("CloudFormation generates it"),
        ),
        ("!Ref Gone", unknown("refers to Gone, which its condition leaves out")),
        ("!Ref Macro", unknown("Fn::Transform runs a macro at deployment")),
        ("!Ref Ring", unknown("Ring refers to itself")),
        ("!Ref One", unknown("One refers to itself")),
        # Pseudo parameters
        ("!Ref AWS::AccountId", "123456789012"),
        ("!Ref AWS::Region", "eu-west-1"),
        ("!Ref AWS::Partition", "aws"),
        ("!Ref AWS::URLSuffix", "amazonaws.com"),
        ("!Ref AWS::StackName", unknown("AWS::StackName is known at deployment only")),
        ("!Ref AWS::StackId", unknown("AWS::StackId is known at deployment only")),
        ("!Ref AWS::NotificationARNs", None),
        ("{a: !Ref AWS::NoValue, b: c}", {"b": "c"}),
        ("[!Ref AWS::NoValue, c]", ["c"]),
        # Fn::Sub
        ("!Sub plain", "plain"),
        ("!Sub '${Stage}-${AWS::Region}'", "dev-eu-west-1"),
        ("!Sub '${Mail}'", "dev-mail"),
        ("!Sub '${!Stage} $Stage ${}'", unknown("refers to , which the template doesn't have")),
        ("!Sub '${!Stage} $Stage { }'", "${Stage} $Stage { }"),
        ("!Sub '$${Stage}'", "$dev"),
        ("!Sub '${Topic.Arn}'", unknown("refers to Topic.Arn, which cannot be evaluated")),
        ("!Sub '${Open}'", unknown("the parameter Open has no default")),
        ("!Sub ['${a}${Stage}', {a: !Ref Count}]", "7dev"),
        ("!Sub ['${Stage}', {Stage: own}]", "own"),
        ("!Sub ['${a.b}', {a.b: own}]", "own"),
        ("!Sub ['${a}', {a: !Ref Open}]", unknown("the parameter Open has no default")),
        ("!Sub ['x', {a: !Ref Open}]", "x"),
        ("!Sub ['${a}', {a: '${Stage}'}]", "${Stage}"),
        ("!Sub ['${a}']", unknown("Fn::Sub does not have the arguments that it takes")),
        ("!Sub [[a], {}]", unknown("Fn::Sub does not have the arguments that it takes")),
        ("!Sub {a: b}", unknown("Fn::Sub does not have the arguments that it takes")),
        ("!Sub '${Names}'", unknown("a function needs a string here")),
        (
            "!Sub '{{resolve:ssm:/${Stage}}}'",
            unknown("a dynamic reference is looked up at deployment"),
        ),
        # Fn::Join
        ("!Join ['-', [a, !Ref Stage, 1]]", "a-dev-1"),
        ("!Join ['', !Ref Names]", "abc"),
        ("!Join ['-', [a, !Ref AWS::NoValue]]", "a"),
        ("!Join ['-', []]", ""),
        ("!Join ['-', [a, !Ref Open]]", unknown("the parameter Open has no default")),
        ("!Join ['-', !Ref Open]", unknown("the parameter Open has no default")),
        ("!Join ['-', a]", unknown("a function needs a list here")),
        ("!Join ['-']", unknown("Fn::Join does not have the arguments that it takes")),
        (
            "!Join ['', ['{{resolve', ':ssm:x}}']]",
            unknown("a dynamic reference is looked up at deployment"),
        ),
        # Fn::Select and Fn::Split
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['0', !Ref Names]", "a"),
        ("!Select [!Ref Count, [a]]", unknown("Fn::Select finds no item 7 in a list of 1")),
        ("!Select [-1, [a]]", unknown("Fn::Select finds no item -1 in a list of 1")),
        ("!Select [0, [a, !Ref Open]]", "a"),
        ("!Select [1, [a, !Ref Open]]", unknown("the parameter Open has no default")),
        ("!Select [!Ref Open, [a]]", unknown("the parameter Open has no default")),
        ("!Select [1, !Split ['-', !Ref AWS::Region]]", "west"),
        (
            "!Select [5, !Split [':', !GetAtt Topic.Arn]]",
            unknown("refers to Topic.Arn, which cannot be evaluated"),
        ),
        ("!Split [',', 'a,b,']", ["a", "b", ""]),
        ("!Split ['', a]", unknown("Fn::Split has no delimiter")),
        # Fn::FindInMap
        ("!FindInMap [Regions, !Ref AWS::Region, Topic]", "mail"),
        ("!FindInMap [Regions, eu-west-1, Events]", ["send", "open"]),
        ("!FindInMap [Regions, eu-west-1, Number]", 3),
        ("!FindInMap [Regions, x, Topic]", unknown("the mapping has no Regions.x.Topic")),
        ("!FindInMap [Regions, eu-west-1, Topic, {DefaultValue: x}]", "mail"),
        ("!FindInMap [Regions, x, Topic, {DefaultValue: !Ref Stage}]", "dev"),
        ("!FindInMap [Regions, x, Topic, {}]", unknown("the mapping has no Regions.x.Topic")),
        ("!FindInMap [Regions, !Ref Open, Topic]", unknown("the parameter Open has no default")),
        ("!FindInMap [Looked, a, b]", unknown("a dynamic reference is looked up at deployment")),
        ("!FindInMap [a]", unknown("Fn::FindInMap does not have the arguments that it takes")),
        # Fn::If
        ("!If [Holds, a, b]", "a"),
        ("!If [Fails, a, b]", "b"),
        ("!If [Fails, a, !Ref AWS::NoValue]", None),
        ("{x: !If [Fails, a, !Ref AWS::NoValue], y: b}", {"y": "b"}),
        ("!If [Maybe, a, a]", "a"),
        ("!If [Maybe, [a], [a]]", ["a"]),
        (
            "!If [Maybe, [a], [b]]",
            unknown("the condition Maybe is unknown: the parameter Open has no default"),
        ),
        (
            "!If [Maybe, {x: {y: 1, z: 2}}, {x: {y: 1}}]",
            {
                "x": {
                    "y": 1,
                    "z": unknown(
                        "the condition Maybe is unknown: the parameter Open has no default"
                    ),
                }
            },
        ),
        ("!If [Nowhere, a, b]", unknown("the template has no condition Nowhere")),
        ("!If [[a], a, b]", unknown("its condition has no name")),
        ("!If [Holds, a]", unknown("Fn::If does not have the arguments that it takes")),
        # What is never evaluated
        ("!GetAtt Topic.Arn", unknown("refers to Topic.Arn, which cannot be evaluated")),
        ("!GetAtt [Topic, Arn]", unknown("refers to Topic.Arn, which cannot be evaluated")),
        ("!GetAtt [[1]]", unknown("refers to an attribute, which cannot be evaluated")),
        ("!ImportValue x", unknown("it is imported from another stack")),
        ("!Base64 x", unknown("Fn::Base64 cannot be evaluated")),
        ("!Transform {Name: M}", unknown("Fn::Transform runs a macro at deployment")),
        ("{Fn::New: x}", unknown("Fn::New cannot be evaluated")),
        ("!Equals [a, a]", unknown("Fn::Equals cannot be evaluated")),
        (
            "{Fn::Transform: {Name: M}, a: b}",
            unknown("Fn::Transform has other keys next to it, which cannot be evaluated"),
        ),
        ("{x: {a: !Ref Open, b: c}}", {"x": {"a": None, "b": "c"}}),
    ],
)
def test_a_value_is_worked_out(text: str, expected: Json) -> None:
    found = resolve(value_of(text), context())
    if text.startswith("{a: 'x{{"):
        expected = {"a": Unknown("a dynamic reference is looked up at deployment"), "b": "c"}
    elif text == "!Ref AWS::NotificationARNs":
        expected = Unknown("AWS::NotificationARNs is known at deployment only")
    elif text.startswith("{x: {a"):
        expected = {"x": {"a": Unknown("the parameter Open has no default"), "b": "c"}}
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Holds", True),
        ("Fails", False),
        ("Same", True),
        ("Numeric", True),
        ("AndYes", True),
        ("AndNo", False),
        ("OrYes", True),
        ("OrNo", False),
        ("NotNo", True),
        ("InMap", True),
        ("Maybe", "the condition Maybe is unknown: the parameter Open has no default"),
        ("AndMaybe", "the condition AndMaybe is unknown: the condition Maybe is unknown"),
        ("OrMaybe", "the condition OrMaybe is unknown: the condition Maybe is unknown"),
        ("NotMaybe", "the condition NotMaybe is unknown: the condition Maybe is unknown"),
        ("Cycle", "Cycle refers to itself"),
        ("Left", "Left refers to itself"),
        ("Ragged", "Fn::Equals does not have the arguments that it takes"),
        ("Empty", "Fn::And does not have the arguments that it takes"),
        ("Word", "no function in a condition cannot be evaluated"),
        ("Two", "no function in a condition cannot be evaluated"),
        ("Other", "Fn::Contains in a condition cannot be evaluated"),
        ("Missing", "the template has no condition Nowhere"),
        ("Lists", "a function needs a string here"),
        ("Absent", "the template has no condition Absent"),
        (["a"], "its condition has no name"),
    ],
)
def test_a_condition_holds_or_not_or_is_unknown(name: Json, expected: bool | str) -> None:
    found = is_created({"Condition": name}, context())
    if isinstance(expected, bool):
        assert found is expected
    else:
        assert isinstance(found, Unknown)
        assert expected in found.reason


def test_a_resource_without_a_condition_is_created() -> None:
    assert is_created({}, context()) is True


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Stage", "prod", "prod"),
        ("Open", "", ""),
        ("Names", "x", ["x"]),
        ("Secret", "told", "told"),
        ("Looked", "told", Unknown("the parameter Looked is looked up in SSM")),
        ("AWS::StackName", "mail", "mail"),
        ("Mail", "x", "dev-mail"),
    ],
)
def test_a_given_value_counts_for_a_parameter(name: str, value: str, expected: Json) -> None:
    assert resolve({"Ref": name}, context({name: value})) == expected


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-west-1", ["aws", "amazonaws.com"]),
        ("cn-north-1", ["aws-cn", "amazonaws.com.cn"]),
        ("us-gov-west-1", ["aws-us-gov", "amazonaws.com"]),
        ("us-isob-east-1", ["aws-iso-b", "sc2s.sgov.gov"]),
        ("eusc-de-east-1", ["aws-eusc", Unknown("the URL suffix of aws-eusc is not known")]),
        (None, [Unknown("the region is not known")] * 2),
    ],
)
def test_the_region_tells_partition_and_suffix(region: str | None, expected: list[Json]) -> None:
    asked = [{"Ref": "AWS::Partition"}, {"Ref": "AWS::URLSuffix"}]
    assert resolve(asked, context(region=region)) == expected


def test_the_account_may_not_be_known() -> None:
    found = resolve({"Fn::Sub": "${AWS::AccountId}"}, context(account_id=None))
    assert found == Unknown("the account is not known")


def test_every_function_of_a_short_tag_is_registered_or_of_a_condition() -> None:
    of_values = {name.removeprefix("Fn::") for name in intrinsics.FUNCTIONS}
    of_conditions = {name.removeprefix("Fn::") for name in intrinsics._TESTS}
    of_rules = {"Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll"}
    assert of_values | of_conditions | of_rules == template_yaml.SHORT_TAGS


# Too much
# -------------------------------------------------------------------------------------------


def test_absurd_depth_is_unknown_and_no_crash() -> None:
    value: Json = "x"
    for _ in range(20_000):
        value = {"Fn::Join": ["", [value]]}
    assert resolve(value, context()) == Unknown("it is nested too deeply")
    deep: Json = "x"
    for _ in range(49):
        deep = [deep]
    assert "Unknown" not in repr(resolve(deep, context()))


def test_a_long_chain_of_conditions_is_unknown() -> None:
    links = "\n".join(f"  C{n}: !Not [!Condition C{n + 1}]" for n in range(2_000))
    text = f"Conditions:\n{links}\nResources: {{}}\n"
    found = is_created({"Condition": "C0"}, context(text=text))
    assert isinstance(found, Unknown)


def test_doubling_texts_end() -> None:
    """Written out, the longest has a million million letters."""
    sets = "\n".join(
        f"  S{n}: {{Type: AWS::SES::ConfigurationSet, Properties: "
        f"{{Name: !Sub '${{S{n + 1}}}${{S{n + 1}}}'}}}}"
        for n in range(40)
    )
    last = "  S40: {Type: AWS::SES::ConfigurationSet, Properties: {Name: x}}"
    # From the last: each name is known when the next one needs it.
    within = context(text=f"Resources:\n{sets}\n{last}\n")
    found = [resolve({"Ref": f"S{n}"}, within) for n in range(40, -1, -1)]
    assert found[:3] == ["x", "xx", "xxxx"]
    assert found[-1] == Unknown("it is a string of more than 100,000 characters")


def test_work_has_an_end() -> None:
    wide = {"Fn::Join": ["", [{"Fn::Select": [0, {"Ref": "L"}]}] * 2_000]}
    names = ",".join(["a"] * 1_000)
    text = f"Parameters: {{L: {{Type: CommaDelimitedList, Default: '{names}'}}}}\nResources: {{}}\n"
    with pytest.raises(ExporterError, match="too much to evaluate"):
        resolve(wide, context(text=text))


# Anything
# -----------------------------------------------------------------------------------------

_NAMES = st.sampled_from(
    ["Stage", "Open", "Names", "Mail", "Ring", "Holds", "Maybe", "AWS::Region"]
)
_LEAVES = st.one_of(
    _NAMES, st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=4), _NAMES
)
_FUNCTIONS = st.sampled_from([*intrinsics.FUNCTIONS, *intrinsics._TESTS, "Fn::Odd", "a"])
_VALUES = st.recursive(
    _LEAVES,
    lambda below: st.one_of(
        st.lists(below, max_size=4), st.dictionaries(_FUNCTIONS, below, max_size=2)
    ),
    max_leaves=12,
)


@examples(300)
@given(value=_VALUES)
def test_nothing_makes_it_fail_and_no_function_is_left(value: Json) -> None:
    found = resolve(value, context())
    shown = json.dumps(found, default=lambda left: f"unknown: {left.reason}")
    assert not re.search(r'"(Fn::\w+|Ref)":', shown)
    assert isinstance(is_created({"Condition": value}, context()), bool | Unknown)
