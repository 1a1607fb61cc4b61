"""The parts of ``verify``: what they refuse, what they let through, and what they say of it."""

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.parsers import create_parser
from flask import Flask
from msgspec.structs import replace

from exporter.aws import readiness as asked
from exporter.aws.session import Access
from exporter.demo import template_summary
from exporter.export import run
from exporter.export.export_input import ExportInput
from exporter.formats import export_files, manifest, values
from exporter.formats.cloudformation.names import DESTINATION_TYPE, SET_TYPE
from exporter.formats.cloudformation.render import judge
from exporter.formats.code_resource import CodeResource
from exporter.formats.fidelity import assess
from exporter.formats.loading import load_format
from exporter.formats.manifest import Departed, Manifest, Resource, ScopeRecord
from exporter.formats.options import ExportOptions
from exporter.formats.registry import FormatName
from exporter.formats.stacks import stack_name
from exporter.model.read_result import ReadFailure, ReadResult
from exporter.model.resources import (
    ConfigurationSet,
    EventDestination,
    EventType,
    PinpointDestination,
    ReputationOptions,
    Scope,
    SendingOptions,
    SnsDestination,
    Tag,
)
from exporter.support import processes
from exporter.support.errors import ExporterError
from exporter.support.processes import EngineError, Ran
from exporter.verify import cdk, live, readiness, templates, workspace
from exporter.verify.checks import Context
from exporter.verify.live import Live
from exporter.verify.results import CheckFinding, CheckOutcome, Readiness, Tool
from exporter.verify.terraform_judge import Basis, judge_plan
from exporter.verify.workspace import Workspace

Json = Any

ACCOUNT = "123456789012"
BASE = f"arn:aws:sns:eu-west-1:{ACCOUNT}:mail"


def destination(name: str, topic: str = "mail") -> EventDestination:
    return EventDestination(
        name=name,
        enabled=True,
        matching_event_types=(EventType.BOUNCE,),
        sns_destination=SnsDestination(topic_arn=f"{BASE}-{topic}"),
    )


def configuration_set(name: str, *destinations: str, **more: Any) -> ConfigurationSet:
    return ConfigurationSet(
        configuration_set_name=name,
        reputation_options=ReputationOptions(reputation_metrics_enabled=True),
        sending_options=SendingOptions(sending_enabled=True),
        event_destinations=tuple(map(destination, destinations)),
        **more,
    )


def scope(*sets: ConfigurationSet) -> Scope:
    return Scope(
        account_id=ACCOUNT, partition="aws", region="eu-west-1", configuration_sets=tuple(sets)
    )


SHOP = scope(configuration_set("orders", "bounces", "sends"))


def exported(
    target: Path, found: Scope, format_name: FormatName, **choices: Any
) -> tuple[Manifest, ScopeRecord]:
    given = ExportInput(ReadResult((found,)), target, manifest.read(target))
    run.export(load_format(format_name), given, ExportOptions(**choices))
    loaded = manifest.load(target)
    assert loaded is not None
    return loaded, loaded.scopes[0]


class FakeLive(Live):
    """An account that holds what a test says."""

    def __init__(
        self, record: ScopeRecord, *scopes: Scope, unread: tuple[ReadFailure, ...] = ()
    ) -> None:
        super().__init__(record)
        self._given = ReadResult(scopes, unread)

    def reading(self) -> ReadResult:
        return self._given


# Templates
# ----------------------------------------------------------------------------------------


def retained(type_: str, properties: Json) -> dict[str, Json]:
    return {
        "Type": type_,
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def template_of(found: Scope, folder: Path) -> tuple[dict[str, Json], ScopeRecord]:
    """An export's template, parsed, and what its manifest says."""
    _, record = exported(folder / "export", found, FormatName.CLOUDFORMATION)
    loaded = templates.load(folder / "export" / "template.yaml", record)
    return json.loads(json.dumps(loaded.declared)), record


def load(folder: Path, declared: Json, name: str = "template.yaml") -> templates.Template:
    (folder / name).write_text(json.dumps({"Resources": declared}), encoding="utf-8")
    return templates.load(folder / name)


def test_an_export_has_no_fault(tmp_path: Path) -> None:
    declared, record = template_of(SHOP, tmp_path)
    assert templates.faults([load(tmp_path, declared)], record) == []
    assert len(declared) == len(record.resources) == 3


@pytest.mark.parametrize("policy", ["DeletionPolicy", "UpdateReplacePolicy"])
@pytest.mark.parametrize("value", ["Delete", "RetainExceptOnCreate", None, "retain"])
def test_each_resource_has_to_be_retained(tmp_path: Path, policy: str, value: str | None) -> None:
    declared, record = template_of(SHOP, tmp_path)
    declared["Orders"][policy] = value
    if value is None:
        del declared["Orders"][policy]
    said = f"its {policy} is {value}, not Retain" if value else f"no {policy}"
    assert templates.faults([load(tmp_path, declared)], record) == [
        f"template.yaml: Orders: {said}"
    ]


def test_what_is_described_twice_is_a_fault(tmp_path: Path) -> None:
    declared, record = template_of(SHOP, tmp_path)
    declared["Again"] = declared["OrdersBounces"]
    found = templates.faults([load(tmp_path, declared)], record)
    assert found == [
        "orders/bounces: described 2 times (OrdersBounces, Again)",
        "orders/bounces: in the code as Again, not in the manifest",
    ]


def test_what_two_templates_describe_is_described_twice(tmp_path: Path) -> None:
    declared, record = template_of(SHOP, tmp_path)
    one, two = load(tmp_path, declared, "template-01.yaml"), load(tmp_path, declared, "t-02.yaml")
    assert [line.split(" (")[0] for line in templates.faults([one, two], record)] == [
        "orders: described 2 times",
        "orders/bounces: described 2 times",
        "orders/sends: described 2 times",
    ]


def test_what_is_missing_and_what_is_more_is_named(tmp_path: Path) -> None:
    declared, record = template_of(SHOP, tmp_path)
    declared["OrdersNew"] = declared.pop("OrdersBounces")
    assert templates.faults([load(tmp_path, declared)], record) == [
        "orders/bounces: not in the code as OrdersBounces",
        "orders/bounces: in the code as OrdersNew, not in the manifest",
    ]
    del declared["OrdersNew"], declared["OrdersSends"]
    assert templates.faults([load(tmp_path, declared)], record) == [
        "orders/bounces: not in the code as OrdersBounces",
        "orders/sends: not in the code as OrdersSends",
    ]


@pytest.mark.parametrize(
    "more",
    [
        retained("AWS::SNS::Topic", {"TopicName": "mail"}),
        # CloudFormation makes up a name for it, and makes the set.
        {"Type": SET_TYPE, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"},
    ],
)
def test_any_other_resource_is_a_fault(tmp_path: Path, more: Json) -> None:
    declared, record = template_of(SHOP, tmp_path)
    declared["More"] = more
    assert templates.faults([load(tmp_path, declared)], record)


def test_a_resource_that_is_none_is_the_only_thing_said_of_it(tmp_path: Path) -> None:
    declared, record = template_of(SHOP, tmp_path)
    declared["OrdersSends"]["Properties"]["EventDestination"]["MatchingEventTypes"] = ["opened"]
    (said,) = templates.faults([load(tmp_path, declared)], record)
    assert said.startswith("template.yaml: OrdersSends: does not describe a resource")
    declared["Odd"] = "text"
    assert len(templates.faults([load(tmp_path, declared)], record)) == 4


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Resources: ]", "template.yaml:1: not YAML"),
        (b"a: b", "template.yaml: not a CloudFormation template"),
        (b"\xff\xfe", "template.yaml:1: not UTF-8"),
        (b"", "template.yaml: not a CloudFormation template"),
    ],
)
def test_a_file_that_is_no_template_is_a_fault(tmp_path: Path, data: bytes, said: str) -> None:
    _, record = template_of(SHOP, tmp_path)
    (tmp_path / "template.yaml").write_bytes(data)
    (found,) = templates.faults([templates.load(tmp_path / "template.yaml")], record)
    assert found.startswith(said)


