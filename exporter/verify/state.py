"""The Terraform state for the plan of an export, reduced to the export's resources.

A state also contains other resources of the root module, and secrets. Only the SES resources of the
export, and those that it refers to, are copied, without outputs. Messages contain nothing but their
addresses, account and region. Terraform 0.12 and later, and OpenTofu, write state version 4.
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
    """Return the state of a scope; None if there is none, empty if it is empty.

    Args:
        source: The folder of the scope.
        manifest: The manifest of the export.
        record: The scope.
        given: The file from ``--state``; None for the one in the folder, if there is one.
        root: The folder of the root module that calls the export, which has the state; None if
            there is none.

    Raises:
        ExporterError: if it can't be read, isn't a state, or is of another account or region.
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
    """Return the state file in a folder.

    None if there is none, or if the folder uses another backend or workspace: then the file may be
    outdated.
    """
    path = source / FILE
    data_dir = source / ".terraform"
    if not path.exists() or _has_backend(read(data_dir / FILE)):
        return None
    workspace = (read(data_dir / "environment") or b"").strip()
    return path if workspace in (b"", b"default") else None


def _has_backend(configured: bytes | None) -> bool:
    """Whether ``init`` has configured a backend other than the file in the folder."""
    if configured is None:
        return False
    try:
        backend = json.loads(configured).get("backend") or {}
        return backend != {} and (backend["type"] != "local" or bool(backend["config"]["path"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return True


def _declared(source: Path, ours: frozenset[str]) -> frozenset[str]:
    """Return the addresses that a person's own files in a folder declare."""
    # The parser is slow to load, and few states need it.
    from exporter.formats.terraform.hcl.syntax import parse  # noqa: PLC0415

    addresses = set()
    for path in sorted((*source.glob("*.tf"), *source.glob("*.tf.json"))):
        data = None if path.name in ours else read(path)
        try:
            blocks = parse((data or b"").decode(), path.name).blocks
        except (ExporterError, UnicodeDecodeError):
            # Assume that it declares nothing: the plan may show too much, but never too little.
            continue
        addresses |= {".".join(block.labels) for block in blocks if block.type == "resource"}
    return frozenset(addresses)


def cut_down(
    data: bytes,
    where: str,
    record: ScopeRecord,
    theirs: Callable[[], frozenset[str]],
    needed: Callable[[], frozenset[str]] = frozenset,
) -> bytes:
    """Reduce a state to the resources of an export.

    All sets and destinations in the root module are kept, except for those that a person declares
    in other files: a plan must show if one that the manifest doesn't have would be destroyed.

    Args:
        data: The state.
        where: Its path, for messages.
        record: The scope's entry in the manifest.
        theirs: Returns the addresses that a person's own files declare.
        needed: Returns those of them that the export refers to.

    Raises:
        ExporterError: if it isn't a state, or is of another account or region.
    """
    if not data.strip():
        return b""
    state = _parsed(data, where)
    known = _addresses(record)
    try:
        resources = [_in_root(resource, record.module) for resource in state["resources"]]
        kept = [
            resource
            for resource in resources
            if _is_ses(resource)
            and (_address(resource) in known or _address(resource) not in theirs())
        ]
        others = list(_elsewhere(kept, record))
        kept += [resource for resource in resources if _is_needed(resource, needed)]
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
        what = f"not valid JSON: {error}" if isinstance(error, json.JSONDecodeError) else "not text"
        raise ExporterError(what, where=where, hint=_PULL) from None
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
    """Return the addresses at which state may have resources, according to the manifest."""
    current = {address for r in record.resources for address in (r.address, *r.former)}
    return set(map(block_of, current | _departed(record)))


def _departed(record: ScopeRecord) -> set[str]:
    departed = (address for resource in record.departed for address in resource.addresses)
    return {*record.forgotten, *departed}


def _in_root(resource: Json, module: str) -> Json:
    """Move a resource of the export's module to the root module, and others out of it."""
    if not module:
        return resource
    if resource.get("module") == f"module.{module}":
        return {name: value for name, value in resource.items() if name != "module"}
    return {"module": "", **resource}


def _is_needed(resource: Json, needed: Callable[[], frozenset[str]]) -> bool:
    is_root = "module" not in resource and resource["mode"] == "managed"
    return is_root and not _is_ses(resource) and _address(resource) in needed()


def _is_ses(resource: Json) -> bool:
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
    """Yield a line for each resource of another account or region.

    Resources that have left the code may be of another: the export may have replaced another one.
    """
    departed = _departed(record)
    for resource in resources:
        for instance in resource["instances"]:
            account, region = _account_and_region(instance["attributes"])
            is_same = account in ("", record.account_id or account)
            is_same = is_same and region in ("", record.region)
            address = _instance(resource, instance)
            if not is_same and address not in departed:
                place = ", ".join(filter(None, (account and f"account {account}", region)))
                yield f"{address}: {place}"


def _account_and_region(attributes: Json) -> tuple[str, str]:
    """Return the account and region in a resource's attributes; empty if they aren't there.

    A set has an ARN; both have a region since version 6 of the provider.
    """
    arn = arns.split(attributes.get("arn"))
    account, arn_region = (arn.account, arn.region) if arn else ("", "")
    region = attributes.get("region")
    return account, region if isinstance(region, str) and region else arn_region
