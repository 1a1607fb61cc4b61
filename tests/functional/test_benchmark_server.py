"""The benchmark server answers what boto3 reads, and throttles each quota by itself."""

import json
import signal
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from benchmarks.processes import Server, serving
from benchmarks.server import CALLER, Settings, TokenBucket, account_id

pytestmark = pytest.mark.slow

REGION = "eu-west-1"
NEVER_AGAIN = 1e-6
"""A rate at which no second token comes while a test runs."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(Settings(sets=250, destinations=2, accounts=45)) as running:
        yield running


@pytest.fixture
def throttling() -> Iterator[Server]:
    with serving(Settings(sets=3, rate=NEVER_AGAIN)) as running:
        yield running


def client(server: Server, service: str, region: str = REGION, **credentials: str) -> Any:
    keys = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench", **credentials}
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=region,
        endpoint_url=server.url,
        config=once,
        **keys,
    )


def assumed(server: Server, account: str) -> dict[str, str]:
    answer = client(server, "sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/reader", RoleSessionName="test"
    )
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/reader/test")
    return {
        "aws_access_key_id": answer["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": answer["Credentials"]["SecretAccessKey"],
        "aws_session_token": answer["Credentials"]["SessionToken"],
    }


def is_answered(call: Any, **arguments: str) -> bool:
    try:
        call(**arguments)
    except ClientError as error:
        refusal: Any = error.response
    else:
        return True
    assert refusal["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert refusal["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate exceeded"}
    return False


def test_the_list_has_pages_of_a_hundred(server: Server) -> None:
    ses = client(server, "sesv2")
    pages = []
    token: dict[str, str] = {}
    while True:
        page = ses.list_configuration_sets(**token)
        pages.append(page["ConfigurationSets"])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert [len(page) for page in pages] == [100, 100, 50]
    assert len(set().union(*pages)) == 250


def test_a_page_size_is_obeyed(server: Server) -> None:
    page = client(server, "sesv2").list_configuration_sets(PageSize=7)
    assert len(page["ConfigurationSets"]) == 7


def test_the_older_path_of_the_list_has_pages_too(server: Server) -> None:
    with urllib.request.urlopen(f"{server.url}/v2/email/configuration-sets?NextToken=200") as page:
        assert len(json.load(page)["ConfigurationSets"]) == 50


def test_a_set_has_options_and_destinations(server: Server) -> None:
    ses = client(server, "sesv2")
    found = ses.get_configuration_set(ConfigurationSetName="set-00249")
    assert found["ConfigurationSetName"] == "set-00249"
    assert found["SendingOptions"] == {"SendingEnabled": True}
    answer = ses.get_configuration_set_event_destinations(ConfigurationSetName="set-00249")
    destinations = answer["EventDestinations"]
    assert [destination["Name"] for destination in destinations] == ["to-0", "to-1"]
    assert destinations[1]["SnsDestination"] == {
        "TopicArn": f"arn:aws:sns:{REGION}:{CALLER}:mail-1"
    }


def test_a_set_that_does_not_exist_is_not_found(server: Server) -> None:
    ses = client(server, "sesv2")
    with pytest.raises(ses.exceptions.NotFoundException):
        ses.get_configuration_set(ConfigurationSetName="set-00250")


def test_a_role_is_of_its_account(server: Server) -> None:
    account = "111122223333"
    role = assumed(server, account)
    assert client(server, "sts").get_caller_identity()["Account"] == CALLER
    assert client(server, "sts", **role).get_caller_identity()["Account"] == account
    ses = client(server, "sesv2", "us-east-1", **role)
    answer = ses.get_configuration_set_event_destinations(ConfigurationSetName="set-00000")
    topic = answer["EventDestinations"][0]["SnsDestination"]["TopicArn"]
    assert topic == f"arn:aws:sns:us-east-1:{account}:mail-0"


def test_the_organization_has_pages(server: Server) -> None:
    pages = client(server, "organizations").get_paginator("list_accounts").paginate()
    found = [[account["Id"] for account in page["Accounts"]] for page in pages]
    assert [len(page) for page in found] == [20, 20, 5]
    ids = [account for page in found for account in page]
    assert ids == [account_id(number) for number in range(45)]


def test_it_counts_until_it_is_reset(server: Server) -> None:
    server.reset()
    for region in (REGION, "us-east-1"):
        client(server, "sesv2", region).list_configuration_sets()
    client(server, "sts").get_caller_identity()
    seen = server.stats()
    assert seen.calls == {
        "GetCallerIdentity": {"answered": 1, "throttled": 0},
        "ListConfigurationSets": {"answered": 2, "throttled": 0},
    }
    assert (seen.scopes, seen.total, seen.ses, seen.throttled) == (2, 3, 2, 0)
    assert seen.seconds > 0
    server.reset()
    assert (server.stats().total, server.stats().scopes, server.stats().seconds) == (0, 0, 0)


def test_each_action_region_and_account_has_its_own_quota(throttling: Server) -> None:
    name = {"ConfigurationSetName": "set-00000"}
    here = client(throttling, "sesv2")
    there = client(throttling, "sesv2", "us-east-1")
    other = client(throttling, "sesv2", **assumed(throttling, "111122223333"))
    answered = [is_answered(here.get_configuration_set, **name) for _ in range(3)]
    assert answered == [True, False, False]
    assert is_answered(here.get_configuration_set_event_destinations, **name)
    assert is_answered(here.list_configuration_sets)
    for ses in (there, other):
        assert is_answered(ses.get_configuration_set, **name)
        assert not is_answered(ses.get_configuration_set, **name)
    seen = throttling.stats()
    assert seen.calls["GetConfigurationSet"] == {"answered": 3, "throttled": 4}
    assert (seen.scopes, seen.throttled) == (3, 4)
    throttling.reset()
    assert is_answered(here.get_configuration_set, **name)


def test_a_burst_is_answered_at_once() -> None:
    with serving(Settings(rate=NEVER_AGAIN, burst=2)) as running:
        ses = client(running, "sesv2")
        answered = [is_answered(ses.list_configuration_sets) for _ in range(3)]
    assert answered == [True, True, False]


def test_a_bucket_fills_with_time_and_never_over_its_burst() -> None:
    bucket = TokenBucket(rate=2, burst=3, now=100)
    assert [bucket.take(100) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(100.5), bucket.take(100.5)] == [True, False]
    assert [bucket.take(1000) for _ in range(4)] == [True, True, True, False]


def test_refusals_cost_no_token() -> None:
    bucket = TokenBucket(rate=1, burst=1, now=0)
    assert [bucket.take(moment / 4) for moment in range(9)] == [
        True, False, False, False, True, False, False, False, True,
    ]  # fmt: skip


def test_a_late_answer_is_the_same() -> None:
    with serving(Settings(sets=1, latency=0.01)) as running:
        found = client(running, "sesv2").list_configuration_sets()["ConfigurationSets"]
    assert found == ["set-00000"]


def test_it_ends_when_its_parent_is_gone() -> None:
    with serving(Settings()) as running:
        assert running.process.stdin is not None
        running.process.stdin.close()
        assert running.process.wait(timeout=30) == 0


def test_it_ends_when_it_is_told_to() -> None:
    with serving(Settings()) as running:
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=30) == 0
