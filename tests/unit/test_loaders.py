"""Code back to models: what an export says, and every fault with its place."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats import values
from exporter.formats.cloudformation import template_text
from exporter.formats.code_resource import CodeResource
from exporter.formats.fidelity import assess
from exporter.formats.loading import load_format
from exporter.formats.options import ExportOptions
from exporter.formats.references import ReferenceOptions
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import export_scope
from exporter.formats.terraform import render as terraform_format
from exporter.formats.terraform.plan_json import configured
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import (
    ConfigurationSet,
    EventDestination,
    EventType,
    Scope,
    SnsDestination,
    Tag,
    UnknownField,
)
from exporter.support.errors import ExporterError
from tests.readback import written
from tests.strategies import examples, hostile_text, scopes

Json = Any

ARN = "arn:aws:sns:eu-west-1:123456789012:mail-bounces"


# Templates that an export wrote
# -------------------------------------------------------------------------


def assemble(found: Iterable[CodeResource]) -> tuple[ConfigurationSet, ...]:
    """Sets with their destinations."""
    place = Scope(partition="aws", region="eu-west-1")
    return values.to_scope(
        place, ((each.identity, each.values) for each in found)
    ).configuration_sets


def model(resource: CodeResource) -> ConfigurationSet | EventDestination:
    (found,) = assemble([resource])
    return found.event_destinations[0] if resource.identity.event_destination else found


def templates(scope: Scope, *, configuration_sets: bool) -> dict[str, str]:
    done = export_scope(
        load_format(FormatName.CLOUDFORMATION),
        scope,
        ExportOptions(
            configuration_sets=configuration_sets,
            imports=False,
            references=ReferenceOptions(in_place=True),
        ),
    )
    return {file.path: file.text for file in done.rendering.files}


def read(texts: Mapping[str, str]) -> tuple[ConfigurationSet, ...]:
    code: list[CodeResource] = []
    for path, text in texts.items():
        found, wrong = template_text.resources(template_text.parse(text, path), path)
        assert wrong == []
        code += found
    return assemble(code)


def passed(scope: Scope, *, configuration_sets: bool) -> tuple[ConfigurationSet, ...]:
    judge = load_format(FormatName.CLOUDFORMATION).judge
    return written(assess(scope, judge, configuration_sets=configuration_sets).scope)


@examples(100)
@given(scope=scopes(), configuration_sets=st.booleans())
def test_a_template_is_read_as_what_passed_the_gate(scope: Scope, configuration_sets: bool) -> None:
    texts = templates(scope, configuration_sets=configuration_sets)
    expected = passed(scope, configuration_sets=configuration_sets)
    if expected:
        assert read(texts) == expected
    else:
        with pytest.raises(ExporterError, match="no Resources"):
            read(texts)


def as_json(text: str) -> str:
    """A template in JSON, indented as CDK synthesizes it."""
    return json.dumps(template_text.parse(text, ""), indent=1, ensure_ascii=False)


@examples(100)
@given(scope=scopes(), configuration_sets=st.booleans())
def test_the_same_template_in_json_is_read_as_the_same(
    scope: Scope, configuration_sets: bool
) -> None:
    expected = passed(scope, configuration_sets=configuration_sets)
    if expected:
        texts = templates(scope, configuration_sets=configuration_sets)
        assert read({path: as_json(text) for path, text in texts.items()}) == expected


@pytest.mark.parametrize(
    "value",
    [
        "checkout",
        "日本 é 🙂 \\ \" ' # : {{",
        # Line and paragraph separators are Z of Unicode, which AWS allows in tags.
        "a \u2028 b",
        "\u2029 b",
        "a\u0085b",
        "a\x7fb",
        "a\ufeffb",
        "a\uffffb",
    ],
)
@pytest.mark.parametrize("is_ascii", [False, True])
def test_a_text_in_json_is_read_as_it_is(value: str, is_ascii: bool) -> None:
    template = {
        "Resources": {
            "S": {
                "Type": "AWS::SES::ConfigurationSet",
                "Properties": {"Name": "orders", "Tags": [{"Key": "team", "Value": value}]},
            }
        }
    }
    (found,) = read({"t.json": json.dumps(template, indent=1, ensure_ascii=is_ascii)})
    assert found.tags == (Tag(key="team", value=value),)


# Templates that somebody edited
# -------------------------------------------------------------------------


def destination(name: str = "orders", **properties: Json) -> dict[str, Json]:
    target = {"SnsDestination": {"TopicARN": ARN}}
    inner = {"Name": "bounces", "Enabled": True, "MatchingEventTypes": ["bounce"], **target}
    return {
        "Type": "AWS::SES::ConfigurationSetEventDestination",
        "Properties": {"ConfigurationSetName": name, "EventDestination": {**inner, **properties}},
    }


def configuration_set(name: Json = "orders", **properties: Json) -> dict[str, Json]:
    return {"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": name, **properties}}


def resources(**declared: Json) -> tuple[list[CodeResource], list[ExporterError]]:
    return template_text.resources({"Resources": declared}, "template.yaml")


def only(found: Iterable[CodeResource]) -> CodeResource:
    (resource,) = found
    return resource


def event_destination(resource: CodeResource) -> EventDestination:
    found = model(resource)
    assert isinstance(found, EventDestination)
    return found


def test_short_tags_are_read_as_the_functions_that_they_stand_for() -> None:
    text = """
