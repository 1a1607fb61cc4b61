"""The Terraform state that an export is judged by, cut down to what the export is about.

A state holds what others keep in the same root, and secrets. Only the resources of SES that belong
to the export are copied, without outputs, and nothing of them is printed but addresses, account
and region. State files of version 4 are what Terraform 0.12 and later and OpenTofu write.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from exporter.formats.export_files import own_files, read
from exporter.formats.manifest import Manifest, ScopeRecord
from exporter.formats.terraform.addresses import Address, block_of
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE
from exporter.formats.terraform.referred import referred
from exporter.model import arns
from exporter.support import regular_files
from exporter.support.errors import ExporterError
from exporter.support.text import shortened

Json = Any

FILE = "terraform.tfstate"
_VERSION = 4
_KEPT = ("version", "terraform_version", "serial", "lineage")
_SHOWN = 5
_OWN = "restore or move it, or pass the right state with --state FILE"
_PULL = "write it with: terraform state pull > FILE"


def find(
    source: Path,
    manifest: Manifest,
    record: ScopeRecord,
    given: Path | None,
    root: Path | None = None,
) -> bytes | None:
    """The state of a scope; empty where there is nothing in it yet (``state pull`` prints nothing).

    Args:
        source: The folder of the scope.
        manifest: That of the export.
        record: What it says of the scope.
        given: The file that the person named; None takes the folder's own, if it has one.
        root: The root that calls the module that the export is, where that is known: it has the
            state.

    Raises:
        ExporterError: when it cannot be read, is no state, or is of another account or region.
    """
    folder = root if record.module else source
    path = given or (_local(folder) if folder else None)
    if path is None:
        return None
    ours = frozenset(own_files(manifest, record))
    reader = regular_files.read_named if given else regular_files.read_unlinked
    try:
        with regular_files.readable(path, _PULL if given else _OWN):
            data = reader(path)
        needed = cache(lambda: frozenset(referred(source, ours).blocks))
        return cut_down(data, str(path), record, cache(partial(_declared, source, ours)), needed)
    except ExporterError as error:
        hint = error.hint if given else _OWN
        raise ExporterError(error.what, where=error.where, hint=hint, items=error.items) from None


def _local(source: Path) -> Path | None:
    """The state that Terraform keeps in a folder by default.

    None where there is none, and where the folder was initialised with another backend or has
    another workspace than the default one chosen: the file would be a stale one.
    """
    place = source / FILE
    data = source / ".terraform"
    configured = read(data / FILE)
    if not place.exists() or _names_a_backend(configured):
        return None
    workspace = (read(data / "environment") or b"").strip()
    return place if workspace in (b"", b"default") else None


def _names_a_backend(configured: bytes | None) -> bool:
    """Whether what ``init`` left names a backend other than the file in the folder."""
    if configured is None:
        return False
    try:
        backend = json.loads(configured).get("backend") or {}
        return backend != {} and (backend["type"] != "local" or bool(backend["config"]["path"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return True


def _declared(source: Path, ours: frozenset[str]) -> frozenset[str]:
    """The addresses that files of a person's own in a folder declare."""
    # The parser is slow to load, and few states need it.
    from exporter.formats.terraform.hcl.syntax import parse  # noqa: PLC0415

    found = set()
    for path in sorted((*source.glob("*.tf"), *source.glob("*.tf.json"))):
        data = None if path.name in ours else read(path)
        try:
            blocks = parse((data or b"").decode(), path.name).blocks
        except (ExporterError, UnicodeDecodeError):
            # What cannot be read declares nothing: better to say too much than to miss a loss.
            continue
        found |= {".".join(block.labels) for block in blocks if block.type == "resource"}
    return frozenset(found)


