"""SES's answers in every partial form, from a server: each is read, kept, compared and written."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.formats.registry import FormatName
from exporter.model import codec
from exporter.model.resources import without_empty
from tests import partial_forms
from tests.fakes import FakeAws, FakeSet, plain_set
from tests.support import load_snapshot, ses2iac

Take = Callable[[dict[str, FakeSet]], Path]
"""Gives a snapshot of an account."""


@pytest.fixture
def account() -> dict[str, FakeSet]:
    """The account."""
    return partial_forms.sets()


@pytest.fixture
def take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Take:
    def snapshot(account: dict[str, FakeSet]) -> Path:
        path = tmp_path / "snapshot.json"
        with FakeAws(account) as aws:
            for name, value in aws.environment().items():
                monkeypatch.setenv(name, value)
            ran = ses2iac(capsys, "snapshot", "--out", str(path))
        assert ran.code == 0, ran.err
        return path

    return snapshot


def test_the_forms_are_many_and_have_what_matters() -> None:
    account = partial_forms.sets()
    options = {name: found.options for name, found in account.items()}
    for option in ("DeliveryOptions", "TrackingOptions", "SuppressionOptions", "VdmOptions"):
        forms = [each[option] for each in options.values() if option in each]
        assert {} in forms
        assert partial_forms.NEW_MEMBER in forms
        assert any(partial_forms.NEW_VALUE in json.dumps(form) for form in forms)
    assert {"DashboardOptions": {}} in [each.get("VdmOptions") for each in options.values()]
    assert len(account) > 100


def test_every_form_is_kept_as_it_was_answered(
    account: dict[str, FakeSet],
    take: Take,
) -> None:
    path = take(account)
    [scope] = load_snapshot(path).scopes
    kept = {found.name: codec.encode(found) for found in scope.configuration_sets}
    assert set(kept) == set(account)
    for name, found in account.items():
        expected = dict(found.options)
        reputation = expected.get("ReputationOptions", {})
        if "LastFreshStart" in reputation:
            start = "2025-01-01T00:00:00+00:00"
            expected["ReputationOptions"] = {**reputation, "LastFreshStart": start}
        destinations = [
            {**each, "MatchingEventTypes": sorted(each["MatchingEventTypes"])}
            for each in found.destinations
        ]
        if destinations:
            expected["EventDestinations"] = destinations
        assert kept[name] == {"ConfigurationSetName": name, **expected}


def test_empty_and_absent_are_no_difference(
    account: dict[str, FakeSet],
    tmp_path: Path,
    take: Take,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = take(account)
    document = load_snapshot(path)
    bare = tmp_path / "bare.json"
    value = codec.encode(document)
    [scope] = document.scopes
    [entry] = value["Scopes"]
    entry["ConfigurationSets"] = [
        codec.encode(without_empty(found)) for found in scope.configuration_sets
    ]
    bare.write_text(codec.pretty(value))
    assert bare.read_text() != path.read_text()
    ran = ses2iac(capsys, "diff", str(path), str(bare), "--strict")
    assert ran.code == 0, ran.out
    assert "\nno difference: " in ran.out


@pytest.mark.parametrize("format_name", FormatName)
def test_an_export_differs_in_nothing_from_the_account(
    format_name: FormatName,
    account: dict[str, FakeSet],
    tmp_path: Path,
    take: Take,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = take(account)
    infra = tmp_path / "infra"
    ran = ses2iac(capsys, "export", format_name, "--from", str(path), "--out", str(infra))
    assert ran.code == 0, ran.err
    ran = ses2iac(capsys, "diff", str(infra), str(path))
    assert ran.code == 0, ran.out
    assert "\nno difference: " in ran.out


def test_scan_and_lint_read_every_form(
    account: dict[str, FakeSet],
    tmp_path: Path,
    take: Take,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = take(account)
    ran = ses2iac(capsys, "scan", "--from", str(path))
    assert ran.code == 0
    assert "something_new" in ran.out
    assert "unknown" in ran.out
    assert ses2iac(capsys, "lint", "--from", str(path)).code in (0, 3)
    page = tmp_path / "page.html"
    ran = ses2iac(capsys, "report", "--from", str(path), "--out", str(page))
    assert ran.code == 0, ran.err


def test_a_new_value_costs_what_it_touches(
    tmp_path: Path, take: Take, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other set, the other destination and the options are written."""
    good, new = plain_set("good", "new").destinations
    plain = plain_set("any")
    account = {
        "letters": FakeSet(plain.options),
        "orders": FakeSet(
            plain.options, [good, {**new, "MatchingEventTypes": ["BOUNCE", "INBOX_PLACEMENT"]}]
        ),
    }
    path = take(account)
    infra = tmp_path / "infra"
    ran = ses2iac(capsys, "export", "terraform", "--from", str(path), "--out", str(infra))
    assert ran.code == 0
    assert ran.err.startswith(
        "warning: orders/new: event destination left out for its MatchingEventTypes[1]: "
        "'INBOX_PLACEMENT' is unknown to this version of ses2iac\n"
    )
    manifest = json.loads((infra / ".ses2iac.json").read_text())
    written = [
        "/".join(filter(None, (each["ConfigurationSet"], each.get("EventDestination"))))
        for each in manifest["Scopes"][0]["Resources"]
    ]
    assert written == ["letters", "orders", "orders/good"]
    ran = ses2iac(
        capsys, "export", "terraform", "--from", str(path), "--out", str(tmp_path / "x"), "--strict"
    )
    assert ran.code != 0


