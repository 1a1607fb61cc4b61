"""Read back the templates of a CloudFormation export."""

import re
from dataclasses import replace
from pathlib import Path

from exporter.formats.cloudformation.recognition import is_template
from exporter.formats.code_resource import Loaded
from exporter.formats.exported_code import Beside, ExportedCode, ReadBack
from exporter.formats.unresolved import Unresolved
from exporter.support.regular_files import shown


def _read(code: ExportedCode) -> Loaded:
    from exporter.formats.cloudformation.template import joined, load  # noqa: PLC0415

    record = code.record
    whole = joined(
        [
            load(text, path, {}, record.account_id, record.region, is_own=True)
            for path, text in code.texts(".yaml").items()
            if Path(path).name.startswith("template")
        ]
    )
    return replace(whole, unresolved=(*whole.unresolved, *_beside(code).not_read))


def leaves_open(path: str) -> bool:
    """Whether CloudFormation leaves a value that a template omits as it is.

    A template always has all items of ``Tags`` and a whole target.
    """
    return not path.startswith("Tags[") and not path.partition(".")[0].endswith("Destination")


def _beside(code: ExportedCode) -> Beside:
    """Other templates in the folder that have SES resources; each is a stack of its own."""
    return Beside(
        not_read=tuple(
            Unresolved(
                shown(path),
                "",
                "not read, because the export did not write it",
                "compare it separately",
            )
            for path in code.others
            if is_template(path, b"AWS::SES::")
        )
    )


READ_BACK = ReadBack(
    suffix=".yaml",
    resource=re.compile(r'^  "?(?P<label>\w+)"?:$', re.MULTILINE),
    destination=re.compile(
        r'^  "?(?P<label>[A-Za-z0-9]+)"?:\n(?:    .*\n|(?=\n    )\n)+', re.MULTILINE
    ),
    read=_read,
    read_edited=_read,
    leaves_open=leaves_open,
    beside=_beside,
)
