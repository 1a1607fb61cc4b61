"""What ``verify`` must not let pass: a check that cannot fail is no check."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exporter.formats.registry import FormatName
from tests.acceptance.conftest import Account, create_demo, with_provider
from tests.support import Engines, Terraform, ministack, ses2iac_process

pytestmark = pytest.mark.engine("terraform, ministack")

CHANGED = '["BOUNCE", "COMPLAINT"]'


@pytest.fixture(scope="module")
def account(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The demo account, in an emulator of its own: tests change it."""
    with (
        ministack(engines.ministack(), tmp_path_factory.mktemp("ministack")) as url,
        with_provider(Account(url), engines.terraform()) as account,
    ):
        create_demo(account.sesv2)
        yield account


@pytest.fixture(scope="module")
def exported(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export to each format; tests work on copies."""
    folder = tmp_path_factory.mktemp("exports")
    for to in FormatName:
        ran = ses2iac_process("export", to, "--out", str(folder / to), env=account.environment)
        assert ran.code == 0, ran.err
    return folder


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


def _edited(exported: Path, to: FormatName, into: Path, file: str, old: str, new: str) -> Path:
    """A copy of an export with one thing changed in one place."""
    folder = into / to
    shutil.copytree(exported / to, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return folder


def _verify(folder: Path, env: dict[str, str], *options: str) -> dict[str, Any]:
    ran = ses2iac_process("verify", str(folder), "--output", "json", *options, env=env, timeout=600)
    assert ran.code == 1, ran.out + ran.err
    found: dict[str, Any] = json.loads(ran.out)
    assert found["Passed"] is False
    return {check["Check"]: check for check in found["Checks"]}


def _results(checks: dict[str, Any]) -> dict[str, str]:
    return {name: check["Result"] for name, check in checks.items()}


def test_a_changed_event_type_is_one_to_change(
    exported: Path, account: Account, terraform: Terraform, tmp_path: Path
) -> None:
    folder = _edited(
        *(exported, FormatName.TERRAFORM, tmp_path),
        *("event_destinations.tf", CHANGED, '["BOUNCE", "CLICK"]'),
    )
    checks = _verify(folder, {**account.environment, **terraform.environment})
    assert checks["plan"]["Result"] == "failed"
    assert checks["plan"]["Said"] == "18 to import, 0 to add, 1 to change, 0 to destroy"
    assert checks["plan"]["Items"] == [
        "~ aws_sesv2_configuration_set_event_destination.order_confirmations_bounces: "
        'event_destination.matching_event_types: ["BOUNCE", "COMPLAINT"] -> ["BOUNCE", "CLICK"]'
    ]
    assert checks["values"]["Items"] == [
        "order-confirmations/bounces: MatchingEventTypes: "
        'code has ["BOUNCE","CLICK"], live is ["BOUNCE","COMPLAINT"]'
    ]
    assert checks["files"]["Items"] == ["event_destinations.tf: edited since the export"]


def test_what_code_leaves_open_is_seen_although_the_plan_is_empty(
    exported: Path, account: Account, terraform: Terraform, tmp_path: Path
) -> None:
    """Optional and computed: without the block, the provider takes what is live."""
    folder = tmp_path / "open"
    shutil.copytree(exported / "terraform", folder)
    file = folder / "configuration_sets.tf"
    text = file.read_text(encoding="utf-8")
    block = "\n  sending_options {\n    sending_enabled = true\n  }\n"
    assert block in text
    file.write_text(text.replace(block, "", 1), encoding="utf-8")
    checks = _verify(folder, {**account.environment, **terraform.environment})
    assert checks["plan"]["Result"] == "passed"
    assert checks["values"]["Result"] == "failed"
    assert len(checks["values"]["Items"]) == 1
    assert "SendingEnabled: code has nothing, live is true" in checks["values"]["Items"][0]


def test_an_unknown_argument_is_not_valid(
    exported: Path, account: Account, terraform: Terraform, tmp_path: Path
) -> None:
    folder = _edited(
        *(exported, FormatName.TERRAFORM, tmp_path),
        *("event_destinations.tf", f"matching_event_types = {CHANGED}"),
        f"matching_event_types = {CHANGED}\n    colour               = 1",
    )
    line = (folder / "event_destinations.tf").read_text().split("colour")[0].count("\n") + 1
    checks = _verify(folder, {**account.environment, **terraform.environment})
    assert checks["validate"]["Result"] == "failed"
    assert checks["validate"]["Said"].startswith(
        f"event_destinations.tf:{line}: Unsupported argument: "
    )
    assert checks["plan"]["Result"] == "failed"


def test_a_syntax_error_is_said_with_file_and_line(
    exported: Path, terraform: Terraform, tmp_path: Path
) -> None:
    folder = _edited(
        *(exported, FormatName.TERRAFORM, tmp_path),
        *("providers.tf", '= "eu-west-1"', '= = "eu-west-1"'),
    )
    checks = _verify(folder, terraform.environment, "--offline")
    for name in ("fmt", "init"):
        assert checks[name]["Result"] == "failed"
        said = " ".join([checks[name]["Said"], *checks[name]["Items"]])
        assert "providers.tf line " in said
        assert "Error: " in said
    assert checks["validate"]["Result"] == checks["plan"]["Result"] == "not run"


@pytest.mark.parametrize("to", FormatName)
def test_a_destination_deleted_since_is_named(
    exported: Path, account: Account, engines: Engines, terraform: Terraform, to: FormatName
) -> None:
    name, destination = "password-reset", "failed"
    client = account.sesv2
    answer = client.get_configuration_set_event_destinations(ConfigurationSetName=name)
    definition = {k: v for k, v in answer["EventDestinations"][0].items() if k != "Name"}
    of = {"ConfigurationSetName": name, "EventDestinationName": destination}
    client.delete_configuration_set_event_destination(**of)
    try:
        env = {**account.environment, **terraform.environment}
        checks = _verify(exported / to, env, "--python", engines.cdk_python())
    finally:
        client.create_configuration_set_event_destination(**of, EventDestination=definition)
    (gone,) = checks["values"]["Items"]
    assert gone.startswith("password-reset/failed: gone from the account (")
    failed = {name for name, result in _results(checks).items() if result == "failed"}
    assert failed == ({"plan", "values"} if to is FormatName.TERRAFORM else {"values"})
    if to is FormatName.TERRAFORM:
        said = " ".join([checks["plan"]["Said"], *checks["plan"]["Items"]])
        assert "Cannot import non-existent remote object" in said
        assert "aws_sesv2_configuration_set_event_destination.password_reset_failed" in said


def test_the_wrong_account_is_not_judged(
    exported: Path, account: Account, terraform: Terraform, tmp_path: Path
) -> None:
    folder = _edited(
        *(exported, FormatName.TERRAFORM, tmp_path),
        *(".ses2iac.json", '"AccountId": "000000000000"', '"AccountId": "111111111111"'),
    )
    checks = _verify(folder, {**account.environment, **terraform.environment}, "--require", "aws")
    assert checks["plan"]["Result"] == checks["values"]["Result"] == "not run"
    assert checks["plan"]["Said"] == (
        "the credentials are for account 000000000000, but the export is of 111111111111"
    )


def test_a_template_that_says_something_else_is_named(
    exported: Path, account: Account, tmp_path: Path
) -> None:
    folder = _edited(
        *(exported, FormatName.CLOUDFORMATION, tmp_path),
        *("template.yaml", "mail-bounces-old", "mail-bounces-new"),
    )
    checks = _verify(folder, account.environment)
    (item,) = checks["values"]["Items"]
    assert item.startswith("password_reset/failed: SnsDestination.TopicArn: code has ")


def test_code_that_synthesizes_something_else_is_named(
    exported: Path, account: Account, engines: Engines, tmp_path: Path
) -> None:
    folder = _edited(
        *(exported, FormatName.CDK, tmp_path), *("ses_stack.py", '"PasswordResetFailed"', '"Mine"')
    )
    python = engines.cdk_python()
    checks = _verify(folder, account.environment, "--python", python)
    assert checks["synth"]["Result"] == "passed"
    assert (
        checks["resources"]["Items"]
        == [
            "password-reset/failed: not in the code as PasswordResetFailed",
            "password-reset/failed: in the code as Mine, not in the manifest",
            "resource-mapping.json: Mine is missing from it",
        ]
        or checks["resources"]["Result"] == "failed"
    )
