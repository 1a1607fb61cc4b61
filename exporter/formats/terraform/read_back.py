"""The code of a Terraform export, read back."""

import re
from pathlib import Path

from exporter.formats import code_files
from exporter.formats.code_resource import Loaded
from exporter.formats.exported_code import Beside, ExportedCode, ReadBack
from exporter.formats.terraform.code_tree import FolderTree
from exporter.formats.terraform.hcl.tree import CodeTree, RootAlone
from exporter.formats.terraform.hcl.variables import is_tfvars
from exporter.formats.terraform.names import DESTINATION_TYPE
from exporter.model.resources import Scope

_OPEN = ("SendingOptions", "ReputationOptions")
"""Arguments of the provider that are optional and computed: what is not written stays as it is."""


def _read(code: ExportedCode) -> Loaded:
    imports = code.import_files
    texts = {path: text for path, text in code.texts(".tf").items() if path not in imports}
    # The tfvars beside it give its variables their values.
    values = (p for p in code_files.terraform_files(code.folder) if is_tfvars(p.name))
    data = {Path(path).name: text for path, text in code.texts(".yaml").items()}
    return _load(RootAlone({**texts, **code_files.texts(values)}, data), code)


def _read_edited(code: ExportedCode) -> Loaded:
    return _load(FolderTree(code.folder), code)


def _load(tree: CodeTree, code: ExportedCode) -> Loaded:
    from exporter.formats.terraform.hcl.load import load_one  # noqa: PLC0415 - loads its parser

    record = code.record
    place = Scope(account_id=record.account_id, partition=record.partition, region=record.region)
    return load_one(tree, place, code.inputs)


def _leaves_open(path: str) -> bool:
    return path.startswith(_OPEN)


def _beside(code: ExportedCode) -> Beside:
    """Terraform reads all code of a folder as one module."""
    others = [path for path in code.others if code_files.is_code(path)]
    concerned: tuple[str, ...] = ()
    if others:
        from exporter.formats.terraform.hcl.relevance import concerns_ses  # noqa: PLC0415

        texts = code_files.texts(others)
        concerned = tuple(name for name, text in texts.items() if concerns_ses(name, text))
    values = any(is_tfvars(path.name) for path in code_files.terraform_files(code.folder))
    return Beside(code=concerned, has_values=values)


READ_BACK = ReadBack(
    suffix=".tf",
    resource=re.compile(r'^resource "(?P<type>[^"]+)" "(?P<label>[^"]+)" \{', re.MULTILINE),
    destination=re.compile(
        rf'^resource "{DESTINATION_TYPE}" "(?P<label>[^"]+)" \{{\n(?:(?!\}}).*\n)*\}}\n',
        re.MULTILINE,
    ),
    read=_read,
    read_edited=_read_edited,
    leaves_open=_leaves_open,
    beside=_beside,
)
