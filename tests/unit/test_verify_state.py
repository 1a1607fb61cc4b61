"""The state that ``verify`` judges by: which one it is, what is taken from it, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from exporter.formats import manifest as manifests
from exporter.formats.manifest import Departed, Manifest, Resource, ScopeRecord
from exporter.support.errors import ExporterError
from exporter.verify import imports, state
from exporter.verify.imports import with_current_imports

Json = Any

ACCOUNT = "123456789012"
SET = "aws_sesv2_configuration_set"
DESTINATION = "aws_sesv2_configuration_set_event_destination"

RECORD = ScopeRecord(
    ".",
    "aws",
    "eu-west-1",
    ACCOUNT,
    (
        Resource("orders", address=f"{SET}.orders", former=(f"{SET}.before",)),
        Resource("orders", "bounces", address=f"{DESTINATION}.orders_bounces"),
    ),
    departed=(Departed("left", addresses=(f"{SET}.left",)),),
)
MANIFEST = Manifest(manifests.FORMAT_VERSION, "terraform", (RECORD,), {"sets.tf": "sha256:0"})


def arn(region: str = "eu-west-1", account: str = ACCOUNT) -> dict[str, Json]:
    return {"arn": f"arn:aws:ses:{region}:{account}:configuration-set/x"}


def resource(address: str, attributes: Json = None, **more: Json) -> dict[str, Json]:
    kind, _, name = address.partition(".")
    return {
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
        "instances": [{"attributes": attributes or {}}],
        **more,
    }


def document(*resources: Json, **more: Json) -> bytes:
    head = {"version": 4, "terraform_version": "1.11.4", "serial": 3, "lineage": "l"}
    return json.dumps({**head, "outputs": {}, "resources": list(resources), **more}).encode()


def kept(data: bytes, *declared: str, record: ScopeRecord = RECORD) -> list[str]:
    """The addresses that stay."""
    cut = state.cut_down(data, "s.tfstate", record, lambda: frozenset(declared))
    return [f"{each['type']}.{each['name']}" for each in json.loads(cut)["resources"]]


# What is taken
# --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", [f"{SET}.orders", f"{SET}.before", f"{SET}.left", f"{DESTINATION}.orders_bounces"]
)
def test_what_the_manifest_knows_stays(address: str) -> None:
    """Even where a person declares the same address: Terraform would say that it appears twice."""
    assert kept(document(resource(address)), address) == [address]


def test_what_nobody_declares_stays_to_be_seen() -> None:
    """The real plan would destroy it."""
    assert kept(document(resource(f"{SET}.forgotten"))) == [f"{SET}.forgotten"]
    assert kept(document(resource(f"{SET}.forgotten")), f"{SET}.forgotten") == []


@pytest.mark.parametrize(
    "other",
    [
        resource("aws_sns_topic.mail"),
        resource("aws_ses_configuration_set.orders"),
        resource(f"{SET}.orders", mode="data"),
        resource(f"{SET}.orders", module="module.mail"),
    ],
    ids=["type", "v1", "data", "module"],
)
def test_what_is_not_of_the_export_is_left_out(other: Json) -> None:
    assert kept(document(other)) == []


def test_secrets_of_others_are_not_copied() -> None:
    other = resource("aws_ses_smtp.x", {"password": "s3cret"})
    outputs = {"password": {"value": "s3cret", "type": "string", "sensitive": True}}
    data = document(other, resource(f"{SET}.orders"), outputs=outputs, check_results=["s3cret"])
    cut = state.cut_down(data, "s.tfstate", RECORD, frozenset)
    assert b"s3cret" not in cut
    assert json.loads(cut) == {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 3,
        "lineage": "l",
        "outputs": {},
        "resources": [resource(f"{SET}.orders")],
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_that_a_shell_writes_is_read(encoding: str) -> None:
    """PowerShell redirects as UTF-16."""
    data = document(resource(f"{SET}.orders")).decode().encode(encoding)
    assert kept(data) == [f"{SET}.orders"]


@pytest.mark.parametrize("data", [b"", b"\n"])
def test_a_state_that_is_not_there_yet_is_empty(data: bytes) -> None:
    """``terraform state pull`` prints nothing then."""
    assert state.cut_down(data, "s.tfstate", RECORD, frozenset) == b""


# What is refused
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "not valid JSON: Expecting property name"),
        (b'{"version": 4', "not valid JSON: "),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff\xff\xff", "not text"),
        (b"[]", "not a Terraform state"),
        (b"{}", "not a Terraform state: it has no version"),
        (b'{"version": "4"}', "not a Terraform state: it has no version"),
        (b'{"version": true}', "not a Terraform state: it has no version"),
        (b'{"version": 3}', "a state of version 3; this ses2iac reads version 4"),
        (b'{"version": 5}', "a state of version 5; this ses2iac reads version 4"),
        (b'{"format_version": "1.0"}', "the output of 'terraform show -json', not a state"),
        (b'{"encrypted_data": "x", "serial": 1}', "an encrypted state"),
        (b'{"version": 4}', "not a valid state"),
        (b'{"version": 4, "resources": {"a": 1}}', "not a valid state"),
        (b'{"version": 4, "resources": [1]}', "not a valid state"),
        (b'{"version": 4, "resources": [{}]}', "not a valid state"),
        (document(resource(f"{SET}.orders", instances=[{}])), "not a valid state"),
        (document(resource(f"{SET}.orders", instances=[3])), "not a valid state"),
        (document(resource(f"{SET}.orders", instances=None)), "not a valid state"),
    ],
)
def test_what_is_no_state_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ExporterError) as caught:
        kept(data)
    assert str(caught.value).startswith(f"s.tfstate: {said}")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        (arn(account="111111111111"), "account 111111111111, eu-west-1"),
        (arn(region="us-east-1"), f"account {ACCOUNT}, us-east-1"),
        ({"region": "us-east-1"}, "us-east-1"),
        # From the provider's version 6 on, both are there.
        ({**arn(), "region": "us-east-1"}, f"account {ACCOUNT}, us-east-1"),
    ],
)
@pytest.mark.parametrize("address", [f"{SET}.orders", f"{SET}.before", f"{SET}.forgotten"])
def test_another_account_or_region_is_refused(attributes: Json, said: str, address: str) -> None:
    with pytest.raises(ExporterError) as caught:
        kept(document(resource(address, attributes)))
    assert caught.value.items == (f"{address}: {said}",)
    assert f"the export is of account {ACCOUNT}, region eu-west-1" in str(caught.value)


@pytest.mark.parametrize("attributes", [arn(), {"region": "eu-west-1"}, {"arn": "odd"}, {}])
def test_the_same_account_and_region_pass(attributes: Json) -> None:
    assert kept(document(resource(f"{SET}.orders", attributes))) == [f"{SET}.orders"]


def test_an_export_without_an_account_takes_any() -> None:
    data = document(resource(f"{SET}.orders", arn(account="111111111111")))
    assert kept(data, record=replace(RECORD, account_id=None)) == [f"{SET}.orders"]


def test_what_left_the_code_may_be_of_another_account() -> None:
    """The export may have taken the place of another account's, whose state Terraform forgets."""
    data = document(resource(f"{SET}.left", arn(account="111111111111")))
    assert kept(data) == [f"{SET}.left"]


