"""``--name-pattern`` of an export: what names are made of, and what it leaves alone."""

import re

import pytest

from exporter.formats.labels import LOGICAL_ID, TERRAFORM, Style
from exporter.formats.name_pattern import parse
from exporter.model.resources import Scope
from tests.functional.snapshots import Desk, configuration_set, destination, scope, sns
from tests.support import tree

METRICS = {
    "CloudWatchDestination": {
        "DimensionConfigurations": [
            {
                "DimensionName": "campaign",
                "DimensionValueSource": "MESSAGE_TAG",
                "DefaultDimensionValue": "none",
            }
        ]
    }
}
SHOP = scope(
    configuration_set("orders", destination("bounces"), destination("metrics", METRICS)),
    configuration_set("tenant-1", destination("bounces")),
)


def addresses(desk: Desk) -> dict[str, str]:
    """The names in code, by what they are of."""
    (found,) = desk.manifest()["Scopes"]
    return {
        "/".join(filter(None, (each["ConfigurationSet"], each.get("EventDestination")))): (
            each["Address"].rpartition(".")[2]
        )
        for each in found["Resources"]
    }


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("{set}_{destination}", ["orders", "orders_bounces", "orders_metrics", "tenant_1"]),
        ("ses_{set}_{destination}", ["ses_orders", "ses_orders_bounces", "ses_orders_metrics"]),
        ("{destination}-of-{set}", ["orders", "bounces_of_orders", "metrics_of_orders"]),
        ("{set}{kind}", ["orders", "orders_sns", "orders_cloudwatch"]),
        (
            "{region}_{set}_{destination}",
            ["eu_west_1_orders", "eu_west_1_orders_bounces", "eu_west_1_orders_metrics"],
        ),
        ("{set}_{account}_{destination}", ["orders_123456789012", "orders_123456789012_bounces"]),
        ("mail-{destination}", ["mail_orders", "mail_bounces_4f7b29b9", "mail_metrics"]),
    ],
)
def test_names_are_made_by_the_pattern(desk: Desk, pattern: str, names: list[str]) -> None:
    desk.export(SHOP, options=("--name-pattern", pattern))
    assert [*addresses(desk).values()][: len(names)] == names


@pytest.mark.parametrize("to", ["cloudformation", "cdk"])
def test_each_format_has_its_own_custom(desk: Desk, to: str) -> None:
    desk.export(SHOP, to=to, options=("--name-pattern", "ses_{destination}_{kind}_{set}"))
    assert addresses(desk) == {
        "orders": "SesOrders",
        "orders/bounces": "SesBouncesSnsOrders",
        "orders/metrics": "SesMetricsCloudwatchOrders",
        "tenant-1": "SesTenant1",
        "tenant-1/bounces": "SesBouncesSnsTenant1",
    }


@pytest.mark.parametrize("to", ["terraform", "cloudformation", "cdk"])
def test_what_collides_gets_digits_and_nothing_else(desk: Desk, to: str) -> None:
    desk.export(SHOP, to=to, options=("--name-pattern", "{destination}"))
    found = addresses(desk)
    assert len({name.lower() for name in found.values()}) == len(found)
    digits = [who for who, name in found.items() if re.search(r"[0-9a-f]{8}$", name)]
    assert digits == ["orders/bounces", "tenant-1/bounces"]


def test_it_sticks_and_leaves_given_names_alone(desk: Desk) -> None:
    desk.export(SHOP)
    before = desk.read("names.toml")
    ran = desk.export(SHOP, options=("--name-pattern", "{destination}_of_{set}"))
    assert desk.read("names.toml") == before
    assert (
        "note: names.toml: --name-pattern applies to new names only; these keep their names: "
        "orders/bounces, orders/metrics, tenant-1/bounces; to rename one, delete its line and "
        "export again\n"
    ) in ran.err
    more = scope(*SHOP["ConfigurationSets"], configuration_set("late", destination("bounces")))
    ran = desk.export(more)
    said = "reusing options of the last export: --name-pattern '{destination}_of_{set}' (--reset"
    assert said in ran.err
    assert "stay as they are" not in ran.err
    assert addresses(desk)["late/bounces"] == "bounces_of_late"
    assert addresses(desk)["orders/bounces"] == "orders_bounces"
    assert desk.again("--check").code == 0
    text = desk.read("names.toml").replace('bounces = "orders_bounces"\n', "")
    desk.put("names.toml", text)
    desk.export(more)
    assert addresses(desk)["orders/bounces"] == "bounces_of_orders"
    assert "to   = aws_sesv2_configuration_set_event_destination.bounces_of_orders" in desk.read(
        "moved.tf"
    )


