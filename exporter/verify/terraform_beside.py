"""What an export refers to in other people's Terraform, put beside its copy; and a provider."""

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

_CONFIGURED = """\
provider "aws" {
  region = REGION

  default_tags {
    tags = TAGS
  }
}
"""
_NEEDED = """\
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}
"""


def lay(work: Workspace) -> Referred:
    """Put beside a copy what its code needs and does not hold itself; gives what it refers to."""
    ours = {path.name: path.read_text("utf-8", "replace") for path in work.files("*.tf")}
    found = referred(work.source, ours) if work.source.is_dir() else NOTHING_REFERRED
    texts = [*ours.values(), found.text]
    if found.text:
        (work.folder / FILE).write_text(found.text, encoding="utf-8")
        _copy_values(work)
    for folder in found.folders:
        _copy_module(work.source / folder, Path(work.folder / folder), work.place)
    added = "" if any(map(_PROVIDER.search, texts)) else _CONFIGURED
    if added:
        added = added.replace("REGION", hcl_string(work.record.region))
        added = added.replace("TAGS", _default_tags(work))
    added += "" if any(map(_VERSIONS.search, texts)) else _NEEDED
    if added:
        (work.folder / _PROVIDER_FILE).write_text(added, encoding="utf-8")
    return found


def refusal(work: Workspace) -> Refusal | None:
    """Why the code of the root does not call the module as the export says; None where it does."""
    return _configured(work).refusal


def _configured(work: Workspace) -> Configured:
    """What the root says of the module that the export is."""
    record = work.record
    if not record.module or work.root is None:
        return NOT_CONFIGURED
    folder = ExportFolder(
        work.source, frozenset(), record.bare_scope, module=record.module, root=work.root
    )
    return beside(folder).configured


def _default_tags(work: Workspace) -> str:
    """The tags that the root gives to what is in the module."""
    tags = _configured(work).default_tags
    return "{ " + ", ".join(f"{hcl_key(k)} = {hcl_string(v)}" for k, v in tags.items()) + " }"


def _copy_values(work: Workspace) -> None:
    """The files that give variables their values."""
    for path in code_files.terraform_files(work.source):
        if is_tfvars(path.name):
            (work.folder / path.name).write_bytes(regular_files.read_within(path))


def _copy_module(source: Path, target: Path, place: Path) -> None:
    """The code of a module, and of those that it calls; nothing outside of the copy's place."""
    target = Path(target).resolve()
    if not target.is_relative_to(place) or target.exists():
        return
    target.mkdir(parents=True)
    for path in code_files.listed(source):
        if code_files.is_code(path):
            (target / path.name).write_bytes(regular_files.read_within(path))
            inner = (block.local_source for block in blocks_of(_text(path), path.name))
            for way in filter(None, inner):
                if (source / way).is_dir():
                    _copy_module(source / way, target / way, place)


def _text(path: Path) -> str:
    return regular_files.read_within(path).decode("utf-8", "replace")
