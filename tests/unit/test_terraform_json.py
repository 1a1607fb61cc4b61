"""States and plans as Terraform writes them, and texts that are none."""

import contextlib
import json
import random
from typing import Any

import pytest

from exporter.formats.code_resource import Unknown, UnknownCause
from exporter.formats.terraform.state_json import load_before, load_shown, load_state
from exporter.formats.unresolved import lines
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError
from tests.support import ROOT

SET = "aws_sesv2_configuration_set"
DESTINATION = "aws_sesv2_configuration_set_event_destination"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail"
ORDERS: dict[str, Any] = {
    "id": "orders",
    "arn": "arn:aws:ses:eu-west-1:123456789012:configuration-set/orders",
    "configuration_set_name": "orders",
    # As a state has what is not set: empty texts, zeros and lists.
    "delivery_options": [
        {"max_delivery_seconds": 0, "sending_pool_name": "", "tls_policy": "REQUIRE"}
    ],
    "reputation_options": [{"last_fresh_start": "2025-01-01", "reputation_metrics_enabled": False}],
    "sending_options": [{"sending_enabled": True}],
    "suppression_options": [{"suppressed_reasons": []}],
    "tracking_options": [],
    "vdm_options": None,
    "tags": None,
    "tags_all": {"b": "2", "a": ""},
}
BOUNCES: dict[str, Any] = {
    "id": "orders|bounces",
    "configuration_set_name": "orders",
    "event_destination_name": "bounces",
    "event_destination": [
        {
            "enabled": False,
            "matching_event_types": ["BOUNCE"],
            "sns_destination": [{"topic_arn": TOPIC}],
            "cloud_watch_destination": [],
        }
    ],
}
EXPECTED_SET = {
    "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
    "ReputationOptions": {"ReputationMetricsEnabled": False},
    "SendingOptions": {"SendingEnabled": True},
    "SuppressionOptions": {"SuppressedReasons": []},
    "Tags": [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "2"}],
}
EXPECTED_DESTINATION = {
    "Enabled": False,
    "MatchingEventTypes": ["BOUNCE"],
    "SnsDestination": {"TopicArn": TOPIC},
}


def resource(kind: str, values: Any, name: str = "x") -> dict[str, Any]:
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "values": values,
    }


def shown(*resources: Any, **more: Any) -> str:
    module = {
        "resources": [resources[0]],
        "child_modules": [{"resources": list(resources[1:])}],
    }
    return json.dumps({"format_version": "1.0", "values": {"root_module": module}, **more})


def state(*instances: tuple[str, Any]) -> str:
    resources = [
        {"mode": "managed", "type": kind, "name": "x", "instances": [{"attributes": values}]}
        for kind, values in instances
    ]
    data = {"mode": "data", "type": SET, "name": "x", "instances": [{"attributes": ORDERS}]}
    return json.dumps({"version": 4, "lineage": "", "resources": [data, *resources]})


def test_a_state_says_what_is_set() -> None:
    for (loaded,) in (
        load_state(state((SET, ORDERS), (DESTINATION, BOUNCES)), "s"),
        load_shown(shown(resource(SET, ORDERS), resource(DESTINATION, BOUNCES)), "s"),
    ):
        found = {each.identity: each.values for each in loaded.resources}
        assert found == {
            Identity("orders"): EXPECTED_SET,
            Identity("orders", "bounces"): EXPECTED_DESTINATION,
        }
        assert lines(loaded.unresolved) == ()


def test_what_a_plan_does_not_know_yet_is_unknown() -> None:
    values = {**BOUNCES, "event_destination": [{"enabled": True, "sns_destination": [{}]}]}
    after = {"event_destination": [{"sns_destination": [{"topic_arn": True}]}]}
    change = {"address": f"{DESTINATION}.x", "change": {"after_unknown": after}}
    (loaded,) = load_shown(shown(resource(DESTINATION, values), resource_changes=[change]), "p")
    (found,) = loaded.resources
    assert found.values == {
        "Enabled": True,
        "SnsDestination": {
            "TopicArn": Unknown("it is known only after apply", UnknownCause.AFTER_APPLY)
        },
    }