def test_the_default_is_not_repeated(desk: Desk) -> None:
    desk.export(SHOP, options=("--name-pattern", "{destination}_{set}"))
    desk.export(SHOP, options=("--name-pattern", "{set}_{destination}"))
    assert "NamePattern" not in desk.read(".ses2iac.json")
    assert "--name-pattern" not in desk.export(SHOP).err


def test_it_is_a_key_of_the_configuration_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    (desk.folder / "ses2iac.toml").write_text("[export]\nname-pattern = '{destination}_{set}'\n")
    desk.export(SHOP)
    assert addresses(desk)["orders/bounces"] == "bounces_orders"
    (desk.folder / "ses2iac.toml").write_text("[export]\nname-pattern = '{dest}'\n")
    ran = desk.try_export(SHOP)
    assert ran.code == 2
    assert "there is no field {dest}" in ran.err


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "every destination would have the same name"),
        ("ses", "every destination would have the same name"),
        ("{kind}_{region}", "every destination would have the same name"),
        ("{set}_{dest}", "there is no field {dest}"),
        ("{set}_{Destination}", "there is no field {Destination}"),
        ("{set}_{}", "there is no field {}"),
        ("{set!r}_{destination:>9}", "there is no field {set!r}"),
        ("{set.name}", "there is no field {set.name}"),
        ("{set}_{destination", "unmatched '{'"),
        ("{{set}}", "unmatched '{'"),
        ("{set}}", "unmatched '}'"),
        ("{set}/{destination}", "names can't contain '/'"),
        ("{set}.{destination}", "names can't contain '.'"),
        ("{set} {destination}", "names can't contain ' '"),
        ("{set}\n{destination}", "names can't contain '\\n'"),
        ("{set}_é", "names can't contain 'é'"),
    ],
)
@pytest.mark.parametrize("to", ["terraform", "cdk"])
def test_a_pattern_that_cannot_be_names_the_fields(
    desk: Desk, to: str, pattern: str, why: str
) -> None:
    ran = desk.try_export(SHOP, to=to, options=(f"--name-pattern={pattern}",))
    assert ran.code == 2
    assert f"error: --name-pattern {pattern!r}: {why}\n" in ran.err
    assert "the fields are {set}, {destination}, {kind}, {account}, {region}\n" in ran.err
    assert not desk.out.exists()


def test_an_unknown_account_is_in_no_name(desk: Desk) -> None:
    unknown = scope(configuration_set("orders", "bounces"), account=None)
    ran = desk.try_export(unknown, options=("--name-pattern", "{account}_{set}_{destination}"))
    assert ran.code == 2
    assert "the account is not known from what was read" in ran.err
    assert not desk.out.exists()


def test_names_that_begin_alike_stay_apart(desk: Desk) -> None:
    """A set's name may be that of another's destination, in one namespace."""
    sets = [configuration_set("a", destination("b")), configuration_set("ab", destination("c"))]
    desk.export(scope(*sets), to="cloudformation", options=("--name-pattern", "{set}{destination}"))
    found = [*addresses(desk).values()]
    assert len({name.lower() for name in found}) == len(found) == 4


@pytest.mark.parametrize("style", [TERRAFORM, LOGICAL_ID])
def test_the_default_pattern_changes_nothing(style: Style) -> None:
    empty = Scope(partition="aws", region="eu-west-1")
    assert parse("{set}_{destination}").style(style, empty) is style


def test_a_target_of_another_kind_keeps_its_name(desk: Desk) -> None:
    pattern = ("--name-pattern", "{set}_{kind}")
    desk.export(scope(configuration_set("a", destination("x", sns()))), options=pattern)
    desk.export(scope(configuration_set("a", destination("x", METRICS))))
    assert addresses(desk)["a/x"] == "a_sns"


def test_another_layout_has_the_same_names(desk: Desk) -> None:
    pattern = ("--name-pattern", "ses_{set}_{destination}")
    desk.export(SHOP, to="cdk", options=pattern)
    before = addresses(desk)
    desk.export(SHOP, to="cdk", options=("--layout", "per-set"))
    assert addresses(desk) == before
    assert "configuration_sets/orders.py" in tree(desk.out)
