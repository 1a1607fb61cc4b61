"""Add to the copy of an export what its code needs from other files, and a provider block."""

import re
from pathlib import Path

from exporter.formats import code_files
from exporter.formats.code_beside import NOT_CONFIGURED, Configured, ExportFolder, Refusal
from exporter.formats.filters import hcl_key, hcl_string
from exporter.formats.terraform.beside import beside
from exporter.formats.terraform.hcl.syntax import blocks_of
from exporter.formats.terraform.hcl.variables import is_tfvars
from exporter.formats.terraform.referred import NOTHING_REFERRED, Referred, referred
from exporter.support import regular_files
from exporter.verify.workspace import Workspace

FILE = "ses2iac_beside.tf"
_PROVIDER_FILE = "ses2iac_provider.tf"
_PROVIDER = re.compile(r'^\s*provider\s+"aws"', re.MULTILINE)
_VERSIONS = re.compile(r"^\s*required_providers\b", re.MULTILINE)

_PROVIDER_BLOCK = """\
provider "aws" {
  region = REGION

  default_tags {
    tags = TAGS
  }
}
"""
_REQUIRED_PROVIDERS = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}
"""


def add_needed(work: Workspace) -> Referred:
    """Add to a copy what its code needs from other files; return what it refers to."""
    ours = {path.name: path.read_text("utf-8", "replace") for path in work.files("*.tf")}
    others = referred(work.source, ours) if work.source.is_dir() else NOTHING_REFERRED
    texts = [*ours.values(), others.text]
    if others.text:
        (work.folder / FILE).write_text(others.text, encoding="utf-8")
        _copy_values(work)
    for folder in others.folders:
        _copy_module(work.source / folder, Path(work.folder / folder), work.top)
    added = "" if any(map(_PROVIDER.search, texts)) else _PROVIDER_BLOCK
    if added:
        added = added.replace("REGION", hcl_string(work.record.region))
        added = added.replace("TAGS", _default_tags(work))
    added += "" if any(map(_VERSIONS.search, texts)) else _REQUIRED_PROVIDERS
    if added:
        (work.folder / _PROVIDER_FILE).write_text(added, encoding="utf-8")
    return others


def refusal(work: Workspace) -> Refusal | None:
    """Return why the root module doesn't call the export as its manifest says; None if it does."""
    return _configured(work).refusal


def _configured(work: Workspace) -> Configured:
    """Return what the root module configures for the export."""
    record = work.record
    if not record.module or work.root is None:
        return NOT_CONFIGURED
    folder = ExportFolder(
        work.source, frozenset(), record.bare_scope, module=record.module, root=work.root
    )
    return beside(folder).configured


def _default_tags(work: Workspace) -> str:
    """Return the default tags of the root module's provider, as HCL."""
    tags = _configured(work).default_tags
    return "{ " + ", ".join(f"{hcl_key(k)} = {hcl_string(v)}" for k, v in tags.items()) + " }"


def _copy_values(work: Workspace) -> None:
    """Copy the files with values of variables."""
    for path in code_files.terraform_files(work.source):
        if is_tfvars(path.name):
            (work.folder / path.name).write_bytes(regular_files.read_within(path))


def _copy_module(source: Path, target: Path, top: Path) -> None:
    """Copy the code of a module, and of those that it calls, but never outside of ``top``."""
    target = Path(target).resolve()
    if not target.is_relative_to(top) or target.exists():
        return
    target.mkdir(parents=True)
    for path in code_files.listed(source):
        if code_files.is_code(path):
            (target / path.name).write_bytes(regular_files.read_within(path))
            sources = (block.local_source for block in blocks_of(_text(path), path.name))
            for inner in filter(None, sources):
                if (source / inner).is_dir():
                    _copy_module(source / inner, target / inner, top)


def _text(path: Path) -> str:
    return regular_files.read_within(path).decode("utf-8", "replace")