def cut_down(
    data: bytes,
    where: str,
    record: ScopeRecord,
    theirs: Callable[[], frozenset[str]],
    needed: Callable[[], frozenset[str]] = frozenset,
) -> bytes:
    """A state with the resources of an export alone.

    Kept are the sets and destinations of the root module, whatever their address: one that the
    manifest has forgotten would be destroyed. Only what a person declares elsewhere is left out.

    ``theirs`` tells the addresses that files of the person's own declare, ``needed`` those of them
    that the export refers to.

    Raises:
        ExporterError: when it is no state, or is of another account or region.
    """
    if not data.strip():
        return b""
    state = _parsed(data, where)
    known = _addresses(record)
    try:
        found = [_in_root(each, record.module) for each in state["resources"]]
        kept = [
            each
            for each in found
            if _is_ours(each) and (_address(each) in known or _address(each) not in theirs())
        ]
        others = list(_elsewhere(kept, record))
        kept += [each for each in found if _is_needed(each, needed)]
    except (KeyError, TypeError, AttributeError, IndexError):
        raise ExporterError("not a valid state", where=where, hint=_PULL) from None
    if others:
        account = f"account {record.account_id}, " if record.account_id else ""
        raise ExporterError(
            f"a state of another account or region; the export is of {account}"
            f"region {record.region}:",
            where=where,
            items=shortened(others, _SHOWN),
            hint="pass the state of this export",
        )
    head = {name: state[name] for name in _KEPT if name in state}
    return json.dumps({**head, "outputs": {}, "resources": kept}).encode()


def _parsed(data: bytes, where: str) -> dict[str, Json]:
    try:
        state = json.loads(data)
    except RecursionError:
        raise ExporterError("nested too deeply", where=where, hint=_PULL) from None
    except ValueError as error:
        said = f"not valid JSON: {error}" if isinstance(error, json.JSONDecodeError) else "not text"
        raise ExporterError(said, where=where, hint=_PULL) from None
    if not isinstance(state, dict):
        raise ExporterError("not a Terraform state", where=where, hint=_PULL)
    if "format_version" in state:
        raise ExporterError(
            "the output of 'terraform show -json', not a state", where=where, hint=_PULL
        )
    if "encrypted_data" in state:
        hint = "write it decrypted: tofu state pull > FILE"
        raise ExporterError("an encrypted state", where=where, hint=hint)
    version = state.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise ExporterError("not a Terraform state: it has no version", where=where, hint=_PULL)
    if version != _VERSION:
        raise ExporterError(
            f"a state of version {version}; this ses2iac reads version {_VERSION}",
            where=where,
            hint="a current Terraform writes that version: terraform state pull > FILE",
        )
    return state


def _addresses(record: ScopeRecord) -> set[str]:
    """The addresses at which the manifest says that state may hold resources."""
    found = {at for each in record.resources for at in (each.address, *each.former)}
    return set(map(block_of, found | _departed(record)))


def _departed(record: ScopeRecord) -> set[str]:
    return {*record.forgotten, *(at for each in record.departed for at in each.addresses)}


def _in_root(resource: Json, module: str) -> Json:
    """A resource of the module that the export is, as if that were the root; others as they are."""
    if not module:
        return resource
    if resource.get("module") == f"module.{module}":
        return {name: value for name, value in resource.items() if name != "module"}
    return {"module": "", **resource}


def _is_needed(resource: Json, needed: Callable[[], frozenset[str]]) -> bool:
    is_root = "module" not in resource and resource["mode"] == "managed"
    return is_root and not _is_ours(resource) and _address(resource) in needed()


def _is_ours(resource: Json) -> bool:
    is_root = "module" not in resource
    is_managed: bool = resource["mode"] == "managed"
    return is_root and is_managed and resource["type"] in (SET_TYPE, DESTINATION_TYPE)


def _address(resource: Json) -> str:
    return f"{resource['type']}.{resource['name']}"


def _instance(resource: Json, instance: Json) -> str:
    key = instance.get("index_key")
    name = resource["name"]
    return str(Address(resource["type"], name, None if key is None else str(key)))


def _elsewhere(resources: Iterable[Json], record: ScopeRecord) -> Iterator[str]:
    """The resources of another account or region, a line each.

    What has left the code may be another's: the export may have taken the place of another.
    """
    departed = _departed(record)
    for resource in resources:
        for instance in resource["instances"]:
            account, region = _place(instance["attributes"])
            is_same = account in ("", record.account_id or account)
            is_same = is_same and region in ("", record.region)
            address = _instance(resource, instance)
            if not is_same and address not in departed:
                said = ", ".join(filter(None, (account and f"account {account}", region)))
                yield f"{address}: {said}"


def _place(attributes: Json) -> tuple[str, str]:
    """The account and region that a resource's attributes tell; empty where they don't.

    A set has an ARN; a destination has a region from the provider's version 6 on.
    """
    arn = arns.split(attributes.get("arn"))
    account, region = (arn.account, arn.region) if arn else ("", "")
    said = attributes.get("region")
    return account, said if isinstance(said, str) and said else region
