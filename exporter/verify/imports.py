"""Which imports are done, which are still in a file, and which were never written.

All formats have the same rule: the manifest names the file with a resource's import, and people
delete that file once the import is done.
"""

from pathlib import Path

from msgspec import structs

from exporter.formats import manifest as manifests
from exporter.formats.manifest import Resource, ScopeRecord


def with_current_imports(out_dir: Path, record: ScopeRecord) -> ScopeRecord:
    """Return a scope whose ``imported`` is up to date, not as of the last export."""
    done = manifests.imports_done(out_dir, record)
    resources = tuple(structs.replace(r, imported=r.identity in done) for r in record.resources)
    return structs.replace(record, resources=resources)


def pending_in(record: ScopeRecord, file: str) -> list[Resource]:
    """Return the resources whose import is in a file, unless they are imported already."""
    return [r for r in record.resources if r.import_file == file and not r.imported]


def never_handed_out(record: ScopeRecord) -> list[Resource]:
    """Return the resources that would be created although they exist: no export has imported them.

    Destinations that are recreated under a new name (``--adopt-suffix``) need no import.
    """
    return [
        resource
        for resource in record.resources
        if not (resource.imported or resource.import_file)
        and not (record.adopt_suffix and resource.event_destination)
    ]


def faults(record: ScopeRecord) -> list[str]:
    """Return a line for each resource whose import was never written."""
    return [
        f"{r.identity}: no export has written its import yet ({r.address}): export again"
        for r in never_handed_out(record)
    ]