def test_what_others_keep_may_be_of_another_account() -> None:
    data = document(resource(f"{SET}.theirs", arn(region="us-east-1")))
    assert kept(data, f"{SET}.theirs") == []


def test_a_long_list_is_cut() -> None:
    many = [resource(f"{SET}.s{n}", arn(region="us-east-1")) for n in range(7)]
    with pytest.raises(ExporterError) as caught:
        kept(document(*many))
    assert len(caught.value.items) == 6
    assert caught.value.items[-1] == "and 2 more"


# Which file
# -----------------------------------------------------------------------------------


def found(folder: Path, given: Path | None = None) -> bytes | None:
    return state.find(folder, MANIFEST, RECORD, given)


def test_there_may_be_none(tmp_path: Path) -> None:
    assert found(tmp_path) is None


def test_the_folders_own_is_found(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_bytes(document(resource(f"{SET}.orders")))
    own = found(tmp_path)
    assert own is not None
    assert b'"orders"' in own


def test_that_of_a_module_is_its_roots(tmp_path: Path) -> None:
    module = tmp_path / "mail"
    module.mkdir()
    (module / "terraform.tfstate").write_bytes(document(resource(f"{SET}.before")))
    record = replace(RECORD, module="mail")
    assert state.find(module, MANIFEST, record, None) is None
    assert state.find(module, MANIFEST, record, None, tmp_path) is None
    held = {**resource(f"{SET}.orders"), "module": "module.mail"}
    (tmp_path / "terraform.tfstate").write_bytes(document(held))
    own = state.find(module, MANIFEST, record, None, tmp_path)
    assert own is not None
    assert b'"orders"' in own


def test_the_one_that_is_named_comes_first(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_bytes(b"{")
    other = tmp_path / "pulled"
    other.write_bytes(document())
    assert found(tmp_path, other) is not None
    with pytest.raises(ExporterError, match=r"terraform\.tfstate: not valid JSON"):
        found(tmp_path)


def test_one_that_is_named_and_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ExporterError, match="gone: cannot be read: No such file"):
        found(tmp_path, tmp_path / "gone")


@pytest.mark.parametrize(
    ("configured", "is_taken"),
    [
        (b'{"version": 3}', True),
        (b'{"version": 3, "backend": null}', True),
        (b'{"version": 3, "backend": {"type": "local", "config": {"path": null}}}', True),
        (b'{"version": 3, "backend": {"type": "local", "config": {"path": "x"}}}', False),
        (b'{"version": 3, "backend": {"type": "s3", "config": {}}}', False),
        (b'{"version": 3, "backend": {}}', True),
        (b'{"version": 3, "backend": 1}', False),
        (b"{", False),
        (b"[]", False),
    ],
)
def test_a_folder_with_another_backend_has_no_state_of_its_own(
    tmp_path: Path, configured: bytes, is_taken: bool
) -> None:
    """What stands there is a stale one."""
    (tmp_path / "terraform.tfstate").write_bytes(document())
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "terraform.tfstate").write_bytes(configured)
    assert (found(tmp_path) is not None) == is_taken


