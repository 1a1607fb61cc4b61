"""Read back the code of a Terraform export."""

import re
from pathlib import Path

from exporter.formats import code_files
from exporter.formats.code_resource import Loaded
from exporter.formats.exported_code import Beside, ExportedCode, ReadBack
from exporter.formats.terraform.code_tree import FolderTree
from exporter.formats.terraform.hcl.tree import CodeTree, RootAlone
from exporter.formats.terraform.hcl.variables import is_tfvars
from exporter.formats.terraform.names import DESTINATION_TYPE

_OPEN = ("SendingOptions", "ReputationOptions")
"""Optional and computed arguments of the provider: it leaves them alone unless the code sets them.
"""


def _read(code: ExportedCode) -> Loaded:
    imports = code.import_files
    texts = {path: text for path, text in code.texts(".tf").items() if path not in imports}
    # The tfvars files next to it set its variables.
    tfvars = (path for path in code_files.terraform_files(code.folder) if is_tfvars(path.name))
    data = {Path(path).name: text for path, text in code.texts(".yaml").items()}
    return _load(RootAlone({**texts, **code_files.texts(tfvars)}, data), code)


def _read_edited(code: ExportedCode) -> Loaded:
    return _load(FolderTree(code.folder), code)


def _load(tree: CodeTree, code: ExportedCode) -> Loaded:
    from exporter.formats.terraform.hcl.load import load_one  # noqa: PLC0415 - loads its parser

    record = code.record
    return load_one(tree, record.bare_scope, code.inputs)


def _leaves_open(path: str) -> bool:
    return path.startswith(_OPEN)


def _beside(code: ExportedCode) -> Beside:
    """Find other code about SES in the folder: Terraform reads it all as one module."""
    others = [path for path in code.others if code_files.is_code(path)]
    about_ses: tuple[str, ...] = ()
    if others:
        from exporter.formats.terraform.hcl.relevance import concerns_ses  # noqa: PLC0415

        texts = code_files.texts(others)
        about_ses = tuple(name for name, text in texts.items() if concerns_ses(name, text))
    has_values = any(is_tfvars(path.name) for path in code_files.terraform_files(code.folder))
    return Beside(code=about_ses, has_values=has_values)


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
