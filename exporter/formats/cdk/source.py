"""Read back a CDK export without running it.

Only the statements of ``templates/cdk`` are understood; what other Python does, only its synthesis
shows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from exporter.formats.cdk import stack, target_code
from exporter.formats.cdk.files import ADVICE, SYNTHESIZE, Folder, SourceFile, Statements
from exporter.formats.cloudformation.template import joined
from exporter.formats.code_resource import Loaded
from exporter.support.errors import ExporterError

_CONTEXT_OR_TEXT = r"(?:app\.node\.try_get_context\('{0}'\) or )?'([^'\\]*)'"
"""A value that the app's context may override."""
_ENVIRONMENT = (
    rf"environment = cdk\.Environment\((?:account={_CONTEXT_OR_TEXT.format('account')}, )?"
    rf"region={_CONTEXT_OR_TEXT.format('region')}\)"
)

_STACK_NAME = r"stack_name='[^'\\]*', "


def load(files: Mapping[str, str], partition: str | None = None, package: str = "") -> Loaded:
    """Return what a CDK export describes of one account and region.

    Args:
        files: Its files by path.
        partition: The partition of the account, if known.
        package: The package of the account and region, if the app has several.

    Raises:
        ExporterError: when a file is missing, or has anything that an export does not write.
    """
    named_app = [name for name in files if PurePosixPath(name).name == "app.py"]
    # A set may be called app, and have a module of that name.
    depth = min((len(PurePosixPath(name).parts) for name in named_app), default=0)
    apps = [name for name in named_app if len(PurePosixPath(name).parts) == depth]
    if len(apps) != 1:
        count = "no app.py" if not apps else f"{len(apps)} files named app.py"
        hint = f"restore the files of the export, or {SYNTHESIZE}"
        raise ExporterError(f"not a CDK export: it has {count}", hint=hint)
    folder = Folder(files, PurePosixPath(apps[0]).parent)
    try:
        app = _app(folder.module("app", apps[0]))
        if package:
            if package not in app.packages:
                what = f"does not add the stacks of {package}"
                raise ExporterError(what, where=apps[0], hint=ADVICE)
            folder = Folder(files, folder.path / package, prefix=".")
            app = _package(folder.module("__init__", apps[0]), folder.prefix)
        return _load(folder, app, partition)
    except RecursionError:
        # A sum of thousands of terms is valid Python, and as deep as it is long.
        raise ExporterError("nested too deeply", where=str(folder.path), hint=ADVICE) from None


def _load(folder: Folder, app: "_App", partition: str | None) -> Loaded:
    tokens = {"partition": partition, "region": app.region, "account": app.account_id}
    parts = [Loaded((), (), app.account_id, app.region)]
    for class_name, module in app.stacks.items():
        resources = stack.read(folder.module(module, app.file.name), class_name, folder, tokens)
        parts.append(Loaded(tuple(resources), (), app.account_id, app.region))
    return joined(parts)


@dataclass(frozen=True)
class _App:
    """The environment of the stacks, and their modules.

    Attributes:
        file: The file that creates the stacks.
        stacks: The module of each stack's class.
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
    while statement := code.take(r"import (account_\w+)"):
        packages.append(statement[1])
    modules, has_targets = _imports(code, "")
    code.expect("app = cdk.App()")
    if packages and not modules:
        app = _App(file, None, None, {}, tuple(packages))
    else:
        app = _environment(code, modules, has_targets=has_targets, stack_name="")
    for package in packages:
        code.expect(f"{package}.add_stacks(app)")
    code.need(r"app\.synth\(\)", "expected a stack or app.synth()")
    code.end("app.synth()")
    return replace(app, packages=tuple(packages))


def _package(file: SourceFile, prefix: str) -> _App:
    """Read the function that adds the stacks of one of several accounts and regions."""
    code = Statements(file, file.tree.body)
    code.expect("import aws_cdk as cdk")
    modules, has_targets = _imports(code, prefix)
    _, body = code.body_of("def add_stacks(app: cdk.App) -> None")
    inner = Statements(file, body)
    app = _environment(inner, modules, has_targets=has_targets, stack_name=_STACK_NAME)
    inner.end("the stacks")
    return app


def _imports(code: Statements, prefix: str) -> tuple[dict[str, str], bool]:
    """The module of each stack's class, and whether the targets are imported too."""
    modules: dict[str, str] = {}
    has_targets = False
    targets = re.escape(target_code.import_targets(prefix))
    pattern = rf"from {re.escape(prefix)}(ses_stack\w*) import (\w+)|{targets}"
    while statement := code.take(pattern):
        if statement[1] is None:
            has_targets = True
        else:
            modules[statement[2]] = statement[1]
    return modules, has_targets


def _environment(
    code: Statements, modules: dict[str, str], *, has_targets: bool, stack_name: str
) -> _App:
    """Read the environment and the stacks in it; ``stack_name`` is the pattern of that argument."""
    expected = "expected 'environment = cdk.Environment(...)' with a literal account and region"
    environment = code.need(_ENVIRONMENT, expected)
    if has_targets:
        code.expect(f"targets = {target_code.TARGETS_CLASS}()")
    targets = "targets=targets, " if has_targets else ""
    stacks: dict[str, str] = {}
    arguments = rf"\(app, '[^'\\]*', {stack_name}{targets}env=environment\)"
    while call := code.take(rf"({'|'.join(modules)}){arguments}"):
        stacks[call[1]] = modules.pop(call[1])
    if modules:
        name = "stack_name='NAME', " if stack_name else ""
        call_of_first = f"{next(iter(modules))}(app, 'ID', {name}{targets}env=environment)"
        raise code.refused(f"expected {call_of_first}")
    return _App(code.file, environment[1], environment[2], stacks)