Resources:
  A:
    ref: !Ref B
    sub: !Sub "${B}-x"
    att: !GetAtt [B, Arn]
    if: !If [C, !Ref B, !Join ["", [a, !Ref B]]]
    map: !Transform {Name: AWS::Include, Parameters: {Location: !Ref B}}
    condition: !Condition C
"""
    assert template_text.parse(text, "t.yaml")["Resources"]["A"] == {
        "ref": {"Ref": "B"},
        "sub": {"Fn::Sub": "${B}-x"},
        "att": {"Fn::GetAtt": ["B", "Arn"]},
        "if": {"Fn::If": ["C", {"Ref": "B"}, {"Fn::Join": ["", ["a", {"Ref": "B"}]]}]},
        "map": {
            "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": {"Ref": "B"}}}
        },
        "condition": {"Condition": "C"},
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Resources:\n  A: {}\n  A: {}\n", 3),
        ("Resources:\n  A: {}\nResources: {}\n", 3),
        ("Resources:\n  A:\n    - x: 1\n      y: 1\n      x: 2\n", 5),
        ("Resources:\n  A: !Sub\n    - x\n    - {y: 1,\n       y: 2}\n", 5),
        ('{\n "Resources": {\n  "A": {},\n  "A": {}\n }\n}\n', 4),
    ],
)
def test_a_key_that_comes_twice_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(ExporterError, match="twice") as caught:
        template_text.parse(text, "template.yaml")
    assert caught.value.where == f"template.yaml:{line}"


def test_keys_in_other_case_or_place_are_others() -> None:
    text = "Resources:\n  A: {x: 1, X: 2}\n  a: {x: 1}\n"
    assert template_text.parse(text, "")["Resources"] == {"A": {"x": 1, "X": 2}, "a": {"x": 1}}


def test_a_date_is_text() -> None:
    text = "AWSTemplateFormatVersion: 2010-09-09\nResources: {A: 2001-12-14t21:59:43.10-05:00}\n"
    template = template_text.parse(text, "t.yaml")
    assert template["AWSTemplateFormatVersion"] == "2010-09-09"
    assert template["Resources"] == {"A": "2001-12-14t21:59:43.10-05:00"}


def test_an_anchor_is_read_at_each_place() -> None:
    text = f"""
Resources:
  A:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: orders
      EventDestination: &one
        Name: a
        Enabled: yes
        MatchingEventTypes: [send]
        SnsDestination: {{TopicARN: "{ARN}"}}
  B:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties: {{ConfigurationSetName: invoices, EventDestination: *one}}
