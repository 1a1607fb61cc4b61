"""The kinds of sides, and how to recognize them."""

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
    """The kinds of sides, as named in ``--old-type`` and ``--new-type``."""

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
    """Return the kind of a side.

    Args:
        name: The side as given on the command line.

    Raises:
        ExporterError: if it doesn't exist, or its kind is unknown.
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
            # It can be read only once, so assume a snapshot, as for standard input.
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
    children = files.listed(path)
    if any(map(files.is_code, children)):
        return SideKind.TERRAFORM
    if any(child.name.endswith(".template.json") for child in children):
        return SideKind.CDK
    if templates_in(path):
        return SideKind.CLOUDFORMATION
    raise ExporterError(
        "contains no export, Terraform code, template or CDK assembly",
        where=str(path),
        hint=_advice_for(path),
    )


def _advice_for(folder: Path) -> str:
    """Return what to pass instead of a folder; a CDK app has its assembly below."""
    if not (folder / "cdk.json").is_file():
        return _ADVICE
    assembly = regular_files.shown(folder / "cdk.out")
    return f"this is a CDK app: run 'cdk synth' in it, and pass {assembly}"


def templates_in(folder: Path) -> list[Path]:
    """Return the CloudFormation templates in a folder, recognized by their content.

    Raises:
        ExporterError: if the folder, or a file that may be a template, can't be read.
    """
    return [path for path in files.listed(folder) if is_template(path)]


def _file(name: str, data: bytes) -> SideKind:
    data = data.removeprefix(codecs.BOM_UTF8).strip()
    if not data:
        raise ExporterError("is empty", where=name, hint=_ADVICE)
    if data[:1] == b"{" and b'"FormatVersion"' in data[:100]:
        # Snapshots begin like this: don't parse a large one twice.
        return SideKind.SNAPSHOT
    try:
        kind = _json(msgspec.json.decode(data))
    except RecursionError:
        raise ExporterError("is nested too deeply", where=name, hint=_ADVICE) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        kind = _not_json(Path(name), data)
    if kind is None:
        raise ExporterError("is not a kind of file that diff reads", where=name, hint=_ADVICE)
    return kind


def _not_json(path: Path, data: bytes) -> SideKind | None:
    """Return the kind of YAML or invalid JSON, whose reader then reports what is wrong."""
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
