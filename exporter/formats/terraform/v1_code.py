"""Find the resources of the SES API v1 in existing Terraform code, and the references to them.

The code isn't changed. A ``removed`` block can't have instance keys, so a resource block is
replaced as a whole or not at all (Terraform language reference, "removed").
"""

import os
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from exporter.formats import code_files
from exporter.formats.code_beside import ExportFolder
from exporter.formats.replaced_code import OldBlock, OldReference, ReplacedCode
from exporter.formats.terraform.code_references import lines_of, references
from exporter.formats.terraform.code_tree import FolderTree
from exporter.formats.terraform.hcl.config import CODE
from exporter.formats.terraform.hcl.describe import describe
from exporter.formats.terraform.hcl.instances import repetition_argument
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
_ELSEWHERE = "some of it is in another account or region"
_FETCHED = "terraform init downloaded the module; change it at its source"


def read(path: Path, out: ExportFolder) -> ReplacedCode:
    """Find the v1 resources in a folder of code.

    Args:
        path: The folder.
        out: The folder of the export, whose own files are skipped.

    Raises:
        ExporterError: when the folder contains no Terraform code, or can't be read.
    """
    if not code_files.is_folder(path) or not code_files.terraform_files(path):
        raise ExporterError(
            "contains no Terraform code",
            where=str(path),
            hint="pass --replaces the folder of a root module",
        )
    reach = _path_in_shared_state(path, out)
    tree = FolderTree(path, without=out.own if reach == HERE else ())
    scope = out.scope
    collector = _Collector(tree, scope)
    collector.collect(root_module(tree, out.inputs.for_scope(scope)))
    renamer = Renamer(scope, reach)
    import_blocks = [
        resource for folder in collector.folders for resource in collector.imports(folder)
    ]
    return ReplacedCode(
        path,
        _relative_path(out.path, path),
        reach is not None,
        tuple(_block(resource, import_blocks) for resource in collector.resources.values()),
        tuple(ref for folder in collector.folders for ref in collector.references(folder, renamer)),
        _labels(collector.resources.values()),
        tuple(dict.fromkeys(collector.unresolved)),
    )


def _path_in_shared_state(path: Path, out: ExportFolder) -> str | None:
    """Return the path from a root module to the export if both share a state; else None.

    With ``--module``, the root is the one that calls the export.
    """
    root = out.root if out.module and out.root is not None else out.path
    if path.resolve() != root.resolve():
        return None
    return _relative_path(root, out.path)


def _relative_path(start: Path, end: Path) -> str:
    """Return the relative path from one folder to another."""
    return Path(os.path.relpath(end.resolve(), start.resolve())).as_posix()


@dataclass
class _Collector:
    """Collects the v1 resources, module by module."""

    tree: CodeTree
    scope: Scope
    resources: dict[tuple[str, str], OldResource] = field(default_factory=dict)
    folders: dict[str, None] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)

    def collect(self, root: Module) -> None:
        """Collect the resources of a root module and of all modules that it calls."""
        for module in walk(root):
            if isinstance(module, MissingCall):
                why, where = module.why, module.block.where
                self.unresolved.append(Unresolved(where, module.address, why.reason, why.hint))
                continue
            self.folders[module.folder] = None
            for address in module.config.ses:
                block = module.config.resources[address]
                if block.labels[0] in V1_TYPES:
                    self._collect_block(module, address, block)

    def _collect_block(self, module: Module, address: str, block: Block) -> None:
        name = _path_from_root(module.folder, block.source.path)
        how = repetition_argument(block.body.attributes)
        new = OldResource(module.folder, lines_of(name, block), block, how)
        resource = self.resources.setdefault((module.folder, address), new)
        calls = (f"module.{call}" for call in module.calls)
        resource.addresses[".".join([*calls, address])] = None
        prefix = f"{module.address}." if module.address else ""
        for instance in module.instances(block, address):
            provider = module.provider_of(block, instance.names)
            described = describe(module, block, instance, provider)
            if isinstance(described, Unresolved):
                self.unresolved.append(described)
                resource.fault = resource.fault or described.reason
            elif not self._is_here(provider):
                resource.fault = resource.fault or _ELSEWHERE
            else:
                resource.instances.append(OldInstance(prefix, instance.key, described.identity))
        if module.folder.split("/")[0].startswith(".terraform"):
            resource.fault = _FETCHED

    def _is_here(self, provider: Provider) -> bool:
        scope = self.scope
        of_account = None in (provider.account_id, scope.account_id)
        return (of_account or provider.account_id == scope.account_id) and (
            provider.region in (None, scope.region)
        )

    def references(self, folder: str, renamer: Renamer) -> Iterator[OldReference]:
        """Yield the references to the v1 resources of a module in its files."""
        resources = {
            address: resource
            for (owner, address), resource in self.resources.items()
            if owner == folder
        }
        for path, text in self._files(folder) if resources else ():
            for reference in references(text, path, V1_TYPES):
                resource = resources.get(reference.address)
                if resource is not None:
                    yield OldReference(
                        reference.where,
                        reference.text,
                        resource.lines,
                        reference.inside,
                        renamer.of(reference, resource),
                    )

    def imports(self, folder: str) -> Iterator[Import]:
        """Yield the ``import`` blocks in a folder; only the root module can have them."""
        for path, text in self._files(folder):
            yield from imports(text, path)

    def _files(self, folder: str) -> Iterator[tuple[str, str]]:
        """Yield the code files of a module, with their paths relative to the root module."""
        for path, text in (self.tree.code(folder) or {}).items():
            if path.endswith(CODE):
                yield _path_from_root(folder, path), text


def _path_from_root(folder: str, path: str) -> str:
    """Return the path of a file relative to the root module, from the path that the user sees."""
    return posixpath.normpath(posixpath.join(folder, PurePosixPath(path).name))


def _block(resource: OldResource, import_blocks: list[Import]) -> OldBlock:
    """Describe a resource for the export."""
    return OldBlock(
        resource.lines,
        resource.title,
        resource.block.where,
        tuple(resource.addresses),
        tuple(dict.fromkeys(instance.identity for instance in resource.instances)),
        "" if resource.fault == _ELSEWHERE and not resource.instances else resource.fault,
        tuple(
            instance.lines for instance in import_blocks if instance.address in resource.addresses
        ),
    )


def _labels(resources: Iterable[OldResource]) -> dict[Identity, str]:
    """Return the labels of blocks with a single instance; if two share a label, only the first."""
    labels: dict[Identity, str] = {}
    used: set[tuple[bool, str]] = set()
    for resource in resources:
        label = resource.block.labels[1]
        if resource.how is not None or len(resource.instances) != 1 or resource.fault:
            continue
        identity = resource.instances[0].identity
        key = (identity.event_destination is None, label.lower())
        if identity not in labels and key not in used:
            labels[identity] = label
            used.add(key)
    return labels
