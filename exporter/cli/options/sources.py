"""Options for what to read, shared by several commands, in groups for ``grouped``."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from exporter.cli.terminal.completion import configuration_sets, patterns
from exporter.model.account_query import AccountQuery
from exporter.sources.pattern_files import expanded
from exporter.sources.patterns import FORMS
from exporter.sources.read import LIVE, Source
from exporter.sources.selection import Selection

SOURCE_PANEL = "Source"
FLEET_PANEL = "Many accounts and regions"
_fleet_option = partial(typer.Option, rich_help_panel=FLEET_PANEL)
source_option = partial(typer.Option, rich_help_panel=SOURCE_PANEL)


@dataclass(frozen=True)
class AccountOptions:
    """Which accounts, regions and sets to read; named as in the AWS CLI where it has them."""

    profile: Annotated[str | None, source_option(help="AWS profile.")] = None
    region: Annotated[list[str] | None, source_option(help="AWS region; repeatable.")] = None
    all_regions: Annotated[
        bool, _fleet_option("--all-regions", help="Read every enabled region that has SES.")
    ] = False
    role_arn: Annotated[
        list[str] | None, _fleet_option(metavar="ARN", help="Assume this role to read; repeatable.")
    ] = None
    external_id: Annotated[
        str | None,
        _fleet_option(metavar="ID", help="The external ID that the roles' trust policies require."),
    ] = None
    role_session_name: Annotated[
        str | None, _fleet_option(metavar="NAME", help="The session name that CloudTrail shows.")
    ] = None
    organization_role: Annotated[
        str | None,
        _fleet_option(
            metavar="NAME",
            help="Read every active account of the organization, through its role of this name.",
        ),
    ] = None
    include_account: Annotated[
        list[str] | None,
        _fleet_option(metavar="ID", help="Read only this account of the organization; repeatable."),
    ] = None
    exclude_account: Annotated[
        list[str] | None,
        _fleet_option(metavar="ID", help="Skip this account of the organization; repeatable."),
    ] = None
    config: Annotated[
        str | None,
        _fleet_option(
            metavar="FILE",
            help="Configuration file; by default the nearest ses2iac.toml.",
            show_default=False,
        ),
    ] = None
    endpoint_url: Annotated[
        str | None, source_option(help="Send requests to this URL instead of AWS.")
    ] = None
    include: Annotated[
        list[str] | None,
        source_option(
            metavar="PATTERN",
            autocompletion=patterns,
            help=f"Only what matches: {', '.join(FORMS)}, or @FILE with one per line; repeatable.",
        ),
    ] = None
    exclude: Annotated[
        list[str] | None,
        source_option(
            metavar="PATTERN",
            autocompletion=patterns,
            help="Skip what matches; same patterns; repeatable.",
        ),
    ] = None
    configuration_set: Annotated[
        str | None,
        source_option(
            metavar="NAME",
            autocompletion=configuration_sets,
            help="The set that AWS CLI output describes, if it doesn't name one.",
        ),
    ] = None

    def source_of(self, origin: str) -> Source:
        """Return the source that the options describe, with an origin as in ``Source``."""
        query = AccountQuery(
            profile=self.profile,
            regions=tuple(self.region or ()),
            all_regions=self.all_regions,
            role_arns=tuple(self.role_arn or ()),
            external_id=self.external_id,
            role_session_name=self.role_session_name,
            organization_role=self.organization_role,
            include_accounts=tuple(self.include_account or ()),
            exclude_accounts=tuple(self.exclude_account or ()),
            endpoint_url=self.endpoint_url,
        )
        include = expanded("--include", self.include or ())
        exclude = expanded("--exclude", self.exclude or ())
        origins = {**include.origins, **exclude.origins}
        return Source(
            origin=origin,
            target=query,
            config=Path(self.config) if self.config is not None else None,
            configuration_set=self.configuration_set,
            selection=Selection(include.patterns, exclude.patterns, origins),
        )


@dataclass(frozen=True)
class SourceOptions(AccountOptions):
    """The source of the configuration sets."""

    origin: Annotated[
        str,
        source_option(
            "--from", metavar="SOURCE", help="'live', a snapshot file, or '-' for stdin."
        ),
    ] = LIVE

    def source(self) -> Source:
        """The source that the options describe."""
        return self.source_of(self.origin)


@dataclass(frozen=True)
class WholeSetOptions(SourceOptions):
    """A source that keeps sets whole, even if only some of their destinations are selected."""

    def source(self) -> Source:
        """The source that the options describe."""
        return replace(super().source(), keeps_whole=True)


@dataclass(frozen=True)
class LiveOptions:
    """How to reach the account that an export was made from."""

    offline: Annotated[bool, source_option("--offline", help="Don't call AWS.")] = False
    profile: Annotated[str | None, source_option(help="AWS profile.")] = None
    region: Annotated[str | None, source_option(help="Check only this region of DIR.")] = None
    endpoint_url: Annotated[
        str | None, source_option(help="Send requests to this URL instead of AWS.")
    ] = None