def test_no_template_lacks_everything(tmp_path: Path) -> None:
    _, record = template_of(SHOP, tmp_path)
    assert len(templates.faults([], record)) == 3


@pytest.mark.parametrize(("number", "is_fault"), [(500, False), (501, True)])
def test_a_template_takes_500_resources(tmp_path: Path, number: int, is_fault: bool) -> None:
    many = [
        configuration_set(f"s{each:03d}", *(f"d{inner}" for inner in range(9)))
        for each in range(50)
    ]
    if is_fault:
        many.append(configuration_set("t"))
    declared: dict[str, Json] = {}
    for one in many:
        part, _ = template_of(scope(one), tmp_path)
        shutil.rmtree(tmp_path / "export")
        declared |= part
    assert len(declared) == number
    resources = tuple(
        Resource(
            who.configuration_set,
            who.event_destination or "",
            address=at,
            import_file="resources-to-import.json",
        )
        for at, who in ((each.address, each.identity) for each in load(tmp_path, declared).code)
    )
    record = ScopeRecord(".", "aws", "eu-west-1", ACCOUNT, resources)
    said = ["template.yaml: 501 resources, but a template takes at most 500"] if is_fault else []
    assert templates.faults([load(tmp_path, declared)], record) == said


@pytest.mark.parametrize(("size", "is_fault"), [(1_000_000, False), (1_000_001, True)])
def test_a_template_takes_a_million_bytes(tmp_path: Path, size: int, is_fault: bool) -> None:
    declared, record = template_of(SHOP, tmp_path)
    load(tmp_path, declared)
    path = tmp_path / "template.yaml"
    # Bytes and not characters count.
    path.write_text(path.read_text() + "\n# é", encoding="utf-8")
    path.write_bytes(path.read_bytes().ljust(size, b"x"))
    said = (
        ["template.yaml: 1000001 bytes, but a template takes at most 1000000"] if is_fault else []
    )
    assert templates.faults([templates.load(path)], record) == said


# Lists of resources to import
# ---------------------------------------------------------------------


Edit = Callable[[list[dict[str, Json]]], None]


def import_faults(folder: Path, edit: Edit, *imported: str) -> list[str]:
    """What is said of an export's list that was edited."""
    declared, record = template_of(SHOP, folder)
    path = folder / "export" / "resources-to-import.json"
    listed = json.loads(path.read_bytes())
    edit(listed)
    path.write_text(json.dumps(listed))
    resources = tuple(replace(r, imported=r.address in imported) for r in record.resources)
    template = load(folder, declared)
    return templates.import_faults(path, template, replace(record, resources=resources))


def drop(address: str) -> Edit:
    def edit(listed: list[dict[str, Json]]) -> None:
        listed[:] = [each for each in listed if each["LogicalResourceId"] != address]

    return edit


def test_the_list_of_an_export_is_complete(tmp_path: Path) -> None:
    assert import_faults(tmp_path, lambda _listed: None) == []


def test_an_import_takes_all(tmp_path: Path) -> None:
    said = "resources-to-import.json: OrdersSends is missing; an import needs all"
    assert import_faults(tmp_path, drop("OrdersSends")) == [said]


def test_what_was_imported_need_not_be_listed(tmp_path: Path) -> None:
    assert import_faults(tmp_path, drop("OrdersSends"), "OrdersSends") == []


def test_what_was_imported_is_not_imported_again(tmp_path: Path) -> None:
    assert import_faults(tmp_path, lambda _listed: None, "Orders")


@pytest.mark.parametrize(
    "change",
    [
        {"ResourceType": DESTINATION_TYPE},
        {"ResourceType": "AWS::SNS::Topic"},
        {"ResourceIdentifier": {"Name": "other"}},
        {"ResourceIdentifier": {"Id": "orders"}},
        {"ResourceIdentifier": {"Name": "orders", "Id": "x"}},
        {"ResourceIdentifier": {}},
    ],
)
def test_a_wrong_identifier_is_a_fault(tmp_path: Path, change: dict[str, Json]) -> None:
    def edit(listed: list[dict[str, Json]]) -> None:
        next(each for each in listed if each["LogicalResourceId"] == "Orders").update(change)

    said = "resources-to-import.json: Orders: its type or identifier is wrong"
    assert import_faults(tmp_path, edit) == [said]


def test_a_resource_that_is_not_in_the_template_is_a_fault(tmp_path: Path) -> None:
    def edit(listed: list[dict[str, Json]]) -> None:
        listed.append({**listed[0], "LogicalResourceId": "Stranger"})

    said = "resources-to-import.json: Stranger is not in template.yaml"
    assert import_faults(tmp_path, edit) == [said]


def test_an_entry_that_comes_twice_is_a_fault(tmp_path: Path) -> None:
    def edit(listed: list[dict[str, Json]]) -> None:
        listed.append(listed[0])

    (said,) = import_faults(tmp_path, edit)
    assert said.endswith(" is listed 2 times")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[",
        b"[1]",
        b'[{"ResourceType": "x", "LogicalResourceId": "y"}]',
        b'[{"ResourceType":"x","LogicalResourceId":"y","ResourceIdentifier":{},"More":1}]',
        b'[{"ResourceType":"x","LogicalResourceId":"y","ResourceIdentifier":{"Name":1}}]',
        b'["\xff"]',
    ],
)
def test_a_file_that_is_no_list_is_a_fault(tmp_path: Path, content: bytes) -> None:
    declared, record = template_of(SHOP, tmp_path)
    path = tmp_path / "resources-to-import.json"
    path.write_bytes(content)
    (said,) = templates.import_faults(path, load(tmp_path, declared), record)
    assert said.startswith("resources-to-import.json: not a list of resources to import")


@pytest.mark.parametrize(("number", "is_fault"), [(200, False), (201, True)])
def test_one_import_takes_200_resources(tmp_path: Path, number: int, is_fault: bool) -> None:
    declared = {f"S{each}": retained(SET_TYPE, {"Name": f"s{each}"}) for each in range(number)}
    record = ScopeRecord(
        ".",
        "aws",
        "eu-west-1",
        ACCOUNT,
        tuple(Resource(f"s{n}", address=f"S{n}") for n in range(number)),
    )
    path = tmp_path / "resources-to-import.json"
    path.write_text(
        json.dumps(
            [
                {
                    "ResourceType": SET_TYPE,
                    "LogicalResourceId": f"S{each}",
                    "ResourceIdentifier": {"Name": f"s{each}"},
                }
                for each in range(number)
            ]
        )
    )
    said = (
        ["resources-to-import.json: 201 resources, but one import takes at most 200"]
        if is_fault
        else []
    )
    assert templates.import_faults(path, load(tmp_path, declared), record) == said


