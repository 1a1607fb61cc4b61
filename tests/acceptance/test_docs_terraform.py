"""The pages that lead to an empty plan, with the real Terraform, on the account of the demo.

Every command of the page runs, ``terraform`` among them, and prints what the page shows.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from exporter.demo.account import REGION, seed
from exporter.demo.emulator import Emulator
from tests import doc_blocks
from tests.support import ROOT, Engines, ses2iac

SHOWN_ONLY = {
    "python": "makes environments",
    "ses2iac demo --shell": "runs the emulator, which is running here already",
    "pip": "installs",
}
PROFILE = """\
[profile my-profile]
region = eu-west-1
aws_access_key_id = testing
aws_secret_access_key = testing
"""


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    """The account of the demo."""
    with Emulator() as emulator:
        seed(emulator)
        # The recipe for topics of the same root imports it.
        boto3.client(
            "sns",
            region_name=REGION,
            endpoint_url=emulator.url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        ).create_topic(Name="mail-bounces")
        yield emulator


@pytest.mark.engine("terraform")
@pytest.mark.parametrize("page", ["index.md", "terraform.md"])
def test_the_page_ends_with_an_empty_plan(
    page: str,
    account: Emulator,
    engines: Engines,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    folder, profiles = tmp_path / "here", tmp_path / "profiles"
    folder.mkdir()
    profiles.write_text(PROFILE, encoding="utf-8")
    environment = {
        **account.environment(),
        **engines.terraform().environment,
        "AWS_CONFIG_FILE": str(profiles),
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_ARGS": "-no-color",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)

    def run(words: list[str]) -> tuple[int, str]:
        ran = ses2iac(capsys, *words)
        return ran.code, ran.out + ran.err

    session = doc_blocks.Session(run, os.chdir, SHOWN_ONLY, frozenset({"terraform"}))
    plans = []
    for block in doc_blocks.blocks(ROOT / "docs" / page):
        for command in () if block.reason else block.commands:
            printed = session.run(command)
            if printed is None:
                continue
            if command.line.startswith("terraform plan"):
                plans.append(printed)
            if command.shown is not None:
                wrong = doc_blocks.differs(command.shown, printed)
                assert not wrong, f"{page}:{block.number}: {command.line}\n{wrong}"
    assert any("No changes." in plan for plan in plans)
