"""The real CDK synthesizes the rendered apps to the resources of the CloudFormation templates."""

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.functional.snapshots import Desk
from tests.functional.test_cdk_app import HERE, THERE, old_app
from tests.support import ROOT, Engines, ses2iac_process

pytestmark = pytest.mark.engine("cdk")

APPS = sorted(
    path.parent
    for folder in ("samples", "tests/golden")
    for path in (ROOT / folder).glob("*/cdk/app.py")
)

_OF_CDK = ("--layout", "per-set", "--layout=per-set", "--layout=data", "--references=data")
"""Arguments of cases that CloudFormation has no use for; what it makes without them is the same."""


class _Loader(yaml.SafeLoader):
    """Knows ``!Ref``."""


_Loader.add_constructor("!Ref", lambda _, node: {"Ref": node.value})
_Loader.add_constructor("!Sub", lambda _, node: {"Fn::Sub": node.value})
_Loader.add_constructor("!ImportValue", lambda _, node: {"Fn::ImportValue": node.value})

_Loader.add_constructor(
    "!FindInMap", lambda _, node: {"Fn::FindInMap": [each.value for each in node.value]}
)

_PSEUDO = {
    "${AWS::Partition}": "aws",
    "${AWS::Region}": "eu-west-1",
    "${AWS::AccountId}": "123456789012",
}
"""What the references of the goldens stand for: CDK knows its environment, a template does not."""


_RUN_ALL = """
import contextlib, json, os, runpy, sys
import aws_cdk

make = aws_cdk.App.__init__
known = set(sys.modules)
for folder in json.load(sys.stdin):
    out = os.path.join(folder, "cdk.out")
    aws_cdk.App.__init__ = lambda app, **given: make(app, outdir=out, **given)
    os.chdir(folder)
    sys.path.insert(0, folder)
    with contextlib.redirect_stdout(sys.stderr):
        runpy.run_path("app.py", run_name="__main__")
    sys.path.remove(folder)
    for name in set(sys.modules) - known:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(folder):
            del sys.modules[name]
"""
"""Runs apps one after the other: Node.js takes seconds to load the library, and does so once."""


@pytest.fixture(scope="module")
def synthesized(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    """Copies of the apps, each with its ``cdk.out``."""
    place = tmp_path_factory.mktemp("apps")
    folders = {
        app: Path(shutil.copytree(app, place / str(number))) for number, app in enumerate(APPS)
    }
    done = subprocess.run(
        [engines.cdk_python(), "-c", _RUN_ALL],
        input=json.dumps(list(map(str, folders.values()))),
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(place),
            "CDK_VALIDATION": "false",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folders


@pytest.mark.parametrize("app", APPS, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_app_makes_the_resources_of_the_template(
    synthesized: dict[Path, Path], app: Path, tmp_path: Path
) -> None:
    twin = _twin(app, tmp_path)
    found = _resources(synthesized[app])
    several = json.loads((app / ".ses2iac.json").read_text())["Scopes"][1:]
    folders = {
        place: (app / f"account_{'_'.join(place).replace('-', '_')}", twin / "/".join(place))
        for place in found
    }
    for place, resources in found.items():
        own, other = folders[place] if several else (app, twin)
        # The partition stays a pseudo parameter; account and region are those of the environment.
        made = _worked_out(resources, {})
        expected: dict[str, Any] = {}
        for template in other.glob("template*.yaml"):
            parsed = yaml.load(template.read_text(), _Loader)
            known = {**parsed.get("Parameters", {}), **parsed.get("Mappings", {})}
            expected |= _worked_out(parsed["Resources"], known)
        # A token cannot stand in Python code for CDK; CloudFormation holds that destination.
        mapping = json.loads((own / "resource-mapping.json").read_text()) if _maps(own) else made
        written = {name: expected[name] for name in expected if name in mapping}
        assert _plain(made) == _plain(written)
        assert set(made) == set(mapping)
    assert len(found) == 1 + len(several)


def _twin(app: Path, tmp_path: Path) -> Path:
    """The CloudFormation export of the same; where there is none beside it, a plain one."""
    twin = app.parent / "cloudformation"
    if not twin.exists():
        case = tomllib.loads((app.parent / "case.toml").read_text())
        source = str(app.parent / case["source"])
        arguments = [
            each.replace("CASE", str(app.parent))
            for each in case["arguments"]
            if each not in _OF_CDK
        ]
        twin = tmp_path / "twin"
        ran = ses2iac_process(
            "export", "cloudformation", "--from", source, "--out", str(twin), *arguments
        )
        assert ran.code == 0, ran.err
    return twin


def _worked_out(value: Any, parameters: dict[str, Any]) -> Any:
    """With the values of parameters, mappings and pseudo parameters."""
    if isinstance(value, list):
        return [_worked_out(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("Ref") in parameters:
        return parameters[value["Ref"]]["Default"]
    if "Fn::FindInMap" in value:
        name, key, attribute = value["Fn::FindInMap"]
        return parameters[name][key][attribute]
    if "Fn::Sub" in value:
        text = str(value["Fn::Sub"])
        for name, stands_for in _PSEUDO.items():
            text = text.replace(name, stands_for)
        return text
    if "Fn::Join" in value:
        delimiter, parts = _worked_out(value["Fn::Join"], parameters)
        return str(delimiter).join(parts)
    if value.get("Ref") == "AWS::Partition":
        return "aws"
    return {name: _worked_out(item, parameters) for name, item in value.items()}


def _maps(app: Path) -> bool:
    """Whether the app comes with a mapping of all that it makes."""
    return (app / "resource-mapping.json").exists() and "adopted" not in app.parts


def _resources(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """What the app in a folder was synthesized to, by account and region."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    assembly = json.loads((folder / "cdk.out/manifest.json").read_text())
    for artifact in assembly["artifacts"].values():
        if artifact["type"] == "aws:cloudformation:stack":
            account, region = artifact["environment"].removeprefix("aws://").split("/")
            template = (folder / "cdk.out" / artifact["properties"]["templateFile"]).read_text()
            found.setdefault((account, region), {}).update(json.loads(template)["Resources"])
    return found


def _plain(resources: dict[str, Any]) -> dict[str, Any]:
    """Without CDK's own metadata, and with tags as a map: CDK sorts them its own way."""
    plain = json.loads(json.dumps(resources))
    for resource in plain.values():
        resource.pop("Metadata", None)
        tags = resource["Properties"].get("Tags")
        if tags:
            resource["Properties"]["Tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    return dict(plain)


def test_an_app_for_each_is_verified_as_it_is(
    engines: Engines, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What an older version wrote, and what it becomes when one of two is exported again."""
    desk = Desk(capsys, tmp_path)
    old_app(desk, HERE, THERE)
    command = ("verify", str(desk.out), "--offline", "--python", engines.cdk_python())
    ran = desk.run(*command)
    assert ran.code == 0, ran.out
    desk.export(THERE, to="cdk")
    ran = desk.run(*command)
    assert ran.code == 0, ran.out
