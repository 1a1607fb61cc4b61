"""The kinds of sides, and which one a name or a path is."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from exporter.errors import ExporterError
from exporter.manifest import MANIFEST_FILE
from exporter.source import LIVE, STDIN

STACK_PREFIX = "stack:"


class Kind(StrEnum):
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
    "a side is 'live', 'stack:NAME', a snapshot, a folder of Terraform code or of an export, a "
    "Terraform state or plan (terraform show -json), a CloudFormation template, or a cdk.out folder"
)


def recognise(name: str) -> Kind:
    """What a side is.

    Args:
        name: As the command line has it.

    Raises:
        ExporterError: when it does not exist or is nothing that is known.
    """
    if name == LIVE:
        return Kind.LIVE
    if name == STDIN:
        return Kind.SNAPSHOT
    if name.startswith(STACK_PREFIX):
        return Kind.STACK
    path = Path(name)
    try:
        if path.is_dir():
            return _folder(path)
        if path.suffix in (".tf",):
            return Kind.TERRAFORM
        return _file(path, path.read_bytes())
    except OSError as error:
        raise ExporterError(f"cannot be read: {error.strerror}", where=name, hint=_ADVICE) from None


def _folder(path: Path) -> Kind:
    if (path / MANIFEST_FILE).is_file():
        return Kind.EXPORT
    if (path / "manifest.json").is_file() and (path / "cdk.out").is_file():
        return Kind.CDK
    if any(path.glob("*.tf")) or any(path.glob("*.tf.json")):
        return Kind.TERRAFORM
    if any(path.glob("*.template.json")):
        return Kind.CDK
    if templates_in(path):
        return Kind.CLOUDFORMATION
    raise ExporterError(
        "holds neither an export, nor Terraform code, templates or a CDK assembly",
        where=str(path),
        hint=_ADVICE,
    )


def templates_in(folder: Path) -> list[Path]:
    """The CloudFormation templates in a folder, by their content."""
    found = [path for suffix in ("yaml", "yml", "json") for path in folder.glob(f"*.{suffix}")]
    return sorted(path for path in found if b"AWS::" in path.read_bytes()[:1_000_000])


def _file(path: Path, data: bytes) -> Kind:
    if data.lstrip()[:1] != b"{":
        return Kind.CLOUDFORMATION
    if b'"FormatVersion"' in data[:100]:
        # As ours begin, and large ones need not be parsed twice.
        return Kind.SNAPSHOT
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Not JSON, as YAML in braces may be; its own reader says what is wrong.
        return Kind.CLOUDFORMATION if b"Resources" in data else Kind.SNAPSHOT
    kind = _json(value)
    if kind is None:
        raise ExporterError("is nothing that diff knows", where=str(path), hint=_ADVICE)
    return kind


def _json(value: Any) -> Kind | None:
    if not isinstance(value, dict):
        return None
    marks = (
        ("FormatVersion", Kind.SNAPSHOT),
        ("EventDestinations", Kind.SNAPSHOT),
        ("Scopes", Kind.SNAPSHOT),
        ("planned_values", Kind.TERRAFORM_JSON),
        ("format_version", Kind.TERRAFORM_JSON),
        ("lineage", Kind.TFSTATE),
        ("Resources", Kind.CLOUDFORMATION),
    )
    return next((kind for key, kind in marks if key in value), None)