def test_a_name_that_is_not_known_yet_is_said() -> None:
    values = {**ORDERS, "configuration_set_name": None}
    (loaded,) = load_shown(shown(resource(SET, values)), "p.json")
    assert loaded.resources == ()
    assert lines(loaded.unresolved) == (
        f"p.json: {SET}.x: the name of its set is known only after apply",
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"complete": True, "errored": False}, ()),
        ({"complete": False}, ("p.json: Terraform planned only a part of the code",)),
        ({"complete": False, "errored": True}, ("p.json: Terraform failed to plan all of",)),
    ],
)
def test_what_a_plan_leaves_out_may_be_anything(
    more: dict[str, bool], said: tuple[str, ...]
) -> None:
    (loaded,) = load_shown(shown(resource(SET, ORDERS), **more), "p.json")
    assert len(loaded.resources) == 1
    found = lines(loaded.unresolved)
    assert len(found) == len(said)
    assert all(line.startswith(start) for line, start in zip(found, said, strict=True))
    assert all(each.reach.holds(Identity("other", "x")) for each in loaded.unresolved)


def test_one_destination_twice_is_refused() -> None:
    text = shown(resource(DESTINATION, BOUNCES), resource(DESTINATION, BOUNCES, "y"))
    with pytest.raises(ExporterError, match=f"twice: {DESTINATION}.x and {DESTINATION}.y"):
        load_shown(text, "s")


@pytest.mark.parametrize("version", [3, 5, "4", None])
def test_a_state_of_another_version_is_refused(version: object) -> None:
    with pytest.raises(ExporterError, match="this ses2iac knows 4"):
        load_state(json.dumps({"version": version}), "s")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format_version": "2.0"}',
        '{"format_version": "1.0", "values": [1]}',
        '{"format_version": "1.0", "values": {"root_module": {"resources": [1]}}}',
        '{"format_version": "1.0", "resource_changes": [{}]}',
        shown({"mode": "managed", "type": SET, "address": "x"}),
        "{" * 100_000,
    ],
)
def test_what_terraform_did_not_write_is_an_error(text: str) -> None:
    with pytest.raises(ExporterError):
        load_shown(text, "p.json")


@pytest.mark.parametrize("attributes", [None, [], "x"])
def test_a_damaged_state_is_an_error(attributes: object) -> None:
    with pytest.raises(ExporterError, match="not in the form that Terraform writes") as caught:
        load_state(state((DESTINATION, attributes)), "s")
    assert caught.value.where == "s"


def test_a_destination_without_its_block_is_unknown() -> None:
    (loaded,) = load_state(state((DESTINATION, {**BOUNCES, "event_destination": 1})), "s")
    assert loaded.resources == ()
    assert len(lines(loaded.unresolved)) == 1


def placed(region: str | None, name: str = "orders", **more: Any) -> dict[str, Any]:
    """A set of which its ARN alone, or nothing, says where it is."""
    arn = f"arn:aws:ses:{region}:123456789012:configuration-set/{name}" if region else None
    return {**ORDERS, "configuration_set_name": name, "arn": arn, **more}


def places(text: str) -> dict[tuple[str | None, str | None], list[str]]:
    return {
        (found.account_id, found.region): [str(each.identity) for each in found.resources]
        for found in load_state(text, "s")
    }


IRELAND, OHIO = ("123456789012", "eu-west-1"), ("123456789012", "us-east-2")


def test_a_state_says_its_account_and_region() -> None:
    assert places(state((SET, ORDERS), (DESTINATION, BOUNCES))) == {
        IRELAND: ["orders", "orders/bounces"]
    }
    # As the provider has it from version 6 on.
    only_region = {**BOUNCES, "region": "us-east-2"}
    assert places(state((DESTINATION, only_region))) == {(None, "us-east-2"): ["orders/bounces"]}
    assert places(state((SET, placed("us-east-2")), (DESTINATION, only_region))) == {
        OHIO: ["orders", "orders/bounces"]
    }
    assert places(state((DESTINATION, BOUNCES))) == {(None, None): ["orders/bounces"]}


def test_several_regions_of_a_state_are_several_scopes() -> None:
    both = ((SET, placed("eu-west-1")), (SET, placed("us-east-2")))
    assert places(state(*both)) == {IRELAND: ["orders"], OHIO: ["orders"]}
    ohio = {**BOUNCES, "region": "us-east-2"}
    assert places(state(*both, (DESTINATION, ohio))) == {
        IRELAND: ["orders"],
        OHIO: ["orders", "orders/bounces"],
    }
    news = placed("us-east-2", "news")
    assert places(state((SET, ORDERS), (SET, news), (DESTINATION, BOUNCES))) == {
        IRELAND: ["orders", "orders/bounces"],
        OHIO: ["news"],
    }


def test_of_two_regions_a_destination_is_where_its_target_is() -> None:
    both = ((SET, placed("eu-west-1")), (SET, placed("us-east-2")))
    assert places(state(*both, (DESTINATION, BOUNCES))) == {
        IRELAND: ["orders", "orders/bounces"],
        OHIO: ["orders"],
    }