def test_what_left_the_code_is_in_the_stack_still(tmp_path: Path) -> None:
    declared, record = template_of(SHOP, tmp_path)
    path = tmp_path / "export" / "resources-to-import.json"
    listed = [e for e in json.loads(path.read_bytes()) if e["LogicalResourceId"] != "OrdersSends"]
    path.write_text(json.dumps(listed))
    left = replace(
        record,
        resources=tuple(r for r in record.resources if r.address != "OrdersSends"),
        departed=(Departed("orders", "sends", addresses=("OrdersSends",)),),
    )
    assert templates.import_faults(path, load(tmp_path, declared), left) == []


def test_what_was_never_handed_out_is_a_fault_once(tmp_path: Path) -> None:
    declared, record = template_of(SHOP, tmp_path)
    resources = tuple(
        replace(r, import_file="") if r.address == "OrdersSends" else r for r in record.resources
    )
    bare = replace(record, resources=resources)
    path = tmp_path / "export" / "resources-to-import.json"
    listed = [e for e in json.loads(path.read_bytes()) if e["LogicalResourceId"] != "OrdersSends"]
    path.write_text(json.dumps(listed))
    template = load(tmp_path, declared)
    assert templates.import_faults(path, template, bare) == []
    assert templates.faults([template], bare) == [
        "orders/sends: no export has written its import yet (OrdersSends): export again"
    ]
    # Destinations that are to be recreated under a new name need no import.
    assert templates.faults([template], replace(bare, adopt_suffix="-iac")) == []


# What CDK synthesized
# -----------------------------------------------------------------------------


def judged_assembly(
    folder: Path, edit: Callable[[dict[str, Json]], None], mapping: Json = None
) -> CheckFinding:
    """What is said of an assembly that is the CloudFormation rendering, edited."""
    declared, _ = template_of(SHOP, folder)
    edit(declared)
    loaded, record = exported(folder / "cdk", SHOP, FormatName.CDK)
    place = folder / "work"
    place.mkdir()
    work = workspace.copy(folder / "cdk", loaded, record, place, None)
    if mapping is not None:
        (place / "resource-mapping.json").write_text(json.dumps(mapping))
    context = Context(work, FakeLive(record, SHOP))
    made = {stack_name(1): load(folder, declared, "made.template.json")}
    synthesis = cdk._Synthesis(context, sys.executable, assembly=made)
    return cdk._resources(context, synthesis)


MAPPING = {
    "Orders": {"Name": "orders"},
    "OrdersBounces": {"Id": "bounces", "ConfigurationSetName": "orders"},
    "OrdersSends": {"Id": "sends", "ConfigurationSetName": "orders"},
}


def test_an_assembly_like_the_rendering_passes(tmp_path: Path) -> None:
    def edit(declared: dict[str, Json]) -> None:
        declared["CDKMetadata"] = {"Type": "AWS::CDK::Metadata", "Properties": {}}
        declared["Orders"]["Metadata"] = {"aws:cdk:path": "x"}

    found = judged_assembly(tmp_path, edit, MAPPING)
    assert found == CheckFinding(
        CheckOutcome.PASSED, "3 resources, same as in the CloudFormation rendering"
    )


def test_a_property_that_the_rendering_has_not_is_a_fault(tmp_path: Path) -> None:
    def edit(declared: dict[str, Json]) -> None:
        declared["Orders"]["Properties"]["NewOption"] = True

    found = judged_assembly(tmp_path, edit, MAPPING)
    assert found.outcome is CheckOutcome.FAILED
    assert ["NewOption" in item for item in found.items] == [True]


def test_an_assembly_of_nothing_is_a_fault(tmp_path: Path) -> None:
    found = judged_assembly(tmp_path, lambda declared: declared.clear())
    assert found.outcome is CheckOutcome.FAILED


def test_an_assembly_that_says_something_twice_is_a_fault(tmp_path: Path) -> None:
    def edit(declared: dict[str, Json]) -> None:
        declared["Again"] = declared["OrdersBounces"]

    found = judged_assembly(tmp_path, edit)
    assert found.outcome is CheckOutcome.FAILED
    assert any("described 2 times" in item for item in found.items)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({**MAPPING, "Orders": {"Name": "other"}}, "Orders: its identifier is wrong"),
        ({**MAPPING, "More": {"Name": "more"}}, "More is not in the manifest"),
        ([], "not a resource mapping"),
        ({"Orders": {"Name": "orders"}}, "OrdersBounces"),
    ],
)
def test_a_wrong_mapping_is_a_fault(tmp_path: Path, mapping: Json, said: str) -> None:
    found = judged_assembly(tmp_path, lambda _declared: None, mapping)
    assert found.outcome is CheckOutcome.FAILED
    assert any(said in item for item in found.items)


# Plans of Terraform
# -----------------------------------------------------------------------------------

TF_SET = "aws_sesv2_configuration_set.orders"
TF_DESTINATION = "aws_sesv2_configuration_set_event_destination.orders_bounces"

TF_RECORD = ScopeRecord(
    ".",
    "aws",
    "eu-west-1",
    ACCOUNT,
    (
        Resource("orders", address=TF_SET, import_file="imports.tf"),
        Resource("orders", "bounces", address=TF_DESTINATION, import_file="imports.tf"),
    ),
)


def change(address: str, *actions: str, importing: str | None = None, **more: Json) -> Json:
    found = {"actions": list(actions or ("no-op",)), **more}
    if importing is not None:
        found["importing"] = {"id": importing}
    return {"address": address, "change": found}


def judged(*changes: Json) -> CheckFinding:
    return judge_plan({"resource_changes": list(changes)}, TF_RECORD)


IMPORT_SET = change(TF_SET, importing="orders")
IMPORT_DESTINATION = change(TF_DESTINATION, importing="orders|bounces")


def test_a_plan_that_only_imports_passes() -> None:
    looked_up = change("data.aws_region.here", "read")
    found = judged(IMPORT_SET, looked_up, IMPORT_DESTINATION)
    said = "2 to import, 0 to add, 0 to change, 0 to destroy"
    assert found == CheckFinding(CheckOutcome.PASSED, said)


