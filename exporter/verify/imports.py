"""Which imports are done, which a file still hands out, and which nobody handed out.

The rule is that of every format: the manifest names the file that hands out a resource's import,
and a person deletes that file once the import is done.
"""

from pathlib import Path

from msgspec import structs

from exporter.formats import manifest as manifests
from exporter.formats.manifest import Resource, ScopeRecord


def as_they_stand(out_dir: Path, record: ScopeRecord) -> ScopeRecord:
    """A scope in which ``imported`` tells what is done by now, not at the last export."""
    done = manifests.imports_done(out_dir, record)
    resources = tuple(
        structs.replace(each, imported=each.identity in done) for each in record.resources
    )
    return structs.replace(record, resources=resources)


def pending_in(record: ScopeRecord, file: str) -> list[Resource]:
    """The resources whose import a file of a scope's folder hands out, while it stands."""
    return [each for each in record.resources if each.import_file == file and not each.imported]


def never_handed_out(record: ScopeRecord) -> list[Resource]:
    """The resources that would be created although they exist: no file ever held their import.

    Destinations that are to be recreated under a new name (``--adopt-suffix``) need no import.
    """
    return [
        each
        for each in record.resources
        if not (each.imported or each.import_file)
        and not (record.adopt_suffix and each.event_destination)
    ]


def faults(record: ScopeRecord) -> list[str]:
    """A line for each resource whose import was never handed out."""
    return [
        f"{each.identity}: no export has written its import yet ({each.address}): export again"
        for each in never_handed_out(record)
    ]
