"""Options that several commands share, in groups that a command takes as one parameter."""

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, get_type_hints

import typer

from exporter.cli import console
from exporter.errors import UsageError
from exporter.selection import Selection
from exporter.source import LIVE, Source

SOURCE_PANEL = "What to read"
SAYING_PANEL = "What to say"


@dataclass(frozen=True)
class AccountOptions:
    """Which account, region and sets; the names are the AWS CLI's."""

    profile: Annotated[
        str | None,
        typer.Option(help="Profile of the AWS configuration.", rich_help_panel=SOURCE_PANEL),
    ] = None
    region: Annotated[
        list[str] | None,
        typer.Option(help="AWS region.", rich_help_panel=SOURCE_PANEL),
    ] = None
    endpoint_url: Annotated[
        str | None,
        typer.Option(
            help="Send the requests there instead of to AWS.", rich_help_panel=SOURCE_PANEL
        ),
    ] = None
    include: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GLOB",
            help="Only what matches, on SET or SET/DESTINATION; repeatable.",
            rich_help_panel=SOURCE_PANEL,
        ),
    ] = None
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            metavar="GLOB",
            help="Nothing that matches, on SET or SET/DESTINATION; repeatable.",
            rich_help_panel=SOURCE_PANEL,
        ),
    ] = None
    configuration_set: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The set that the raw answer in --from is of.",
            rich_help_panel=SOURCE_PANEL,
        ),
    ] = None

    def source_of(self, origin: str) -> Source:
        """The source that the options describe.

        Args:
            origin: ``live``, a file's path, or ``-`` for standard input.

        Raises:
            UsageError: when an option is given more often than it can be obeyed.
        """
        regions = self.region or []
        if len(regions) > 1:
            raise UsageError("--region was given more than once", hint="read one region at a time")
        return Source(
            origin=origin,
            profile=self.profile,
            region=regions[0] if regions else None,
            endpoint_url=self.endpoint_url,
            configuration_set=self.configuration_set,
            selection=Selection(tuple(self.include or ()), tuple(self.exclude or ())),
        )


@dataclass(frozen=True)
class SourceOptions(AccountOptions):
    """Where configuration comes from."""

    origin: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="'live', a snapshot file, or '-' for stdin.",
            rich_help_panel=SOURCE_PANEL,
        ),
    ] = LIVE

    def source(self) -> Source:
        """The source that the options describe.

        Raises:
            UsageError: when an option is given more often than it can be obeyed.
        """
        return self.source_of(self.origin)


@dataclass(frozen=True)
class LiveOptions:
    """How to reach the account that an export was made from."""

    offline: Annotated[
        bool, typer.Option("--offline", help="Do not ask AWS.", rich_help_panel=SOURCE_PANEL)
    ] = False
    profile: Annotated[
        str | None,
        typer.Option(help="Profile of the AWS configuration.", rich_help_panel=SOURCE_PANEL),
    ] = None
    region: Annotated[
        str | None,
        typer.Option(help="Only what DIR holds of this region.", rich_help_panel=SOURCE_PANEL),
    ] = None
    endpoint_url: Annotated[
        str | None,
        typer.Option(
            help="Send the requests there instead of to AWS.", rich_help_panel=SOURCE_PANEL
        ),
    ] = None


@dataclass(frozen=True)
class SayingOptions:
    """How much a command says."""

    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", "-q", help="Only results, warnings and errors.", rich_help_panel=SAYING_PANEL
        ),
    ] = False
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="More detail.", rich_help_panel=SAYING_PANEL)
    ] = False
    debug: Annotated[
        bool, typer.Option("--debug", help="Tracebacks of errors.", rich_help_panel=SAYING_PANEL)
    ] = False

    def apply(self) -> None:
        """Add these to what was said before the command's name."""
        console.settings.quiet |= self.quiet
        console.settings.verbose |= self.verbose
        console.settings.debug |= self.debug


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take dataclasses of options.

    Typer sees their fields, the command the dataclasses.

    Every command gets the ``SayingOptions`` as well.
    """
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, type[Any]] = {
        name: hint
        for name, hint in hints.items()
        if isinstance(hint, type) and dataclasses.is_dataclass(hint)
    }
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        if parameter.name in groups:
            parameters += _fields(groups[parameter.name])
        else:
            parameters.append(parameter.replace(annotation=hints[parameter.name]))
    parameters += _fields(SayingOptions)

    @wraps(command)
    def expanded(**values: Any) -> None:
        _take(SayingOptions, values).apply()
        built = {name: _take(group, values) for name, group in groups.items()}
        command(**values, **built)

    signature = inspect.Signature([p.replace(kind=p.KEYWORD_ONLY) for p in parameters])
    expanded.__signature__ = signature  # type: ignore[attr-defined]
    expanded.__annotations__ = {p.name: p.annotation for p in parameters}
    return expanded


def _fields(group: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in dataclasses.fields(group)
    ]


def _take(group: type[Any], values: dict[str, Any]) -> Any:
    return group(**{field.name: values.pop(field.name) for field in dataclasses.fields(group)})