@pytest.mark.parametrize(
    ("changes", "said", "items"),
    [
        (
            [IMPORT_SET, change(TF_DESTINATION, "create")],
            "1 to import, 1 to add, 0 to change, 0 to destroy",
            [f"create {TF_DESTINATION}", f"not imported: {TF_DESTINATION}"],
        ),
        (
            [IMPORT_SET, IMPORT_DESTINATION, change("aws_sns_topic.x", "create")],
            "2 to import, 1 to add, 0 to change, 0 to destroy",
            ["create aws_sns_topic.x"],
        ),
        (
            [IMPORT_SET, IMPORT_DESTINATION, change("aws_sns_topic.x", "delete")],
            "2 to import, 0 to add, 0 to change, 1 to destroy",
            ["delete aws_sns_topic.x"],
        ),
        (
            [
                IMPORT_SET,
                change(TF_DESTINATION, "delete", "create", importing="orders|bounces"),
            ],
            "2 to import, 1 to add, 0 to change, 1 to destroy",
            [f"delete/create {TF_DESTINATION}"],
        ),
        (
            [IMPORT_SET, IMPORT_DESTINATION, change("aws_sns_topic.x", "forget")],
            "2 to import, 0 to add, 0 to change, 0 to destroy, 1 to forget",
            ["forget aws_sns_topic.x"],
        ),
        (
            [IMPORT_SET, change(TF_DESTINATION, importing="orders|sends")],
            "2 to import, 0 to add, 0 to change, 0 to destroy",
            [f"{TF_DESTINATION}: imported with id 'orders|sends', not 'orders|bounces'"],
        ),
        (
            [IMPORT_SET, {**IMPORT_DESTINATION, "change": {"actions": ["no-op"], "importing": {}}}],
            "2 to import, 0 to add, 0 to change, 0 to destroy",
            [f"{TF_DESTINATION}: imported with id '', not 'orders|bounces'"],
        ),
        (
            [IMPORT_SET, change(TF_DESTINATION)],
            "1 to import, 0 to add, 0 to change, 0 to destroy",
            [f"not imported: {TF_DESTINATION}"],
        ),
        (
            [],
            "0 to import, 0 to add, 0 to change, 0 to destroy",
            [f"not imported: {TF_SET}", f"not imported: {TF_DESTINATION}"],
        ),
        (
            [IMPORT_SET, IMPORT_DESTINATION, change("aws_sns_topic.x", importing="arn")],
            "3 to import, 0 to add, 0 to change, 0 to destroy",
            ["imported, but not in the manifest: aws_sns_topic.x"],
        ),
    ],
)
def test_a_plan_that_does_more_or_less_fails(
    changes: list[Json], said: str, items: list[str]
) -> None:
    found = judged(*changes)
    assert found == CheckFinding(CheckOutcome.FAILED, said, tuple(items))


IN_STATE = (
    change(TF_SET, before={"id": "orders"}),
    change(TF_DESTINATION, before={"id": "orders|bounces"}),
)
BY_STATE = Basis(has_state=True)


def by_state(*changes: Json, record: ScopeRecord = TF_RECORD) -> CheckFinding:
    return judge_plan({"resource_changes": list(changes)}, record, BY_STATE)


def test_what_is_in_state_needs_no_import() -> None:
    said = "0 to import, 0 to add, 0 to change, 0 to destroy; 2 already in the state"
    assert by_state(*IN_STATE) == CheckFinding(CheckOutcome.PASSED, said)
    said = "1 to import, 0 to add, 0 to change, 0 to destroy; 1 already in the state"
    assert by_state(IMPORT_SET, IN_STATE[1]) == CheckFinding(CheckOutcome.PASSED, said)


def test_what_others_keep_in_state_does_not_count() -> None:
    more = change("aws_sesv2_configuration_set.more", before={"id": "more"})
    assert by_state(*IN_STATE, more).said.endswith("; 2 already in the state")


@pytest.mark.parametrize("before", [{"id": "orders|sends"}, {"id": ""}, {"arn": "x"}])
def test_another_resource_at_an_address_of_the_code_is_named(before: Json) -> None:
    found = by_state(IN_STATE[0], change(TF_DESTINATION, before=before))
    assert found.outcome is CheckOutcome.FAILED
    shown = before.get("id", "")
    assert found.items == (f"{TF_DESTINATION}: in the state as {shown!r}, not as 'orders|bounces'",)


def test_what_state_lost_is_created() -> None:
    found = by_state(IN_STATE[0], change(TF_DESTINATION, "create", before=None))
    assert found.outcome is CheckOutcome.FAILED
    assert found.items == (f"create {TF_DESTINATION}", f"not imported: {TF_DESTINATION}")


def test_what_was_never_handed_out_needs_another_export() -> None:
    bare = tuple(replace(each, import_file="") for each in TF_RECORD.resources)
    planned = {"resource_changes": [IMPORT_SET, change(TF_DESTINATION, "create")]}
    found = judge_plan(planned, replace(TF_RECORD, resources=bare))
    assert found.items == (
        f"create {TF_DESTINATION}",
        f"not imported: {TF_DESTINATION}; export again to write its import",
    )
    # In state already, it needs none.
    assert by_state(*IN_STATE, record=replace(TF_RECORD, resources=bare)).items == ()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1 import added back, because its file was deleted after the import"),
        (2, "2 imports added back, because their file was deleted after the import"),
    ],
)
def test_imports_that_were_put_back_are_said(number: int, said: str) -> None:
    planned = {"resource_changes": [IMPORT_SET, IMPORT_DESTINATION]}
    found = judge_plan(planned, TF_RECORD, Basis(put_back=number))
    assert found.outcome is CheckOutcome.PASSED
    assert found.said == f"2 to import, 0 to add, 0 to change, 0 to destroy; {said}"
    assert found.hint.startswith("use --state FILE ")


LEFT = "aws_sesv2_configuration_set.left"
WITH_DEPARTED = replace(TF_RECORD, departed=(Departed("left", addresses=(LEFT, f"{LEFT}_before")),))


@pytest.mark.parametrize("address", [LEFT, f"{LEFT}_before", f'{LEFT}["a"]'])
def test_what_left_the_code_may_be_forgotten(address: str) -> None:
    found = by_state(*IN_STATE, change(address, "forget", before={}), record=WITH_DEPARTED)
    said = "0 to import, 0 to add, 0 to change, 0 to destroy, 1 to forget; 2 already in the state"
    assert found == CheckFinding(CheckOutcome.PASSED, said)


def test_what_was_overwritten_by_force_may_be_forgotten() -> None:
    record = replace(TF_RECORD, forgotten=(LEFT,))
    found = by_state(*IN_STATE, change(LEFT, "forget", before={}), record=record)
    assert found.outcome is CheckOutcome.PASSED


def test_what_left_the_code_must_not_be_destroyed() -> None:
    gone = change(LEFT, "delete", before={"id": "left"})
    found = by_state(*IN_STATE, gone, record=WITH_DEPARTED)
    assert found.said.startswith("0 to import, 0 to add, 0 to change, 1 to destroy; ")
    assert found.items == (f"delete {LEFT}",)
    assert found.hint.startswith("restore removed.tf")


def test_what_did_not_leave_the_code_must_not_be_forgotten() -> None:
    found = by_state(IN_STATE[0], change(TF_DESTINATION, "forget", before={"id": "orders|bounces"}))
    assert found.outcome is CheckOutcome.FAILED
    assert found.items == (f"forget {TF_DESTINATION}",)


def test_what_is_moved_counts_at_its_new_address() -> None:
    moved = {**IN_STATE[0], "previous_address": "aws_sesv2_configuration_set.before"}
    assert by_state(moved, IN_STATE[1]).outcome is CheckOutcome.PASSED


