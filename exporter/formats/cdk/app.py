"""The app of a CDK export: its entry, what stands there of each account and region, and names."""

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
    """The package of an account and region that shares the app with others."""
    return f"account_{scope.account_id or 'unknown'}_{scope.region.replace('-', '_')}"


def is_package(path: str) -> bool:
    """Whether a scope's folder is such a package."""
    return _PACKAGE.fullmatch(path) is not None


@dataclass(frozen=True)
class AppStack:
    """How a stack is called in Python, in the app, and in the account."""

    module: str
    class_name: str
    construct_id: str
    stack_name: str


def app_stack(scope: Scope, folder: str, number: int, suffix: str, first: str) -> AppStack:
    """How a stack is called.

    In the account it keeps its name whatever else the app holds, or it would be another stack. In
    the app an id says which account and region it is of, where it does not have the app for itself.

    Args:
        scope: Its account and region.
        folder: Their folder below the export's.
        number: Its number.
        suffix: What tells its files from those of other stacks of the scope.
        first: The name of the scope's first stack; empty for the default.
    """
    place = "-".join(filter(None, (first or STACK_NAME, scope.account_id, scope.region)))
    return AppStack(
        module=f"ses_stack{suffix.replace('-', '_')}",
        class_name=f"SesStack{suffix.replace('-', '')}",
        construct_id=stack_name(number, place if is_package(folder) else first),
        stack_name=stack_name(number, first),
    )


def entry(
    scope: Scope, folder: str, stacks: Iterable[AppStack], *, has_targets: bool, is_portable: bool
) -> RenderedFile:
    """What makes the stacks of an account and region: the app itself, or the package's function.

    Args:
        scope: The account and region.
        folder: Their folder below the export's.
        stacks: What is made.
        has_targets: Whether the stacks are given the configuration of targets.
        is_portable: Whether the app's environment can be chosen.
    """
    data = {"scope": scope, "stacks": list(stacks), "has_targets": has_targets}
    if folder == HERE:
        text = render("cdk/app.py", **data, is_portable=is_portable, packages=[])
        return RenderedFile("app.py", text)
    return RenderedFile("__init__.py", render("cdk/scope.py", **data))


def surroundings(*, has_data: bool) -> list[RenderedFile]:
    """How the app is run, and what it needs; ``has_data`` says that sets are data."""
    return [
        RenderedFile("cdk.json", render("cdk/cdk.json")),
        RenderedFile("requirements.txt", render("cdk/requirements.txt", has_data=has_data)),
    ]


def join(records: Iterable[ScopeRecord], paths: Collection[str]) -> list[RenderedFile]:
    """The files that several accounts and regions share; none where one has the app for itself.

    Args:
        records: What the export holds of each.
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
    """The stacks of an account and region, as the files of the export have them."""
    prefix = "" if record.path == HERE else f"{record.path}/"
    names = sorted(p.removeprefix(prefix) for p in paths if p.startswith(prefix))
    found = [each for name in names if (each := _STACK_FILE.fullmatch(name))]
    held = {each.stack for each in record.resources}
    return [
        app_stack(
            record.bare_scope,
            record.path,
            int(each[1]) if each[1] else next(iter(held), 1),
            f"-{each[1]}" if each[1] else "",
            record.stack_name,
        )
        for each in found
    ]


def _has_fields(record: ScopeRecord, paths: Collection[str]) -> bool:
    return record.references == ReferenceMode.VARIABLES and _TARGETS in paths
