"""The judges, started once: an AWS emulator by others, seeded with the demo account."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from exporter.demo.account import DESTINATIONS, REGION, SETS
from tests.support import ANY_CREDENTIALS, Engines, Terraform, ministack


@dataclass(frozen=True)
class Account:
    """An emulated account and how to reach it.

    Attributes:
        url: The emulator.
        more: Variables for Terraform, where a provider runs for this account (``with_provider``).
    """

    url: str
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The variables under which the installed command and Terraform read it."""
        where = {"AWS_ENDPOINT_URL": self.url, "AWS_DEFAULT_REGION": REGION}
        return {**ANY_CREDENTIALS, **where, **self.more}

    @property
    def sesv2(self) -> Any:
        """A boto3 client of SES."""
        return self.client("sesv2")

    def client(self, service: str) -> Any:
        """A boto3 client of any service."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )


@contextmanager
def with_provider(account: Account, terraform: Terraform) -> Iterator[Account]:
    """The account with a provider that runs as long as the tests use it.

    For tests of what a plan says. Those of ``init``, of whole accounts and of the documentation let
    Terraform start the provider, as people do.
    """
    with terraform.provider(account.environment) as more:
        yield replace(account, more=more)


def create_demo(client: Any) -> None:
    """Put the demo account into an emulator."""
    for configuration_set in SETS:
        client.create_configuration_set(**configuration_set)
    for name, destination, enabled, types, target in DESTINATIONS:
        client.create_configuration_set_event_destination(
            ConfigurationSetName=name,
            EventDestinationName=destination,
            EventDestination={
                "Enabled": enabled,
                "MatchingEventTypes": types.split(),
                **target,
            },
        )


@pytest.fixture(scope="session")
def ministack_account(
    engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Account]:
    """The demo account on ministack."""
    with ministack(engines.ministack(), tmp_path_factory.mktemp("ministack")) as url:
        account = Account(url)
        create_demo(account.sesv2)
        yield account


@pytest.fixture(scope="session")
def changing_account(
    engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Account]:
    """An account on a ministack of its own, for tests that change what it holds."""
    terraform = engines.terraform()
    with (
        ministack(engines.ministack(), tmp_path_factory.mktemp("changing-ministack")) as url,
        with_provider(Account(url), terraform) as account,
    ):
        yield account


@pytest.fixture(scope="session")
def export_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the exports that the engines judge are written."""
    return tmp_path_factory.mktemp("exports")
