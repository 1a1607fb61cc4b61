"""The real Terraform with the real AWS provider judges an export of an account on ministack."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Account
from tests.support import Engines, Ran, Terraform, ses2iac_process

pytestmark = pytest.mark.engine("terraform")


@pytest.fixture(scope="module")
def terraform(engines: Engines) -> Terraform:
    return engines.terraform()


@pytest.fixture(scope="module")
def exported(
    terraform: Terraform, ministack_account: Account, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """An initialised export of the demo account."""
    folder = tmp_path_factory.mktemp("terraform") / "infra"
    ran = ses2iac_process(
        "export", "terraform", "--out", str(folder), env=ministack_account.environment
    )
    assert ran.code == 0, ran.err
    init = terraform.run(folder, "init", "-backend=false", "-input=false", "-no-color")
    assert init.code == 0, init.err
    return folder


@pytest.fixture(scope="module")
def planned(terraform: Terraform, exported: Path, ministack_account: Account) -> tuple[Ran, Any]:
    """The plan of the export, as text and as JSON."""
    plan = _plan(terraform, exported, ministack_account)
    shown = terraform.run(exported, "show", "-json", "plan.bin")
    assert shown.code == 0, shown.err
    return plan, json.loads(shown.out)


def _plan(terraform: Terraform, folder: Path, account: Account) -> Ran:
    return terraform.run(
        folder,
        "plan",
        "-input=false",
        "-no-color",
        "-detailed-exitcode",
        "-out=plan.bin",
        env=account.environment,
    )


def test_it_is_formatted_as_terraform_formats(terraform: Terraform, exported: Path) -> None:
    ran = terraform.run(exported, "fmt", "-check", "-diff", "-recursive")
    assert (ran.code, ran.out) == (0, "")


def test_it_is_valid(terraform: Terraform, exported: Path) -> None:
    ran = terraform.run(exported, "validate", "-json")
    result = json.loads(ran.out)
    assert (result["valid"], result["diagnostics"]) == (True, [])


def test_the_plan_imports_everything_and_changes_nothing(planned: tuple[Ran, Any]) -> None:
    ran, plan = planned
    assert "Plan: 18 to import, 0 to add, 0 to change, 0 to destroy." in ran.out, ran.out + ran.err
    changes = [change["change"] for change in plan["resource_changes"]]
    assert [change["actions"] for change in changes] == [["no-op"]] * 18
    assert all("importing" in change for change in changes)


def test_the_import_ids_are_those_of_the_manifest(planned: tuple[Ran, Any], exported: Path) -> None:
    manifest = json.loads((exported / ".ses2iac.json").read_text())
    expected = {
        resource["Address"]: "|".join(
            filter(None, (resource["ConfigurationSet"], resource.get("EventDestination")))
        )
        for scope in manifest["Scopes"]
        for resource in scope["Resources"]
    }
    changes = planned[1]["resource_changes"]
    assert {c["address"]: c["change"]["importing"]["id"] for c in changes} == expected


def test_the_code_holds_every_live_value(
    planned: tuple[Ran, Any], exported: Path, ministack_account: Account
) -> None:
    """An empty plan proves less: what code leaves open takes whatever is live."""
    resources = planned[1]["configuration"]["root_module"]["resources"]
    shared = dict(_LOCAL.findall((exported / "locals.tf").read_text(encoding="utf-8")))
    written = {
        resource["address"]: _constants(resource["expressions"], shared) for resource in resources
    }
    manifest_sets, manifest_destinations = _expected_configuration(ministack_account.sesv2)
    sets = {
        code["configuration_set_name"]: code
        for address, code in written.items()
        if address.startswith("aws_sesv2_configuration_set.")
    }
    assert sets == manifest_sets
    destinations = [
        code
        for address, code in written.items()
        if address.startswith("aws_sesv2_configuration_set_event_destination.")
    ]
    by_name = {
        (resolved(code["configuration_set_name"], written), code["event_destination_name"]): code[
            "event_destination"
        ]
        for code in destinations
    }
    assert by_name == manifest_destinations


def resolved(value: Any, written: dict[str, Any]) -> str:
    """A name, or the name of the set that a reference leads to."""
    if isinstance(value, str):
        return value
    address = next(ref for ref in value["references"] if ref in written)
    return str(written[address]["configuration_set_name"])


_LOCAL = re.compile(r'^ +(\w+) += "(arn:[^"]+)"$', re.MULTILINE)


def _constants(expressions: Any, shared: Mapping[str, str]) -> Any:
    """The values of a plan's ``expressions``; references stay as they are, but for locals."""
    if isinstance(expressions, list):
        return [_constants(item, shared) for item in expressions]
    if isinstance(expressions, dict):
        if "constant_value" in expressions:
            return expressions["constant_value"]
        if "references" in expressions:
            local = expressions["references"][0].removeprefix("local.")
            return shared.get(local, expressions)
        return {name: _constants(value, shared) for name, value in expressions.items()}
    return expressions


