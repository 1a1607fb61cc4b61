"""Our own CDK export to what it describes, read without running it.

Only the statements of ``templates/cdk`` are understood, as they were written: what any other
Python does, only its synthesis can tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from exporter.formats.cdk import stack, target_code
from exporter.formats.cdk.files import ADVICE, Folder, SourceFile, Statements
from exporter.formats.cloudformation.template import joined
from exporter.formats.code_resource import Loaded
from exporter.support.errors import ExporterError

_GIVEN = r"(?:app\.node\.try_get_context\('{0}'\) or )?'([^'\\]*)'"
"""A value that the app's context may give too."""
_ENVIRONMENT = (
    rf"environment = cdk\.Environment\((?:account={_GIVEN.format('account')}, )?"
    rf"region={_GIVEN.format('region')}\)"
)


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
    folder = Folder(files, PurePosixPath(apps[0]).parent)
    try:
        return _load(folder, folder.module("app", apps[0]), partition)
    except RecursionError:
        # A sum of thousands of terms is valid Python, and as deep as it is long.
        raise ExporterError("nested too deeply", where=str(folder.path), hint=ADVICE) from None


def _load(folder: Folder, file: SourceFile, partition: str | None) -> Loaded:
    app = _app(file)
    tokens = {"partition": partition, "region": app.region, "account": app.account_id}
    parts = [Loaded((), (), app.account_id, app.region)]
    for class_name, module in app.stacks.items():
        found = stack.read(folder.module(module, file.name), class_name, folder, tokens)
        parts.append(Loaded(tuple(found), (), app.account_id, app.region))
    return joined(parts)


@dataclass(frozen=True)
class _App:
    """Where the stacks go, and the module of the class of each."""

    account_id: str | None
    region: str
    stacks: Mapping[str, str]


def _app(file: SourceFile) -> _App:
    code = Statements(file, file.tree.body)
    code.expect("import aws_cdk as cdk")
    modules: dict[str, str] = {}
    has_targets = False
    while found := code.take(rf"from (ses_stack\w*) import (\w+)|{target_code.IMPORT_TARGETS}"):
        if found[1] is None:
            has_targets = True
        else:
            modules[found[2]] = found[1]
    code.expect("app = cdk.App()")
    place = code.need(_ENVIRONMENT, "here stands the environment")
    if has_targets:
        code.expect(f"targets = {target_code.TARGETS_CLASS}()")
    given = "targets=targets, " if has_targets else ""
    stacks: dict[str, str] = {}
    while made := code.take(rf"({'|'.join(modules)})\(app, '[^'\\]*', {given}env=environment\)"):
        stacks[made[1]] = modules.pop(made[1])
    code.need(r"app\.synth\(\)", "here a stack is made, or the app synthesized")
    if code.left:
        raise code.refused("nothing stands below app.synth()")
    if modules:
        raise file.refused(file.tree, "every stack that is imported is made, once")
    return _App(place[1], place[2], stacks)
