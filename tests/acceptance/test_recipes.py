"""A backend, outputs and topics of the same root, as docs/terraform.md has them, on ministack."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.conftest import Account
from tests.support import ROOT, Engines, Ran, ses2iac_process

BACKEND = 'terraform {\n  backend "local" {\n    path = "mail.tfstate"\n  }\n}\n'
IMPORT = 'import {{\n  to = aws_sns_topic.receipts\n  id = "{arn}"\n}}\n'
MAP = '[terraform]\n"arn:aws:sns:*:*:receipts" = "aws_sns_topic.receipts.arn"\n'


@pytest.mark.engine("terraform")
def test_topics_of_the_same_root(
    engines: Engines, changing_account: Account, tmp_path: Path
) -> None:
    topic = changing_account.client("sns").create_topic(Name="receipts")["TopicArn"]
    ses = changing_account.sesv2
    ses.create_configuration_set(ConfigurationSetName="receipts")
    ses.create_configuration_set_event_destination(
        ConfigurationSetName="receipts",
        EventDestinationName="bounces",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["BOUNCE"],
            "SnsDestination": {"TopicArn": topic},
        },
    )
    terraform, env = engines.terraform(), changing_account.environment
    folder = tmp_path / "mail"

    def export(*options: str) -> None:
        ran = ses2iac_process("export", "terraform", "--out", str(folder), *options, env=env)
        assert ran.code == 0, ran.err

    def run(command: str, *more: str, code: int = 0) -> Ran:
        ran = terraform.run(folder, command, "-no-color", *more, env=env)
        assert ran.code == code, ran.out + ran.err
        return ran

    try:
        export("--include", "receipts", "--outputs", "--gitignore")
        (folder / "backend.tf").write_text(BACKEND)
        run("init")
        assert "2 imported, 0 added, 0 changed, 0 destroyed" in run("apply", "-auto-approve").out
        assert "No changes." in run("plan").out
        assert run("output").out == 'configuration_set_names = {\n  "receipts" = "receipts"\n}\n'
        (folder / "topics.tf").write_text(IMPORT.format(arn=topic))
        assert "signature_version" in run("plan", "-generate-config-out=generated.tf", code=1).err
        draft = folder / "generated.tf"
        lines = draft.read_text().splitlines(keepends=True)
        draft.write_text("".join(line for line in lines if not line.endswith(" = 0\n")))
        assert "1 imported, 0 added, 0 changed, 0 destroyed" in run("apply", "-auto-approve").out
        (folder / "map.toml").write_text(MAP)
        before = {path: path.read_bytes() for path in folder.glob("*.tf")}
        export("--map", str(folder / "map.toml"))
        own = folder / "event_destinations.tf"
        assert "topic_arn = aws_sns_topic.receipts.arn" in own.read_text()
        assert {path for path, data in before.items() if path.read_bytes() != data} == {own}
        assert "No changes." in run("plan").out
    finally:
        ses.delete_configuration_set(ConfigurationSetName="receipts")


@pytest.mark.engine("cdk")
@pytest.mark.parametrize("layout", ["resources", "per-set", "data"])
def test_cdk_makes_the_outputs_of_the_template(
    engines: Engines, tmp_path: Path, layout: str
) -> None:
    source = ("--from", str(ROOT / "samples/shop/snapshot.json"), "--outputs")
    app = tmp_path / "app"
    ran = ses2iac_process("export", "cdk", *source, "--layout", layout, "--out", str(app))
    assert ran.code == 0, ran.err
    python = engines.cdk_python()
    ran = ses2iac_process("verify", str(app), "--offline", "--python", python)
    assert ran.code == 0, ran.out + ran.err
    subprocess.run(
        [python, "app.py"], cwd=app, env={**os.environ, "CDK_OUTDIR": "made"}, check=True
    )
    (made,) = (app / "made").glob("*.template.json")
    assert json.loads(made.read_bytes())["Outputs"] == {
        f"{label}Name": {"Value": {"Ref": label}}
        for label in (
            "2faCodes",
            "Newsletter",
            "OrderConfirmations",
            "PasswordReset",
            "PasswordReset630258be",
        )
    }
