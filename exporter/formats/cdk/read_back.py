"""Read back the modules of a CDK export without running them."""

import re

from exporter.formats.cdk.app import is_package
from exporter.formats.cloudformation.read_back import leaves_open
from exporter.formats.code_resource import Loaded
from exporter.formats.exported_code import ExportedCode, ReadBack, nothing_beside


def _read(code: ExportedCode) -> Loaded:
    from exporter.formats.cdk.source import load  # noqa: PLC0415 - loads its parser

    files = {**code.texts(".py"), **code.texts(".yaml")}
    if not is_package(code.record.path):
        return load(files, code.record.partition)
    return load({**code.shared_texts(["app.py"]), **files}, code.record.partition, code.record.path)


READ_BACK = ReadBack(
    suffix=".py",
    resource=re.compile(r'\bCfn\w+\(\s*\w+,\s*"(?P<label>\w+)"'),
    destination=re.compile(
        r'^ {8}CfnEventDestination\(\n +\w+,\n +"(?P<label>[^"]+)",\n(?: {9,}.*\n)* {8}\)\n',
        re.MULTILINE,
    ),
    read=_read,
    read_edited=_read,
    leaves_open=leaves_open,
    beside=nothing_beside,
)
