"""``export cdk --layout data``: sets in a file of data, and a loop that makes the same of them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.functional.snapshots import ACCOUNT, Desk, Json, configuration_set, destination, scope
from tests.support import ROOT, SAMPLES, tree

DATA = ("--layout", "data")
SOURCES = {
    "shop": SAMPLES / "shop/snapshot.json",
    "kinds": ROOT / "tests/golden/kinds/snapshot.json",
    "names": ROOT / "tests/golden/names/snapshot.json",
    "options": ROOT / "tests/golden/options/snapshot.json",
    "scopes": ROOT / "tests/golden/scopes/snapshot.json",
}


def scopes_of(source: str) -> list[Json]:
    found: list[Json] = json.loads(SOURCES[source].read_text())["Scopes"]
    return found


def edit(desk: Desk, path: str, old: str, new: str) -> None:
    text = desk.read(path)
    assert old in text
    desk.put(path, text.replace(old, new))


def compared(desk: Desk) -> tuple[int, Any]:
    ran = desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json"), "--output", "json")
    return ran.code, json.loads(ran.out) if ran.out else ran.err


@pytest.mark.parametrize("source", SOURCES)
def test_switching_changes_no_resource(desk: Desk, source: str) -> None:
    scopes = scopes_of(source)
    desk.export(*scopes, to="cdk", options=("--stack-owned",))
    one, held = tree(desk.out), desk.manifest()["Scopes"]
    for layout in ("data", "per-set", "data"):
        desk.export(*scopes, to="cdk", options=("--layout", layout))
        assert desk.manifest()["Scopes"] == held
        assert desk.again("--check", to="cdk").code == 0
    names = {path for path in tree(desk.out) if path.endswith(".yaml")}
    assert {Path(name).name for name in names} == {"configuration_sets.yaml"}
    assert "PyYAML" in desk.read("requirements.txt")
    desk.export(*scopes, to="cdk", options=("--layout", "resources"))
    assert tree(desk.out) == one


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("references", ["literal", "portable", "variables", "data"])
def test_what_was_edited_is_read_as_it_was(desk: Desk, source: str, references: str) -> None:
    reports = []
    for layout, pattern in (("resources", "ses_stack.py"), ("data", "*.yaml")):
        options = ("--layout", layout, "--references", references)
        desk.export(*scopes_of(source), to="cdk", options=options)
        for path in desk.out.rglob(pattern):
            path.write_text(f"# by hand\n{path.read_text()}")
        code, report = compared(desk)
        assert "edited since the export" in str(report["Notes"])
        reports.append((code, report["Counts"], [each["Changes"] for each in report["Scopes"]]))
        desk.again("--force", to="cdk")
    assert _without_places(reports[0]) == _without_places(reports[1])


def _without_places(value: Any) -> Any:
    """Without where in the code something stands."""
    if isinstance(value, dict):
        return {key: _without_places(item) for key, item in value.items() if key != "At"}
    return list(map(_without_places, value)) if isinstance(value, list | tuple) else value


def test_logical_ids_stand_where_names_do_not_make_them(desk: Desk) -> None:
    sets = [
        configuration_set(name, destination("to-sns"))
        for name in ("orders-eu", "orderEvents", "v2beta", "a_b", "a-b", "2fa", "Default")
    ]
    desk.export(scope(*sets), to="cdk", options=DATA)
    found = yaml.safe_load(desk.read("configuration_sets.yaml"))
    own = {name: of["logical_id"] for name, of in found.items() if "logical_id" in of}
    assert set(own) == {"v2beta", "a_b", "Default"}
    assert own["v2beta"] == "V2Beta"
    (held,) = desk.manifest()["Scopes"]
    ids = {
        (each["ConfigurationSet"], each.get("EventDestination")): each["Address"]
        for each in held["Resources"]
    }
    assert len({each.lower() for each in ids.values()}) == len(ids)
    for (name, of), address in ids.items():
        data = found[name] if of is None else found[name]["event_destinations"][of]
        made = "".join(
            word[:1].upper() + word[1:]
            for word in re.findall(r"[A-Za-z0-9]+", f"{name} {of or ''}")
        )
        assert data.get("logical_id", made) == address


def test_a_tag_may_be_called_as_yaml_calls_a_merge(desk: Desk) -> None:
    tags = [{"Key": "<<", "Value": "*a"}]
    desk.export(scope(configuration_set("orders", "bounces", Tags=tags)), to="cdk", options=DATA)
    assert yaml.safe_load(desk.read("configuration_sets.yaml"))["orders"]["tags"] == {"<<": "*a"}
    edit(desk, "configuration_sets.yaml", "*a", "*b")
    code, report = compared(desk)
    assert code == 3
    ((found,),) = [each["Changes"] for each in report["Scopes"]]
    assert found["ConfigurationSet"] == "orders"


def test_an_expression_of_a_map_stands_for_a_key_of_the_data(desk: Desk) -> None:
    targets = desk.folder / "targets.toml"
    targets.write_text('[cdk]\n"arn:aws:sns:*" = "cdk.Fn.import_value(\'bounces\')"\n')
    desk.export(*scopes_of("shop"), to="cdk", options=(*DATA, "--map", str(targets)))
    assert "cdk.Fn.import_value(" in desk.read("ses_stack.py")
    assert "topic: mail_bounces_topic" in desk.read("configuration_sets.yaml")
    assert desk.again("--check", "--map", str(targets), to="cdk").code == 0
    code, report = compared(desk)
    assert code == 0, report


def test_edited_data_is_a_difference(desk: Desk) -> None:
    desk.export(*scopes_of("shop"), to="cdk", options=DATA)
    edit(desk, "configuration_sets.yaml", "tls_policy: OPTIONAL", "tls_policy: REQUIRE")
    edit(desk, "ses_stack.py", ":mail-complaints", ":others")
    code, report = compared(desk)
    assert code == 3
    (found,) = report["Scopes"]
    assert [
        (each["ConfigurationSet"], each.get("EventDestination")) for each in found["Changes"]
    ] == [("newsletter", None), ("newsletter", "complaints")]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("ses_data.py", "options.pop(", "options.get("),
        ("ses_stack.py", "add_configuration_sets(self,", "add_configuration_sets(scope,"),
        ("configuration_sets.yaml", "topic: mail_bounces_topic", "topic: nowhere"),
        ("configuration_sets.yaml", "tls_policy", "policy"),
        ("configuration_sets.yaml", "{ topic:", "[ topic:"),
    ],
)
def test_what_only_a_synthesis_tells_is_refused(desk: Desk, path: str, old: str, new: str) -> None:
    desk.export(*scopes_of("shop"), to="cdk", options=DATA)
    edit(desk, path, old, new)
    ran = desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json"))
    assert ran.code == 1
    assert path in ran.err


BOUNCES = "sns_destination: { topic: mail_bounces_topic }"
DATA_EDITS = [
    ("orders:", "5:", 1, "the key 5 is not a string; quote it"),
    ("orders:", "on:", 1, "the key on is not a string; quote it"),
    ("orders:", "a:\norders:", 1, "set 'a' must be a mapping; use {} if it has no options"),
    ("orders:", "- orders:", 1, "the file must be a mapping; list the sets by name"),
    ("  tags: {", "  tag: {", 3, "'tag' is not an option of set 'orders'"),
    ("{ team: a }", "{ team: 5 }", 3, "tag 'team' must be a string; quote it"),
    ("{ team: a }", "[team]", 3, "tags of set 'orders' must be a mapping"),
    ("{ team: a }", "{ team: [ }", 3, "not YAML: did not find expected node content"),
    ("seconds: 300", "seconds: true", 2, "max_delivery_seconds must be a number"),
    ("seconds: 300", "seconds: 0x_", 2, "max_delivery_seconds must be a number"),
    ("seconds: 300", "second: 1", 2, "'max_delivery_second' is not an option of delivery_options"),
    ("  event_dest", "  destinations_only: true\n  event_dest", 2, "set 'orders' has "),
    ("bounces:\n", "bounces:\n      name: x\n", 6, "the name of destination 'bounces' is its key"),
    ("enabled: true", "enabled: 'yes'", 6, "enabled must be true or false"),
    ("enabled: true", "logical_id: 1", 6, "logical_id must be a string; quote it"),
    ("enabled: true", "enabled: true\n      enabled: true", 7, "the key 'enabled' appears twice"),
    ("[bounce]", "bounce", 7, "matching_event_types must be a list"),
    ("[bounce]", "[1]", 7, "an item of matching_event_types must be a string; quote it"),
    (BOUNCES, "sns_destination: {}", 8, "sns_destination requires topic"),
    (BOUNCES, "cloud_watch_destination: {}", 8, "cloud_watch_destination requires dimension_con"),
    (BOUNCES, "sns_destination: x", 8, "sns_destination must be a mapping"),
    (
        BOUNCES,
        "sns_destination: { topic_arn: a }",
        8,
        "sns_destination takes topic, not 'topic_arn'",
    ),
    ("mail_bounces_topic", "no", 8, "topic must be a string; quote it"),
    (
        "mail_bounces_topic",
        "x",
        8,
        "unknown target 'x'; the targets of the stack are mail_bounces_topic",
    ),
    ("mail_bounces_topic", "&a [*a]", 8, "an alias repeats a value that contains it"),
]


@pytest.mark.parametrize(("old", "new", "line", "what"), DATA_EDITS)
def test_a_mistake_in_data_is_named_with_its_line(
    desk: Desk, old: str, new: str, line: int, what: str
) -> None:
    options = {
        "DeliveryOptions": {"MaxDeliverySeconds": 300},
        "Tags": [{"Key": "team", "Value": "a"}],
    }
    topic = {"SnsDestination": {"TopicArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:mail-bounces"}}
    sets = {"ConfigurationSetName": "orders", **options}
    sets["EventDestinations"] = [destination("bounces", topic)]
    desk.export(scope(sets), to="cdk", options=DATA)
    before = desk.read("configuration_sets.yaml")
    first = before.split("\n").index("orders:")
    edit(desk, "configuration_sets.yaml", old, new)
    ran = desk.run("diff", str(desk.out), str(desk.folder / "snapshot.json"))
    assert ran.code == 1
    error, *hint = ran.err.splitlines()
    path = desk.out / "configuration_sets.yaml"
    assert error.startswith(f"error: {path}:{first + line}: {what}")
    assert not hint or "cdk.out" in hint[0]


def test_anchors_and_merge_keys_are_read(desk: Desk) -> None:
    """As ``yaml.safe_load`` reads them."""
    desk.export(
        scope(configuration_set("a", "x"), configuration_set("b", "x")), to="cdk", options=DATA
    )
    data = yaml.safe_load(desk.read("configuration_sets.yaml"))
    topic = data["a"]["event_destinations"]["x"]["sns_destination"]["topic"]
    desk.put(
        "configuration_sets.yaml",
        f"""\
