"""Sets as data, judged by the real Terraform: they stay what and where they are."""

import base64
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exporter.formats.yaml_data import is_yaml_key, yaml_mapping
from tests.acceptance.conftest import Account, with_provider
from tests.support import Engines, Terraform, ministack, ses2iac_process
from tests.unit.test_yaml_data import TEXTS

pytestmark = pytest.mark.engine("terraform")

TOPIC = "arn:aws:sns:eu-west-1:000000000000:mail-bounces"
SET = "aws_sesv2_configuration_set"
DESTINATION = "aws_sesv2_configuration_set_event_destination"
NOTHING = "0 to add, 0 to change, 0 to destroy"
FORGOTTEN = "will no longer be managed by Terraform, but will not be destroyed"
LAYOUTS = ("resources", "per-set")


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


@pytest.fixture(scope="module")
def account(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with (
        ministack(engines.ministack(), tmp_path_factory.mktemp("ministack")) as url,
        with_provider(Account(url), engines.terraform()) as made,
    ):
        for name in ("this", "2fa", "orders-EU", "orders_eu"):
            create(made.sesv2, name)
        made.sesv2.create_configuration_set(
            ConfigurationSetName="options",
            TrackingOptions={"CustomRedirectDomain": "links.example.com"},
            SuppressionOptions={"SuppressedReasons": []},
            VdmOptions={"DashboardOptions": {"EngagementMetrics": "ENABLED"}},
            Tags=[{"Key": "on", "Value": "yes"}, {"Key": "cost:centre", "Value": "0x1F ${a}"}],
        )
        yield made


def create(ses: Any, name: str) -> None:
    """A set with a destination of two kinds each."""
    ses.create_configuration_set(ConfigurationSetName=name, Tags=[{"Key": "t", "Value": name}])
    dimension = {
        "DimensionName": "tenant",
        "DimensionValueSource": "MESSAGE_TAG",
        "DefaultDimensionValue": "1.0",
    }
    for destination, target in (
        ("bounces", {"SnsDestination": {"TopicArn": TOPIC}}),
        ("numbers", {"CloudWatchDestination": {"DimensionConfigurations": [dimension]}}),
    ):
        ses.create_configuration_set_event_destination(
            ConfigurationSetName=name,
            EventDestinationName=destination,
            EventDestination={"Enabled": True, "MatchingEventTypes": ["BOUNCE"], **target},
        )


@dataclass
class Root:
    """A root module with the state of a person who follows what the export says."""

    terraform: Terraform
    account: Account
    folder: Path

    def export(self, *more: str, code: int = 0) -> str:
        ran = ses2iac_process(
            "export", "terraform", "--out", str(self.folder), *more, env=self.account.environment
        )
        assert ran.code == code, ran.err
        if not (self.folder / ".terraform").exists():
            self.terraform.lend_provider(self.folder)
        fmt = self.terraform.run(self.folder, "fmt", "-check", "-diff")
        assert fmt.out == "", fmt.out
        return ran.err

    def run(self, *arguments: str) -> str:
        ran = self.terraform.run(self.folder, *arguments, "-no-color", env=self.account.environment)
        assert ran.code == 0, ran.out + ran.err
        return ran.out

    def plan(self) -> str:
        return self.run("plan", "-input=false", "-parallelism=1")

    def apply(self) -> str:
        said = self.run("apply", "-input=false", "-auto-approve", "-parallelism=1")
        for name in ("imports.tf", "moved.tf", "removed.tf"):
            (self.folder / name).unlink(missing_ok=True)
        return said

    def verify(self) -> None:
        env = {**self.account.environment, **self.terraform.environment}
        ran = ses2iac_process("verify", str(self.folder), "--trust-dir", env=env)
        assert ran.code == 0, ran.out + ran.err

    def is_settled(self) -> None:
        said = self.plan()
        assert "No changes." in said, said

    @property
    def held(self) -> list[str]:
        return self.run("state", "list").split("\n")[:-1] if self.has_state else []

    @property
    def has_state(self) -> bool:
        return (self.folder / "terraform.tfstate").exists()


@pytest.fixture
def root(terraform: Terraform, account: Account, tmp_path: Path) -> Root:
    return Root(terraform, account, tmp_path / "infra")


def imported(root: Root, layout: str, *more: str) -> None:
    """An export that was imported, and the plan that follows."""
    root.export("--layout", layout, *more)
    assert f"to import, {NOTHING}" in root.plan()
    root.apply()
    root.is_settled()


def test_data_is_imported_as_it_is(root: Root) -> None:
    root.export("--layout", "data")
    assert f"Plan: 13 to import, {NOTHING}." in root.plan()
    root.verify()
    root.apply()
    root.is_settled()
    assert f'{SET}.this["2fa"]' in root.held
    assert f'{DESTINATION}.this["orders-EU|bounces"]' in root.held
    root.verify()
    ran = ses2iac_process("diff", str(root.folder), "live", env=root.account.environment)
    assert ran.code == 0, ran.out


@pytest.mark.parametrize(("first", "second"), [(each, "data") for each in LAYOUTS])
def test_each_layout_leads_to_each_other(root: Root, first: str, second: str) -> None:
    imported(root, first, "--exclude", "orders_eu")
    names = len(root.held)
    root.export("--layout", second, "--exclude", "none-of-them")
    said = root.plan()
    # What came since is imported; all that is there is moved.
    assert f"Plan: 3 to import, {NOTHING}." in said, said
    assert said.count("has moved to") == names == 10, said
    root.apply()
    root.is_settled()
    # And back: the names are those of before.
    root.export("--layout", first)
    said = root.plan()
    assert said.count("has moved to") == 13, said
    assert "will be" not in said, said
    root.apply()
    root.is_settled()


def test_nothing_applied_in_between_is_no_harm(root: Root) -> None:
    root.export("--layout", "resources")
    root.export("--layout", "data")
    assert f"Plan: 13 to import, {NOTHING}." in root.plan()
    root.export("--layout", "resources")
    assert f"Plan: 13 to import, {NOTHING}." in root.plan()
    root.run("apply", "-input=false", "-auto-approve", "-parallelism=1")
    # Neither imports nor moves were deleted.
    root.export("--layout", "data")
    said = root.plan()
    assert said.count("has moved to") == 13, said
    assert "to import" not in said, said
    root.apply()
    root.is_settled()


def test_addresses_stay_when_a_set_comes_and_goes(root: Root) -> None:
    imported(root, "data", "--exclude", "2fa")
    before = root.held
    root.export("--exclude", "none-of-them")
    assert f"Plan: 3 to import, {NOTHING}." in root.plan()
    root.apply()
    root.is_settled()
    assert set(before) < set(root.held)
    said = root.export("--exclude", "2fa", "--exclude", "this")
    assert "removed from the code but still in SES" in said
    said = root.plan()
    assert NOTHING in said, said
    assert said.count(FORGOTTEN) == 6, said
    root.apply()
    root.is_settled()
    assert not [at for at in root.held if "2fa" in at or '["this' in at]
    assert root.account.sesv2.get_configuration_set(ConfigurationSetName="this")
    # Selected again, they come back to where they were.
    root.export("--exclude", "none-of-them")
    assert f"Plan: 6 to import, {NOTHING}." in root.plan()
    root.apply()
    root.is_settled()


def test_what_leaves_while_the_layout_changes_is_forgotten(root: Root) -> None:
    imported(root, "data")
    root.export("--layout", "resources", "--exclude", "orders*")
    said = root.plan()
    assert NOTHING in said, said
    assert said.count(FORGOTTEN) == 6, said
    assert said.count("has moved to") >= 7, said
    root.apply()
    root.is_settled()
    assert len(root.held) == 7


MODES = {
    "literal": (),
    "portable": ("--references", "portable"),
    "variables": ("--references", "variables"),
    "data": ("--references", "data"),
    "map": ("--map",),
}


@pytest.mark.parametrize("mode", MODES)
def test_every_way_to_name_targets_imports_alike(root: Root, mode: str, tmp_path: Path) -> None:
    root.account.client("sns").create_topic(Name="mail-bounces")
    more = MODES[mode]
    if mode == "map":
        path = tmp_path / "map.toml"
        path.write_text(
            f'[terraform]\n"{TOPIC}" = \'join(":", ["{TOPIC[:-13]}", "mail-bounces"])\'\n'
        )
        more = ("--map", str(path))
    imported(root, "data", *more)
    root.verify()


def test_destinations_alone(root: Root) -> None:
    imported(root, "data", "--no-configuration-sets")
    assert all(at.startswith(DESTINATION) for at in root.held)
    assert len(root.held) == 8


def test_terraform_reads_every_text_of_the_data_as_it_is(
    terraform: Terraform, tmp_path: Path
) -> None:
    data: dict[str, Any] = {"values": [[text, {"of": text}] for text in TEXTS]}
    data |= {text: {text: text} for text in TEXTS if is_yaml_key(text)}
    (tmp_path / "data.yaml").write_text(yaml_mapping({"all": data}, 0), encoding="utf-8")
    given = 'base64encode(jsonencode(yamldecode(file("data.yaml"))))\n'
    ran = terraform.run(tmp_path, "console", given=given)
    assert ran.code == 0, ran.err
    found = json.loads(base64.b64decode(ran.out.strip().strip('"')))
    assert found == json.loads(
        unicodedata.normalize("NFC", json.dumps({"all": data}, ensure_ascii=False))
    )
