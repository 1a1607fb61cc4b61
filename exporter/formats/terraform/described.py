"""Load the sets and destinations in other people's Terraform beside an export."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from exporter.formats.code_beside import CodeBeside, ExportFolder
from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.filters import is_hcl_address
from exporter.formats.references import Expression
from exporter.formats.terraform.code_tree import FolderTree
from exporter.formats.terraform.hcl.load import ALL_TYPES, load_one
from exporter.formats.terraform.names import V1_TYPES
from exporter.formats.unresolved import Reach, Unresolved
from exporter.support.errors import ExporterError


def with_resources(code: CodeBeside, folder: ExportFolder, ours: Collection[str]) -> CodeBeside:
    """Add the SES resources in the code.

    Args:
        code: What is known about the code so far.
        folder: The folder of the export.
        ours: The names of files in it that an export wrote.
    """
    loaded = _loaded(folder, ours, ALL_TYPES - V1_TYPES)
    # Loaded separately, as both may describe a set that is being migrated from v1 to v2.
    older = _loaded(folder, ours, V1_TYPES)
    if folder.root_there is not None:
        loaded, outside = _split_by_module(loaded, folder)
        code = replace(code, outside=outside)
    resources = tuple(resource for resource in loaded.resources if is_hcl_address(resource.address))
    unaddressable = (
        resource for resource in loaded.resources if not is_hcl_address(resource.address)
    )
    unresolved = (*loaded.unresolved, *older.unresolved, *map(_without_address, unaddressable))
    return replace(
        code,
        resources=resources,
        names=_set_name_expressions(resources),
        older=older.resources,
        unresolved=tuple(dict.fromkeys(unresolved)),
    )


def _loaded(folder: ExportFolder, ours: Collection[str], types: Collection[str]) -> Loaded:
    """Load the code; invalid code may describe anything.

    A module is read from the root that calls it, as names are often arguments of the call.
    """
    # The export's own files can be large, so they are skipped at first.
    loaded = _read(folder, ours, types)
    if not loaded.unresolved or not ours:
        return loaded
    # Other people's code may refer to the names of the export's sets.
    loaded = _read(folder, (), types)
    return replace(
        loaded,
        resources=tuple(
            item for item in loaded.resources if not _is_ours(item.where, folder, ours)
        ),
        unresolved=tuple(
            item for item in loaded.unresolved if not _is_ours(item.where, folder, ours)
        ),
    )


def _read(folder: ExportFolder, without: Collection[str], types: Collection[str]) -> Loaded:
    tree = FolderTree(folder.root_there or folder.path, without=without, within=folder.path)
    try:
        return load_one(tree, folder.scope, folder.inputs, types)
    except ExporterError as error:
        return Loaded((), (Unresolved(error.where or str(folder.path), "", error.what),))


def _is_ours(where: str, folder: ExportFolder, ours: Collection[str]) -> bool:
    """Whether a file and line (``infra/main.tf:3``) is in a file that an export wrote."""
    path = Path(where.rpartition(":")[0] or where)
    return path.name in ours and path.parent.resolve() == folder.path.resolve()


def _split_by_module(
    loaded: Loaded, folder: ExportFolder
) -> tuple[Loaded, tuple[CodeResource, ...]]:
    """Split the resources of a root into those in the module and those outside of it."""
    module = f"module.{folder.module}"
    inside, outside = [], []
    for resource in loaded.resources:
        if resource.address.startswith(f"{module}."):
            inside.append(replace(resource, address=resource.address.removeprefix(f"{module}.")))
        else:
            outside.append(resource)
    # The module's folder may not exist before this export.
    call = module[: module.rindex("[")] if module.endswith("]") else module
    unresolved = tuple(resource for resource in loaded.unresolved if resource.what != call)
    return replace(loaded, resources=tuple(inside), unresolved=unresolved), tuple(outside)


def _without_address(resource: CodeResource) -> Unresolved:
    reason = "an import block can't name it because of the characters in its key"
    return Unresolved(resource.where, resource.address, reason, reach=Reach.of(resource.identity))


def _set_name_expressions(resources: Iterable[CodeResource]) -> dict[str, Expression]:
    """Return expressions for the names of sets in the code.

    Sets in a called module can't be referred to.
    """
    return {
        resource.identity.configuration_set: Expression(
            f"{resource.address}.configuration_set_name"
        )
        for resource in resources
        if resource.identity.event_destination is None
        and not resource.address.startswith("module.")
    }
