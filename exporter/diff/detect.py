"""The kinds of sides, and which one a name or a path is."""

import codecs
import os
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from exporter.formats import code_files as files
from exporter.formats.cloudformation.recognition import is_template
from exporter.formats.manifest import MANIFEST_FILE
from exporter.sources.read import LIVE, STDIN
from exporter.support import regular_files
from exporter.support.errors import ExporterError

STACK_PREFIX = "stack:"


class SideKind(StrEnum):
    """What a side can be; the names that ``--old-type`` and ``--new-type`` take."""

    LIVE = "live"
    SNAPSHOT = "snapshot"
    EXPORT = "export"
    TERRAFORM = "terraform"
    TERRAFORM_JSON = "terraform-json"
    TFSTATE = "tfstate"
    CLOUDFORMATION = "cloudformation"
    STACK = "stack"
    CDK = "cdk"


_ADVICE = (
    "pass 'live', 'stack:NAME', a snapshot, a folder of Terraform code or of an export, a "
    "Terraform state or plan (terraform show -json), a CloudFormation template, or a "
    "cdk.out folder"
)


def recognise(name: str) -> SideKind:
    """What a side is.

    Args:
        name: As the command line has it.

    Raises:
        ExporterError: when it does not exist or is nothing that is known.
    """
    if name == LIVE:
        return SideKind.LIVE
    if name == STDIN:
        return SideKind.SNAPSHOT
    if name.startswith(STACK_PREFIX):
        return SideKind.STACK
    path = Path(name)
    with regular_files.readable(path, _ADVICE):
        if path.is_dir():
            return _folder(path)
        if regular_files.is_shell_pipe(path):
            # It can be read only once; as standard input it holds a snapshot, or --old-type says.
            return SideKind.SNAPSHOT
        regular_files.check_named(path)
        return (
            SideKind.TERRAFORM
            if files.is_code(path)
            else _file(name, regular_files.read_named(path))
        )


def _folder(path: Path) -> SideKind:
    manifest = path / MANIFEST_FILE
    if os.path.lexists(manifest) and not manifest.is_dir():
        return SideKind.EXPORT
    if (path / "manifest.json").is_file() and (path / "cdk.out").is_file():
        return SideKind.CDK
    held = files.listed(path)
    if any(map(files.is_code, held)):
        return SideKind.TERRAFORM
    if any(each.name.endswith(".template.json") for each in held):
        return SideKind.CDK
    if templates_in(path):
        return SideKind.CLOUDFORMATION
    raise ExporterError(
        "contains no export, Terraform code, template or CDK assembly",
        where=str(path),
        hint=_advice_for(path),
    )


def _advice_for(folder: Path) -> str:
    """What to pass in place of a folder; an app of CDK has its assembly below."""
    if not (folder / "cdk.json").is_file():
        return _ADVICE
    assembly = regular_files.shown(folder / "cdk.out")
    return f"this is a CDK app: run 'cdk synth' in it, and pass {assembly}"


def templates_in(folder: Path) -> list[Path]:
    """The CloudFormation templates in a folder, by their content.

    Raises:
        ExporterError: when the folder or a file that may be one cannot be read.
    """
    return [path for path in files.listed(folder) if is_template(path)]


def _file(name: str, data: bytes) -> SideKind:
    data = data.removeprefix(codecs.BOM_UTF8).strip()
    if not data:
        raise ExporterError("is empty", where=name, hint=_ADVICE)
    if data[:1] == b"{" and b'"FormatVersion"' in data[:100]:
        # As ours begin, and large ones need not be parsed twice.
        return SideKind.SNAPSHOT
    try:
        kind = _json(msgspec.json.decode(data))
    except RecursionError:
        raise ExporterError("is nested too deeply", where=name, hint=_ADVICE) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        kind = _no_json(Path(name), data)
    if kind is None:
        raise ExporterError("is not a kind of file that diff reads", where=name, hint=_ADVICE)
    return kind


def _no_json(path: Path, data: bytes) -> SideKind | None:
    """What begins like JSON and is none, or YAML; its own reader says what is wrong."""
    if b"Resources" in data or path.suffix in (".yaml", ".yml"):
        return SideKind.CLOUDFORMATION
    return SideKind.SNAPSHOT if data[:1] == b"{" else None


def _json(value: Any) -> SideKind | None:
    if not isinstance(value, dict):
        return None
    marks = (
        ("FormatVersion", SideKind.SNAPSHOT),
        ("EventDestinations", SideKind.SNAPSHOT),
        ("Scopes", SideKind.SNAPSHOT),
        ("ConfigurationSetName", SideKind.SNAPSHOT),
        ("ConfigurationSet", SideKind.SNAPSHOT),
        ("planned_values", SideKind.TERRAFORM_JSON),
        ("format_version", SideKind.TERRAFORM_JSON),
        ("lineage", SideKind.TFSTATE),
        ("Resources", SideKind.CLOUDFORMATION),
    )
    return next((kind for key, kind in marks if key in value), None)
