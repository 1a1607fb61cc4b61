"""A difference as commands of the AWS CLI, run on a model of SES."""

import json
import shlex
from copy import deepcopy
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from exporter.diff.compare import compare
from exporter.diff.side import Side, of_loaded, of_scope
from exporter.formats.code_resource import CodeResource, Loaded, Unknown
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import (
    OPTION_FIELDS,
    ConfigurationSet,
    EventDestination,
    Scope,
    Snapshot,
)
from exporter.reports.diff_commands import OPTION_OPERATIONS, as_commands
from exporter.sources.selection import Selection
from tests.strategies import aws_scopes, examples

MODEL = botocore.session.get_session().get_service_model("sesv2")
OPERATIONS = {each.lower(): each for each in MODEL.operation_names}
ARN = "arn:aws:ses:eu-west-1:123456789012:configuration-set/"
SNS = {"SnsDestination": {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail"}}


def scope(*sets: dict[str, Any], region: str = "eu-west-1") -> Scope:
    tree = {"AccountId": "123456789012", "Partition": "aws", "Region": region}
    return codec.decode({**tree, "ConfigurationSets": list(sets)}, Scope)


def a_set(name: str, *destinations: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {"ConfigurationSetName": name, "EventDestinations": list(destinations), **options}


def a_destination(name: str, *types: str, **more: Any) -> dict[str, Any]:
    given = {"Enabled": True, "MatchingEventTypes": list(types or ("SEND",)), **SNS}
    return {"Name": name, **given, **more}


def said(*scopes: Scope, **more: Any) -> Side:
    whole = Snapshot(format_version=1, scopes=scopes)
    return Side("said", tuple(map(of_scope, scopes)), snapshot=whole, **more)


def code(
    *resources: tuple[Identity, dict[str, Any]], to: FormatName = FormatName.TERRAFORM
) -> Side:
    found = tuple(CodeResource("address", "main.tf:1", who, values) for who, values in resources)
    form = load_format(to)
    return Side(
        "code", (of_loaded(Loaded(found)),), judge=form.judge, is_open=form.read_back.leaves_open
    )


def undo(old: Side, new: Side, *, with_deletes: bool = True, only: str = "") -> str:
    selection = Selection(include=(only,)) if only else None
    found = compare(old, new, selection=selection)
    return as_commands(old, new, found, with_deletes=with_deletes)


def commands(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The operations and their inputs, each judged by botocore's model of the API."""
    found = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        words = shlex.split(line)
        assert words[:2] == ["aws", "sesv2"]
        assert words[3] == "--region"
        assert words[5] == "--cli-input-json"
        payload = json.loads(words[6])
        shape = MODEL.operation_model(OPERATIONS[words[2].replace("-", "")]).input_shape
        assert shape is not None
        report = ParamValidator().validate(payload, shape)
        assert not report.has_errors(), report.generate_report()
        found.append((words[2], payload))
    return found


class Account:
    """As much of SES as the commands change: trees by set and destination."""

    def __init__(self, held: Scope) -> None:
        self.held = held
        self.sets: dict[str, dict[str, Any]] = {}
        self.destinations: dict[str, dict[str, dict[str, Any]]] = {}
        for each in held.configuration_sets:
            tree = codec.encode(each)
            name = tree.pop("ConfigurationSetName")
            found = tree.pop("EventDestinations", [])
            self.sets[name] = tree
            self.destinations[name] = {one.pop("Name"): one for one in found}

    def run(self, operation: str, payload: dict[str, Any]) -> None:
        given = deepcopy(payload)
        name = given.pop("ConfigurationSetName", "") or given.pop("ResourceArn").split("/", 1)[1]
        destination = given.pop("EventDestinationName", "")
        if operation == "create-configuration-set":
            assert name not in self.sets
            self.sets[name], self.destinations[name] = given, {}
        elif operation == "delete-configuration-set":
            del self.sets[name], self.destinations[name]
        elif operation == "create-configuration-set-event-destination":
            assert destination not in self.destinations[name]
            self.destinations[name][destination] = given["EventDestination"]
        elif operation == "update-configuration-set-event-destination":
            assert destination in self.destinations[name]
            self.destinations[name][destination] = given["EventDestination"]
        elif operation == "delete-configuration-set-event-destination":
            del self.destinations[name][destination]
        elif "tag" in operation:
            kept = {tag["Key"]: tag["Value"] for tag in self.sets[name].get("Tags", [])}
            kept |= {tag["Key"]: tag["Value"] for tag in given.get("Tags", [])}
            kept = {k: v for k, v in kept.items() if k not in given.get("TagKeys", [])}
            self.sets[name]["Tags"] = [{"Key": k, "Value": v} for k, v in kept.items()]
        else:
            (option,) = (one for one, each in OPTION_OPERATIONS.items() if each == operation)
            self.sets[name][option] = given.get(option, {}) if option in given else given

    def side(self) -> Side:
        sets = [
            {
                "ConfigurationSetName": name,
                **tree,
                "EventDestinations": [
                    {"Name": each, **held} for each, held in self.destinations[name].items()
                ],
            }
            for name, tree in self.sets.items()
        ]
        found = tuple(codec.decode(each, ConfigurationSet) for each in sets)
        return said(replace(self.held, configuration_sets=found))


def after(live: Scope, text: str) -> Side:
    account = Account(live)
    for operation, payload in commands(text):
        account.run(operation, payload)
    return account.side()


def in_one_place(found: Scope) -> Scope:
    sets = tuple(map(_there, found.configuration_sets))
    return replace(scope(), configuration_sets=sets)


def _there(found: ConfigurationSet) -> ConfigurationSet:
    """A set as an account has it: known wholly, and with one of the signing schemes."""
    security = found.message_security_options
    scheme = security.signing_scheme if security else None
    if scheme and (scheme.default_scheme is None) == (scheme.smime_scheme is None):
        found = replace(found, message_security_options=None)
    return replace(found, options_known=True)


@st.composite
def two_scopes(draw: st.DrawFn) -> tuple[Scope, Scope]:
    """Two accounts, of which the second shares sets and destinations with the first."""
    old, other = (in_one_place(draw(aws_scopes())) for _ in range(2))
    shared = [draw(st.sampled_from(["old", "mixed", "gone"])) for _ in old.configuration_sets]
    sets = {each.name: each for each in other.configuration_sets}
    for each, how in zip(old.configuration_sets, shared, strict=True):
        if how == "old":
            sets[each.name] = each
        elif how == "mixed" and sets:
            donor = draw(st.sampled_from(sorted(sets.values(), key=lambda found: found.name)))
            sets[each.name] = replace(donor, configuration_set_name=each.name)
    return old, replace(old, configuration_sets=tuple(sets.values()))


# Random differences
# --------------------------------------------------------------------------------------


@examples(100)
@given(two_scopes())
def test_nothing_differs_after_them(scopes: tuple[Scope, Scope]) -> None:
    old, live = said(scopes[0]), said(scopes[1])
    assert compare(old, after(scopes[1], undo(old, live))).changes == ()


@examples(60)
@given(two_scopes(), st.sampled_from(FormatName))
def test_nothing_differs_from_code_after_them(scopes: tuple[Scope, Scope], to: FormatName) -> None:
    resources = []
    for each in scopes[0].configuration_sets:
        found = CodeResource.of_set("a", "main.tf:1", each)
        resources.append((found.identity, found.values))
        for one in each.event_destinations:
            found = CodeResource.of_destination("a", "main.tf:1", each.name, one)
            resources.append((found.identity, found.values))
    old, live = code(*resources, to=to), said(scopes[1])
    assert compare(old, after(scopes[1], undo(old, live))).changes == ()


@examples(30)
@given(two_scopes())
def test_without_deletes_only_what_is_not_in_the_code_is_left(
    scopes: tuple[Scope, Scope],
) -> None:
    old, live = said(scopes[0]), said(scopes[1])
    text = undo(old, live, with_deletes=False)
    assert "\naws sesv2 delete-" not in text
    found = compare(old, after(scopes[1], text)).changes
    assert {type(each).__name__ for each in found} <= {"Added"}


def test_each_option_has_its_operation() -> None:
    names = {codec.wire_name(ConfigurationSet, field) for field in OPTION_FIELDS}
    assert set(OPTION_OPERATIONS) == names
    for operation in OPTION_OPERATIONS.values():
        assert operation.replace("-", "") in OPERATIONS


# Chosen ones
# --------------------------------------------------------------------------------------


def test_the_text() -> None:
    old = said(scope(a_set("a", a_destination("x")), a_set("b", a_destination("y", "OPEN"))))
    live = scope(
        a_set("a", a_destination("x", "SEND", "BOUNCE"), SendingOptions={"SendingEnabled": False}),
        a_set("extra", a_destination("z", "CLICK")),
    )
    named = '{"ConfigurationSetName": "a"'
    sns = '"SnsDestination": {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:mail"}}}'
    aws, given = "aws sesv2", "--region eu-west-1 --cli-input-json"
    assert undo(old, said(live), with_deletes=False) == (
        "# account 123456789012, region eu-west-1\n\n"
        "# b: recreated as in the code\n"
        f'{aws} create-configuration-set {given} \'{{"ConfigurationSetName": "b"}}\'\n\n'
        "# a: SendingOptions.SendingEnabled\n"
        f"{aws} put-configuration-set-sending-options {given} '{named}}}'\n\n"
        "# b/y: recreated as in the code\n"
        f"{aws} create-configuration-set-event-destination {given} "
        '\'{"ConfigurationSetName": "b", "EventDestinationName": "y", "EventDestination": '
        f'{{"Enabled": true, "MatchingEventTypes": ["OPEN"], {sns}\'\n\n'
        "# a/x: MatchingEventTypes\n"
        f"{aws} update-configuration-set-event-destination {given} "
        f'\'{named}, "EventDestinationName": "x", "EventDestination": '
        f'{{"Enabled": true, "MatchingEventTypes": ["SEND"], {sns}\'\n\n'
        "# extra: not in the code\n"
        f'# {aws} delete-configuration-set {given} \'{{"ConfigurationSetName": "extra"}}\'\n'
    )


def test_with_an_ancestor_each_comment_says_whose_change_it_undoes() -> None:
    base = said(scope(a_set("a", a_destination("x"), a_destination("y"))))
    old = said(scope(a_set("a", a_destination("x"), a_destination("new"))))
    live = said(scope(a_set("a", a_destination("x", "OPEN"), a_destination("y", "OPEN"))))
    found = compare(old, live, ancestor=base)
    text = as_commands(old, live, found, with_deletes=True)
    assert [line for line in text.splitlines() if line.startswith("# a/")] == [
        "# a/new: recreated as in the code (pending)",
        "# a/x: MatchingEventTypes (drift)",
        "# a/y: not in the code (conflict)",
    ]


def test_no_difference_is_no_command() -> None:
    same = scope(a_set("a", a_destination("x")))
    assert undo(said(same), said(same)) == ""


def test_what_the_code_leaves_open_or_cannot_hold_keeps_its_live_value() -> None:
    threshold = {"ConditionThreshold": {"ConditionThresholdEnabled": "DISABLED"}}
    live = scope(
        a_set(
            "a",
            SuppressionOptions={"SuppressedReasons": ["BOUNCE"], "ValidationOptions": threshold},
            SendingOptions={"SendingEnabled": False},
            ArchivingOptions={"ArchiveArn": "arn:aws:ses:eu-west-1:123456789012:archive/a"},
        )
    )
    old = code((Identity("a"), {"SuppressionOptions": {"SuppressedReasons": ["COMPLAINT"]}}))
    assert commands(undo(old, said(live))) == [
        (
            "put-configuration-set-suppression-options",
            {
                "ConfigurationSetName": "a",
                "SuppressedReasons": ["COMPLAINT"],
                "ValidationOptions": threshold,
            },
        )
    ]


def test_lists_keep_the_order_of_the_code_or_of_the_account() -> None:
    def watched(*names: str) -> dict[str, Any]:
        dimensions = [
            {"DimensionName": n, "DimensionValueSource": "LINK_TAG", "DefaultDimensionValue": "v"}
            for n in names
        ]
        plain = {"Name": "x", "Enabled": True, "MatchingEventTypes": ["SEND"]}
        return {**plain, "CloudWatchDestination": {"DimensionConfigurations": dimensions}}

    def ordered(old: dict[str, Any], live: dict[str, Any]) -> list[str]:
        text = undo(said(scope(a_set("a", old))), said(scope(a_set("a", live))))
        ((_, payload),) = commands(text)
        held = payload["EventDestination"]["CloudWatchDestination"]["DimensionConfigurations"]
        return [each["DimensionName"] for each in held]

    assert ordered(watched("z", "a"), watched("q")) == ["z", "a"]
    assert ordered({**watched("z", "a"), "Enabled": False}, watched("z", "a")) == ["z", "a"]
    assert ordered(watched("z", "a"), {**a_destination("x")}) == ["z", "a"]
    reasons = {"SuppressionOptions": {"SuppressedReasons": ["COMPLAINT", "BOUNCE"]}}
    text = undo(said(scope(a_set("a", **reasons))), said(scope()))
    assert commands(text)[0][1]["SuppressionOptions"] == reasons["SuppressionOptions"]


def test_what_the_code_does_not_tell_is_left_out_with_its_reason() -> None:
    unknown = {"SnsDestination": {"TopicArn": Unknown("var.topic has no default")}}
    plain = {"Enabled": True, "MatchingEventTypes": ["SEND"]}
    old = code(
        (
            Identity("a"),
            {
                "DeliveryOptions": {"TlsPolicy": "REQUIRE", "SendingPoolName": Unknown("no pool")},
                "SendingOptions": {"SendingEnabled": True},
            },
        ),
        (Identity("a", "changed"), {**plain, **unknown}),
        (Identity("a", "gone"), {**plain, **unknown}),
    )
    live = scope(
        a_set(
            "a",
            a_destination("changed", "OPEN"),
            SendingOptions={"SendingEnabled": False},
            DeliveryOptions={"TlsPolicy": "OPTIONAL", "SendingPoolName": "p"},
        )
    )
    text = undo(old, said(live))
    assert text.startswith("# compared 2 of 3 resources; 1 not compared\n\n")
    sending = {"ConfigurationSetName": "a", "SendingEnabled": True}
    assert commands(text) == [("put-configuration-set-sending-options", sending)]
    assert "# a: DeliveryOptions.TlsPolicy unchanged: no pool\n" in text
    assert "# a/changed: MatchingEventTypes unchanged: var.topic has no default\n" in text
    assert "# a/gone: not recreated: var.topic has no default\n" in text


def test_a_destination_needs_its_set() -> None:
    old = code((Identity("a", "x"), {"Enabled": True, "MatchingEventTypes": ["SEND"], **SNS}))
    text = undo(old, said(scope()))
    assert commands(text) == []
    assert (
        "# a/x: not recreated: its configuration set does not exist and is not in the code\n"
        in text
    )


def test_a_set_is_not_deleted_with_what_was_not_compared() -> None:
    live = scope(a_set("a", a_destination("x"), a_destination("y")))
    text = undo(said(scope(a_set("b"))), said(live), only="a/x")
    assert "# a: not in the code, but not deleted: y was not compared or is accepted\n" in text
    assert commands(text) == [
        (
            "delete-configuration-set-event-destination",
            {"ConfigurationSetName": "a", "EventDestinationName": "x"},
        )
    ]


def test_a_set_goes_with_what_no_code_of_the_format_could_hold() -> None:
    app = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0f1e2d3c"
    held = {"Enabled": True, "MatchingEventTypes": ["SEND"]}
    pinpoint = {"Name": "app", **held, "PinpointDestination": {"ApplicationArn": app}}
    old = code((Identity("b"), {}), to=FormatName.CLOUDFORMATION)
    text = undo(old, said(scope(a_set("a", pinpoint, a_destination("x")), a_set("b"))))
    said_of_it = "# a: not in the code; also deletes app, which its format does not support\n"
    assert said_of_it in text
    assert commands(text) == [("delete-configuration-set", {"ConfigurationSetName": "a"})]


def test_a_renamed_set_is_recreated_with_what_only_the_account_has() -> None:
    archive = {"ArchivingOptions": {"ArchiveArn": "arn:aws:ses:eu-west-1:123456789012:archive/a"}}
    held = {"Enabled": True, "MatchingEventTypes": ["SEND"], **SNS}
    old = code(
        (Identity("a"), {"SendingOptions": {"SendingEnabled": True}}), (Identity("a", "x"), held)
    )
    tags = [{"Key": "aws:cloudformation:stack-name", "Value": "s"}]
    live = a_set("b", a_destination("x"), SendingOptions={"SendingEnabled": True}, **archive)
    found = commands(undo(old, said(scope({**live, "Tags": tags}))))
    assert [operation for operation, _ in found] == [
        "create-configuration-set",
        "create-configuration-set-event-destination",
        "delete-configuration-set",
    ]
    assert found[0][1] == {
        "ConfigurationSetName": "a", "SendingOptions": {"SendingEnabled": True}, **archive
    }  # fmt: skip
    assert found[2][1] == {"ConfigurationSetName": "b"}


def test_tags_are_put_and_taken_away_one_by_one() -> None:
    keys = {"Key": "it's", "Value": "$(id) `id`"}, {"Key": "gone", "Value": "x"}
    old = said(scope(a_set("a", Tags=[keys[0]])))
    live = scope(a_set("a", Tags=[keys[1], {"Key": "aws:x", "Value": "y"}]))
    assert commands(undo(old, said(live))) == [
        ("tag-resource", {"ResourceArn": f"{ARN}a", "Tags": [keys[0]]}),
        ("untag-resource", {"ResourceArn": f"{ARN}a", "TagKeys": ["gone"]}),
    ]


def test_tracking_without_a_domain_is_put_after_the_set() -> None:
    tracking = {"TrackingOptions": {"HttpsPolicy": "REQUIRE"}}
    found = commands(undo(said(scope(a_set("a", **tracking))), said(scope())))
    assert found == [
        ("create-configuration-set", {"ConfigurationSetName": "a"}),
        (
            "put-configuration-set-tracking-options",
            {"ConfigurationSetName": "a", "HttpsPolicy": "REQUIRE"},
        ),
    ]


def test_another_kind_of_target_takes_the_place_of_the_one_that_is_there() -> None:
    bus = {
        "EventBridgeDestination": {"EventBusArn": "arn:aws:events:eu-west-1:1:event-bus/default"}
    }
    other = {"Name": "x", "Enabled": True, "MatchingEventTypes": ["SEND"], **bus}
    text = undo(said(scope(a_set("a", a_destination("x")))), said(scope(a_set("a", other))))
    ((_, payload),) = commands(text)
    assert set(payload["EventDestination"]) == {"Enabled", "MatchingEventTypes", "SnsDestination"}


def test_each_region_has_its_commands() -> None:
    regions = ("eu-west-1", "us-east-1")
    old = said(*(scope(a_set("a", a_destination("x")), region=each) for each in regions))
    live = said(*(scope(a_set("a"), region=each) for each in regions))
    lines = [line for line in undo(old, live).splitlines() if line.startswith("aws ")]
    assert [shlex.split(line)[4] for line in lines] == list(regions)


@pytest.mark.parametrize("name", ["it's", 'a"b', "a\nb", "\u2028", "$(id)", "`id`", "--x", "ü"])
def test_any_name_is_one_word_on_one_line(name: str) -> None:
    odd = codec.decode(a_destination(name), EventDestination)
    bare = codec.decode(a_set(name), ConfigurationSet)
    whole = replace(bare, event_destinations=(odd,))
    live = replace(scope(), configuration_sets=(whole,))
    text = undo(said(live), said(scope()))
    assert len(text.splitlines()) == 7
    assert text.isascii() or name == "ü"
    found = commands(text)
    assert found[0][1]["ConfigurationSetName"] == name
    assert found[1][1]["EventDestinationName"] == name
