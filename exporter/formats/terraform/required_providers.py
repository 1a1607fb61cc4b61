"""What other people's Terraform says of the AWS provider's version."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from exporter.formats.code_beside import Refusal
from exporter.formats.terraform.hcl.syntax import Block, Expression, parse
from exporter.formats.terraform.versions import admits
from exporter.support.errors import ExporterError

_LOWEST, _BELOW = (5, 100), (7,)
"""The versions of the provider that the export's code is for; see ``versions.tf.jinja``."""

_VERSION = re.compile(r'\bversion"?\s*[=:]\s*"(?P<text>[^"]*)"')
_ALONE = re.compile(r'^"(?P<text>[^"]*)"$')


def refused(folder: Path, texts: Mapping[str, str]) -> Refusal | None:
    """Why the export's code does not go with the versions that are asked for.

    ``texts`` are the files of code, by name.
    """
    for where, text in _constraints(folder, texts):
        if not admits(text, _LOWEST, _BELOW):
            return Refusal(
                f'the AWS provider version "{text}" excludes ">= 5.100, < 7", which the code needs',
                where,
                "allow one of these versions there, or export to another folder with --out",
            )
    return None


def without_aws(folder: Path, texts: Mapping[str, str]) -> tuple[str, ...]:
    """What is to be said where no version of the AWS provider is asked for."""
    found = list(_blocks(folder, texts))
    if not found or any("aws" in block.body.attributes for block in found):
        return ()
    line = 'aws = { source = "hashicorp/aws", version = ">= 5.100, < 7" }'
    return (f"{found[0].where}: no version of the AWS provider is required; add {line}",)


def _blocks(folder: Path, texts: Mapping[str, str]) -> Iterator[Block]:
    for name, text in texts.items():
        try:
            yield from _required(parse(text, str(folder / name)).blocks)
        except ExporterError:
            # What is no code Terraform names with its line.
            continue


def _required(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.type == "terraform":
            yield from (each for each in block.body.blocks if each.type == "required_providers")


def _constraints(folder: Path, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each constraint on the provider with its place."""
    for block in _blocks(folder, texts):
        aws = block.body.attributes.get("aws")
        if aws is not None:
            yield from _in_expression(aws)


def _in_expression(aws: Expression) -> Iterator[tuple[str, str]]:
    """The version in ``{ version = "~> 5.0" }``, or in what Terraform 0.12 took, ``"~> 5"``."""
    path, _, line = aws.where.rpartition(":")
    for number, text in enumerate(aws.source.text_of(aws.node).splitlines(), int(line)):
        found = _VERSION.search(text.partition("#")[0]) or _ALONE.match(text.strip())
        if found:
            yield f"{path}:{number}", found["text"]
