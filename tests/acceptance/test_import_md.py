"""The blocks of ``IMPORT.md``, run in order with the AWS CLI on ministack.

ministack imports no SES resources: what comes after the import is run on a stack that was created.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import Account, create_demo
from tests.import_steps import Step, steps
from tests.support import ISOLATED_AWS, SAMPLES, Engines, Ran, ministack

pytestmark = pytest.mark.engine("ministack")

SHOP = str(SAMPLES / "shop" / "snapshot.json")
STACK = "ses-configuration-sets"


@pytest.fixture
def account(engines: Engines, tmp_path: Path) -> Iterator[Account]:
    """An account of its own, as the steps change it."""
    folder = tmp_path / "ministack"
    folder.mkdir()
    with ministack(engines.ministack(), folder) as url:
        yield Account(url)


@pytest.fixture(autouse=True)
def _aws_on_path(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the blocks find the AWS CLI."""
    programs = [Path(engines.aws_cli()).parent, Path(sys.executable).parent]
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, programs), os.environ["PATH"]]))


class Shell:
    """Where a person runs the blocks: in the export's folder."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder.parent),
            "AWS_PAGER": "",
            **ISOLATED_AWS,
            **account.environment,
        }

    def run(self, block: str, *, within: Path | None = None) -> Ran:
        """Run a block."""
        done = subprocess.run(
            ["sh", "-euc", block],
            cwd=within or self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def done(self, block: str, *, within: Path | None = None) -> str:
        """Run a block that ends well; gives what it printed."""
        ran = self.run(block, within=within)
        assert ran.code == 0, f"{block}\n{ran.out}{ran.err}"
        return ran.out

    @property
    def steps(self) -> list[Step]:
        """The blocks of ``IMPORT.md``."""
        return list(steps((self.folder / "IMPORT.md").read_text(encoding="utf-8")))

    def of(self, section: str) -> list[str]:
        """The blocks below a heading."""
        found = [each.block for each in self.steps if each.section.startswith(section)]
        assert found, section
        return found


def _exported(account: Account, tmp_path: Path, *options: str) -> Shell:
    shell = Shell(account, tmp_path / "infra")
    command = " ".join(("ses2iac export cloudformation --quiet --out infra", *options))
    shell.done(command, within=tmp_path)
    return shell


def test_an_import_that_fails(account: Account, tmp_path: Path) -> None:
    create_demo(account.sesv2)
    shell = _exported(account, tmp_path)
    whose, ask, _identifier = shell.of("Before you start")
    assert shell.done(whose) == "000000000000\n"
    assert "16 resources as live" in shell.done(ask)
    show, execute = shell.of(f"Import {STACK}")
    assert shell.done(show).count("Import|") == 16
    ran = shell.run(execute)
    assert (ran.code, "is in UNAVAILABLE status" in ran.err) == (255, True), ran.err

    reason, delete, status, delete_stack = shell.of("If a change set fails")
    assert "Resource import is not supported by this emulator" in shell.done(reason)
    shell.done(delete)
    assert shell.done(status) == "REVIEW_IN_PROGRESS\n"
    shell.done(delete_stack)
    assert shell.run(status).code == 255
    # As good as new: the next try may begin.
    assert shell.done(show).count("Import|") == 16
    (alternative,) = shell.of("Where event destinations cannot be imported")
    shell.done(alternative)

    (done,) = shell.of("Clean up")
    shell.done(done)
    assert sorted(path.name for path in shell.folder.iterdir() if path.is_file()) == [
        ".ses2iac.json",
        "names.toml",
        "template.yaml",
    ]


def test_what_follows_the_import_of_the_sets(account: Account, tmp_path: Path) -> None:
    """The sets are created here, as ministack does not import them."""
    shell = _exported(account, tmp_path, "--from", SHOP, "--adopt-suffix=-iac")
    create = f"aws cloudformation create-stack --stack-name {STACK}"
    shell.done(f"{create} --template-body file://import-template.yaml")
    shell.done(f"aws cloudformation wait stack-create-complete --stack-name {STACK}")
    show, execute, _message = shell.of("2. Add the new destinations")
    assert shell.done(show).count("Add|") == 9
    shell.done(execute)
    destinations = account.sesv2.get_configuration_set_event_destinations(
        ConfigurationSetName="password-reset"
    )["EventDestinations"]
    assert [each["Name"] for each in destinations] == ["failed-iac"]
    (drift,) = shell.of("Check the result")
    assert "DETECTION_COMPLETE\tIN_SYNC" in shell.done(drift)
    # What it would say of a failure can be asked of a change set that did not fail, too.
    reason = shell.of("If a change set fails")[2]
    assert shell.done(reason).startswith("CREATE_COMPLETE\t")
    (done,) = shell.of("Clean up")
    shell.done(done)
