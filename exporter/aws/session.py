"""Credentials, region and clients, chosen as the AWS CLI chooses them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from exporter import __version__
from exporter.aws.answers import check_answers
from exporter.aws.faults import BadAnswerError, explain
from exporter.errors import ExporterError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sesv2 import SESV2Client

AWS_ERRORS = (BotoCoreError, ClientError, BadAnswerError)
"""What a call can raise."""


@dataclass(frozen=True)
class Access:
    """How to reach an account, as the command line says it; None leaves it to botocore.

    Attributes:
        profile: A profile of the AWS configuration.
        region: A region.
        endpoint_url: Where to send the requests instead of to AWS.
    """

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None


@dataclass(frozen=True)
class Account:
    """Who answers: the account and its partition."""

    account_id: str
    partition: str


class Connection:
    """One account in one region.

    Raises:
        ExporterError: when the profile or region is missing or wrong.
    """

    def __init__(self, access: Access) -> None:
        # The AWS CLI and the newer SDKs read AWS_REGION; botocore itself knows AWS_DEFAULT_REGION
        # only.
        region = access.region or os.environ.get("AWS_REGION") or None
        with explained("AWS configuration"):
            self._session = boto3.Session(profile_name=access.profile, region_name=region)
        self._endpoint_url = access.endpoint_url
        self.region: str = self._session.region_name or ""
        if not self.region:
            hint = "choose one with --region, AWS_REGION or the profile's 'region' setting"
            raise ExporterError("no region", where="AWS configuration", hint=hint)

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
                return Account(answer["Account"], answer["Arn"].split(":")[1])
            except (ResponseParserError, KeyError, IndexError):
                # botocore's parser of XML has no one error for an answer that is something else.
                raise BadAnswerError("sts:GetCallerIdentity answered without an account") from None

    def ses(self) -> "SESV2Client":
        """A client for SES API v2 whose answers are checked."""
        with explained(f"region {self.region}"):
            client: SESV2Client = self._client("sesv2", attempts=6)
        check_answers(client)
        return client

    def cloudformation(self) -> "CloudFormationClient":
        """A client for CloudFormation."""
        with explained(f"region {self.region}"):
            client: CloudFormationClient = self._client("cloudformation", attempts=4)
        return client

    def _client(self, service: str, *, attempts: int) -> Any:
        """A client that retries; what the person's own configuration says of retries wins."""
        options: dict[str, Any] = {
            "connect_timeout": 10,
            "read_timeout": 30,
            "user_agent_extra": f"ses2iac/{__version__}",
        }
        own = self._session._session.get_config_variable
        if own("max_attempts") is None:
            options["retries"] = {"mode": "adaptive", "total_max_attempts": attempts}
        return self._session.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self._endpoint_url,
            config=Config(**options),
        )


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what botocore raises into an error for people."""
    try:
        yield
    except (*AWS_ERRORS, ValueError) as error:
        raise explain(error, where) from error