def test_what_may_be_of_two_regions_is_said() -> None:
    both = ((SET, placed("eu-west-1")), (SET, placed("us-east-2")))
    metrics = {"event_destination": [{"matching_event_types": ["SEND"]}]}
    for found in load_state(state(*both, (DESTINATION, {**BOUNCES, **metrics})), "s"):
        assert [str(each.identity) for each in found.resources] == ["orders"]
        assert lines(found.unresolved) == (f"s: {DESTINATION}.x: its region is not known",)


def test_a_set_that_is_planned_is_where_the_others_are() -> None:
    assert places(state((SET, ORDERS), (SET, placed(None, "news")))) == {
        IRELAND: ["orders", "news"]
    }


def test_what_was_replaced_and_waits_for_its_end_is_not_there() -> None:
    text = json.loads(state((SET, ORDERS)))
    instances = text["resources"][-1]["instances"]
    instances.append({**instances[0], "deposed": "0a1b2c3d"})
    assert places(json.dumps(text)) == {IRELAND: ["orders"]}
    deposed = {**resource(SET, ORDERS), "deposed_key": "0a1b2c3d"}
    change = {"address": f"{SET}.x", "deposed": "0a", "change": {"after_unknown": {"tags": True}}}
    (loaded,) = load_shown(shown(resource(SET, ORDERS), deposed, resource_changes=[change]), "p")
    assert [each.values for each in loaded.resources] == [EXPECTED_SET]


V1_SET = {
    "id": "old",
    "arn": "arn:aws:ses:eu-west-1:123456789012:configuration-set/old",
    "name": "old",
    "delivery_options": [{"tls_policy": "Require"}],
    "last_fresh_start": "2025-01-01",
    "reputation_metrics_enabled": False,
    "sending_enabled": True,
    "tracking_options": [{"custom_redirect_domain": "click.example.com"}],
}
V1_DESTINATION = {
    "id": "numbers",
    "configuration_set_name": "old",
    "name": "numbers",
    "enabled": True,
    "matching_types": ["renderingFailure", "send"],
    "cloudwatch_destination": [
        {"default_value": "none", "dimension_name": "team", "value_source": "messageTag"}
    ],
    "kinesis_destination": [],
    "sns_destination": [],
}


def test_resources_of_the_first_api_are_what_they_are_in_ses() -> None:
    kinds = ("aws_ses_configuration_set", "aws_ses_event_destination")
    pairs = list(zip(kinds, (V1_SET, V1_DESTINATION), strict=True))
    shown_ones = [resource(kind, values) for kind, values in pairs]
    for (loaded,) in (load_state(state(*pairs), "s"), load_shown(shown(*shown_ones), "s")):
        a_set, destination = loaded.resources
        assert (a_set.address, a_set.identity) == (f"{kinds[0]}.x", Identity("old"))
        known = {n: v for n, v in a_set.values.items() if not isinstance(v, Unknown)}
        delivery, tracking = known.pop("DeliveryOptions"), known.pop("TrackingOptions")
        assert known == {
            "ReputationOptions": {"ReputationMetricsEnabled": False},
            "SendingOptions": {"SendingEnabled": True},
        }
        assert delivery["TlsPolicy"] == "REQUIRE"
        assert tracking["CustomRedirectDomain"] == "click.example.com"
        beyond = [*a_set.values.values(), *delivery.values(), *tracking.values()]
        causes = {value.cause for value in beyond if isinstance(value, Unknown)}
        assert causes == {UnknownCause.IGNORED}
        assert destination.identity == Identity("old", "numbers")
        assert destination.values == {
            "Enabled": True,
            "MatchingEventTypes": ["RENDERING_FAILURE", "SEND"],
            "CloudWatchDestination": {
                "DimensionConfigurations": [
                    {
                        "DimensionName": "team",
                        "DimensionValueSource": "MESSAGE_TAG",
                        "DefaultDimensionValue": "none",
                    }
                ]
            },
        }


AFTER = Unknown("it is known only after apply", UnknownCause.AFTER_APPLY)


def planned(kind: str, values: Any, after_unknown: Any, **more: Any) -> dict[Identity, Any]:
    """What a plan says of one resource that it creates."""
    change = {"address": f"{kind}.x", "change": {"after_unknown": after_unknown}}
    text = shown(resource(kind, values), resource_changes=[change], **more)
    (loaded,) = load_shown(text, "p")
    return {each.identity: each.values for each in loaded.resources}