def updated(before: Json, after: Json, **more: Json) -> CheckFinding:
    changed = change(
        TF_DESTINATION,
        "update",
        importing="orders|bounces",
        before=before,
        after=after,
        **more,
    )
    return judged(IMPORT_SET, changed)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({"enabled": True}, {"enabled": False}, "enabled: true -> false"),
        ({"tags": None}, {"tags": {"a": "b"}}, 'tags: null -> {"a": "b"}'),
        ({"tags": {"a": "b"}}, {"tags": {"a": "c"}}, 'tags.a: "b" -> "c"'),
        ({"tags": {"a": "b"}}, {"tags": {}}, 'tags.a: "b" -> null'),
        (
            {"block": [{"sns": [{"arn": "x"}], "on": True}]},
            {"block": [{"sns": [{"arn": "y"}], "on": True}]},
            'block.sns.arn: "x" -> "y"',
        ),
        (
            {"block": [{"a": 1}, {"a": 2}]},
            {"block": [{"a": 1}, {"a": 3}]},
            "block[1].a: 2 -> 3",
        ),
        ({"block": [{"a": 1}]}, {"block": []}, 'block: [{"a": 1}] -> []'),
        ({"types": ["A", "B"]}, {"types": ["A"]}, 'types: ["A", "B"] -> ["A"]'),
    ],
)
def test_a_change_is_shown_by_its_attribute(before: Json, after: Json, line: str) -> None:
    same = {"id": "orders|bounces"}
    found = updated({**before, **same}, {**after, **same})
    assert found == CheckFinding(
        CheckOutcome.FAILED,
        "2 to import, 0 to add, 1 to change, 0 to destroy",
        (f"~ {TF_DESTINATION}: {line}",),
    )


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [
        # What is known only after applying is in after_unknown.
        ({"arn": None}, {}, {"after_unknown": {"arn": True}}),
        ({"a": 1}, {"a": 1}, {"before_sensitive": {}, "after_sensitive": {"a": True}}),
    ],
)
def test_a_change_without_an_attribute_to_show_is_a_change(
    before: Json, after: Json, more: dict[str, Json]
) -> None:
    assert updated(before, after, **more).outcome is CheckOutcome.FAILED


def test_what_is_imported_beside_the_manifest_is_named_in_order() -> None:
    addresses = [f"aws_sns_topic.t{number}" for number in range(9)]
    found = judged(IMPORT_SET, IMPORT_DESTINATION, *(change(at, importing="x") for at in addresses))
    assert [item.rpartition(" ")[2] for item in found.items] == addresses


# Engines
# ---------------------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes by name are of POSIX")


def python(folder: Path, code: str, **options: Any) -> Ran:
    return processes.run([sys.executable, "-c", code], folder, 60, **options)


@pytest.mark.slow
def test_what_a_program_says_is_kept(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "print(os.getcwd()); print('é'); sys.stdout.flush()\n"
        "os.write(1, b'\\xff\\n'); os.write(2, b'err\\n'); sys.exit(3)\n"
    )
    ran = python(tmp_path, code, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert ran == Ran(3, f"{tmp_path.resolve()}\né\n\N{REPLACEMENT CHARACTER}\n", "err\n")


@pytest.mark.slow
def test_a_program_that_says_much_does_not_wait_for_a_reader(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.write('x' * 3_000_000); sys.stderr.write('y' * 3_000_000)"
    ran = python(tmp_path, code)
    assert (len(ran.out), len(ran.err), ran.code) == (3_000_000, 3_000_000, 0)


@pytest.mark.slow
def test_a_program_has_nothing_to_read(tmp_path: Path) -> None:
    assert python(tmp_path, "import sys; print(repr(sys.stdin.read()))").out == "''\n"


@pytest.mark.slow
def test_the_environment_is_the_one_that_is_given(tmp_path: Path) -> None:
    code = "import os; print(os.environ.get('HOME'), os.environ['MINE'])"
    assert python(tmp_path, code, env={"MINE": "1"}).out == "None 1\n"


def watched(folder: Path) -> tuple[Path, int]:
    """A pipe by name, and its reading end: it ends when nobody holds the writing end any more."""
    fifo = folder / "alive"
    os.mkfifo(fifo)
    return fifo, os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)


def ended(reader: int) -> bool:
    """Whether somebody held the writing end and nobody does any more."""
    seen = b""
    try:
        while select.select([reader], [], [], 60)[0]:
            data = os.read(reader, 100)
            seen += data
            if not data:
                return seen == b"up\n"
        return False
    finally:
        os.close(reader)


GRANDCHILD = "(echo up; exec sleep 300) > alive & "


@pytest.mark.slow
@posix
def test_a_program_that_hangs_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    _, reader = watched(tmp_path)
    with pytest.raises(
        EngineError, match=r"^sh did not finish within 3 s and was stopped$"
    ) as caught:
        processes.run(["sh", "-c", f"{GRANDCHILD} sleep 300"], tmp_path, 3)
    assert caught.value.is_slow
    assert ended(reader)


@posix
def test_a_signal_that_arrives_while_a_program_starts_ends_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []

    class Interrupted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self.pid)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            processes.run(["sh", "-c", "exec sleep 300"], tmp_path, 60)
        with pytest.raises(ProcessLookupError):
            os.killpg(started[0], 0)
    finally:
        signal.signal(signal.SIGINT, before)


@posix
def test_a_program_that_ends_leaves_nothing_behind(tmp_path: Path) -> None:
    fifo, reader = watched(tmp_path)
    # Its output is held open by the grandchild too; nobody waits for that.
    held = f"mkfifo go; (echo up; echo > go; exec sleep 300) 3> {fifo.name} >&3 & "
    ran = processes.run(["sh", "-c", f"{held} read x < go; echo done"], tmp_path, 60)
    assert ran == Ran(0, "done\n", "")
    assert ended(reader)


@pytest.mark.slow
@posix
def test_a_program_that_ignores_signals_is_stopped_too(tmp_path: Path) -> None:
    _, reader = watched(tmp_path)
    code = f"trap '' TERM INT HUP; {GRANDCHILD} while :; do sleep 1; done"
    with pytest.raises(EngineError):
        processes.run(["sh", "-c", code], tmp_path, 3)
    assert ended(reader)


@posix
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("kill -SEGV $$", "sh was killed by SIGSEGV"),
        ("echo first >&2; echo last words >&2; kill -KILL $$", "killed by SIGKILL: last words"),
        ("kill -TERM $$", "sh was killed by SIGTERM"),
    ],
)
def test_a_program_that_a_signal_ends_is_an_error(tmp_path: Path, code: str, said: str) -> None:
    with pytest.raises(EngineError) as caught:
        processes.run(["sh", "-c", code], tmp_path, 60)
    assert str(caught.value).endswith(said)
    assert not caught.value.is_slow