STRICT = """\
# DeliveryOptions left unmanaged: its TlsPolicy 'STRICT' is unknown to this version of
# ses2iac. Terraform ignores delivery_options, so it stays as it is.
# SuppressionOptions.SuppressionScope left out: the Terraform AWS provider has no
# argument for it. Terraform's next change of suppression_options unsets it.
# ArchivingOptions left out: the Terraform AWS provider has no argument for it.
# Terraform never writes it, so it stays as it is.
resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"

  delivery_options {}

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {}

  tracking_options {
    custom_redirect_domain = ""
    https_policy           = "REQUIRE"
  }

  vdm_options {
    dashboard_options {}

    guardian_options {
      optimized_shared_delivery = "ENABLED"
    }
  }

  lifecycle {
    ignore_changes = [delivery_options]
  }
}
"""


def test_options_that_cannot_be_written_whole_stand_as_blocks(
    tmp_path: Path, take: Take, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {
        **plain_set("any").options,
        "DeliveryOptions": {"TlsPolicy": "STRICT", "SendingPoolName": "shared"},
        "SuppressionOptions": {"SuppressionScope": "TENANT"},
        "TrackingOptions": {"HttpsPolicy": "REQUIRE"},
        "VdmOptions": {
            "DashboardOptions": {},
            "GuardianOptions": {"OptimizedSharedDelivery": "ENABLED"},
        },
        "ArchivingOptions": {"ArchiveArn": "arn"},
    }
    path = take({"orders": FakeSet(options)})
    infra = tmp_path / "infra"
    ran = ses2iac(capsys, "export", "terraform", "--from", str(path), "--out", str(infra), "-q")
    text = (infra / "configuration_sets.tf").read_text()
    assert text.partition("\n\n")[2] == STRICT
    lines = ran.err.splitlines()
    assert len(lines) == 3
    assert lines[1] == (
        "warning: orders: SuppressionOptions.SuppressionScope left out: the Terraform AWS provider "
        "has no argument for it; Terraform's next change of suppression_options unsets it"
    )


@pytest.mark.slow
def test_templates_of_every_form_are_valid(
    account: dict[str, FakeSet],
    tmp_path: Path,
    take: Take,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """cfn-lint knows the resource schemas: no property is null, and no value is none of theirs."""
    path = take(account)
    infra = tmp_path / "infra"
    ran = ses2iac(capsys, "export", "cloudformation", "--from", str(path), "--out", str(infra))
    assert ran.code == 0, ran.err
    ran = ses2iac(capsys, "verify", str(infra), "--offline", "--require", "cfn-lint")
    assert ran.code == 0, ran.out


def test_what_terraform_does_to_it_later_is_said_of_what_was_left_out(
    tmp_path: Path, take: Take, capsys: pytest.CaptureFixture[str]
) -> None:
    new = {"SomethingNew": {"Level": 3}}
    plain = plain_set("kept", "lost")
    kept, lost = plain.destinations
    options = {
        **plain.options,
        "SomethingNew": {"Level": 3},
        "DeliveryOptions": {"SharedPoolDeliveryMode": "REGIONAL", "TlsPolicy": "REQUIRE"},
        "VdmOptions": {"GuardianOptions": new},
        "MessageSecurityOptions": {"SigningScheme": {"DefaultScheme": {}}},
    }
    destinations = [{**kept, **new}, {**lost, "MatchingEventTypes": ["INBOX_PLACEMENT"]}]
    account = {"orders": FakeSet(options, destinations)}
    path = take(account)
    infra = tmp_path / "infra"
    ran = ses2iac(capsys, "export", "terraform", "--from", str(path), "--out", str(infra))
    assert ran.code == 0
    manifest = json.loads((infra / ".ses2iac.json").read_text())
    later = {
        f"{each.get('EventDestination', '')}:{each['Path']}": each.get("Later", "")
        for each in manifest["Scopes"][0]["Fidelity"]
    }
    stays = "Terraform never writes it, so it stays as it is"
    assert later == {
        ":SomethingNew": stays,
        ":DeliveryOptions.SharedPoolDeliveryMode": (
            "Terraform's next change of delivery_options unsets it"
        ),
        ":VdmOptions.GuardianOptions.SomethingNew": (
            "Terraform's next change of vdm_options unsets it"
        ),
        ":MessageSecurityOptions": stays,
        "kept:SomethingNew": "Terraform's next change of this event destination unsets it",
        # Nothing touches what is no code.
        "lost:MatchingEventTypes[0]": "",
    }
    assert "SomethingNew left out: unknown to this version of ses2iac (live value " in ran.err
    assert ran.err.count(stays) == 2
