"""What an export's code refers to in other people's code beside it, cut out of that code.

``verify`` judges the export alone: a whole root has a backend, other providers, and programs that a
plan would run. What the export refers to is needed all the same, and what that refers to. Only what
the AWS provider plans by itself is taken; a plan runs nothing else that somebody wrote.
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
_ESCAPES = ("provisioner", "connection")
"""Blocks of a resource by which programs are run."""


_ELSEWHERE = frozenset(
    {
        *("custom_ca_bundle", "endpoints", "http_proxy", "https_proxy"),
        *("shared_config_files", "shared_credentials_file", "shared_credentials_files"),
    }
)
"""What of a provider leads its requests elsewhere, or to programs that give credentials."""


@dataclass(frozen=True)
class Referred:
    """What is cut out.

    Attributes:
        blocks: By address, the text of what is referred to.
        folders: The folders of modules, by their way from the export's folder.
        refused: What is referred to and not taken, with its file and line.
    """

    blocks: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it as a file."""
        return "\n\n".join(self.blocks.values()) + "\n" if self.blocks else ""


NOTHING_REFERRED = Referred()


def referred(folder: Path, own: Collection[str]) -> Referred:
    """What the files of an export refer to in those beside them.

    Args:
        folder: Where they are.
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
            index.take(address)
    index.take_imports(theirs)
    return Referred(index.taken, tuple(index.folders), tuple(index.refused))


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in code_files.listed(folder):
        name = path.name
        if name.endswith((".tf", ".tf.json")) and not is_override(name) and name[0] != ".":
            try:
                yield name, regular_files.read_within(path).decode("utf-8", "replace")
            except OSError:
                # Terraform says what is wrong with it.
                continue


@dataclass(frozen=True)
class _Part:
    """Something that is declared: its text, where it stands, and whether a plan may have it."""

    text: str
    where: str
    is_taken: Callable[[], bool]
    module: str = ""


def _declared(texts: Mapping[str, str], folder: Path) -> Iterator[tuple[str, _Part]]:
    for name, text in texts.items():
        for block in blocks_of(text, name):
            yield from _parts(block, folder)


def _parts(block: Block, folder: Path) -> Iterator[tuple[str, _Part]]:
    text = block.source.text_of(block.node)
    kind, labels = block.type, block.labels
    if kind == "locals":
        for name, value in block.body.attributes.items():
            yield f"local.{name}", _Part(_local(name, value), value.where, _always)
    elif kind in ("resource", "data") and len(labels) == 2:
        prefix = "data." if kind == "data" else ""
        part = _Part(text, block.where, partial(_is_of_aws, block))
        yield f"{prefix}{'.'.join(labels)}", part
    elif kind == "variable" and labels:
        yield f"var.{labels[0]}", _Part(text, block.where, _always)
    elif kind == "module" and labels:
        source = block.local_source
        is_taken = partial(_is_local, folder, source, 0)
        yield f"module.{labels[0]}", _Part(text, block.where, is_taken, source)
    elif kind == "provider" and labels == ("aws",):
        yield f"provider.aws:{block.where}", _Part(text, block.where, partial(_is_plain, block))


def _always() -> bool:
    return True


def _local(name: str, value: Expression) -> str:
    return f"locals {{\n  {name} = {value.source.text_of(value.node)}\n}}"


def _is_of_aws(block: Block) -> bool:
    """Whether a plan of a resource or data source asks AWS, and does nothing else."""
    is_escaping = any(inner.type in _ESCAPES for inner in block.body.blocks)
    return block.labels[0].startswith("aws_") and not is_escaping


def _is_plain(block: Block) -> bool:
    """Whether a provider asks AWS itself, and starts no program of a configuration file."""
    inner = {each.type for each in block.body.blocks}
    return not _ELSEWHERE & {*block.body.attributes, *inner}


def _is_local(folder: Path, source: str, depth: int) -> bool:
    """Whether a module is at hand, and all that it holds may be planned."""
    place = folder / source
    if not source or depth > 5 or not regular_files.is_in_repository(place, folder):
        return False
    if not place.is_dir():
        return False
    blocks = [block for name, text in _texts(place) for block in blocks_of(text, name)]
    return all(_may_be_planned(place, block, depth) for block in blocks)


def _may_be_planned(folder: Path, block: Block, depth: int) -> bool:
    if block.type in ("resource", "data"):
        return _is_of_aws(block)
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
    """What is declared, and what of it is taken."""

    folder: Path
    declared: Mapping[str, _Part]
    taken: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def follow(self, text: str) -> None:
        """Take what a text refers to."""
        waiting = [text]
        while waiting:
            for address in _addresses(waiting.pop()):
                if self.take(address):
                    waiting.append(self.taken[address])

    def take(self, address: str) -> bool:
        """Take one thing; gives whether it is new, and so may refer to more."""
        part = self.declared.get(address)
        if part is None or address in self.taken:
            return False
        if not part.is_taken():
            said = f"{part.where}: {address}"
            if said not in self.refused:
                self.refused.append(said)
            return False
        self.taken[address] = part.text
        if part.module:
            self.folders.append(os.path.normpath(part.module))
        if address.startswith("provider."):
            self.follow(part.text)
        return True

    def take_imports(self, texts: Mapping[str, str]) -> None:
        """Take the imports of what was taken."""
        for name, text in texts.items():
            for block in blocks_of(text, name):
                to = block.body.attributes.get("to") if block.type == "import" else None
                if to is not None and to.source.text_of(to.node).partition("[")[0] in self.taken:
                    self.taken[f"import.{block.where}"] = block.source.text_of(block.node)


def _addresses(text: str) -> Iterator[str]:
    for first, second, third in _REFERENCE.findall(text):
        if first == "data":
            yield f"data.{second}.{third}"
        else:
            yield f"{first}.{second}"