def levels(value: Any) -> list[Any]:
    """The marks of a plan that make each level of a value unknown, one after the other."""
    found: list[Any] = [True]
    if isinstance(value, dict):
        found += [{name: mark} for name, inner in value.items() for mark in levels(inner)]
    if isinstance(value, list):
        found += [
            [mark if at == own else {} for at in range(len(value))]
            for own, inner in enumerate(value)
            for mark in levels(inner)
        ]
    return found


METRICS = {
    **BOUNCES,
    "event_destination": [
        {
            "enabled": True,
            "matching_event_types": ["BOUNCE"],
            "cloud_watch_destination": [{"dimension_configuration": [{"dimension_name": "a"}]}],
        }
    ],
}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (SET, ORDERS),
        (DESTINATION, BOUNCES),
        (DESTINATION, METRICS),
        ("aws_ses_configuration_set", V1_SET),
        ("aws_ses_event_destination", V1_DESTINATION),
    ],
)
def test_what_is_unknown_at_any_level_of_a_plan_is_so_there(kind: str, values: Any) -> None:
    names = ("name", "configuration_set_name", "event_destination_name")
    for mark in levels(values)[1:]:
        if set(mark) & set(names):
            continue
        (found,) = planned(kind, values, mark).values()
        shown_text = str(found)
        own = ("id", "arn", "tags", "tags_all", "last_fresh_start")
        is_own = next(iter(mark)) in own or "last_fresh_start" in str(mark)
        assert ("AFTER_APPLY" in shown_text) is not is_own, mark


def test_a_new_set_is_unknown_where_its_blocks_are_not_written() -> None:
    values: dict[str, Any] = {"configuration_set_name": "new", "tags": None, "delivery_options": []}
    after = {"arn": True, "id": True, "tags_all": True, "reputation_options": True}
    assert planned(SET, values, after) == {Identity("new"): {"ReputationOptions": AFTER}}


def test_tags_of_a_plan() -> None:
    values = {"configuration_set_name": "new", "tags": {"a": "1"}}
    after: dict[str, Any] = {"tags": {"b": True}, "tags_all": True}
    assert planned(SET, values, after)[Identity("new")] == {
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": AFTER}]
    }
    configuration = {
        "provider_config": {"aws": {"expressions": {"default_tags": [{}]}}},
        "root_module": {"resources": [{"address": f"{SET}.x", "provider_config_key": "aws"}]},
    }
    found = planned(SET, values, after, configuration=configuration)
    assert found[Identity("new")] == {"Tags": AFTER}


def test_a_plan_says_the_region_of_each_provider_configuration() -> None:
    def config(region: Any, alias: str = "") -> Any:
        return {"alias": alias, "expressions": {"region": region}}

    resources = [
        resource(SET, {"configuration_set_name": "eu"}, "eu"),
        resource(SET, {"configuration_set_name": "us"}, "us"),
        {
            **resource(SET, {"configuration_set_name": "deep"}, "deep"),
            "address": f'module.m["a.b[0]"].{SET}.deep',
        },
    ]
    configuration = {
        "provider_config": {
            "aws": config({"constant_value": "eu-west-1"}),
            "aws.us": config({"references": ["var.region"]}, "us"),
            "module.m:aws": config({"references": ["local.r", "var.a"]}),
        },
        "root_module": {
            "resources": [
                {"address": f"{SET}.eu", "provider_config_key": "aws"},
                {"address": f"{SET}.us", "provider_config_key": "aws.us"},
            ],
            "module_calls": {
                "m": {
                    "module": {
                        "resources": [{"address": f"{SET}.deep", "provider_config_key": "aws.us"}]
                    }
                }
            },
        },
    }
    variables = {"region": {"value": "us-east-1"}}
    text = shown(*resources, configuration=configuration, variables=variables)
    assert {
        each.region: [str(one.identity) for one in each.resources] for each in load_shown(text, "p")
    } == {"eu-west-1": ["eu"], "us-east-1": ["us", "deep"]}


