"""Other people's Terraform in the folder of an export: it is part of the same module."""

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
"""What files of ours begin with: one of an export whose manifest is lost is nobody else's."""


def beside(folder: ExportFolder) -> CodeBeside:
    """What other people's code in the folder of an export says; see ``Format.beside``.

    Raises:
        ExporterError: when the code that the export is to replace cannot be read.
    """
    found = _beside(folder)
    if folder.replaces is None:
        return found
    from exporter.formats.terraform.v1_code import read as read_v1  # noqa: PLC0415 - its parser

    return replace(found, replaced=read_v1(folder.replaces, folder))


def _beside(folder: ExportFolder) -> CodeBeside:
    files = dict(_others(folder))
    theirs = frozenset(name for name, data in files.items() if not data.startswith(_HEADER))
    ours = folder.own | (files.keys() - theirs)
    root = folder.root_there
    engine = (*constraints(folder.path), *(constraints(root) if root else ()))
    texts = {name: data.decode("utf-8", "replace") for name, data in files.items()}
    texts = {name: text for name, text in texts.items() if _declares(name)}
    found = CodeBeside(folder.path, theirs, engine=engine)
    if not texts and not folder.module:
        return found
    from exporter.formats.terraform.declarations import declared  # noqa: PLC0415 - its parser
    from exporter.formats.terraform.described import with_resources  # noqa: PLC0415

    each = (declared(str(folder.path / name), text, name) for name, text in texts.items())
    found = replace(found, declared=tuple(chain.from_iterable(each)))
    texts = {name: text for name, text in texts.items() if name in theirs}
    found = replace(found, labels=_labels(found.declared, texts))
    found = replace(found, references=tuple(_references(folder, texts)))
    found = replace(found, configured=_configured(folder, found, texts, ours))
    if not texts and root is None:
        return found
    return with_resources(found, folder, ours)


def _labels(declared: Iterable[Declared], texts: Mapping[str, str]) -> dict[Identity, str]:
    """The labels that other people gave to resources of the types that an export writes."""
    from exporter.formats.terraform.own_imports import left  # noqa: PLC0415 - loads the parser

    addresses = (*(each.name for each in declared if each.file in texts), *left(texts))
    found = {}
    for address in addresses:
        kind, _, label = address.partition(".")
        if kind in (SET_TYPE, DESTINATION_TYPE) and "[" not in label:
            # No name in SES has a dot.
            found[Identity(address, None if kind == SET_TYPE else address)] = label
    return found


def _references(folder: ExportFolder, texts: Mapping[str, str]) -> Iterator[Declared]:
    """Where other people's code refers to resources of the types that an export writes."""
    from exporter.formats.terraform.code_references import references  # noqa: PLC0415 - its parser

    for name, text in texts.items():
        if SET_TYPE in text:
            try:
                for each in references(text, str(folder.path / name), (SET_TYPE, DESTINATION_TYPE)):
                    address = f"{each.address}[{each.index}]" if each.index else each.address
                    yield Declared(address, each.where, name)
            except (ExporterError, RecursionError):
                # Terraform says what is wrong with it, with the line.
                continue


def _others(folder: ExportFolder) -> Iterator[tuple[str, bytes]]:
    """What other people have there, by file."""
    if folder.path.is_dir():
        for path in code_files.listed(folder.path):
            if path.name not in folder.own:
                yield path.name, _content(path) if path.name.endswith(_CODE) else b""


def _content(path: Path) -> bytes:
    """What a file holds; nothing where it cannot be read, which Terraform says."""
    try:
        return regular_files.read_within(path)
    except OSError:
        return b""


def _declares(name: str) -> bool:
    """Whether a file can declare anything: overrides change what others declare."""
    from exporter.formats.terraform.hcl.relevance import is_override  # noqa: PLC0415

    return name.endswith(_CODE) and not is_override(name)


