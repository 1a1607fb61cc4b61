"""The real CDK synthesizes the rendered apps to the resources of the CloudFormation templates."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import ROOT, Engines, ses2iac_process

pytestmark = pytest.mark.engine("cdk")

APPS = sorted(
    path.parent
    for folder in ("samples", "tests/golden")
    for path in (ROOT / folder).glob("*/cdk/**/app.py")
)


class _Loader(yaml.SafeLoader):
    """Knows ``!Ref``."""


_Loader.add_constructor("!Ref", lambda _, node: {"Ref": node.value})


@pytest.mark.parametrize("app", APPS, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_app_makes_the_resources_of_the_template(
    engines: Engines, app: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "app"
    shutil.copytree(app, folder)
    made = _synthesized(engines.cdk_python(), folder)
    twin = _twin(app, tmp_path)
    expected: dict[str, Any] = {}
    for template in twin.glob("template*.yaml"):
        expected |= yaml.load(template.read_text(), _Loader)["Resources"]
    # A token cannot stand in Python code for CDK; CloudFormation holds that destination.
    mapping = json.loads((app / "resource-mapping.json").read_text()) if _maps(app) else made
    assert _plain(made) == _plain({name: expected[name] for name in expected if name in mapping})
    assert set(made) == set(mapping)


def _twin(app: Path, tmp_path: Path) -> Path:
    """The CloudFormation export of the same; a layout of CDK has none beside it."""
    twin = Path(str(app).replace("/cdk", "/cloudformation"))
    if not twin.exists():
        twin = tmp_path / "twin"
        source = str(app.parent / "snapshot.json")
        ran = ses2iac_process("export", "cloudformation", "--from", source, "--out", str(twin))
        assert ran.code == 0, ran.err
    return twin


def _maps(app: Path) -> bool:
    """Whether the app comes with a mapping of all that it makes."""
    return (app / "resource-mapping.json").exists() and "adopted" not in app.parts


def _synthesized(python: str, folder: Path) -> dict[str, Any]:
    out = folder / "cdk.out"
    done = subprocess.run(
        [python, "app.py"],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "CDK_OUTDIR": str(out),
            "CDK_VALIDATION": "false",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    resources: dict[str, Any] = {}
    for template in out.glob("*.template.json"):
        resources |= json.loads(template.read_text())["Resources"]
    return resources


def _plain(resources: dict[str, Any]) -> dict[str, Any]:
    """Without CDK's own metadata, and with tags as a map: CDK sorts them its own way."""
    plain = json.loads(json.dumps(resources))
    for resource in plain.values():
        resource.pop("Metadata", None)
        tags = resource["Properties"].get("Tags")
        if tags:
            resource["Properties"]["Tags"] = {tag["Key"]: tag["Value"] for tag in tags}
    return dict(plain)
