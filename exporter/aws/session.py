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
from exporter.aws.errors import BadResponseError, CredentialsError, explain
from exporter.aws.response_check import check_responses
from exporter.model import arns
from exporter.support.errors import ExporterError
from exporter.support.redaction import know_url

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sesv2 import SESV2Client

AWS_ERRORS = (BotoCoreError, ClientError, BadResponseError, CredentialsError, ResponseParserError)
"""The exceptions of a call."""

_ATTEMPTS = 6
ANY_REGION = "us-east-1"
_CONNECTIONS = 16
"""The most calls that two actions of an account and region have under way."""


@dataclass(frozen=True)
class Role:
    """A role to assume.

    Attributes:
        external_id: The id that its trust policy may require; never shown.
        session_name: The session's name in CloudTrail.
    """

    arn: str
    external_id: str | None = field(default=None, repr=False)
    session_name: str | None = None


@dataclass(frozen=True)
class Access:
    """How to reach an account, from the command line; None leaves the choice to botocore.

    Attributes:
        role: A role to assume with the credentials of the profile.
    """

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    role: Role | None = None


@dataclass(frozen=True)
class Account:
    """An account and its partition."""

    account_id: str
    partition: str


_session_lock = threading.Lock()
"""Held while a session or a client is created; botocore's sessions are not thread-safe."""

_loaders: list[Any] = []
"""The loader of botocore's service descriptions, shared by all sessions; empty at first."""


class Connection:
    """The credentials of one account, and a region.

    Raises:
        ExporterError: if the profile does not exist, or its configuration or the role is invalid.
    """

    def __init__(self, access: Access) -> None:
        # The AWS CLI and newer SDKs read AWS_REGION, but botocore only reads AWS_DEFAULT_REGION.
        region = access.region or os.environ.get("AWS_REGION") or None
        self._endpoint_url = access.endpoint_url
        know_url(access.endpoint_url)
        with explained("AWS configuration"), _session_lock:
            self._session = _session(access.profile, region)
        self.region: str = self._session.region_name or ""
        if access.role is not None:
            with explained("AWS configuration"), _session_lock:
                self._assume(access.role)

    def in_region(self, region: str) -> "Connection":
        """Return the same credentials in another region."""
        other = copy.copy(self)
        other.region = region
        return other

    def _assume(self, role: Role) -> None:
        """Switch to a role's credentials, which botocore refreshes before they expire."""
        source = self._session

        def sts_client(service: str, **credentials: Any) -> Any:
            with _session_lock:
                client = source._session.create_client(
                    service,
                    region_name=self.region or ANY_REGION,
                    endpoint_url=self._endpoint_url,
                    config=Config(retries={"mode": "standard", "total_max_attempts": 4}),
                    **credentials,
                )
            check_responses(client, tries=4)
            check_credentials(client)
            return client

        options = {"RoleSessionName": role.session_name or "ses2iac"}
        if role.external_id is not None:
            options["ExternalId"] = role.external_id
        own = source.get_credentials()
        if own is None:
            raise NoCredentialsError
        fetcher = AssumeRoleCredentialFetcher(sts_client, own, role.arn, extra_args=options)
        assumed = _session(None, self.region or None)
        credentials = DeferredRefreshableCredentials(
            method="assume-role", refresh_using=fetcher.fetch_credentials
        )
        assumed._session._credentials = credentials  # type: ignore[attr-defined]
        self._session = assumed

    @property
    def attempts(self) -> int:
        """How often to make a call that fails with a temporary error; set by AWS_MAX_ATTEMPTS."""
        configured = self._session._session.get_config_variable("max_attempts")
        return _ATTEMPTS if configured is None else max(1, int(configured))

    def account(self) -> Account:
        """Ask STS for the account of the credentials.

        Raises:
            ExporterError: if STS can't be reached or rejects the credentials.
        """
        where = f"region {self.region}"
        with explained(where):
            client: Any = self._client("sts", attempts=3)
            try:
                response = client.get_caller_identity()
                arn = arns.split(response.get("Arn"))
                if arn is None or "Account" not in response:
                    raise BadResponseError("sts:GetCallerIdentity returned no account")
                return Account(checked_account_id(response["Account"]), arn.partition)
            finally:
                client.close()

    def ses(self) -> "SESV2Client":
        """Create a client for SES API v2, without retries: the caller paces and retries."""
        client: SESV2Client = self._client("sesv2", attempts=None)
        return client

    def cloudformation(self) -> "CloudFormationClient":
        """Create a client for CloudFormation."""
        client: CloudFormationClient = self._client("cloudformation", attempts=4)
        return client

    def service(self, name: str, region: str) -> Any:
        """Create a client for another service, by botocore's name, in any region."""
        return self.in_region(region)._client(name, attempts=6)

    def known_regions(self) -> set[str]:
        """Return the regions that botocore knows."""
        with _session_lock:
            return {
                region
                for partition in self._session.get_available_partitions()
                for service in ("ec2", "sesv2")
                for region in self._session.get_available_regions(service, partition)
            }

    def regions_of(self, service: str, partition: str) -> list[str]:
        """Return the regions in which botocore knows a service."""
        with _session_lock:
            return sorted(self._session.get_available_regions(service, partition))

    def _client(self, service: str, *, attempts: int | None) -> Any:
        """Create a client whose responses are checked; a call with a bad one is made again.

        Botocore makes ``attempts`` attempts, unless the user's AWS configuration sets a number;
        None means one attempt, whatever the configuration.
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
        with explained(f"region {self.region}"), _session_lock:
            configured = self._session._session.get_config_variable("max_attempts")
            tries = 1 if attempts is None else attempts if configured is None else int(configured)
            if attempts is None or configured is None:
                options["retries"] = {"mode": "standard", "total_max_attempts": tries}
            client = self._session.client(
                service,  # type: ignore[call-overload]
                region_name=self.region,
                endpoint_url=self._endpoint_url,
                config=Config(**options),
            )
        check_responses(client, tries)
        check_credentials(client)
        # It may come from a profile, and have a password.
        know_url(client.meta.endpoint_url)
        return client


def checked_account_id(value: str) -> str:
    """Return an account id from a response; checked, because folders are named after it.

    Raises:
        BadResponseError: if it isn't an account id.
    """
    if not re.fullmatch(r"[0-9]{12}", value):
        raise BadResponseError(f"the response has {value!r} instead of an account ID")
    return value


def _session(profile: str | None, region: str | None) -> boto3.Session:
    """Create a session that shares the service descriptions with all others."""
    bare = botocore.session.Session(profile=profile)
    if _loaders:
        bare.register_component("data_loader", _loaders[0])
    else:
        _loaders.append(bare.get_component("data_loader"))
    # Fails now, not at the first call, if there is no such profile.
    bare.get_scoped_config()
    return boto3.Session(botocore_session=bare, region_name=region)


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn botocore's exceptions into an ``ExporterError``."""
    try:
        yield
    except (*AWS_ERRORS, ValueError) as error:
        raise explain(error, where) from error
