"""Read other people's Terraform code in the folder of an export, which is the same module."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

from exporter.formats import code_files
from exporter.formats.base import Rendering
from exporter.formats.code_beside import CodeBeside, Configured, Declared, ExportFolder
from exporter.formats.terraform.addresses import INSTANCES
from exporter.formats.terraform.code_tree import FolderTree
from exporter.formats.terraform.data_layout import NEEDS as DATA_NEEDS
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE
from exporter.formats.terraform.versions import constraints
from exporter.model.identities import Identity
from exporter.support import regular_files
from exporter.support.errors import ExporterError
from exporter.support.text import shortened

_NEEDS = (1, 5)
"""The first Terraform with ``import`` blocks; the export's own ``required_version``."""

_CODE = (".tf", ".tf.json", ".tofu", ".tofu.json")

_HEADER = b"# Written by ses2iac"
"""The start of files written by ses2iac, recognized even if the export's manifest is lost."""


def beside(folder: ExportFolder) -> CodeBeside:
    """Read other people's code in the folder of an export; see ``Format.beside``.

    Raises:
        ExporterError: when the code named by ``--replaces`` can't be read.
    """
    code = _beside(folder)
    if folder.replaces is None:
        return code
    from exporter.formats.terraform.v1_code import read as read_v1  # noqa: PLC0415 - its parser

    return replace(code, replaced=read_v1(folder.replaces, folder))


def _beside(folder: ExportFolder) -> CodeBeside:
    files = dict(_other_files(folder))
    theirs = frozenset(name for name, data in files.items() if not data.startswith(_HEADER))
    ours = folder.own | (files.keys() - theirs)
    root = folder.root_there
    engine = (*constraints(folder.path), *(constraints(root) if root else ()))
    texts = {name: data.decode("utf-8", "replace") for name, data in files.items()}
    texts = {name: text for name, text in texts.items() if _declares(name)}
    code = CodeBeside(folder.path, theirs, version_constraints=engine)
    if not texts and not folder.module:
        return code
    from exporter.formats.terraform.declarations import declared  # noqa: PLC0415 - its parser
    from exporter.formats.terraform.described import with_resources  # noqa: PLC0415

    declarations = (declared(str(folder.path / name), text, name) for name, text in texts.items())
    code = replace(code, declared=tuple(chain.from_iterable(declarations)))
    texts = {name: text for name, text in texts.items() if name in theirs}
    code = replace(code, labels=_labels(code.declared, texts))
    code = replace(code, references=tuple(_references(folder, texts)))
    code = replace(code, configured=_configured(folder, code, texts, ours))
    if not texts and root is None:
        return code
    return with_resources(code, folder, ours)


def _labels(declared: Iterable[Declared], texts: Mapping[str, str]) -> dict[Identity, str]:
    """Return the labels of resources in other people's code of the types that an export writes."""
    from exporter.formats.terraform.own_imports import left  # noqa: PLC0415 - loads the parser

    addresses = (*(item.name for item in declared if item.file in texts), *left(texts))
    found = {}
    for address in addresses:
        type_, _, label = address.partition(".")
        if type_ in (SET_TYPE, DESTINATION_TYPE) and "[" not in label:
            # A name in SES has no dot, so that this is nobody's identity.
            found[Identity(address, None if type_ == SET_TYPE else address)] = label
    return found


def _references(folder: ExportFolder, texts: Mapping[str, str]) -> Iterator[Declared]:
    """Yield where other people's code refers to resources of the types that an export writes."""
    from exporter.formats.terraform.code_references import references  # noqa: PLC0415 - its parser

    for name, text in texts.items():
        if SET_TYPE in text:
            try:
                for reference in references(
                    text, str(folder.path / name), (SET_TYPE, DESTINATION_TYPE)
                ):
                    index = f"[{reference.index}]" if reference.index else ""
                    address = f"{reference.address}{index}"
                    yield Declared(address, reference.where, name)
            except (ExporterError, RecursionError):
                # Terraform reports the error with its line.
                continue


def _other_files(folder: ExportFolder) -> Iterator[tuple[str, bytes]]:
    """Yield other people's files in the folder with the content of those that are code."""
    if folder.path.is_dir():
        for path in code_files.listed(folder.path):
            if path.name not in folder.own:
                yield path.name, _content(path) if path.name.endswith(_CODE) else b""


def _content(path: Path) -> bytes:
    """Return the content of a file; empty if it can't be read, as Terraform will report that."""
    try:
        return regular_files.read_within(path)
    except OSError:
        return b""


def _declares(name: str) -> bool:
    """Whether a file can declare anything: override files only change declarations."""
    from exporter.formats.terraform.hcl.relevance import is_override  # noqa: PLC0415

    return name.endswith(_CODE) and not is_override(name)