@pytest.mark.parametrize(("workspace", "is_taken"), [("default", True), ("prod", False)])
def test_a_folder_with_another_workspace_has_no_state_of_its_own(
    tmp_path: Path, workspace: str, is_taken: bool
) -> None:
    (tmp_path / "terraform.tfstate").write_bytes(document())
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "environment").write_text(workspace)
    assert (found(tmp_path) is not None) == is_taken


@pytest.mark.parametrize(
    ("name", "text", "is_declared"),
    [
        ("own.tf", f'resource "{SET}" "mine" {{\n}}\n', True),
        ("own.tf", f'# resource "{SET}" "mine" {{\n# }}\n', False),
        ("own.tf", f'resource "{SET}" "other" {{\n}}\n', False),
        ("own.tf", f'data "{SET}" "mine" {{\n}}\n', False),
        ("own.tf", f'resource "{SET}" "mine" {{\n', False),
        # A file of the export declares what the manifest knows.
        ("sets.tf", f'resource "{SET}" "mine" {{\n}}\n', False),
        ("own.txt", f'resource "{SET}" "mine" {{\n}}\n', False),
    ],
)
def test_what_a_person_declares_beside_the_export_is_theirs(
    tmp_path: Path, name: str, text: str, is_declared: bool
) -> None:
    (tmp_path / "terraform.tfstate").write_bytes(document(resource(f"{SET}.mine")))
    (tmp_path / name).write_text(text)
    own = found(tmp_path)
    assert own is not None
    assert json.loads(own)["resources"] == ([] if is_declared else [resource(f"{SET}.mine")])


# Which imports are done
# -----------------------------------------------------------------------


@pytest.mark.parametrize("path", [".", "123/eu-west-1"])
@pytest.mark.parametrize(
    ("import_file", "imported", "stands", "is_done", "is_pending", "is_never"),
    [
        ("imports.tf", False, True, False, True, False),
        ("imports.tf", False, False, True, False, False),
        ("", True, True, True, False, False),
        ("", False, True, False, False, True),
        ("", False, False, False, False, True),
    ],
)
def test_whether_an_import_is_done(
    tmp_path: Path,
    path: str,
    import_file: str,
    imported: bool,
    stands: bool,
    is_done: bool,
    is_pending: bool,
    is_never: bool,
) -> None:
    if stands:
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
        (tmp_path / path / "imports.tf").touch()
    one = Resource("orders", address="x.y", import_file=import_file, imported=imported)
    record = with_current_imports(tmp_path, ScopeRecord(path, "aws", "eu-west-1", ACCOUNT, (one,)))
    (now,) = record.resources
    assert now.imported is is_done
    assert imports.pending_in(record, "imports.tf") == ([now] if is_pending else [])
    assert imports.pending_in(record, "imports-02.tf") == []
    assert imports.never_handed_out(record) == ([now] if is_never else [])