"""
    found, wrong = template_text.resources(template_text.parse(text, "t"), "t")
    assert wrong == []
    assert [each.identity for each in found] == [
        Identity("orders", "a"),
        Identity("invoices", "a"),
    ]
    assert found[0].values == found[1].values


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a text",
        "- Resources: {}",
        "Resource: {}",
        "Resources:",
        "Resources: []",
        "Resources: A",
        "[]",
        "null",
    ],
)
def test_what_is_no_template_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ExporterError, match="not a CloudFormation template") as caught:
        template_text.parse(text, "template.yaml")
    assert caught.value.where == "template.yaml"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Resources:\n  A: [\n", "template.yaml:3"),
        ("Resources:\n  A: *nothing\n", "template.yaml:2"),
        ("Resources: &a\n  A: *a\n", "template.yaml:1"),
        ("Resources:\n  A: !!python/object/apply:os.getcwd []\n", "template.yaml:2"),
        ("Resources: {}\n---\nResources: {}\n", "template.yaml:2"),
        ("Resources:\n\tA: {}\n", "template.yaml:2"),
        ("Resources: \x01\n", "template.yaml"),
        ("Resources: ]\n", "template.yaml:1"),
        ("Resources: {A: " + "9" * 5000 + "}", "template.yaml"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_place(text: str, where: str) -> None:
    with pytest.raises(
        ExporterError, match=r"not YAML|not a CloudFormation tag|several YAML documents"
    ) as caught:
        template_text.parse(text, "template.yaml")
    assert caught.value.where == where
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text", ["Resources:\n  ? [a]\n  : {}\n", "Resources:\n  !Ref A: {}\n", "? {a: b}\n: c\n"]
)
def test_a_key_that_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(ExporterError) as caught:
        template_text.parse(text, "template.yaml")
    assert caught.value.where.startswith("template.yaml")


@examples(150)
@given(hostile_text())
def test_any_text_is_a_template_or_refused(text: str) -> None:
    for whole in (text, f"Resources: {text}", f'Resources:\n  A: "{text}"\n'):
        try:
            template = template_text.parse(whole, "template.yaml")
        except ExporterError as error:
            template = {"Resources": {}}
            where = error.where
        else:
            where = "template.yaml"
        assert where.startswith("template.yaml")
        assert isinstance(template["Resources"], dict)


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"MatchingEventTypes": ["bounce", "unsubscribe"]}, "UNSUBSCRIBE"),
        ({"MatchingEventTypes": "bounce"}, "MatchingEventTypes"),
        ({"MatchingEventTypes": None}, "MatchingEventTypes"),
        ({"EventBridgeDestination": {"EventBusArn": ARN}}, "exactly one target"),
        ({"SnsDestination": None}, "has none"),
        ({"SnsDestination": {}}, "TopicArn"),
        ({"SnsDestination": {"TopicARN": {"Ref": "Topic"}}}, "TopicArn"),
        ({"Name": None}, "Name"),
        ({"Name": ""}, "Name"),
        ({"Name": 7}, "Name"),
        ({"Enabled": "true"}, "Enabled"),
        ({"Enabled": {"Fn::If": ["C", True, False]}}, "Enabled"),
        (
            {
                "SnsDestination": None,
                "CloudWatchDestination": {
                    "DimensionConfigurations": [
                        {
                            "DimensionName": "a",
                            "DimensionValueSource": "sender",
                            "DefaultDimensionValue": "b",
                        }
                    ]
                },
            },
            "SENDER",
        ),
    ],
)
def test_a_destination_that_is_none_is_named_and_the_rest_is_read(
    properties: dict[str, Json], said: str
) -> None:
    found, wrong = resources(
        Good=destination(), Bad=destination(**properties), Set=configuration_set()
    )
    assert [each.address for each in found] == ["Good", "Set"]
    (error,) = wrong
    assert error.where == "template.yaml: Bad"
    assert said in str(error)


@pytest.mark.parametrize(
    "declared",
    [
        {"Type": "AWS::SES::ConfigurationSetEventDestination", "Properties": {}},
        {
            "Type": "AWS::SES::ConfigurationSetEventDestination",
            "Properties": {"ConfigurationSetName": "orders"},
        },
        {
            "Type": "AWS::SES::ConfigurationSetEventDestination",
            "Properties": {"ConfigurationSetName": "orders", "EventDestination": ["bounces"]},
        },
        configuration_set(None),
        configuration_set({"Fn::Sub": "${AWS::StackName}"}),
        configuration_set(SendingOptions=True),
        configuration_set(Tags={"team": "checkout"}),
        configuration_set(Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]),
    ],
)
def test_a_resource_of_another_shape_is_named(declared: Json) -> None:
    found, wrong = resources(Bad=declared)
    assert found == []
    assert [error.where for error in wrong] == ["template.yaml: Bad"]


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "Nothing"},
        {"Ref": "Topic"},
        {"Ref": "Nameless"},
        {"Ref": "Set", "Fn::Sub": "x"},
        {"Fn::GetAtt": ["Set", "Name"]},
        None,
        7,
        ["orders"],
    ],
)
def test_a_set_name_that_leads_nowhere_is_named(reference: Json) -> None:
    bad = destination()
    bad["Properties"]["ConfigurationSetName"] = reference
    found, wrong = resources(
        Set=configuration_set(),
        Nameless=configuration_set(None),
        Topic={"Type": "AWS::SNS::Topic", "Properties": {"Name": "orders"}},
        Bad=bad,
    )
    assert [each.address for each in found] == ["Set"]
    assert "template.yaml: Bad" in [error.where for error in wrong]
    assert "does not lead to a name" in str(wrong[-1])


@pytest.mark.parametrize(
    "text",
    [
        "ConfigurationSetName: !Ref [a]\n      EventDestination: {}",
        "ConfigurationSetName: a\n      EventDestination: {1: a, Foo: b}",
        "ConfigurationSetName: a\n      EventDestination: {Foo: {true: b}}",
        "ConfigurationSetName: a\n      EventDestination: {on: a, Foo: b}",
    ],
)
def test_a_template_of_odd_keys_is_refused(text: str) -> None:
    whole = (
        "Resources:\n  D:\n    Type: AWS::SES::ConfigurationSetEventDestination\n"
        f"    Properties:\n      {text}\n"
    )
    try:
        found, wrong = template_text.resources(
            template_text.parse(whole, "template.yaml"), "template.yaml"
        )
    except ExporterError as error:
        found, wrong = [], [error]
    assert found == []
    assert [error.where.split(":")[0] for error in wrong] == ["template.yaml"]


def test_a_reference_is_followed_whatever_the_order() -> None:
    found, wrong = resources(
        First=destination(),
        Second={
            **destination(),
            "Properties": {**destination()["Properties"], "ConfigurationSetName": {"Ref": "Set"}},
        },
        Set=configuration_set("invoices"),
    )
    assert wrong == []
    assert [each.identity for each in found] == [
        Identity("orders", "bounces"),
        Identity("invoices", "bounces"),
        Identity("invoices"),
    ]
    orders, invoices = sorted(assemble(found), key=lambda each: each.name, reverse=True)
    assert (orders.options_known, invoices.options_known) == (False, True)


@pytest.mark.parametrize("type_", EventType)
def test_both_spellings_of_an_event_type_are_read(type_: EventType) -> None:
    head, *rest = type_.lower().split("_")
    camel = head + "".join(word.capitalize() for word in rest)
    for spelling in (camel, str(type_), type_.lower()):
        found, wrong = resources(D=destination(MatchingEventTypes=[spelling]))
        assert wrong == []
        assert event_destination(only(found)).matching_event_types == (type_,)


@pytest.mark.parametrize("spelling", ["messageTag", "MESSAGE_TAG"])
def test_both_spellings_of_a_value_source_are_read(spelling: str) -> None:
    dimension = {
        # Texts that are no event types stay as they are.
        "DimensionName": "messageTag",
        "DimensionValueSource": spelling,
        "DefaultDimensionValue": "renderingFailure",
    }
    target = {"DimensionConfigurations": [dimension]}
    found, wrong = resources(D=destination(SnsDestination=None, CloudWatchDestination=target))
    assert wrong == []
    assert codec.encode(model(only(found)))["CloudWatchDestination"] == {
        "DimensionConfigurations": [{**dimension, "DimensionValueSource": "MESSAGE_TAG"}]
    }


def test_a_property_that_nobody_knows_is_kept() -> None:
    found, wrong = resources(
        D=destination(NewOption={"TopicARN": [1, True]}),
        S=configuration_set(NewOption="x", TrackingOptions={"Other": {"a": None}}),
    )
    assert wrong == []
    assert model(found[0]).unknown_fields == (UnknownField("NewOption", '{"TopicArn":[1,true]}'),)
    options = model(found[1])
    assert isinstance(options, ConfigurationSet)
    assert options.unknown_fields == (UnknownField("NewOption", '"x"'),)
    assert options.tracking_options is not None
    assert options.tracking_options.unknown_fields == (UnknownField("Other", '{"a":null}'),)


@pytest.mark.parametrize("is_first", [True, False])
def test_the_name_of_a_set_is_its_property_name(is_first: bool) -> None:
    names = [("Name", "orders"), ("ConfigurationSetName", "invoices")]
    properties = dict(names if is_first else reversed(names))
    found, wrong = resources(S={"Type": "AWS::SES::ConfigurationSet", "Properties": properties})
    assert wrong or only(found).identity == Identity("orders")


_KEYS = st.sampled_from(
    (
        *("Name", "ConfigurationSetName", "EventDestination", "Enabled", "MatchingEventTypes"),
        *("SnsDestination", "CloudWatchDestination", "DimensionConfigurations", "TopicARN", "Ref"),
        *("Key", "Value", "SendingOptions", "Type", "Properties", "", "NewOption", "Tags"),
    )
)
_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        st.floats(),
        st.sampled_from(("orders", "bounce", "", "AWS::SES::ConfigurationSet", ARN, "A")),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=5)),
    max_leaves=25,
)
_ODD_RESOURCES = st.dictionaries(
    st.sampled_from(("A", "B", "C")),
    st.one_of(
        _VALUES,
        st.fixed_dictionaries(
            {
                "Type": st.sampled_from(
                    (
                        "AWS::SES::ConfigurationSet",
                        "AWS::SES::ConfigurationSetEventDestination",
                        "AWS::SNS::Topic",
                    )
                ),
                "Properties": st.fixed_dictionaries(
                    {},
                    optional=dict.fromkeys(("Name", "EventDestination", "Tags"), _VALUES)
                    | {"ConfigurationSetName": _VALUES | _VALUES.map(lambda to: {"Ref": to})},
                ),
            }
        ),
    ),
)


@examples(400)
@given(_ODD_RESOURCES)
def test_each_resource_is_read_or_named(declared: dict[str, Json]) -> None:
    found, wrong = template_text.resources({"Resources": declared}, "t")
    assert [each.address for each in found] == [
        name for name in declared if name in {each.address for each in found}
    ]
    named = {error.where.removeprefix("t: ") for error in wrong}
    ours = {
        name
        for name, one in declared.items()
        if isinstance(one, dict)
        and isinstance(one.get("Properties"), dict)
        and str(one.get("Type")).startswith("AWS::SES::ConfigurationSet")
    }
    assert {each.address for each in found} | named == ours
    assert not {each.address for each in found} & named


# Plans of Terraform
# -----------------------------------------------------------------------------------

SET = "aws_sesv2_configuration_set"
DESTINATION = "aws_sesv2_configuration_set_event_destination"


def plan(*resources: dict[str, Json]) -> Json:
    return {"configuration": {"root_module": {"resources": list(resources)}}}


def resource(kind: str, label: str, **expressions: Json) -> dict[str, Json]:
    return {
        "address": f"{kind}.{label}",
        "mode": "managed",
        "type": kind,
        "name": label,
        "expressions": expressions,
    }


def constant(value: Json) -> Json:
    return {"constant_value": value}


def refers(*to: str) -> Json:
    return {"references": list(to)}


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def expressions(api: dict[str, Json]) -> dict[str, Json]:
    """What ``terraform show -json`` would have of an object of the API, written as blocks."""
    return {
        (
            "dimension_configuration" if name == "DimensionConfigurations" else snake(name)
        ): _expression(value)
        for name, value in api.items()
    }


def _expression(value: Json) -> Json:
    if isinstance(value, dict):
        return [expressions(value)]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [expressions(item) for item in value]
    return constant(value)


def as_plan(sets: Iterable[ConfigurationSet]) -> Json:
    found = []
    for number, each in enumerate(sets):
        of = constant(each.name)
        if each.options_known:
            api = codec.encode(each)
            tags = api.pop("Tags", [])
            api.pop("EventDestinations", None)
            written_out = expressions(api)
            if tags:
                written_out["tags"] = constant({tag["Key"]: tag["Value"] for tag in tags})
            found.append(resource(SET, f"s{number}", **written_out))
            address = f"{SET}.s{number}"
            of = refers(f"{address}.configuration_set_name", address)
        for inner, destination_ in enumerate(each.event_destinations):
            api = codec.encode(destination_)
            name = api.pop("Name")
            found.append(
                resource(
                    DESTINATION,
                    f"d{number}_{inner}",
                    configuration_set_name=of,
                    event_destination_name=constant(name),
                    event_destination=[expressions(api)],
                )
            )
    return plan(*found)


@examples(100)
@given(scopes())
def test_a_plan_is_read_as_what_it_configures(scope: Scope) -> None:
    reduced = assess(scope, terraform_format.FORMAT.judge, configuration_sets=True).scope
    expected = written(reduced, keeps_empty=True)
    assert assemble(configured(as_plan(expected))) == expected


def sns_blocks(**more: Json) -> list[dict[str, Json]]:
    return [
        {
            "enabled": constant(True),
            "matching_event_types": constant(["BOUNCE"]),
            "sns_destination": [{"topic_arn": constant(ARN)}],
            **more,
        }
    ]


def planned_destination(**expressions: Json) -> dict[str, Json]:
    given_ = {
        "configuration_set_name": constant("orders"),
        "event_destination_name": constant("bounces"),
        "event_destination": sns_blocks(),
    }
    return resource(DESTINATION, "d", **{**given_, **expressions})


def test_a_plan_written_by_hand_is_read() -> None:
    found = configured(
        plan(
            resource("aws_sns_topic", "t", name=constant("orders")),
            resource(
                SET,
                "orders",
                configuration_set_name=constant("orders"),
                delivery_options=[{"tls_policy": constant("REQUIRE")}],
                suppression_options=[{"suppressed_reasons": constant([])}],
                vdm_options=[{"dashboard_options": [{"engagement_metrics": constant("ENABLED")}]}],
                tags=constant({"b": "2", "a": "1", "Not_Snake": ""}),
            ),
            planned_destination(
                configuration_set_name=refers(
                    f"{SET}.orders.configuration_set_name", f"{SET}.orders"
                )
            ),
        )
    )
    assert [(each.address, each.identity) for each in found] == [
        (f"{SET}.orders", Identity("orders")),
        (f"{DESTINATION}.d", Identity("orders", "bounces")),
    ]
    assert codec.encode(model(found[0])) == {
        "ConfigurationSetName": "orders",
        "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
        "SuppressionOptions": {"SuppressedReasons": []},
        "VdmOptions": {"DashboardOptions": {"EngagementMetrics": "ENABLED"}},
        "Tags": [
            {"Key": "Not_Snake", "Value": ""},
            {"Key": "a", "Value": "1"},
            {"Key": "b", "Value": "2"},
        ],
    }
    assert event_destination(found[1]).sns_destination == SnsDestination(topic_arn=ARN)


@pytest.mark.parametrize("empty", [{}, {"configuration": {}}, plan()])
def test_a_plan_of_nothing_configures_nothing(empty: Json) -> None:
    assert configured(empty) == []


def test_an_argument_that_nobody_knows_is_kept() -> None:
    (found,) = configured(
        plan(resource(SET, "o", configuration_set_name=constant("o"), new_thing=constant([1])))
    )
    assert model(found).unknown_fields == (UnknownField("NewThing", "[1]"),)


def test_a_value_that_a_plan_leaves_open_is_no_live_one() -> None:
    """It must differ from whatever is live, or fail."""
    blocks = sns_blocks(sns_destination=[{"topic_arn": refers("aws_sns_topic.t.arn", "t")}])
    (found,) = configured(plan(planned_destination(event_destination=blocks)))
    target = event_destination(found).sns_destination
    assert target is not None
    assert "aws_sns_topic.t.arn" in target.topic_arn
    assert not target.topic_arn.startswith("arn:")


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"configuration_set_name": refers("var.name")}, "is not a literal"),
        ({"configuration_set_name": refers(f"{SET}.nothing", "x")}, "is not a literal"),
        ({"configuration_set_name": constant(None)}, "is not a literal"),
        ({"configuration_set_name": {}}, "is not a literal"),
        ({"event_destination_name": refers("var.name")}, "is not a literal"),
        ({"event_destination_name": constant(7)}, "is not a literal"),
        ({"event_destination": refers("var.all")}, "is not a literal"),
        ({"event_destination": []}, "exactly one"),
        ({"event_destination": sns_blocks() * 2}, "exactly one"),
        ({"event_destination": sns_blocks(sns_destination=[])}, "SnsDestination"),
        (
            {"event_destination": sns_blocks(event_bridge_destination=[{"event_bus_arn": {}}])},
            "EventBusArn",
        ),
        (
            {
                "event_destination": sns_blocks(
                    event_bridge_destination=[{"event_bus_arn": constant(ARN)}]
                )
            },
            "exactly one target",
        ),
        ({"event_destination": sns_blocks(enabled=refers("var.on"))}, "Enabled"),
        ({"event_destination": sns_blocks(matching_event_types=refers("var.all"))}, "Matching"),
    ],
)
def test_a_destination_that_a_plan_does_not_resolve_is_refused(
    given_: dict[str, Json], said: str
) -> None:
    with pytest.raises(ExporterError) as caught:
        configured(plan(planned_destination(**given_)))
    assert caught.value.where == f"{DESTINATION}.d"
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"configuration_set_name": constant("")},
        {"configuration_set_name": constant(7)},
        {"configuration_set_name": constant("o"), "tags": constant({"a": None})},
        {
            "configuration_set_name": constant("o"),
            "sending_options": [{"sending_enabled": refers("var.x")}],
        },
        {"configuration_set_name": constant("o"), "tags": refers("var.tags")},
        {"configuration_set_name": constant("o"), "tags": constant("a")},
    ],
)
def test_a_set_that_a_plan_does_not_resolve_is_refused(given_: dict[str, Json]) -> None:
    with pytest.raises(ExporterError) as caught:
        configured(plan(resource(SET, "o", **given_)))
    assert caught.value.where == f"{SET}.o"


def test_what_others_wrote_does_not_count() -> None:
    hers = resource(SET, "hers", configuration_set_name=refers("var.name"))
    mine = resource(SET, "mine", configuration_set_name=constant("orders"))
    (found,) = configured(plan(hers, mine), {f"{SET}.mine"})
    assert found.address == f"{SET}.mine"


def test_a_data_source_configures_nothing() -> None:
    looked_up = resource(SET, "o", configuration_set_name=constant("orders"))
    looked_up |= {"mode": "data", "address": f"data.{SET}.o"}
    assert configured(plan(looked_up)) == []
