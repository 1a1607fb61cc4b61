"""Every shell block of the documentation runs on the demo's account, and prints what it shows."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.organizations.models import organizations_backends

from exporter.demo.account import REGION, seed
from exporter.demo.emulator import Emulator
from tests import doc_blocks
from tests.support import ROOT, ses2iac

pytestmark = pytest.mark.slow

SHOWN_ONLY = {
    "terraform": "needs its provider: tests/acceptance/test_docs_terraform.py runs these",
    "ses2iac verify infra": "the same; the folder infra holds Terraform code",
    "python": "makes environments",
    "ses2iac demo --shell": "runs the emulator, which is running here already",
    "aws": "needs CloudFormation, which no emulator imports SES into",
    "npx": "needs a bootstrapped account",
    "export": "is of the shell that goes on with it",
    "pip": "installs",
    "app/.venv/bin/pip": "installs",
}
"""How commands begin that pages show and this test does not run, and why."""

NOT_RUN = 1
"""How many blocks say that they are not run. Raise it with a reason only."""

PROFILES = """\
[profile my-profile]
region = eu-west-1
aws_access_key_id = testing
aws_secret_access_key = testing
"""
PAGES = [page for page in doc_blocks.pages() if list(doc_blocks.blocks(page))]


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    """The account of the demo, in an organization with one more."""
    with Emulator() as emulator:
        seed(emulator)
        organization = boto3.client(
            "organizations",
            region_name=REGION,
            endpoint_url=emulator.url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        organization.create_organization(FeatureSet="ALL")
        organization.create_account(Email="shop@example.com", AccountName="shop")
        yield emulator
    organizations_backends.reset()


@pytest.fixture
def session(
    account: Emulator,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> doc_blocks.Session:
    """A shell in an empty folder, in which the account is the one at hand."""
    folder, programs = tmp_path / "here", tmp_path / "programs"
    folder.mkdir()
    programs.mkdir()
    (folder / "samples").symlink_to(ROOT / "samples")
    for name in ("sh", *doc_blocks.ORDINARY):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    (tmp_path / "profiles").write_text(PROFILES, encoding="utf-8")
    monkeypatch.chdir(folder)
    for name, value in account.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "profiles"))
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("EXTERNAL_ID", "5f2c1d9e-reader")

    def run(words: list[str]) -> tuple[int, str]:
        ran = ses2iac(capsys, *words)
        return ran.code, ran.out + ran.err

    return doc_blocks.Session(run, os.chdir, SHOWN_ONLY)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_does_what_it_shows(page: Path, session: doc_blocks.Session) -> None:
    for block in doc_blocks.blocks(page):
        for command in () if block.reason else block.commands:
            printed = session.run(command)
            if printed is not None and command.shown is not None:
                wrong = doc_blocks.differs(command.shown, printed)
                assert not wrong, f"{block.page}:{block.number}: {command.line}\n{wrong}"


def test_few_blocks_are_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    left = [block for page in PAGES for block in doc_blocks.blocks(page) if block.reason]
    with capsys.disabled():
        for block in left:
            where = f"docs/{block.page}:{block.number}"
            sys.stdout.write(f"\nnot run: {where}: {block.reason}")
    assert len(left) == NOT_RUN


def test_outputs_of_other_programs_are_shown_where_a_test_runs_them() -> None:
    """What this test does not run shows no output, but Terraform's, which another test compares."""
    for page in PAGES:
        for block in doc_blocks.blocks(page):
            for command in () if block.reason else block.commands:
                if command.line.split()[0] in SHOWN_ONLY.keys() - {"terraform"}:
                    assert not command.shown, f"{block.page}:{block.number}: {command.line}"
