"""The sets and destinations that other people's Terraform in the folder of an export describes."""

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


def with_resources(found: CodeBeside, folder: ExportFolder, ours: Collection[str]) -> CodeBeside:
    """What code says, with the resources of SES in it.

    Args:
        found: What is known of the code.
        folder: Where it stands.
        ours: The names of the files there that an export wrote.
    """
    loaded = _loaded(folder, ours, ALL_TYPES - V1_TYPES)
    # Apart, as both may describe one set while a person moves it from one to the other.
    older = _loaded(folder, ours, V1_TYPES)
    if folder.root_there is not None:
        loaded, outside = _divided(loaded, folder)
        found = replace(found, outside=outside)
    resources = tuple(each for each in loaded.resources if is_hcl_address(each.address))
    odd = (each for each in loaded.resources if not is_hcl_address(each.address))
    unresolved = (*loaded.unresolved, *older.unresolved, *map(_without_address, odd))
    return replace(
        found,
        resources=resources,
        names=_names_of(resources),
        older=older.resources,
        unresolved=tuple(dict.fromkeys(unresolved)),
    )


def _loaded(folder: ExportFolder, ours: Collection[str], types: Collection[str]) -> Loaded:
    """What the code describes; where it is wrong, anything may be part of it.

    Code of a module is read from the root that calls it: names are often arguments of the call.
    """
    found = _read(folder, ours, types)
    if not found.unresolved or not ours:
        # What an export wrote may be much to read.
        return found
    # A person's code may refer to what an export wrote, for the name of a set.
    found = _read(folder, (), types)
    return replace(
        found,
        resources=tuple(each for each in found.resources if not _is_ours(each.where, folder, ours)),
        unresolved=tuple(
            each for each in found.unresolved if not _is_ours(each.where, folder, ours)
        ),
    )


def _read(folder: ExportFolder, without: Collection[str], types: Collection[str]) -> Loaded:
    tree = FolderTree(folder.root_there or folder.path, without=without, within=folder.path)
    try:
        return load_one(tree, folder.scope, folder.inputs, types)
    except ExporterError as error:
        return Loaded((), (Unresolved(error.where or str(folder.path), "", error.what),))


def _is_ours(where: str, folder: ExportFolder, ours: Collection[str]) -> bool:
    """Whether a place (``infra/main.tf:3``) is in a file that an export wrote."""
    path = Path(where.rpartition(":")[0] or where)
    return path.name in ours and path.parent.resolve() == folder.path.resolve()


def _divided(loaded: Loaded, folder: ExportFolder) -> tuple[Loaded, tuple[CodeResource, ...]]:
    """What a root describes, in the module and outside of it."""
    module = f"module.{folder.module}"
    inside, outside = [], []
    for each in loaded.resources:
        if each.address.startswith(f"{module}."):
            inside.append(replace(each, address=each.address.removeprefix(f"{module}.")))
        else:
            outside.append(each)
    # The module's folder may be one that this export makes.
    call = module[: module.rindex("[")] if module.endswith("]") else module
    unresolved = tuple(each for each in loaded.unresolved if each.what != call)
    return replace(loaded, resources=tuple(inside), unresolved=unresolved), tuple(outside)


def _without_address(each: CodeResource) -> Unresolved:
    reason = "an import block can't name it, for the characters in its key"
    return Unresolved(each.where, each.address, reason, reach=Reach.of(each.identity))


def _names_of(resources: Iterable[CodeResource]) -> dict[str, Expression]:
    """How code in the folder refers to the names of the sets that it describes.

    What is in a module that it calls is out of reach.
    """
    return {
        each.identity.configuration_set: Expression(f"{each.address}.configuration_set_name")
        for each in resources
        if each.identity.event_destination is None and not each.address.startswith("module.")
    }
