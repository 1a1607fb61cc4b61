"""Resources of the SES API v1 in a person's Terraform: their blocks, and what refers to them.

Nothing is changed there. A ``removed`` block has no keys of instances, so that a block goes as a
whole or stays (Terraform language reference, "removed").
"""

import os
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from exporter.formats import code_files
from exporter.formats.code_beside import ExportFolder
from exporter.formats.replaced_code import OldBlock, OldReference, ReplacedCode
from exporter.formats.terraform.code_references import in_json, lines_of, references
from exporter.formats.terraform.code_tree import FolderTree
from exporter.formats.terraform.hcl.config import CODE
from exporter.formats.terraform.hcl.describe import described
from exporter.formats.terraform.hcl.instances import repeated
from exporter.formats.terraform.hcl.load import root_module
from exporter.formats.terraform.hcl.module import Module
from exporter.formats.terraform.hcl.providers import Provider
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.hcl.tree import CodeTree
from exporter.formats.terraform.hcl.walk import MissingCall, walk
from exporter.formats.terraform.names import V1_TYPES
from exporter.formats.terraform.v1_references import (
    Import,
    OldInstance,
    OldResource,
    Renamer,
    imports,
)
from exporter.formats.unresolved import Unresolved
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError

HERE = "."
_ELSEWHERE = "some of it is of another account or region"
_FETCHED = "terraform init downloaded the module; change it at its source"


def read(path: Path, out: ExportFolder) -> ReplacedCode:
    """The resources of API v1 that a folder of code holds.

    Args:
        path: The folder.
        out: Where the export goes; what it wrote there before is no code of the person.

    Raises:
        ExporterError: when it is no folder of Terraform code, or cannot be read.
    """
    if not code_files.is_folder(path) or not code_files.terraform_files(path):
        raise ExporterError(
            "contains no Terraform code",
            where=str(path),
            hint="pass --replaces the folder of a root module",
        )
    reach = _reach(path, out)
    tree = FolderTree(path, without=out.own if reach == HERE else ())
    scope = out.scope
    reading = _Reading(tree, scope)
    reading.take(root_module(tree, out.inputs.for_scope(scope)))
    renamer = Renamer(scope, reach)
    imported = [each for folder in reading.folders for each in reading.imports(folder)]
    return ReplacedCode(
        path,
        _way(out.path, path),
        reach is not None,
        tuple(_block(each, imported) for each in reading.resources.values()),
        tuple(ref for folder in reading.folders for ref in reading.references(folder, renamer)),
        _labels(reading.resources.values()),
        tuple(dict.fromkeys(reading.unresolved)),
    )


def _reach(path: Path, out: ExportFolder) -> str | None:
    """The way from a root module to the folder of the export, where both have one state.

    With ``--module``, that is the root that calls the export.
    """
    root = out.root if out.module and out.root is not None else out.path
    if path.resolve() != root.resolve():
        return None
    return _way(root, out.path)


def _way(start: Path, end: Path) -> str:
    """The way from one folder to another, wherever the command runs."""
    return Path(os.path.relpath(end.resolve(), start.resolve())).as_posix()


@dataclass
class _Reading:
    """What is found of it, module by module."""

    tree: CodeTree
    scope: Scope
    resources: dict[tuple[str, str], OldResource] = field(default_factory=dict)
    folders: dict[str, None] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)

    def take(self, root: Module) -> None:
        """Take note of a root module and all that it calls."""
        for module in walk(root):
            if isinstance(module, MissingCall):
                why, where = module.why, module.block.where
                self.unresolved.append(Unresolved(where, module.address, why.reason, why.hint))
                continue
            self.folders[module.folder] = None
            for address in module.config.ses:
                block = module.config.resources[address]
                if block.labels[0] in V1_TYPES:
                    self._take_block(module, address, block)

    def _take_block(self, module: Module, address: str, block: Block) -> None:
        name = _name(module.folder, block.source.path)
        how = repeated(block.body.attributes)
        new = OldResource(module.folder, lines_of(name, block), block, how)
        resource = self.resources.setdefault((module.folder, address), new)
        calls = (f"module.{call}" for call in module.calls)
        resource.addresses[".".join([*calls, address])] = None
        prefix = f"{module.address}." if module.address else ""
        for instance in module.instances(block, address):
            provider = module.provider_of(block, instance.names)
            found = described(module, block, instance, provider)
            if isinstance(found, Unresolved):
                self.unresolved.append(found)
                resource.fault = resource.fault or found.reason
            elif not self._is_here(provider):
                resource.fault = resource.fault or _ELSEWHERE
            else:
                resource.instances.append(OldInstance(prefix, instance.key, found.identity))
        if module.folder.split("/")[0].startswith(".terraform"):
            resource.fault = _FETCHED

    def _is_here(self, provider: Provider) -> bool:
        scope = self.scope
        of_account = None in (provider.account_id, scope.account_id)
        return (of_account or provider.account_id == scope.account_id) and (
            provider.region in (None, scope.region)
        )

    def references(self, folder: str, renamer: Renamer) -> Iterator[OldReference]:
        """What the files of a module say of the resources of API v1 in it."""
        own = {a: each for (of, a), each in self.resources.items() if of == folder}
        for path, text in self._files(folder) if own else ():
            find = in_json if path.endswith(".json") else references
            for each in find(text, path, V1_TYPES):
                resource = own.get(each.address)
                if resource is not None:
                    renamed = renamer.of(each, resource)
                    lines = resource.lines
                    yield OldReference(each.where, each.text, lines, each.inside, renamed)

    def imports(self, folder: str) -> Iterator[Import]:
        """The ``import`` blocks of resources of API v1; only the root module may have some."""
        for path, text in self._files(folder):
            yield from imports(text, path)

    def _files(self, folder: str) -> Iterator[tuple[str, str]]:
        """The files of code in a module, by their paths from the root module."""
        for path, text in (self.tree.code(folder) or {}).items():
            if path.endswith(CODE):
                yield _name(folder, path), text


def _name(folder: str, path: str) -> str:
    """The path of a file from the root module, whatever a person sees it as."""
    return posixpath.normpath(posixpath.join(folder, PurePosixPath(path).name))


def _block(resource: OldResource, imported: list[Import]) -> OldBlock:
    """A resource, as the export speaks of it."""
    return OldBlock(
        resource.lines,
        resource.title,
        resource.block.where,
        tuple(resource.addresses),
        tuple(dict.fromkeys(each.identity for each in resource.instances)),
        "" if resource.fault == _ELSEWHERE and not resource.instances else resource.fault,
        tuple(each.lines for each in imported if each.address in resource.addresses),
    )


def _labels(resources: Iterable[OldResource]) -> dict[Identity, str]:
    """The names of blocks that stand for one resource each; the first one where two have it."""
    found: dict[Identity, str] = {}
    taken: set[tuple[bool, str]] = set()
    for each in resources:
        label = each.block.labels[1]
        if each.how is not None or len(each.instances) != 1 or each.fault:
            continue
        who = each.instances[0].identity
        key = (who.event_destination is None, label.lower())
        if who not in found and key not in taken:
            found[who] = label
            taken.add(key)
    return found
