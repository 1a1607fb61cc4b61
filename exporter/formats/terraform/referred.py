"""Extract the blocks of other people's code that an export refers to.

``verify`` plans the export alone, as a whole root has a backend, other providers and programs that
a plan would run. But the blocks that the export refers to are needed, and those that they refer to.
Only blocks that the AWS provider can plan by itself are included, so no foreign program runs.
"""

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from exporter.formats import code_files
from exporter.formats.terraform.hcl.relevance import is_override
from exporter.formats.terraform.hcl.syntax import Block, Body, Expression, blocks_of
from exporter.support import regular_files

_NAME = r"[A-Za-z_][\w-]*"
_REFERENCE = re.compile(rf"(?<![\w.-])({_NAME})\.({_NAME})(?:\.({_NAME}))?")
_PROGRAM_BLOCKS = ("provisioner", "connection")
"""Blocks of a resource that run programs."""


_REDIRECTING = frozenset(
    {
        *("custom_ca_bundle", "endpoints", "http_proxy", "https_proxy"),
        *("shared_config_files", "shared_credentials_file", "shared_credentials_files"),
    }
)
"""Provider arguments that redirect its requests, or run programs to get credentials."""


@dataclass(frozen=True)
class Referred:
    """The extracted code.

    Attributes:
        blocks: The texts of the blocks by address.
        folders: The folders of called modules, relative to the export's folder.
        refused: The file, line and address of each block that can't be included.
    """

    blocks: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The content of a file with all blocks."""
        return "\n\n".join(self.blocks.values()) + "\n" if self.blocks else ""


NOTHING_REFERRED = Referred()


def referred(folder: Path, own: Collection[str]) -> Referred:
    """Extract what the files of an export refer to in other files of their folder.

    Args:
        folder: The folder.
        own: The names of the export's files.
    """
    texts = dict(_texts(folder))
    theirs = {name: text for name, text in texts.items() if name not in own}
    if not theirs:
        return NOTHING_REFERRED
    index = _Index(folder, dict(_declared(theirs, folder)))
    for name, text in texts.items():
        if name in own:
            index.follow(text)
    for address in sorted(index.declared):
        if address.startswith("provider.aws"):
            index.add(address)
    index.add_imports(theirs)
    return Referred(index.included, tuple(index.folders), tuple(index.refused))


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in code_files.listed(folder):
        name = path.name
        if name.endswith((".tf", ".tf.json")) and not is_override(name) and name[0] != ".":
            try:
                yield name, regular_files.read_within(path).decode("utf-8", "replace")
            except OSError:
                # Terraform reports the error.
                continue


@dataclass(frozen=True)
class _Declaration:
    """A declaration: its text, its file and line, and whether it may be planned."""

    text: str
    where: str
    may_be_planned: Callable[[], bool]
    module: str = ""


def _declared(texts: Mapping[str, str], folder: Path) -> Iterator[tuple[str, _Declaration]]:
    for name, text in texts.items():
        for block in blocks_of(text, name):
            yield from _block_declarations(block, folder)


def _block_declarations(block: Block, folder: Path) -> Iterator[tuple[str, _Declaration]]:
    text = block.source.text_of(block.node)
    kind, labels = block.type, block.labels
    if kind == "locals":
        for name, value in block.body.attributes.items():
            yield f"local.{name}", _Declaration(_local(name, value), value.where, _always)
    elif kind in ("resource", "data") and len(labels) == 2:
        prefix = "data." if kind == "data" else ""
        part = _Declaration(text, block.where, partial(_only_asks_aws, block))
        yield f"{prefix}{'.'.join(labels)}", part
    elif kind == "variable" and labels:
        yield f"var.{labels[0]}", _Declaration(text, block.where, _always)
    elif kind == "module" and labels:
        source = block.local_source
        may_be_planned = partial(_is_local, folder, source, 0)
        yield f"module.{labels[0]}", _Declaration(text, block.where, may_be_planned, source)
    elif kind == "provider" and labels == ("aws",):
        yield f"provider.aws:{block.where}", _Declaration(
            text, block.where, partial(_is_plain, block)
        )


def _always() -> bool:
    return True


def _local(name: str, value: Expression) -> str:
    return f"locals {{\n  {name} = {value.source.text_of(value.node)}\n}}"


def _only_asks_aws(block: Block) -> bool:
    """Whether planning a resource or data source only sends requests to AWS."""
    runs_programs = any(nested.type in _PROGRAM_BLOCKS for nested in block.body.blocks)
    return block.labels[0].startswith("aws_") and not runs_programs


def _is_plain(block: Block) -> bool:
    """Whether a provider sends its requests to AWS, and runs no program."""
    nested = {inner.type for inner in block.body.blocks}
    return not _REDIRECTING & {*block.body.attributes, *nested}


def _is_local(folder: Path, source: str, depth: int) -> bool:
    """Whether a module is in the repository, and everything in it may be planned."""
    module_dir = folder / source
    if not source or depth > 5 or not regular_files.is_in_repository(module_dir, folder):
        return False
    if not module_dir.is_dir():
        return False
    blocks = [block for name, text in _texts(module_dir) for block in blocks_of(text, name)]
    return all(_may_be_planned(module_dir, block, depth) for block in blocks)


def _may_be_planned(folder: Path, block: Block, depth: int) -> bool:
    if block.type in ("resource", "data"):
        return _only_asks_aws(block)
    if block.type == "module":
        return _is_local(folder, block.local_source, depth + 1)
    if block.type == "provider":
        return block.labels == ("aws",) and _is_plain(block)
    if block.type == "terraform":
        return _needs_aws_alone(block.body)
    return True


def _needs_aws_alone(body: Body) -> bool:
    required = [inner for inner in body.blocks if inner.type == "required_providers"]
    return all(set(inner.body.attributes) <= {"aws"} for inner in required)


@dataclass
class _Index:
    """The declarations beside an export, and those included so far."""

    folder: Path
    declared: Mapping[str, _Declaration]
    included: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def follow(self, text: str) -> None:
        """Include everything that a text refers to."""
        waiting = [text]
        while waiting:
            for address in _addresses(waiting.pop()):
                if self.add(address):
                    waiting.append(self.included[address])

    def add(self, address: str) -> bool:
        """Include a declaration; return whether it is new, and so may refer to more."""
        part = self.declared.get(address)
        if part is None or address in self.included:
            return False
        if not part.may_be_planned():
            refused = f"{part.where}: {address}"
            if refused not in self.refused:
                self.refused.append(refused)
            return False
        self.included[address] = part.text
        if part.module:
            self.folders.append(os.path.normpath(part.module))
        if address.startswith("provider."):
            self.follow(part.text)
        return True

    def add_imports(self, texts: Mapping[str, str]) -> None:
        """Include the ``import`` blocks of included resources."""
        for name, text in texts.items():
            for block in blocks_of(text, name):
                to = block.body.attributes.get("to") if block.type == "import" else None
                if to is not None and to.source.text_of(to.node).partition("[")[0] in self.included:
                    self.included[f"import.{block.where}"] = block.source.text_of(block.node)


def _addresses(text: str) -> Iterator[str]:
    for first, second, third in _REFERENCE.findall(text):
        if first == "data":
            yield f"data.{second}.{third}"
        else:
            yield f"{first}.{second}"