a: &a
  sending_options: {{ sending_enabled: true }}
  reputation_options: {{ reputation_metrics_enabled: true }}
  event_destinations:
    x: &x
      enabled: false
      matching_event_types: [bounce]
      sns_destination: {{ topic: {topic} }}
b:
  <<: *a
  event_destinations:
    x: {{ <<: *x, enabled: true }}
""",
    )
    code, report = compared(desk)
    assert code == 3
    ((found,),) = [each["Changes"] for each in report["Scopes"]]
    assert (found["ConfigurationSet"], found["EventDestination"]) == ("a", "x")
    assert found["At"].endswith("configuration_sets.yaml:5 AX")


@pytest.mark.parametrize("layout", ["resources", "per-set", "data"])
@pytest.mark.parametrize("references", ["literal", "variables"])
def test_edited_code_with_outputs_is_read(desk: Desk, layout: str, references: str) -> None:
    options = ("--layout", layout, "--references", references, "--outputs")
    desk.export(*scopes_of("shop"), to="cdk", options=options)
    assert "CfnOutput" in "".join(path.read_text() for path in desk.out.rglob("*.py"))
    edit(desk, "ses_stack.py", "from constructs", "# by hand\nfrom constructs")
    code, report = compared(desk)
    assert code == 0, report
    assert "edited since the export" in str(report["Notes"])


def test_destinations_alone_are_data_too(desk: Desk) -> None:
    only = (*DATA, "--no-configuration-sets")
    desk.export(scope(configuration_set("a", destination("x"))), to="cdk", options=only)
    assert "a:\n  destinations_only: true\n  event_destinations:\n    x:\n" in desk.read(
        "configuration_sets.yaml"
    )
    edit(desk, "configuration_sets.yaml", "# Configuration sets", "# All sets")
    assert compared(desk)[0] == 0


def test_five_hundred_tenants_are_little_code(desk: Desk) -> None:
    topic = {"SnsDestination": {"TopicArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:tenants"}}
    bus = {
        "EventBridgeDestination": {
            "EventBusArn": f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/default"
        }
    }
    tenants = [
        configuration_set(
            f"tenant-{number:03d}", destination("events", topic), destination("bus", bus)
        )
        for number in range(500)
    ]
    desk.export(scope(*tenants), to="cdk", options=DATA)
    lines = {path.name: len(path.read_text().splitlines()) for path in desk.out.rglob("*.py")}
    assert lines["ses_data.py"] < 90
    assert max(n for name, n in lines.items() if name.startswith("ses_stack")) < 30
    files = [path for path in tree(desk.out) if path.endswith(".yaml")]
    assert files == [f"configuration_sets-{number:02d}.yaml" for number in range(1, 9)]
    before = tree(desk.out)
    more = configuration_set("tenant-new", destination("events", topic))
    desk.export(scope(*tenants, more), to="cdk")
    after = tree(desk.out)
    changed = {path for path in after if after[path] != before.get(path)}
    assert {path for path in changed if path.endswith((".py", ".yaml"))} == {
        "configuration_sets-01.yaml"
    }


def test_cloudformation_has_no_such_layout(desk: Desk) -> None:
    ran = desk.try_export(*scopes_of("shop"), to="cloudformation", options=DATA)
    assert ran.code == 2
    assert "--layout does not apply to CloudFormation, which has no layouts" in ran.err
    assert "hint: drop it" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["resources", "per-set", "data"])
@pytest.mark.parametrize("references", ["literal", "portable", "variables", "data"])
def test_mypy_minds_nothing(
    desk: Desk, layout: str, references: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that can be said without the types of aws-cdk-lib, whose analysis takes minutes."""
    # The quick tests run where there is none.
    from mypy import api as mypy

    options = ("--layout", layout, "--references", references)
    scopes = [*scopes_of("shop"), *scopes_of("scopes")[1:]]
    desk.export(*scopes, to="cdk", options=options)
    monkeypatch.chdir(desk.out)
    (desk.out / "mypy.ini").write_text(
        "[mypy]\nstrict = True\ndisallow_subclassing_any = False\n"
        "[mypy-aws_cdk.*,constructs.*]\nignore_missing_imports = True\n"
    )
    out, err, code = mypy.run(["--cache-dir", str(desk.folder / "mypy"), "app.py"])
    assert code == 0, out + err