def test_a_signal_without_a_name_is_numbered() -> None:
    assert processes._signal_name(signal.SIGKILL) == "SIGKILL"
    assert processes._signal_name(250) == "signal 250"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _path: None, "No such file"),
        (lambda path: path.write_text("text"), "Permission denied"),
        (lambda path: (path.write_bytes(b"\0text"), path.chmod(0o755)), "Exec format"),
        (lambda path: path.mkdir(), "Permission denied"),
    ],
)
def test_a_program_that_cannot_start_is_an_error(
    tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    program = tmp_path / "terraform"
    make(program)
    said = f"^{re.escape(str(program))} cannot be started: {said}"
    with pytest.raises(EngineError, match=said) as caught:
        processes.run([str(program)], tmp_path, 60)
    assert not caught.value.is_slow


def test_variables_are_left_out_by_how_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CLI_ARGS_plan", "-destroy")
    monkeypatch.setenv("TF_CLI", "x")
    found = processes.environment(["TF_CLI_ARGS"], HOME="/work")
    assert "TF_CLI_ARGS_plan" not in found
    assert (found["TF_CLI"], found["HOME"]) == ("x", "/work")
    assert processes.environment() == dict(os.environ)


def test_the_first_program_that_is_there_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "bin")
    (tmp_path / "bin").mkdir()
    real = tmp_path / "real"
    real.write_text("#!/bin/sh\n")
    real.chmod(0o755)
    assert processes.find("terraform", "tofu") is None
    (tmp_path / "bin" / "tofu").symlink_to(real)
    # A link stays one: Python finds its environment by it.
    assert processes.find("terraform", "tofu") == str(tmp_path / "bin" / "tofu")


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("", 3, []),
        ("\n \n\t\n", 3, []),
        (
            "╷\n│ Error: bad\n│ \n│   on /w/x/main.tf line 1\n╵\n",
            9,
            ["Error: bad", "on main.tf line 1"],
        ),
        ("in /w/x: no\n", 3, ["in .: no"]),
        ("a\nb\nc", 3, ["a", "b", "c"]),
        ("a\n\nb\nc\r\nd\ne", 3, ["a", "b", "c", "... and 2 more lines"]),
    ],
)
def test_what_a_program_said_is_shortened(text: str, lines: int, expected: list[str]) -> None:
    assert processes.shortened(text, Path("/w/x"), lines) == expected


# The workspace
# ---------------------------------------------------------------------------------------


def test_only_what_the_export_wrote_is_copied(tmp_path: Path) -> None:
    target, place = tmp_path / "out", tmp_path / "work"
    loaded, record = exported(target, SHOP, FormatName.TERRAFORM)
    (target / "backend.tf").write_text("terraform {}")
    (target / ".terraform").mkdir()
    (target / ".terraform" / "x").write_text("")
    (target / "versions.tf").unlink()
    os.mkfifo(target / "versions.tf")
    (target / "imports.tf").unlink()
    (target / "imports.tf").mkdir()
    copied = workspace.copy(target, loaded, record, place, None)
    assert copied.folder.is_relative_to(place)
    place = copied.folder
    found = sorted(path.relative_to(place).as_posix() for path in place.rglob("*"))
    # The names serve no engine, and such a file may have any name.
    expected = {*loaded.files} - {"versions.tf", "imports.tf"}
    assert found == sorted(expected)
    assert "providers.tf" in found
    for path in found:
        assert (place / path).read_bytes() == (target / path).read_bytes()
    assert [path.name for path in copied.files("*.tf")] == [p for p in found if p.endswith(".tf")]


def test_a_scope_is_copied_without_its_neighbours(tmp_path: Path) -> None:
    target, place = tmp_path / "out", tmp_path / "work"
    other = replace(SHOP, region="eu-west-10")
    reading = ReadResult((SHOP, other))
    given = ExportInput(reading, target)
    run.export(load_format(FormatName.CLOUDFORMATION), given, ExportOptions())
    loaded = manifest.load(target)
    assert loaded is not None
    record = loaded.scope_at(f"{ACCOUNT}/eu-west-1")
    assert record is not None
    copied = workspace.copy(target, loaded, record, place, None)
    found = sorted(path.name for path in place.iterdir())
    assert found == sorted({*export_files.own_files(loaded, record)} - {"names.toml"})
    assert "template.yaml" in found
    assert "eu-west-10" not in (place / "template.yaml").read_text()
    assert copied.source == target / ACCOUNT / "eu-west-1"


def test_the_limit_grows_with_the_resources(tmp_path: Path) -> None:
    _, record = exported(tmp_path / "out", SHOP, FormatName.TERRAFORM)
    for chosen, expected in ((None, 310.0), (7, 7), (0.5, 0.5)):
        work = Workspace(tmp_path, tmp_path, record, chosen)
        assert work.limit(base=295, each=5) == expected


def test_a_fresh_export_differs_in_nothing(tmp_path: Path) -> None:
    loaded, _ = exported(tmp_path, SHOP, FormatName.TERRAFORM)
    (tmp_path / "mine.tf").write_text("")
    (tmp_path / "names.toml").write_text("# mine\n")
    assert export_files.differences(tmp_path, loaded) == ([], [])


def test_each_difference_is_named(tmp_path: Path) -> None:
    loaded, _ = exported(tmp_path, SHOP, FormatName.TERRAFORM)
    assert {*loaded.files} == {
        "configuration_sets.tf",
        "event_destinations.tf",
        "imports.tf",
        "locals.tf",
        "providers.tf",
        "versions.tf",
    }
    (editable,) = loaded.editable
    (tmp_path / "configuration_sets.tf").write_bytes(b"")
    (tmp_path / "event_destinations.tf").unlink()
    (tmp_path / "providers.tf").unlink()
    (tmp_path / "providers.tf").symlink_to("nowhere")
    (tmp_path / "versions.tf").unlink()
    (tmp_path / "versions.tf").mkdir()
    (tmp_path / "imports.tf").unlink()
    (tmp_path / editable).unlink()
    wrong, noted = export_files.differences(tmp_path, loaded)
    assert sorted(wrong) == [
        "configuration_sets.tf: edited since the export",
        "event_destinations.tf: deleted",
        "providers.tf: a link, not a file",
        "versions.tf: cannot be read",
    ]
    assert noted == ["imports.tf: deleted", f"{editable}: deleted"]


def test_an_import_file_may_be_deleted_but_not_edited(tmp_path: Path) -> None:
    loaded, _ = exported(tmp_path, SHOP, FormatName.TERRAFORM)
    (tmp_path / "imports.tf").write_text("import {}\n")
    wrong, noted = export_files.differences(tmp_path, loaded)
    assert (wrong, noted) == (["imports.tf: edited since the export"], [])


# The live account
# ------------------------------------------------------------------------------------


def code_of(found: Scope) -> list[CodeResource]:
    """What an export of it would say."""
    held = assess(found, judge, configuration_sets=True).scope
    return [CodeResource(str(who), "", who, tree) for who, tree in values.of_scope(held)]


def record_of(found: Scope, adopt_suffix: str = "") -> ScopeRecord:
    resources = tuple(
        Resource(
            each.identity.configuration_set,
            each.identity.event_destination or "",
            address=each.address,
        )
        for each in code_of(found)
    )
    return ScopeRecord(".", "aws", "eu-west-1", ACCOUNT, resources, adopt_suffix=adopt_suffix)


def compared(code: Scope, there: Scope, **options: Any) -> CheckFinding:
    record = record_of(code)
    return live.compare(code_of(code), record, FakeLive(record, there, **options), judge)


def test_code_that_says_what_is_live_passes() -> None:
    assert compared(SHOP, SHOP) == CheckFinding(CheckOutcome.PASSED, "3 resources as live")


def test_what_no_code_can_hold_is_not_compared() -> None:
    reputation = ReputationOptions(
        reputation_metrics_enabled=True, last_fresh_start="2026-01-01T00:00:00Z"
    )
    there = configuration_set("orders", "bounces", "sends")
    there = replace(
        there,
        reputation_options=reputation,
        tags=(Tag(key="aws:cloudformation:stack-name", value="mail"),),
    )
    assert compared(SHOP, scope(there)).outcome is CheckOutcome.PASSED


