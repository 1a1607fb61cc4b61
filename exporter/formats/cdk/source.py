"""Our own CDK export to what it describes, read without running it.

Only the statements of ``templates/cdk`` are understood, as they were written: what any other
Python does, only its synthesis can tell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
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

_NAMED = r"stack_name='[^'\\]*', "


def load(files: Mapping[str, str], partition: str | None = None, package: str = "") -> Loaded:
    """What an untouched CDK export describes of one account and region.

    Args:
        files: Its files by path.
        partition: What it is for, where it does not say it.
        package: The package that is about it, where the app is of several; else it is the app.

    Raises:
        ExporterError: when a file is missing, or holds anything that our export does not write.
    """
    found = [name for name in files if PurePosixPath(name).name == "app.py"]
    # A set may be called app, and have a module of that name.
    depth = min((len(PurePosixPath(name).parts) for name in found), default=0)
    apps = [name for name in found if len(PurePosixPath(name).parts) == depth]
    if len(apps) != 1:
        said = "no app.py" if not apps else f"{len(apps)} files app.py"
        raise ExporterError(f"not a CDK export of ours: {said}", hint=ADVICE)
    folder = Folder(files, PurePosixPath(apps[0]).parent)
    try:
        app = _app(folder.module("app", apps[0]))
        if package:
            if package not in app.packages:
                said = f"nothing adds the stacks of {package} to the app"
                raise ExporterError(said, where=apps[0], hint=ADVICE)
            folder = Folder(files, folder.path / package, here=".")
            app = _package(folder.module("__init__", apps[0]), folder.here)
        return _load(folder, app, partition)
    except RecursionError:
        # A sum of thousands of terms is valid Python, and as deep as it is long.
        raise ExporterError("nested too deeply", where=str(folder.path), hint=ADVICE) from None


def _load(folder: Folder, app: "_App", partition: str | None) -> Loaded:
    tokens = {"partition": partition, "region": app.region, "account": app.account_id}
    parts = [Loaded((), (), app.account_id, app.region)]
    for class_name, module in app.stacks.items():
        found = stack.read(folder.module(module, app.file.name), class_name, folder, tokens)
        parts.append(Loaded(tuple(found), (), app.account_id, app.region))
    return joined(parts)


@dataclass(frozen=True)
class _App:
    """Where stacks go, and the module of the class of each.

    Attributes:
        file: What makes them.
        packages: The packages that add stacks of other accounts and regions.
    """

    file: SourceFile
    account_id: str | None
    region: str | None
    stacks: Mapping[str, str]
    packages: tuple[str, ...] = ()


def _app(file: SourceFile) -> _App:
    code = Statements(file, file.tree.body)
    code.expect("import aws_cdk as cdk")
    packages: list[str] = []
    while found := code.take(r"import (account_\w+)"):
        packages.append(found[1])
    modules, has_targets = _imports(code, "")
    code.expect("app = cdk.App()")
    if packages and not modules:
        app = _App(file, None, None, {}, tuple(packages))
    else:
        app = _environment(code, modules, has_targets=has_targets, named="")
    for package in packages:
        code.expect(f"{package}.add_stacks(app)")
    code.need(r"app\.synth\(\)", "here a stack is made, or the app synthesized")
    if code.left:
        raise code.refused("nothing stands below app.synth()")
    return replace(app, packages=tuple(packages))


def _package(file: SourceFile, here: str) -> _App:
    """The function that adds the stacks of one of several accounts and regions."""
    code = Statements(file, file.tree.body)
    code.expect("import aws_cdk as cdk")
    modules, has_targets = _imports(code, here)
    _, body = code.body_of("def add_stacks(app: cdk.App) -> None")
    inner = Statements(file, body)
    app = _environment(inner, modules, has_targets=has_targets, named=_NAMED)
    if inner.left:
        raise inner.refused("here a stack is made")
    return app


def _imports(code: Statements, here: str) -> tuple[dict[str, str], bool]:
    """The module of each stack's class, and whether the targets are imported too."""
    modules: dict[str, str] = {}
    has_targets = False
    targets = re.escape(target_code.import_targets(here))
    while found := code.take(rf"from {re.escape(here)}(ses_stack\w*) import (\w+)|{targets}"):
        if found[1] is None:
            has_targets = True
        else:
            modules[found[2]] = found[1]
    return modules, has_targets


def _environment(
    code: Statements, modules: dict[str, str], *, has_targets: bool, named: str
) -> _App:
    """The environment, and the stacks that are made for it; ``named`` is how they are named."""
    place = code.need(_ENVIRONMENT, "here stands the environment")
    if has_targets:
        code.expect(f"targets = {target_code.TARGETS_CLASS}()")
    given = "targets=targets, " if has_targets else ""
    stacks: dict[str, str] = {}
    call = rf"\(app, '[^'\\]*', {named}{given}env=environment\)"
    while made := code.take(rf"({'|'.join(modules)}){call}"):
        stacks[made[1]] = modules.pop(made[1])
    if modules:
        file = code.file
        raise file.refused(file.tree, "every stack that is imported is made, once")
    return _App(code.file, place[1], place[2], stacks)