def _configured(
    folder: ExportFolder, found: CodeBeside, texts: Mapping[str, str], ours: Collection[str]
) -> Configured:
    """How the provider is configured: by the code in the folder, or by the root that calls it."""
    from exporter.formats.terraform import required_providers  # noqa: PLC0415 - loads the parser
    from exporter.formats.terraform.configured import configured  # noqa: PLC0415
    from exporter.formats.terraform.hcl.load import root_module  # noqa: PLC0415
    from exporter.formats.terraform.own_imports import imported  # noqa: PLC0415

    scope = folder.scope
    at_root = folder.root_there
    if at_root is None and not folder.path.is_dir():
        return Configured(notes=tuple(_uncalled(folder, ())))
    tree = FolderTree(at_root or folder.path, without=() if at_root else ours)
    try:
        root = root_module(tree, folder.inputs.for_scope(scope))
        how = configured(root, scope, folder.module)
        notes = (*how.notes, *_uncalled(folder, root.config.calls))
        how = replace(how, notes=notes, imported=imported(root, _HEADER))
    except (ExporterError, RecursionError) as error:
        why = f"{folder.path}: nested too deeply"
        if isinstance(error, ExporterError):
            why = f"{error.where}: {error.what}"
        how = Configured(notes=(f"{why}; ses2iac can't tell how the provider is configured",))
    versions = _where(found.declared, texts, "required_providers")
    provider = how.provider or _where(found.declared, texts, 'provider "aws" without an alias')
    notes = (*how.notes, *required_providers.without_aws(folder.path, texts))
    refusal = how.refusal or required_providers.refused(folder.path, texts)
    if at_root is not None:
        refusal = refusal or required_providers.refused(at_root, _code_in(at_root))
    return replace(how, versions=versions, provider=provider, notes=notes, refusal=refusal)


def _code_in(folder: Path) -> dict[str, str]:
    files = (path for path in code_files.listed(folder) if _declares(path.name))
    return {path.name: _content(path).decode("utf-8", "replace") for path in files}


def _uncalled(folder: ExportFolder, calls: Collection[str]) -> Iterator[str]:
    """What to say where the root does not call the module yet."""
    name = folder.module.partition(".module.")[0].partition("[")[0]
    if folder.root is not None and name and name not in calls:
        source = Path(os.path.relpath(folder.path.resolve(), folder.root.resolve())).as_posix()
        source = source if source.startswith(".") else f"./{source}"
        call = f'module "{name}" {{ source = "{source}" }}'
        yield f"{folder.root}: the module isn't called yet; add {call}"


def _where(declared: tuple[Declared, ...], texts: Mapping[str, str], name: str) -> str:
    """Where other people declare something; empty where they don't."""
    return next((each.where for each in declared if each.name == name and each.file in texts), "")


def refuse_clashes(found: CodeBeside, rendering: Rendering) -> None:
    """Refuse an export that does not go with the code beside it; see ``Format.refuse_clashes``.

    Raises:
        ExporterError: when Terraform would refuse the two together, or plan more than an import.
    """
    refusal = found.configured.refusal
    if refusal is not None:
        raise ExporterError(refusal.what, where=refusal.where, hint=refusal.hint)
    code = {
        file.path: file.text
        for file in rendering.files
        if file.path.endswith(".tf") and "/" not in file.path
    }
    others = [each for each in found.declared if each.file not in code]
    if not code:
        return
    clashes = []
    if others:
        ours = _names(code)
        same = (each for each in others if each.name in ours)
        clashes = [(f"{each.where}: {each.name}", each.name) for each in same]
    if clashes:
        raise ExporterError(
            "has Terraform code with the same declarations as the export, which Terraform refuses "
            "in one folder:",
            where=str(found.folder),
            items=shortened(each for each, _ in clashes),
            hint=_where_to_go([name for _, name in clashes]),
        )
    needed = DATA_NEEDS if rendering.keyed else _NEEDS
    old = found.refusing(needed, without=code)
    if old is not None:
        version = ".".join(map(str, needed))
        raise ExporterError(
            f"{old.text} excludes Terraform {version}, which the export's import blocks need",
            where=old.where,
            hint=f"allow Terraform {version} there, or export to another folder with --out",
        )


def _where_to_go(names: Collection[str]) -> str:
    """What helps where these are declared twice."""
    resources = {each for each in names if each.partition(".")[0] in (SET_TYPE, DESTINATION_TYPE)}
    if not resources.issuperset(names):
        return "export to another folder with --out, or move that code"
    if any(each.endswith(f".{INSTANCES}") for each in resources):
        return "rename them in your code, or choose another --layout or another --out"
    # State has an export's resources under their names, so that those stay.
    return "rename them in your code, or export to another folder with --out"


def _names(code: Mapping[str, str]) -> set[str]:
    from exporter.formats.terraform.declarations import declared  # noqa: PLC0415 - its parser

    return {each.name for path, text in code.items() for each in declared(path, text, path)}