_BLOCKS = {
    "DeliveryOptions": "delivery_options",
    "ReputationOptions": "reputation_options",
    "SendingOptions": "sending_options",
    "SuppressionOptions": "suppression_options",
    "TrackingOptions": "tracking_options",
    "VdmOptions": "vdm_options",
}
# Not arguments of the provider: state, or named by the fidelity report.
_NOT_WRITTEN = {"LastFreshStart", "SuppressionScope", "ValidationOptions"}


def _expected_configuration(client: Any) -> tuple[dict[str, Any], dict[tuple[str, str], Any]]:
    """What boto3 reads, in the provider's spelling."""
    sets: dict[str, Any] = {}
    destinations: dict[tuple[str, str], Any] = {}
    for name in client.list_configuration_sets()["ConfigurationSets"]:
        live = client.get_configuration_set(ConfigurationSetName=name)
        blocks = {code: [_snake(live[api])] for api, code in _BLOCKS.items() if live.get(api)}
        tags = {tag["Key"]: tag["Value"] for tag in live["Tags"]}
        sets[name] = {"configuration_set_name": name, **blocks, **({"tags": tags} if tags else {})}
        answer = client.get_configuration_set_event_destinations(ConfigurationSetName=name)
        for destination in answer.get("EventDestinations", []):
            code = _snake(destination)
            destinations[name, code.pop("name")] = [code]
    return sets, destinations


def _snake(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    snake: dict[str, Any] = {}
    for name, item in value.items():
        if name in _NOT_WRITTEN:
            continue
        key = "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
        if isinstance(item, dict):
            snake[key] = [_snake(item)]
        elif key == "dimension_configurations":
            snake["dimension_configuration"] = [_snake(each) for each in item]
        else:
            snake[key] = item
    return snake


def test_a_changed_event_type_is_seen(
    terraform: Terraform, exported: Path, ministack_account: Account, tmp_path: Path
) -> None:
    """The plan can fail: a check that cannot would prove nothing."""
    folder = tmp_path / "changed"
    shutil.copytree(exported, folder, symlinks=True)
    file = folder / "event_destinations.tf"
    text = file.read_text()
    assert text.count('matching_event_types = ["BOUNCE", "COMPLAINT"]') == 1
    file.write_text(text.replace('["BOUNCE", "COMPLAINT"]', '["BOUNCE", "CLICK"]'))
    ran = _plan(terraform, folder, ministack_account)
    assert "18 to import, 0 to add, 1 to change, 0 to destroy" in ran.out


def test_the_wrong_account_is_refused(
    terraform: Terraform, exported: Path, ministack_account: Account, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    shutil.copytree(exported, folder, symlinks=True)
    file = folder / "providers.tf"
    file.write_text(file.read_text().replace('["000000000000"]', '["111111111111"]'))
    ran = _plan(terraform, folder, ministack_account)
    assert ran.code == 1
    assert "not allowed" in " ".join(ran.err.split())


@pytest.mark.parametrize(
    "golden",
    [
        "kinds",
        "options",
        "names",
        "refused",
        "destinations_only",
        "references_portable",
        "references_variables",
        "references_data",
    ],
)
def test_goldens_are_valid(terraform: Terraform, golden: str, tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "golden" / golden / "terraform"
    folder = tmp_path / golden
    shutil.copytree(source, folder)
    assert terraform.run(folder, "fmt", "-check", "-diff").out == ""
    init = terraform.run(folder, "init", "-backend=false", "-input=false", "-no-color")
    assert init.code == 0, init.err
    ran = terraform.run(folder, "validate", "-json")
    assert json.loads(ran.out)["valid"], ran.out
