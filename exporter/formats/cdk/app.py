"""The app of a CDK export: its entry point, a package per account and region, and stack names."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from exporter.formats.base import RenderedFile
from exporter.formats.cdk.data_layout import is_data
from exporter.formats.environment import render
from exporter.formats.manifest import HERE, ScopeRecord
from exporter.formats.references import ReferenceMode
from exporter.formats.stacks import STACK_NAME, stack_name
from exporter.model.resources import Scope

_TARGETS = "ses_targets.py"
_STACK_FILE = re.compile(r"ses_stack(?:_([0-9]+))?\.py")
_PACKAGE = re.compile(r"account_\w+")


def package(scope: Scope) -> str:
    """Return the package of an account and region, for an app that has several."""
    return f"account_{scope.account_id or 'unknown'}_{scope.region.replace('-', '_')}"


def is_package(path: str) -> bool:
    """Whether the folder of a scope is the package of an account and region."""
    return _PACKAGE.fullmatch(path) is not None


@dataclass(frozen=True)
class AppStack:
    """The names of a stack in Python, in the app, and in the account."""

    module: str
    class_name: str
    construct_id: str
    stack_name: str


def app_stack(scope: Scope, folder: str, number: int, suffix: str, first: str) -> AppStack:
    """Return the names of a stack.

    Its name in the account never depends on what else the app has, because a stack can't be
    renamed. Its construct id has the account and region if the app has several.

    Args:
        scope: Its account and region.
        folder: The folder of the scope in the export.
        number: Its number.
        suffix: What distinguishes its files from those of other stacks of the scope.
        first: The name of the scope's first stack; empty for the default.
    """
    scoped_name = "-".join(filter(None, (first or STACK_NAME, scope.account_id, scope.region)))
    return AppStack(
        module=f"ses_stack{suffix.replace('-', '_')}",
        class_name=f"SesStack{suffix.replace('-', '')}",
        construct_id=stack_name(number, scoped_name if is_package(folder) else first),
        stack_name=stack_name(number, first),
    )


def entry(
    scope: Scope, folder: str, stacks: Iterable[AppStack], *, has_targets: bool, is_portable: bool
) -> RenderedFile:
    """Return the file that creates the stacks of a scope: ``app.py``, or that of a package.

    Args:
        scope: The account and region.
        folder: The folder of the scope in the export.
        stacks: The stacks.
        has_targets: Pass ``SesTargets`` to the stacks.
        is_portable: Take account and region from the context if it has them.
    """
    data = {"scope": scope, "stacks": list(stacks), "has_targets": has_targets}
    if folder == HERE:
        text = render("cdk/app.py", **data, is_portable=is_portable, packages=[])
        return RenderedFile("app.py", text)
    return RenderedFile("__init__.py", render("cdk/scope.py", **data))


def surroundings(*, has_data: bool) -> list[RenderedFile]:
    """Return ``cdk.json`` and ``requirements.txt``; ``has_data`` adds PyYAML."""
    return [
        RenderedFile("cdk.json", render("cdk/cdk.json")),
        RenderedFile("requirements.txt", render("cdk/requirements.txt", has_data=has_data)),
    ]


def join(records: Iterable[ScopeRecord], paths: Collection[str]) -> list[RenderedFile]:
    """Return the files that several accounts and regions share; none if there is only one.

    Args:
        records: The records of all scopes in the manifest.
        paths: All other files of the export.
    """
    packages = sorted(record.path for record in records if is_package(record.path))
    if not packages:
        return []
    own = next((record for record in records if record.path == HERE), None)
    text = render(
        "cdk/app.py",
        scope=own.bare_scope if own else None,
        stacks=stacks_of(own, paths) if own else [],
        has_targets=_has_fields(own, paths) if own else False,
        is_portable=own is not None and own.references == ReferenceMode.PORTABLE,
        packages=packages,
    )
    return [RenderedFile("app.py", text), *surroundings(has_data=any(map(is_data, paths)))]


def stacks_of(record: ScopeRecord, paths: Collection[str]) -> list[AppStack]:
    """Return the stacks of an account and region, by the names of the export's files."""
    prefix = "" if record.path == HERE else f"{record.path}/"
    names = sorted(p.removeprefix(prefix) for p in paths if p.startswith(prefix))
    stack_files = [match for name in names if (match := _STACK_FILE.fullmatch(name))]
    numbers = {resource.stack for resource in record.resources}
    return [
        app_stack(
            record.bare_scope,
            record.path,
            int(match[1]) if match[1] else next(iter(numbers), 1),
            f"-{match[1]}" if match[1] else "",
            record.stack_name,
        )
        for match in stack_files
    ]


def _has_fields(record: ScopeRecord, paths: Collection[str]) -> bool:
    return record.references == ReferenceMode.VARIABLES and _TARGETS in paths
