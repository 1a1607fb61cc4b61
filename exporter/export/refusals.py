"""Exports that are refused before anything is rendered, because they would lose what is alive."""

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
    """Refuse to drop sets that could not be read from code that has them."""
    forgotten = [
        each.title or each.name
        for each in reading.unread
        if any(
            each.holds(scope.account_id, scope.region, resource.configuration_set)
            for scope in (previous.scopes if previous else ())
            for resource in scope.resources
        )
    ]
    if forgotten:
        raise ExporterError(
            f"could not read {', '.join(forgotten)}; the last export has them, and this one would "
            "drop them",
            where=str(out_dir),
            hint=f"export again once they can be read; {_FORCE}",
        )


def other_account(
    out_dir: Path, previous: Manifest | None, folders: Folders, seen: ReadResult
) -> None:
    """Refuse an export that has nothing in common with the previous one.

    An id does not tell accounts apart everywhere: emulators share one, and a raw answer of SES has
    none.
    """
    for path, scope in folders.scopes:
        record = previous.record_of(path, scope) if previous else None
        evidence = seen.evidence.get(key_of(scope))
        if record is None or evidence is None:
            continue
        if looks_like_another(record, evidence):
            held = {resource.configuration_set for resource in record.resources}
            raise ExporterError(
                f"none of the {count(len(held), 'configuration set')} of the last export exists in "
                f"{scope.title}; this looks like another account:",
                where=str(out_dir),
                items=shortened(str(resource.identity) for resource in record.resources),
                hint=f"check the account, the region and the endpoint; {_FORCE}",
            )


def other_stack(
    out_dir: Path, previous: Manifest | None, folders: Folders, stack_name: str
) -> None:
    """Refuse another name for a stack that holds resources: stacks cannot be renamed."""
    for path, scope in folders.scopes:
        record = previous.record_of(path, scope) if previous else None
        if record is None or record.stack_name == stack_name:
            continue
        done = manifests.imports_done(out_dir, record)
        held = [str(each.identity) for each in record.resources if each.identity in done]
        if held:
            old, new = record.stack_name or STACK_NAME, stack_name or STACK_NAME
            raise ExporterError(
                f"these resources are imported into the stack {old}, and {new} is another stack:",
                where=str(out_dir / path),
                items=shortened(held),
                hint=f"keep --stack-name {old}: a stack cannot be renamed",
            )


def other_module(out_dir: Path, previous: Manifest | None, folders: Folders, module: str) -> None:
    """Refuse other addresses for what state holds: Terraform would destroy what it finds no more.

    The root whose state that is may be this one, or one that has nothing to do with it.
    """
    for path, scope in folders.scopes:
        record = previous.record_of(path, scope) if previous else None
        if record is None or record.module == module:
            continue
        done = manifests.imports_done(out_dir, record)
        held = [
            f"{_in_module(record.module, each.address)} would be {_in_module(module, each.address)}"
            for each in record.resources
            if each.identity in done
        ]
        if held:
            raise ExporterError(
                "state may have these at their old addresses, where Terraform would destroy them:",
                where=str(out_dir / path),
                items=shortened(held, _SHOWN),
                hint="add a moved block for each to the root module, then export with --force, "
                "which writes all imports, or export to another folder with --out",
            )


def _in_module(module: str, address: str) -> str:
    return f"module.{module}.{address}" if module else address


def looks_like_another(record: ScopeRecord, evidence: Evidence) -> bool:
    """Whether what was seen looks like another account than the one of a previous export.

    One set alone may well have been replaced, and a snapshot of a part tells nothing of the rest.
    """
    return _differs_wholly(record, evidence) and _number_of_sets(record) > 1


def proves_nothing(record: ScopeRecord, evidence: Evidence) -> bool:
    """Whether what was seen may be another account's: it proves nothing to be gone then.

    A region in which nothing is left is the account's, where its only set was deleted.
    """
    is_other = _number_of_sets(record) > 1 or bool(evidence.names)
    return _differs_wholly(record, evidence) and is_other


def _differs_wholly(record: ScopeRecord, evidence: Evidence) -> bool:
    held = {resource.configuration_set for resource in record.resources}
    return evidence.scope.selection is None and held.isdisjoint(evidence.names)


def _number_of_sets(record: ScopeRecord) -> int:
    return len({resource.configuration_set for resource in record.resources})


def _forgotten(done: ScopeExport) -> tuple[str, ...]:
    return done.replacement.forgotten_here if done.replacement else ()


def old_terraform(done: ScopeExport) -> None:
    """Refuse ``removed`` blocks where the folder's code is for a Terraform that lacks them."""
    if not any(file.role is FileRole.REMOVALS for file in done.rendering.files):
        return
    found = done.facts.beside.refusing(removals.NEEDS)
    if found is not None:
        needed = ".".join(map(str, removals.NEEDS))
        raise ExporterError(
            f"{found.text} excludes Terraform {needed}, and older versions would destroy these "
            "resources, which leave the code but may still exist:",
            where=found.where,
            items=shortened(map(str, (*done.departed, *_forgotten(done)))),
            hint=f"allow Terraform {needed} there, or keep exporting them",
        )
