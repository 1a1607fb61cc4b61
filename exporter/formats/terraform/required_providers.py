"""Check the version constraints on the AWS provider in other people's Terraform."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from exporter.formats.code_beside import Refusal
from exporter.formats.terraform.hcl.syntax import Block, Expression, parse
from exporter.formats.terraform.versions import admits
from exporter.support.errors import ExporterError

_LOWEST, _BELOW = (5, 100), (7,)
"""The provider versions that the export's code supports; see ``versions.tf.jinja``."""

_VERSION = re.compile(r'\bversion"?\s*[=:]\s*"(?P<text>[^"]*)"')
_ALONE = re.compile(r'^"(?P<text>[^"]*)"$')


def version_refusal(folder: Path, texts: Mapping[str, str]) -> Refusal | None:
    """Return why the required versions exclude the export's code; None if they don't.

    ``texts`` are the texts of the code files by name.
    """
    for where, text in _constraints(folder, texts):
        if not admits(text, _LOWEST, _BELOW):
            return Refusal(
                f'the AWS provider version "{text}" excludes ">= 5.100, < 7", which the code needs',
                where,
                "allow one of these versions there, or export to another folder with --out",
            )
    return None


def missing_constraint(folder: Path, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return a note if ``required_providers`` doesn't list the AWS provider."""
    blocks = list(_blocks(folder, texts))
    if not blocks or any("aws" in block.body.attributes for block in blocks):
        return ()
    line = 'aws = { source = "hashicorp/aws", version = ">= 5.100, < 7" }'
    return (f"{blocks[0].where}: no version of the AWS provider is required; add {line}",)


def _blocks(folder: Path, texts: Mapping[str, str]) -> Iterator[Block]:
    for name, text in texts.items():
        try:
            yield from _required(parse(text, str(folder / name)).blocks)
        except ExporterError:
            # Terraform reports the error with its line.
            continue


def _required(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.type == "terraform":
            yield from (inner for inner in block.body.blocks if inner.type == "required_providers")


def _constraints(folder: Path, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each version constraint on the provider, after its file and line."""
    for block in _blocks(folder, texts):
        aws = block.body.attributes.get("aws")
        if aws is not None:
            yield from _in_expression(aws)


def _in_expression(aws: Expression) -> Iterator[tuple[str, str]]:
    """Yield the version in ``{ version = "~> 5.0" }``, or in ``"~> 5"`` as in Terraform 0.12."""
    path, _, line = aws.where.rpartition(":")
    for number, text in enumerate(aws.source.text_of(aws.node).splitlines(), int(line)):
        match = _VERSION.search(text.partition("#")[0]) or _ALONE.match(text.strip())
        if match:
            yield f"{path}:{number}", match["text"]
