"""Our own CDK export to what it describes, read without running it.

Only the statements of ``templates/cdk`` are understood, as they were written: what any other
Python does, only its synthesis can tell.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

from exporter.formats.cdk.app import App
from exporter.formats.cdk.files import ADVICE, Folder
from exporter.formats.cdk.stack import StackModule
from exporter.formats.cloudformation.template import joined
from exporter.formats.code_resource import Loaded
from exporter.support.errors import ExporterError


def load(files: Mapping[str, str], partition: str | None = None) -> Loaded:
    """What an untouched CDK export describes.

    ``files`` are its files by path; ``partition`` is what it is for, where it does not say it.

    Raises:
        ExporterError: when a file is missing, or holds anything that our export does not write.
    """
    apps = [name for name in files if PurePosixPath(name).name == "app.py"]
    if len(apps) != 1:
        said = "no app.py" if not apps else f"{len(apps)} files app.py"
        raise ExporterError(f"not a CDK export of ours: {said}", hint=ADVICE)
    try:
        return _load(files, apps[0], partition)
    except RecursionError:
        # A sum of thousands of terms is valid Python, and as deep as it is long.
        where = str(PurePosixPath(apps[0]).parent)
        raise ExporterError("nested too deeply", where=where, hint=ADVICE) from None


def _load(files: Mapping[str, str], app_name: str, partition: str | None) -> Loaded:
    folder = Folder(files, PurePosixPath(app_name).parent)
    app = App(folder.module("app", app_name))
    app.read()
    tokens = {"partition": partition, "region": app.region, "account": app.account_id}
    parts = [Loaded((), (), app.account_id, app.region)]
    for module, class_name in app.stacks:
        stack = StackModule(folder.module(module, app_name), class_name, folder, tokens)
        parts.append(Loaded(tuple(stack.read()), (), app.account_id, app.region))
    return joined(parts)
