"""Options that several commands share, in groups for ``grouped``."""

from dataclasses import dataclass
from typing import Annotated

import typer

from exporter.errors import UsageError
from exporter.selection import Selection
from exporter.source import LIVE, Source

SOURCE_PANEL = "What to read"


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