def test_sets_that_are_not_in_the_export_do_not_matter() -> None:
    there = scope(*SHOP.configuration_sets, configuration_set("invoices", "x"))
    assert compared(SHOP, there).outcome is CheckOutcome.PASSED


def test_each_difference_has_its_resource_and_both_values() -> None:
    there = scope(
        replace(
            configuration_set("orders", "bounces"),
            tags=(Tag(key="team", value="é"),),
            event_destinations=(replace(destination("bounces", "other"), enabled=False),),
        )
    )
    found = compared(SHOP, there)
    assert found.said == "4 differences between code and account"
    assert set(found.items) == {
        'orders: Tags[team]: code has nothing, live is "é"',
        "orders/bounces: Enabled: code has true, live is false",
        f'orders/bounces: SnsDestination.TopicArn: code has "{BASE}-mail", live is "{BASE}-other"',
        "orders/sends: gone from the account (orders/sends)",
    }


def test_a_destination_with_a_target_that_the_format_cannot_hold_is_not_gone() -> None:
    pinpoint = PinpointDestination(application_arn="arn:aws:mobiletargeting:eu-west-1:1:apps/a")
    turned = replace(destination("bounces"), sns_destination=None, pinpoint_destination=pinpoint)
    there = scope(replace(configuration_set("orders", "sends"), event_destinations=(turned,)))
    code = scope(configuration_set("orders", "bounces"))
    assert compared(code, there).items == (
        f'orders/bounces: SnsDestination.TopicArn: code has "{BASE}-mail", live is nothing',
    )


def test_an_account_that_holds_nothing_any_more_has_lost_all() -> None:
    record = record_of(SHOP)
    empty = FakeLive(record)
    assert live.compare(code_of(SHOP), record, empty, judge).said.startswith("3 differences")
    gone = live.gone(record, empty)
    assert gone is not None
    assert gone.items == (
        "orders: gone from the account (orders)",
        "orders/bounces: gone from the account (orders/bounces)",
        "orders/sends: gone from the account (orders/sends)",
    )
    assert live.gone(record, FakeLive(record, SHOP)) is None


def test_what_is_not_in_the_code_is_a_difference() -> None:
    record = record_of(SHOP)
    code = [each for each in code_of(SHOP) if each.address != "orders/sends"]
    found = live.compare(code, record, FakeLive(record, SHOP), judge)
    assert found.items == ("orders/sends: not in the code (orders/sends)",)


def test_what_could_not_be_read_is_a_difference_and_not_gone() -> None:
    unread = (ReadFailure("orders", "AccessDenied"),)
    record = record_of(SHOP)
    silent = FakeLive(record, scope(), unread=unread)
    found = live.compare(code_of(SHOP), record, silent, judge)
    assert found.outcome is CheckOutcome.FAILED
    assert found.items == ("orders: could not be read: AccessDenied",)
    gone = live.gone(record, silent)
    assert gone is not None
    assert (gone.outcome, gone.items) == (found.outcome, found.items)


def test_before_adoption_the_old_one_counts() -> None:
    code = scope(configuration_set("orders", "bounces-iac", "sends"))
    there = scope(configuration_set("orders", "bounces", "sends"))
    record = record_of(code, "-iac")
    account = FakeLive(record, there)
    assert live.compare(code_of(code), record, account, judge).outcome is CheckOutcome.PASSED
    assert live.gone(record, account) is None
    # Without the suffix in the manifest, the old one is another.
    plain = record_of(code)
    gone = live.gone(plain, FakeLive(plain, there))
    assert gone is not None
    assert gone.items == ("orders/bounces-iac: gone from the account (orders/bounces-iac)",)


def test_after_adoption_the_new_one_counts() -> None:
    code = scope(configuration_set("orders", "bounces-iac"))
    made = replace(destination("bounces-iac"), enabled=False)
    there = scope(
        replace(configuration_set("orders"), event_destinations=(destination("bounces"), made))
    )
    record = record_of(code, "-iac")
    found = live.compare(code_of(code), record, FakeLive(record, there), judge)
    assert found.items == ("orders/bounces-iac: Enabled: code has true, live is false",)


def test_a_difference_of_the_old_one_is_one_of_the_new_one() -> None:
    code = scope(configuration_set("orders", "bounces-iac"))
    there = scope(
        replace(configuration_set("orders"), event_destinations=(destination("bounces", "new"),))
    )
    record = record_of(code, "-iac")
    found = live.compare(code_of(code), record, FakeLive(record, there), judge)
    assert [item.partition(": code")[0] for item in found.items] == [
        "orders/bounces-iac: SnsDestination.TopicArn"
    ]


def test_offline_nothing_is_compared() -> None:
    record = record_of(SHOP)
    account = Live(record, offline=True)
    with pytest.raises(live.UnreachableError) as caught:
        live.compare(code_of(SHOP), record, account, judge)
    found = caught.value.finding
    assert (found.outcome, found.missing) == (CheckOutcome.NOT_RUN, Tool.AWS)
    with pytest.raises(live.UnreachableError):
        live.gone(record, account)


# Readiness
# -------------------------------------------------------------------------------------------

BOTH: Mapping[str, frozenset[str]] = {
    SET_TYPE: frozenset({"Name"}),
    DESTINATION_TYPE: frozenset({"Id", "ConfigurationSetName"}),
}


@pytest.fixture
def assessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[CheckFinding, Context]]:
    """Assess an account with an answer of CloudFormation's."""

    def assess(
        account: FakeLive, answer: Mapping[str, frozenset[str]] | ExporterError | None = BOTH
    ) -> tuple[CheckFinding, Context]:
        def importable(access: Access, template: Mapping[str, Json]) -> Json:
            assert access.region == "eu-west-1"
            assert {each["Type"] for each in template["Resources"].values()} == set(BOTH)
            if isinstance(answer, ExporterError):
                raise answer
            return answer

        monkeypatch.setattr(asked, "importable_types", importable)
        record = account.record
        context = Context(Workspace(tmp_path, tmp_path, record), account)
        return readiness.assess(context), context

    return assess


Assessed = Callable[..., tuple[CheckFinding, Context]]

OWNED = scope(
    replace(
        configuration_set("orders", "bounces"),
        tags=(Tag(key="aws:cloudformation:stack-name", value="mail"),),
    )
)
ONE = scope(configuration_set("orders", "bounces"))


