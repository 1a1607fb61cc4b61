"""Credentials, region and clients, chosen as the AWS CLI chooses them."""

import copy
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

from exporter import __version__
from exporter.aws.credentials_check import check_credentials
from exporter.aws.errors import BadAnswerError, CredentialsError, explain
from exporter.aws.response_check import check_answers
from exporter.model import arns
from exporter.support.errors import ExporterError
from exporter.support.redaction import know_url

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sesv2 import SESV2Client

AWS_ERRORS = (BotoCoreError, ClientError, BadAnswerError, CredentialsError, ResponseParserError)
"""What a call can raise."""

_ATTEMPTS = 6
ANY_REGION = "us-east-1"
_CONNECTIONS = 16
"""As many as two actions of an account and region may have under way."""


@dataclass(frozen=True)
class Role:
    """A role to assume.

    Attributes:
        external_id: What its trust policy may ask for; it is shown nowhere.
        session_name: What CloudTrail calls the session.
    """

    arn: str
    external_id: str | None = field(default=None, repr=False)
    session_name: str | None = None


@dataclass(frozen=True)
class Access:
    """How to reach an account, as the command line says it; None leaves it to botocore.

    Attributes:
        role: A role to assume with the credentials of the profile.
    """

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    role: Role | None = None


@dataclass(frozen=True)
class Account:
    """Who answers: the account and its partition."""

    account_id: str
    partition: str


_making = threading.Lock()
"""Held while a session or a client is made; botocore's sessions are not for several threads."""

_loaders: list[Any] = []
"""The loader of botocore's service descriptions, which all sessions share; empty at first."""


class Connection:
    """The credentials of one account, and a region.

    Raises:
        ExporterError: when the profile or region is missing or wrong.
    """

    def __init__(self, access: Access) -> None:
        # The AWS CLI and the newer SDKs read AWS_REGION; botocore itself knows AWS_DEFAULT_REGION
        # only.
        region = access.region or os.environ.get("AWS_REGION") or None
        self._endpoint_url = access.endpoint_url
        know_url(access.endpoint_url)
        with explained("AWS configuration"), _making:
            self._session = _session(access.profile, region)
        self.region: str = self._session.region_name or ""
        if access.role is not None:
            with explained("AWS configuration"), _making:
                self._assume(access.role)

    def in_region(self, region: str) -> "Connection":
        """The same credentials in another region."""
        other = copy.copy(self)
        other.region = region
        return other

    def _assume(self, role: Role) -> None:
        """Go on with a role's credentials, which botocore fetches anew before they expire."""
        source = self._session

        def sts_client(service: str, **credentials: Any) -> Any:
            with _making:
                client = source._session.create_client(
                    service,
                    region_name=self.region or ANY_REGION,
                    endpoint_url=self._endpoint_url,
                    config=Config(retries={"mode": "standard", "total_max_attempts": 4}),
                    **credentials,
                )
            check_answers(client, tries=4)
            check_credentials(client)
            return client

        options = {"RoleSessionName": role.session_name or "ses2iac"}
        if role.external_id is not None:
            options["ExternalId"] = role.external_id
        given = source.get_credentials()
        if given is None:
            raise NoCredentialsError
        fetcher = AssumeRoleCredentialFetcher(sts_client, given, role.arn, extra_args=options)
        assumed = _session(None, self.region or None)
        credentials = DeferredRefreshableCredentials(
            method="assume-role", refresh_using=fetcher.fetch_credentials
        )
        assumed._session._credentials = credentials  # type: ignore[attr-defined]
        self._session = assumed

    @property
    def attempts(self) -> int:
        """How often a call is made that fails for what passes; AWS_MAX_ATTEMPTS says it."""
        own = self._session._session.get_config_variable("max_attempts")
        return _ATTEMPTS if own is None else max(1, int(own))

    def account(self) -> Account:
        """Ask STS who we are.

        Raises:
            ExporterError: when nobody answers, or not for these credentials.
        """
        where = f"region {self.region}"
        with explained(where):
            client: Any = self._client("sts", attempts=3)
            try:
                answer = client.get_caller_identity()
                arn = arns.split(answer.get("Arn"))
                if arn is None or "Account" not in answer:
                    raise BadAnswerError("sts:GetCallerIdentity returned no account")
                return Account(checked_account_id(answer["Account"]), arn.partition)
            finally:
                client.close()

    def ses(self) -> "SESV2Client":
        """A client for SES API v2, which tries nothing again: whoever calls keeps its pace."""
        client: SESV2Client = self._client("sesv2", attempts=None)
        return client

    def cloudformation(self) -> "CloudFormationClient":
        """A client for CloudFormation."""
        client: CloudFormationClient = self._client("cloudformation", attempts=4)
        return client

    def service(self, name: str, region: str) -> Any:
        """A client for any other service, as botocore names it, and in any region."""
        return self.in_region(region)._client(name, attempts=6)

    def known_regions(self) -> set[str]:
        """The regions that botocore has heard of."""
        with _making:
            return {
                region
                for partition in self._session.get_available_partitions()
                for service in ("ec2", "sesv2")
                for region in self._session.get_available_regions(service, partition)
            }

    def regions_of(self, service: str, partition: str) -> list[str]:
        """The regions in which botocore knows a service."""
        with _making:
            return sorted(self._session.get_available_regions(service, partition))

    def _client(self, service: str, *, attempts: int | None) -> Any:
        """A client whose answers are checked; a bad one is asked for again.

        Botocore makes a call ``attempts`` times, unless the person's own configuration says how
        often; None makes it once, whatever that says.
        """
        if not self.region:
            hint = "choose one with --region, AWS_REGION or the profile's 'region' setting"
            raise ExporterError("no region", where="AWS configuration", hint=hint)
        options: dict[str, Any] = {
            "connect_timeout": 10,
            "read_timeout": 30,
            "max_pool_connections": _CONNECTIONS,
            "user_agent_extra": f"ses2iac/{__version__}",
        }
        with explained(f"region {self.region}"), _making:
            own = self._session._session.get_config_variable("max_attempts")
            tries = 1 if attempts is None else attempts if own is None else int(own)
            if attempts is None or own is None:
                options["retries"] = {"mode": "standard", "total_max_attempts": tries}
            client = self._session.client(
                service,  # type: ignore[call-overload]
                region_name=self.region,
                endpoint_url=self._endpoint_url,
                config=Config(**options),
            )
        check_answers(client, tries)
        check_credentials(client)
        # It may come from a profile.
        know_url(client.meta.endpoint_url)
        return client


def checked_account_id(found: str) -> str:
    """What an answer calls an account, when it is the id of one: folders are called after it.

    Raises:
        BadAnswerError: when it is none.
    """
    if not re.fullmatch(r"[0-9]{12}", found):
        raise BadAnswerError(f"the response has {found!r} instead of an account id")
    return found


def _session(profile: str | None, region: str | None) -> boto3.Session:
    """A session that shares the descriptions of services with all others."""
    bare = botocore.session.Session(profile=profile)
    if _loaders:
        bare.register_component("data_loader", _loaders[0])
    else:
        _loaders.append(bare.get_component("data_loader"))
    # Says now, and not with the first call, that there is no such profile.
    bare.get_scoped_config()
    return boto3.Session(botocore_session=bare, region_name=region)


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what botocore raises into an error for people."""
    try:
        yield
    except (*AWS_ERRORS, ValueError) as error:
        raise explain(error, where) from error
