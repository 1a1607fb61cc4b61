"""Cloud assemblies: which templates there are, for which account and region."""

import json
from pathlib import Path
from typing import Any

import pytest

from exporter.formats.cdk import assembly
from exporter.formats.code_resource import Unknown
from exporter.formats.unresolved import ANYTHING, lines
from exporter.support.errors import ExporterError

Json = Any

BUS = {
    "Fn::Join": [
        "",
        ["arn:aws:events:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":event-bus/x"],
    ]
}


def a_set(name: Json) -> Json:
    return {"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": name}}


def a_destination(set_name: Json) -> Json:
    inner = {"Name": "bus", "EventBridgeDestination": {"EventBusArn": BUS}}
    return {
        "Type": "AWS::SES::ConfigurationSetEventDestination",
        "Properties": {"ConfigurationSetName": set_name, "EventDestination": inner},
    }


def stack(environment: str = "aws://123456789012/eu-west-1", **properties: Json) -> Json:
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": "a.template.json", **properties},
    }


def write(folder: Path, artifacts: Json, **templates: Json) -> Path:
    """An assembly; ``a={...}`` are the resources of ``a.template.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"version": "55.0.0", "artifacts": artifacts}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for name, resources in templates.items():
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": resources}))
    return folder


def test_a_stack_has_its_account_and_region(tmp_path: Path) -> None:
    resources = {"Mail": a_set("mail"), "Bus": a_destination({"Ref": "Mail"})}
    others = {"Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}, "odd": 1}
    folder = write(tmp_path / "cdk.out", {"Mail": stack(), **others}, a=resources)
    (found,) = assembly.load(folder)
    assert (found.account_id, found.region, lines(found.unresolved)) == (
        "123456789012",
        "eu-west-1",
        (),
    )
    assert [str(each.identity) for each in found.resources] == ["mail", "mail/bus"]
    assert {each.where for each in found.resources} == {str(folder / "a.template.json")}
    target = found.resources[1].values["EventBridgeDestination"]
    assert target == {"EventBusArn": "arn:aws:events:eu-west-1:123456789012:event-bus/x"}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("aws://unknown-account/unknown-region", (None, None)),
        ("aws://unknown-account/eu-west-1", (None, "eu-west-1")),
        ("aws://123456789012/unknown-region", ("123456789012", None)),
    ],
)
def test_an_open_environment_is_none(
    tmp_path: Path, environment: str, expected: tuple[str | None, str | None]
) -> None:
    resources = {"Bus": a_destination("mail")}
    (found,) = assembly.load(write(tmp_path, {"Mail": stack(environment)}, a=resources))
    assert (found.account_id, found.region) == expected
    bus = found.resources[0].values["EventBridgeDestination"]["EventBusArn"]
    assert isinstance(bus, Unknown)


def test_stacks_of_one_environment_are_one_and_those_of_another_apart(tmp_path: Path) -> None:
    artifacts = {
        "A": stack(),
        "B": stack(templateFile="b.template.json"),
        "C": stack("aws://123456789012/us-east-1", templateFile="a.template.json"),
    }
    folder = write(tmp_path, artifacts, a={"X": a_set("x")}, b={"X": a_destination("x")})
    found = assembly.load(folder)
    assert [(each.account_id, each.region) for each in found] == [
        ("123456789012", "eu-west-1"),
        ("123456789012", "us-east-1"),
    ]
    assert [[str(one.identity) for one in each.resources] for each in found] == [
        ["x", "x/bus"],
        ["x"],
    ]


def test_two_stacks_of_one_environment_cannot_describe_one_set(tmp_path: Path) -> None:
    artifacts = {"A": stack(), "B": stack(templateFile="b.template.json")}
    folder = write(tmp_path, artifacts, a={"X": a_set("mail")}, b={"Y": a_set("mail")})
    with pytest.raises(ExporterError, match=r"described twice, by X \(.*a\.template\.json\) and Y"):
        assembly.load(folder)


def test_stages_are_followed(tmp_path: Path) -> None:
    nested = {
        "assembly-Prod": {
            "type": "cdk:cloud-assembly",
            "properties": {"directoryName": "assembly-Prod"},
        },
        # A circle ends.
        "again": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}},
    }
    write(tmp_path, nested)
    write(tmp_path / "assembly-Prod", {"Mail": stack()}, a={"X": a_set("mail")})
    (found,) = assembly.load(tmp_path)
    assert [str(each.identity) for each in found.resources] == ["mail"]


def test_the_name_and_the_parameters_of_a_stack_are_known(tmp_path: Path) -> None:
    name = {"Fn::Sub": "${AWS::StackName}-${Stage}"}
    template = {"Parameters": {"Stage": {"Type": "String"}}, "Resources": {"X": a_set(name)}}
    artifacts = {"A": stack(stackName="mail", parameters={"Stage": "dev", "Odd": 1})}
    folder = write(tmp_path, artifacts)
    (folder / "a.template.json").write_text(json.dumps(template))
    (found,) = assembly.load(folder)
    assert [str(each.identity) for each in found.resources] == ["mail-dev"]


def test_a_stack_imports_what_another_one_of_its_place_exports(tmp_path: Path) -> None:
    artifacts = {
        "A": stack(),
        "B": stack(templateFile="b.template.json"),
        "C": stack("aws://123456789012/us-east-1", templateFile="a.template.json"),
    }
    folder = write(tmp_path, artifacts, a={"X": a_set({"Fn::ImportValue": "name"})})
    output = {"Value": {"Fn::Sub": "mail-${AWS::Region}"}, "Export": {"Name": "name"}}
    exporting = {"Resources": {}, "Outputs": {"Name": output, "Odd": 1}}
    (folder / "b.template.json").write_text(json.dumps(exporting))
    here, there = assembly.load(folder)
    assert [str(each.identity) for each in here.resources] == ["mail-eu-west-1"]
    assert there.resources == ()
    assert "it is imported from another stack" in there.unresolved[0].reason


def test_imports_in_a_circle_end(tmp_path: Path) -> None:
    folder = write(tmp_path, {"A": stack(), "B": stack(templateFile="b.template.json")})
    for name, other in (("a", "b"), ("b", "a")):
        value = {"Fn::ImportValue": other}
        outputs = {"O": {"Value": value, "Export": {"Name": name}}}
        template = {"Resources": {name: a_set(value)}, "Outputs": outputs}
        (folder / f"{name}.template.json").write_text(json.dumps(template))
    (found,) = assembly.load(folder)
    assert [each.what for each in found.unresolved] == ["a", "b"]


@pytest.mark.parametrize("has_metadata", [True, False])
def test_a_nested_stack_is_an_asset(tmp_path: Path, has_metadata: bool) -> None:
    digest = "0123456789abcdef" * 4
    url = {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, f"/b/{digest}.json"]]}
    nested: dict[str, Json] = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": url, "Parameters": {"Name": "mail"}},
    }
    if has_metadata:
        nested["Metadata"] = {"aws:asset:path": "inner.nested.template.json"}
    folder = write(tmp_path, {"A": stack("aws://unknown-account/unknown-region")}, a={"N": nested})
    inner = {"Parameters": {"Name": {"Type": "String"}}, "Resources": {"X": a_set({"Ref": "Name"})}}
    (folder / "inner.nested.template.json").write_text(json.dumps(inner))
    asset = {"source": {"path": "inner.nested.template.json", "packaging": "file"}}
    manifest = json.dumps({"version": "55.0.0", "files": {digest: asset}})
    (folder / "a.assets.json").write_text("{}" if has_metadata else manifest)
    (found,) = assembly.load(folder)
    assert [str(each.identity) for each in found.resources] == ["mail"]


@pytest.mark.parametrize("path", ["../a.json", "/etc/hosts", "gone.json", "https://x/y.json", "\0"])
def test_a_nested_stack_that_is_not_in_the_assembly_is_said(tmp_path: Path, path: str) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": path}}
    (found,) = assembly.load(write(tmp_path, {"A": stack()}, a={"N": nested}))
    (unresolved,) = found.unresolved
    assert (unresolved.what, unresolved.reach) == ("N", ANYTHING)
    assert "its template was not found" in unresolved.reason


def test_an_assembly_without_stacks_holds_nothing(tmp_path: Path) -> None:
    assert assembly.load(write(tmp_path, {})) == []


@pytest.mark.parametrize(
    ("manifest", "is_one"),
    [
        (None, False),
        ("{", False),
        ("[]", False),
        ("{}", False),
        ('{"artifacts": {}}', False),
        ('{"version": 1, "artifacts": {}}', False),
        ('{"version": "1", "artifacts": []}', False),
        ("[" * 100_000, False),
        ("\xff", False),
        ('{"version": "1"}', True),
        ('{"version": "1", "artifacts": {}}', True),
    ],
)
def test_an_assembly_is_known_by_its_manifest(
    tmp_path: Path, manifest: str | None, is_one: bool
) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest, encoding="latin-1")
    if is_one:
        assert assembly.load(tmp_path) == []
    else:
        with pytest.raises(ExporterError) as caught:
            assembly.load(tmp_path)
        assert caught.value.where.removesuffix(":1") == str(tmp_path / "manifest.json")


@pytest.mark.parametrize(
    ("artifact", "said"),
    [
        (stack("eu-west-1"), "its environment is 'eu-west-1', not aws://ACCOUNT/REGION"),
        ({"type": "aws:cloudformation:stack"}, "its environment is None"),
        (stack(templateFile=None), "it has no templateFile"),
        (stack(templateFile="\0"), "it has no templateFile"),
        (stack(templateFile="gone.json"), "cannot be read: No such file or directory"),
        (stack(templateFile="."), "cannot be read: Is a directory"),
        (stack(templateFile="../a.json"), "its templateFile '../a.json' is outside"),
        (stack(templateFile="/etc/hosts"), "its templateFile '/etc/hosts' is outside"),
        (
            {"type": "cdk:cloud-assembly", "properties": {"directoryName": "/"}},
            "its directoryName '/' is outside",
        ),
        ({"type": "cdk:cloud-assembly"}, "it has no directoryName"),
        (
            {"type": "cdk:cloud-assembly", "properties": {"directoryName": "gone"}},
            "cannot be read: No such file or directory",
        ),
        (stack(templateFile="list.json"), "it has no Resources"),
        (stack(templateFile="latin.json"), "not UTF-8"),
        (stack(templateFile="large.json"), "over 1,000,000 bytes"),
    ],
)
def test_a_bad_assembly_is_refused(tmp_path: Path, artifact: Json, said: str) -> None:
    folder = write(tmp_path, {"A": artifact})
    (folder / "list.json").write_text("[]")
    (folder / "latin.json").write_bytes(b"\xff")
    (folder / "large.json").write_text("x" * 1_000_001)
    with pytest.raises(ExporterError) as caught:
        assembly.load(folder)
    assert said in caught.value.what
    assert caught.value.where.startswith(str(folder))