@pytest.mark.parametrize(
    ("code", "suffix", "there", "answer", "expected", "outcome"),
    [
        (ONE, "", ONE, BOTH, ["importable"] * 2, CheckOutcome.PASSED),
        (ONE, "", OWNED, BOTH, ["already in a stack", "importable"], CheckOutcome.PASSED),
        (ONE, "", scope(), BOTH, ["already gone"] * 2, CheckOutcome.FAILED),
        (ONE, "", ONE, {}, ["not importable in this region"] * 2, CheckOutcome.FAILED),
        (
            ONE,
            "",
            ONE,
            {SET_TYPE: BOTH[SET_TYPE]},
            ["importable", "not importable in this region"],
            CheckOutcome.FAILED,
        ),
        (
            ONE,
            "",
            ONE,
            {**BOTH, DESTINATION_TYPE: frozenset({"Id"})},
            ["importable", "importable only with another identifier"],
            CheckOutcome.FAILED,
        ),
        (
            scope(configuration_set("orders", "bounces-iac")),
            "-iac",
            ONE,
            {SET_TYPE: BOTH[SET_TYPE]},
            ["importable", "to be created next to the old one"],
            CheckOutcome.PASSED,
        ),
        (
            scope(configuration_set("orders", "bounces-iac")),
            "-iac",
            scope(configuration_set("orders", "bounces", "bounces-iac")),
            {SET_TYPE: BOTH[SET_TYPE]},
            ["importable", "created under its new name"],
            CheckOutcome.PASSED,
        ),
        (
            scope(configuration_set("orders", "bounces-iac")),
            "-iac",
            scope(configuration_set("orders")),
            BOTH,
            ["importable", "already gone"],
            CheckOutcome.FAILED,
        ),
    ],
)
def test_each_resource_is_one_of_the_seven(
    assessed: Assessed,
    code: Scope,
    suffix: str,
    there: Scope,
    answer: Mapping[str, frozenset[str]],
    expected: list[str],
    outcome: CheckOutcome,
) -> None:
    found, context = assessed(FakeLive(record_of(code, suffix), there), answer)
    assert [str(row.readiness) for row in context.resources] == expected
    assert found.outcome is outcome
    for word in expected:
        assert f"{expected.count(word)} {word}" in found.said
    by_identifier = [bool(row.identifier) for row in context.resources]
    assert by_identifier == [word == "importable" for word in expected]


def test_the_rows_say_what_is_imported_by_what(assessed: Assessed) -> None:
    _, context = assessed(FakeLive(record_of(ONE), ONE))
    assert [(row.resource, row.address, row.identifier) for row in context.resources] == [
        ("orders", "orders", {"Name": "orders"}),
        (
            "orders/bounces",
            "orders/bounces",
            {"Id": "bounces", "ConfigurationSetName": "orders"},
        ),
    ]
    _, context = assessed(FakeLive(record_of(OWNED), OWNED))
    assert [row.stack for row in context.resources] == ["mail", ""]


def test_another_identifier_is_said(assessed: Assessed) -> None:
    answer = {**BOTH, SET_TYPE: frozenset({"Arn", "Name"})}
    found, _ = assessed(FakeLive(record_of(ONE), ONE), answer)
    assert f"{SET_TYPE}: CloudFormation identifies it by Arn, Name" in found.items


def test_what_is_not_ready_comes_with_advice(assessed: Assessed) -> None:
    assert "IMPORT.md" in assessed(FakeLive(record_of(ONE), ONE), {})[0].hint
    assert "--exclude" in assessed(FakeLive(record_of(OWNED), OWNED))[0].hint
    assert "export again" in assessed(FakeLive(record_of(ONE)))[0].hint
    assert assessed(FakeLive(record_of(ONE), ONE))[0].hint == ""


def test_what_could_not_be_read_is_not_judged(assessed: Assessed) -> None:
    both = scope(configuration_set("invoices"), *ONE.configuration_sets)
    account = FakeLive(record_of(both), ONE, unread=(ReadFailure("invoices", "throttled"),))
    found, context = assessed(account)
    assert found.outcome is CheckOutcome.FAILED
    assert found.items == ("invoices: could not be read: throttled",)
    assert [row.resource for row in context.resources] == ["orders", "orders/bounces"]


def test_without_an_answer_nothing_is_judged(assessed: Assessed) -> None:
    refused = ExporterError("not allowed", where="region eu-west-1", hint="allow it")
    for answer in (None, refused):
        found, context = assessed(FakeLive(record_of(ONE), ONE), answer)
        assert (found.outcome, found.missing) == (CheckOutcome.NOT_RUN, Tool.AWS)
        assert found.hint
        assert context.resources == []
    assert "not allowed" in found.said


def test_each_readiness_is_ready_or_not() -> None:
    ready = {each for each in Readiness if each.is_ready}
    assert ready == {
        Readiness.IMPORTABLE,
        Readiness.IN_STACK,
        Readiness.TO_ADOPT,
        Readiness.ADOPTED,
    }


# CloudFormation's own answer
# -------------------------------------------------------------------------


class _Client:
    def __init__(self, answer: Json) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def get_template_summary(self, *, TemplateBody: str) -> Json:  # noqa: N803
        self.asked.append(TemplateBody)
        return self.answer


def importable(monkeypatch: pytest.MonkeyPatch, answer: Json) -> asked.Importable | None:
    client = _Client(answer)

    class Connection:
        region = "eu-west-1"

        def __init__(self, access: Access) -> None:
            assert access == Access(region="eu-west-1")

        def cloudformation(self) -> _Client:
            return client

    monkeypatch.setattr(asked, "Connection", Connection)
    found = asked.importable_types(Access(region="eu-west-1"), readiness._QUESTION)
    (body,) = client.asked
    assert json.loads(body) == readiness._QUESTION
    assert len(body) < 51_200
    return found


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, None),
        ({"ResourceTypes": [SET_TYPE]}, None),
        ({"ResourceIdentifierSummaries": []}, {}),
        (
            {
                "ResourceIdentifierSummaries": [
                    {"ResourceType": SET_TYPE, "ResourceIdentifiers": ["Name"]},
                    {"ResourceType": DESTINATION_TYPE},
                    {"LogicalResourceIds": ["Odd"]},
                ]
            },
            {SET_TYPE: {"Name"}, DESTINATION_TYPE: set()},
        ),
    ],
)
def test_the_answer_of_cloudformation_is_read(
    monkeypatch: pytest.MonkeyPatch, answer: Json, expected: Json
) -> None:
    assert importable(monkeypatch, answer) == expected


def summary(template: Json) -> Json:
    """The emulator's answer, as botocore reads it."""
    app = Flask("test")
    template_summary.install(app)
    form = {"Action": "GetTemplateSummary", "TemplateBody": json.dumps(template)}
    response = app.test_client().post("/", data=form)
    model = botocore.session.get_session().get_service_model("cloudformation")
    shape = model.operation_model("GetTemplateSummary").output_shape
    assert shape is not None
    given = {"body": response.data, "headers": {}, "status_code": response.status_code}
    parsed: Json = create_parser("query").parse(given, shape)
    return {name: value for name, value in parsed.items() if name != "ResponseMetadata"}


def test_the_emulator_answers_as_cloudformation_does(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = summary(readiness._QUESTION)
    assert importable(monkeypatch, answer) == BOTH
    assert answer["ResourceTypes"] == [SET_TYPE, DESTINATION_TYPE]
    assert answer["ResourceIdentifierSummaries"][0]["LogicalResourceIds"] == ["Set"]


def test_the_emulator_leaves_out_what_cannot_be_imported() -> None:
    template = {"Resources": {"A<b>": {"Type": SET_TYPE}, "C": {"Type": "AWS::X::<Y>&"}}}
    answer = summary(template)
    assert answer["ResourceTypes"] == [SET_TYPE, "AWS::X::<Y>&"]
    assert answer["ResourceIdentifierSummaries"] == [
        {
            "ResourceType": SET_TYPE,
            "LogicalResourceIds": ["A<b>"],
            "ResourceIdentifiers": ["Name"],
        }
    ]
    assert summary({}) == {"ResourceTypes": [], "ResourceIdentifierSummaries": []}