def _configured(
    folder: ExportFolder, code: CodeBeside, texts: Mapping[str, str], ours: Collection[str]
) -> Configured:
    """Read how the provider is configured, in the folder or in the root that calls it."""
    from exporter.formats.terraform import required_providers  # noqa: PLC0415 - loads the parser
    from exporter.formats.terraform.configured import configured  # noqa: PLC0415
    from exporter.formats.terraform.hcl.load import root_module  # noqa: PLC0415
    from exporter.formats.terraform.own_imports import imported  # noqa: PLC0415

    scope = folder.scope
    root_dir = folder.root_there
    if root_dir is None and not folder.path.is_dir():
        return Configured(notes=tuple(_missing_call(folder, ())))
    tree = FolderTree(root_dir or folder.path, without=() if root_dir else ours)
    try:
        root = root_module(tree, folder.inputs.for_scope(scope))
        result = configured(root, scope, folder.module)
        notes = (*result.notes, *_missing_call(folder, root.config.calls))
        result = replace(result, notes=notes, imported=imported(root, _HEADER))
    except (ExporterError, RecursionError) as error:
        why = f"{folder.path}: nested too deeply"
        if isinstance(error, ExporterError):
            why = f"{error.where}: {error.what}"
        result = Configured(notes=(f"{why}; ses2iac can't tell how the provider is configured",))
    versions = _where(code.declared, texts, "required_providers")
    declared_provider = _where(code.declared, texts, 'provider "aws" without an alias')
    provider = result.provider or declared_provider
    notes = (*result.notes, *required_providers.missing_constraint(folder.path, texts))
    refusal = result.refusal or required_providers.version_refusal(folder.path, texts)
    if root_dir is not None:
        refusal = refusal or required_providers.version_refusal(root_dir, _code_in(root_dir))
    return replace(result, versions=versions, provider=provider, notes=notes, refusal=refusal)


def _code_in(folder: Path) -> dict[str, str]:
    files = (path for path in code_files.listed(folder) if _declares(path.name))
    return {path.name: _content(path).decode("utf-8", "replace") for path in files}


def _missing_call(folder: ExportFolder, calls: Collection[str]) -> Iterator[str]:
    """Yield a note if the root doesn't call the module yet."""
    name = folder.module.partition(".module.")[0].partition("[")[0]
    if folder.root is not None and name and name not in calls:
        source = Path(os.path.relpath(folder.path.resolve(), folder.root.resolve())).as_posix()
        source = source if source.startswith(".") else f"./{source}"
        call = f'module "{name}" {{ source = "{source}" }}'
        yield f"{folder.root}: the module isn't called yet; add {call}"


def _where(declared: tuple[Declared, ...], texts: Mapping[str, str], name: str) -> str:
    """Return where other people declare something; empty if they don't."""
    matches = (item.where for item in declared if item.name == name and item.file in texts)
    return next(matches, "")


def refuse_clashes(code_beside: CodeBeside, rendering: Rendering) -> None:
    """Refuse an export that clashes with the code beside it; see ``Format.refuse_clashes``.

    Raises:
        ExporterError: when Terraform would refuse the two together, or plan more than an import.
    """
    refusal = code_beside.configured.refusal
    if refusal is not None:
        raise ExporterError(refusal.what, where=refusal.where, hint=refusal.hint)
    export_code = {
        file.path: file.text
        for file in rendering.files
        if file.path.endswith(".tf") and "/" not in file.path
    }
    others = [item for item in code_beside.declared if item.file not in export_code]
    if not export_code:
        return
    clashes = []
    if others:
        ours = _declared_names(export_code)
        clashes = [item for item in others if item.name in ours]
    if clashes:
        raise ExporterError(
            "has Terraform code with the same declarations as the export, which Terraform refuses "
            "in one folder:",
            where=str(code_beside.folder),
            items=shortened(f"{item.where}: {item.name}" for item in clashes),
            hint=_clash_hint([item.name for item in clashes]),
        )
    needed = DATA_NEEDS if rendering.keyed else _NEEDS
    conflicting = code_beside.refusing(needed, without=export_code)
    if conflicting is not None:
        version = ".".join(map(str, needed))
        raise ExporterError(
            f"{conflicting.text} excludes Terraform {version}, which the export's import blocks "
            "need",
            where=conflicting.where,
            hint=f"allow Terraform {version} there, or export to another folder with --out",
        )


def _clash_hint(names: Collection[str]) -> str:
    """Say what to do about names that are declared twice."""
    resources = {name for name in names if name.partition(".")[0] in (SET_TYPE, DESTINATION_TYPE)}
    if not resources.issuperset(names):
        return "export to another folder with --out, or move that code"
    if any(name.endswith(f".{INSTANCES}") for name in resources):
        return "rename them in your code, or choose another --layout or another --out"
    # State has an export's resources under their names, so that those stay.
    return "rename them in your code, or export to another folder with --out"


def _declared_names(code: Mapping[str, str]) -> set[str]:
    from exporter.formats.terraform.declarations import declared  # noqa: PLC0415 - its parser

    return {item.name for path, text in code.items() for item in declared(path, text, path)}