@pytest.mark.parametrize(
    ("references", "key", "name"),
    [
        ([f"{SET}.s.id", f"{SET}.s"], "", "orders"),
        ([f"{SET}.s[0].id", f"{SET}.s[0]", f"{SET}.s"], "[0]", "orders"),
        ([f"{SET}.s", "each.key"], '["a"]', "orders"),
        ([f"{SET}.s", "each.value.set", "each.value"], '["a"]', None),
        (["var.name"], "", None),
    ],
)
def test_a_plan_that_refers_to_the_id_of_a_set_tells_its_name(
    references: list[str], key: str, name: str | None
) -> None:
    module = 'module.m["x.y"].'
    own_key = key if key.startswith('["') else ""
    a_set = {**resource(SET, ORDERS), "address": f"{module}{SET}.s{key}"}
    bare = {k: v for k, v in BOUNCES.items() if k != "configuration_set_name"}
    of_it = {**resource(DESTINATION, bare), "address": f"{module}{DESTINATION}.d{own_key}"}
    written = {"configuration_set_name": {"references": references}}
    configuration = {
        "root_module": {
            "module_calls": {
                "m": {
                    "module": {
                        "resources": [{"address": f"{DESTINATION}.d", "expressions": written}]
                    }
                }
            }
        }
    }
    (found,) = load_shown(shown(a_set, of_it, configuration=configuration), "p")
    names = {str(each.identity) for each in found.resources}
    assert names == ({"orders", f"{name}/bounces"} if name else {"orders"})
    assert len(found.unresolved) == (0 if name else 1)


def test_other_resources_of_a_provider_say_where_a_destination_is() -> None:
    text = json.loads(state((DESTINATION, BOUNCES)))
    topic = {"mode": "managed", "type": "aws_sns_topic", "name": "x", "provider": "p.us"}
    text["resources"][1]["provider"] = "p.us"
    arn = "arn:aws:sns:us-east-2:123456789012:mail"
    text["resources"].append({**topic, "instances": [{"attributes": {"arn": arn}}]})
    assert places(json.dumps(text)) == {OHIO: ["orders/bounces"]}


def test_the_state_before_a_plan_is_that_of_before_its_refresh() -> None:
    changed = {**BOUNCES, "event_destination": [{**BOUNCES["event_destination"][0]}]}
    changed["event_destination"][0]["enabled"] = True
    gone = {**ORDERS, "id": "gone", "configuration_set_name": "gone"}

    def drift(kind: str, before: Any, name: str = "x") -> dict[str, Any]:
        found = resource(kind, None, name)
        del found["values"]
        return {**found, "change": {"before": before}}

    root = {"resources": [resource(SET, ORDERS), resource(DESTINATION, changed)]}
    text = shown(
        resource(SET, {**ORDERS, "tags_all": {"planned": "yes"}}),
        prior_state={"values": {"root_module": root}},
        # One was changed by hand, one was deleted, one was made by a person and taken in.
        resource_drift=[
            drift(DESTINATION, BOUNCES),
            drift(SET, gone, "gone"),
            drift(SET, None, "new"),
            drift("aws_sns_topic", {"arn": TOPIC}),
        ],
    )
    (loaded,) = load_before(text, "p")
    found = {each.identity: each.values for each in loaded.resources}
    assert found == {
        Identity("orders"): EXPECTED_SET,
        Identity("orders", "bounces"): EXPECTED_DESTINATION,
        Identity("gone"): EXPECTED_SET,
    }
    assert load_before(shown(resource(SET, ORDERS)), "p") == []
    with pytest.raises(ExporterError, match="not in the form"):
        load_before(shown(resource(SET, ORDERS), prior_state={"values": {"root_module": 1}}), "p")


DAMAGE: list[Any] = [
    None,
    True,
    False,
    [],
    {},
    "",
    0,
    "x",
    [True],
    [{}],
    {"a": 1},
    [[True]],
    -1,
    [None],
]


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where each value in a JSON value stands."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict | list):
        inner = list(value.items() if isinstance(value, dict) else enumerate(value))
    return [at, *(path for key, item in inner for path in paths(item, (*at, key)))]


@pytest.mark.parametrize("case", ["plan-noise", "plan-new-set-crash"])
def test_a_damaged_plan_is_read_or_refused(case: str) -> None:
    """What is of another shape somewhere ends in an error for people, or in a value."""
    text = (ROOT / "tests/fixtures/terraform_cases" / case / "plan.json").read_text()
    chosen = random.Random(case)
    every = paths(json.loads(text))[1:]
    for _ in range(1500):
        plan = json.loads(text)
        *before, last = chosen.choice(every)
        place = plan
        for key in before:
            place = place[key]
        place[last] = chosen.choice(DAMAGE)
        with contextlib.suppress(ExporterError):
            load_shown(json.dumps(plan), "p")


def test_a_byte_order_mark_says_nothing() -> None:
    assert places("\ufeff" + state((SET, ORDERS))) == {IRELAND: ["orders"]}


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000])
def test_what_is_no_json_object_is_refused_with_advice(text: str) -> None:
    with pytest.raises(ExporterError) as caught:
        load_state(text, "s")
    assert caught.value.hint == "write it again with: terraform show -json > FILE"
