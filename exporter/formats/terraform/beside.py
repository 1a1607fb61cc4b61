"""Other people's Terraform in the folder of an export: it is part of the same module."""

from collections.abc import Iterator, Mapping
from itertools import chain

from exporter.formats.base import Rendering
from exporter.formats.code_beside import CodeBeside, ExportFolder
from exporter.formats.code_resource import CodeResource
from exporter.formats.export_files import read
from exporter.formats.terraform.code_tree import FolderTree
from exporter.formats.terraform.versions import constraints
from exporter.support.errors import ExporterError
from exporter.support.text import shortened

_NEEDS = (1, 5)
"""The first Terraform with ``import`` blocks; the export's own ``required_version``."""


def beside(folder: ExportFolder) -> CodeBeside:
    """What other people's code in the folder of an export says; see ``Format.beside``."""
    texts = dict(_others(folder))
    engine = tuple(constraints(folder.path))
    if not texts:
        return CodeBeside(folder.path, engine=engine)
    from exporter.formats.terraform.declarations import declared  # noqa: PLC0415 - its parser

    found = (declared(str(folder.path / name), text, name) for name, text in texts.items())
    return CodeBeside(
        folder.path, tuple(chain.from_iterable(found)), engine, resources=_resources(folder)
    )


def _resources(folder: ExportFolder) -> tuple[CodeResource, ...]:
    """The sets and destinations that other people's code describes, of API v1 too.

    Nothing where it is no code, which Terraform says with the line.
    """
    from exporter.formats.terraform.hcl.load import load_one  # noqa: PLC0415 - loads its parser

    try:
        return load_one(FolderTree(folder.path, without=folder.own), folder.scope).resources
    except ExporterError:
        return ()


def _others(folder: ExportFolder) -> Iterator[tuple[str, str]]:
    """The code that other people have there, by file; overrides declare nothing."""
    from exporter.formats.terraform.hcl.relevance import is_override  # noqa: PLC0415

    for path in sorted((*folder.path.glob("*.tf"), *folder.path.glob("*.tf.json"))):
        data = None if path.name in folder.own or is_override(path.name) else read(path)
        if data is not None:
            yield path.name, data.decode("utf-8", "replace")


def refuse_clashes(found: CodeBeside, rendering: Rendering) -> None:
    """Refuse an export beside code that declares the same; see ``Format.refuse_clashes``.

    Raises:
        ExporterError: when Terraform would refuse the two together.
    """
    code = {file.path: file.text for file in rendering.files if file.path.endswith(".tf")}
    others = [each for each in found.declared if each.file not in code]
    if not code:
        return
    if others:
        ours = _names(code)
        clashes = [f"{each.where}: {each.name}" for each in others if each.name in ours]
        if clashes:
            raise ExporterError(
                "holds Terraform code that declares what the export declares too, and "
                "Terraform refuses the two in one folder:",
                where=str(found.folder),
                items=shortened(clashes),
                hint="export into a folder of its own with another --out, or move that code out of "
                "this one",
            )
    old = found.refusing(_NEEDS, without=code)
    if old is not None:
        raise ExporterError(
            f"{old.text} does not admit Terraform 1.5, which the export's import blocks need",
            where=old.where,
            hint="admit Terraform 1.5 there, or export into another folder with --out",
        )


def _names(code: Mapping[str, str]) -> set[str]:
    from exporter.formats.terraform.declarations import declared  # noqa: PLC0415 - its parser

    return {each.name for path, text in code.items() for each in declared(path, text, path)}
