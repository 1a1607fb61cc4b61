"""Refuse exports that would drop, or let Terraform destroy, resources that may still exist."""

from pathlib import Path

from exporter.export.folders import Folders
from exporter.formats import manifest as manifests
from exporter.formats.base import FileRole
from exporter.formats.manifest import Manifest, ScopeRecord
from exporter.formats.scope_export import ScopeExport
from exporter.formats.stacks import STACK_NAME
from exporter.formats.terraform import removals
from exporter.model.identities import key_of
from exporter.model.read_result import Evidence, ReadResult
from exporter.support.errors import ExporterError
from exporter.support.text import count, shortened

_SHOWN = 5
_FORCE = "--force removes them from the code without destroying them"


def unread(out_dir: Path, previous: Manifest | None, reading: ReadResult) -> None:
    """Refuse to drop sets from the code because they could not be read."""
    dropped = [
        failure.title or failure.name
        for failure in reading.unread
        if any(
            failure.holds(scope.account_id, scope.region, resource.configuration_set)
            for scope in (previous.scopes if previous else ())
            for resource in scope.resources
        )
    ]
    if dropped:
        raise ExporterError(
            f"could not read {', '.join(dropped)}; the last export has them, and this one would "
            "drop them",
            where=str(out_dir),
            hint=f"export again once they can be read; {_FORCE}",
        )


def other_account(
    out_dir: Path, previous: Manifest | None, folders: Folders, seen: ReadResult
) -> None:
    """Refuse an export that has no set in common with the previous one.

    The account id isn't enough: emulators share one, and AWS CLI output has none.
    """
    for path, scope in folders.scopes:
        record = previous.record_of(path, scope) if previous else None
        evidence = seen.evidence.get(key_of(scope))
        if record is None or evidence is None:
            continue
        if looks_like_another(record, evidence):
            counted = count(_number_of_sets(record), "configuration set")
            raise ExporterError(
                f"none of the {counted} of the last export exists in {scope.title}; "
                "this looks like another account:",
                where=str(out_dir),
                items=shortened(str(resource.identity) for resource in record.resources),
                hint=f"check the account, the region and the endpoint; {_FORCE}",
            )


def other_stack(
    out_dir: Path, previous: Manifest | None, folders: Folders, stack_name: str
) -> None:
    """Refuse another name for a stack that has resources: a stack can't be renamed."""
    for path, scope in folders.scopes:
        record = previous.record_of(path, scope) if previous else None
        if record is None or record.stack_name == stack_name:
            continue
        done = manifests.imports_done(out_dir, record)
        imported = [str(r.identity) for r in record.resources if r.identity in done]
        if imported:
            old, new = record.stack_name or STACK_NAME, stack_name or STACK_NAME
            raise ExporterError(
                f"these resources are imported into the stack {old}, and {new} is another stack:",
                where=str(out_dir / path),
                items=shortened(imported),
                hint=f"keep --stack-name {old}: a stack cannot be renamed",
            )


def other_module(out_dir: Path, previous: Manifest | None, folders: Folders, module: str) -> None:
    """Refuse another ``--module`` for resources in state: their addresses would change.

    Terraform would destroy what is at the old ones, in the state of this root module or another.
    """
    for path, scope in folders.scopes:
        record = previous.record_of(path, scope) if previous else None
        if record is None or record.module == module:
            continue
        done = manifests.imports_done(out_dir, record)
        changes = [
            f"{_in_module(record.module, r.address)} would be {_in_module(module, r.address)}"
            for r in record.resources
            if r.identity in done
        ]
        if changes:
            raise ExporterError(
                "state may have these at their old addresses, where Terraform would destroy them:",
                where=str(out_dir / path),
                items=shortened(changes, _SHOWN),
                hint=f"add {_moved(record.module, module)} to the root module, then export with "
                "--force, which writes all imports, or export to another folder with --out",
            )


def _moved(old: str, new: str) -> str:
    """Return what moves the resources, as words in a sentence."""
    if not old or not new:
        # A root module as a whole can't be moved.
        return "a moved block for each"
    return f"moved {{ from = module.{old}, to = module.{new} }} (each on its own line)"


def _in_module(module: str, address: str) -> str:
    return f"module.{module}.{address}" if module else address


def looks_like_another(record: ScopeRecord, evidence: Evidence) -> bool:
    """Whether what was read looks like another account than that of the previous export.

    A single set may have been replaced, and a snapshot of a part doesn't show the rest.
    """
    return _has_no_set_of(record, evidence) and _number_of_sets(record) > 1


def proves_nothing(record: ScopeRecord, evidence: Evidence) -> bool:
    """Whether what was read may be another account's, and so can't prove that anything is gone.

    If the export had one set and the region is empty now, assume that the set was deleted.
    """
    is_other = _number_of_sets(record) > 1 or bool(evidence.names)
    return _has_no_set_of(record, evidence) and is_other


def _has_no_set_of(record: ScopeRecord, evidence: Evidence) -> bool:
    sets = {resource.configuration_set for resource in record.resources}
    return evidence.scope.selection is None and sets.isdisjoint(evidence.names)


def _number_of_sets(record: ScopeRecord) -> int:
    return len({resource.configuration_set for resource in record.resources})


def old_terraform(result: ScopeExport) -> None:
    """Refuse ``removed`` blocks if the folder's code excludes the versions that have them."""
    if not any(file.role is FileRole.REMOVALS for file in result.rendering.files):
        return
    constraint = result.facts.beside.refusing(removals.NEEDS)
    if constraint is not None:
        forgotten = result.replacement.forgotten_here if result.replacement else ()
        needed = ".".join(map(str, removals.NEEDS))
        raise ExporterError(
            f"{constraint.text} excludes Terraform {needed}, and older versions would destroy "
            "these resources, which leave the code but may still exist:",
            where=constraint.where,
            items=shortened(map(str, (*result.departed, *forgotten))),
            hint=f"allow Terraform {needed} there, or keep exporting them",
        )
