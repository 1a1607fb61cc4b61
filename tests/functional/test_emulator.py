"""The emulated AWS endpoint, seen through a real boto3 client over HTTP."""

from __future__ import annotations

import datetime
import functools
import http.client
import json
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from exporter.demo.emulator import Emulator

REGION = "eu-west-1"
ACCOUNT = "123456789012"
ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:events"
SNS: dict[str, Any] = {"SnsDestination": {"TopicArn": ARN}}
TARGETS: list[dict[str, Any]] = [
    {"KinesisFirehoseDestination": {"IamRoleArn": ARN, "DeliveryStreamArn": ARN}},
    {
        "CloudWatchDestination": {
            "DimensionConfigurations": [
                {
                    "DimensionName": name,
                    "DimensionValueSource": source,
                    "DefaultDimensionValue": "none",
                }
                for name, source in (
                    ("zone", "LINK_TAG"),
                    ("campaign", "MESSAGE_TAG"),
                    ("sender", "EMAIL_HEADER"),
                )
            ]
        }
    },
    SNS,
    {"EventBridgeDestination": {"EventBusArn": ARN}},
    {"PinpointDestination": {"ApplicationArn": ARN}},
]
ARCHIVE = f"arn:aws:ses:{REGION}:{ACCOUNT}:mailmanager-archive/a-{'0' * 24}"
OPTIONS: dict[str, dict[str, Any]] = {
    "TrackingOptions": {"CustomRedirectDomain": "t.example.com", "HttpsPolicy": "REQUIRE"},
    "DeliveryOptions": {
        "TlsPolicy": "REQUIRE",
        "SendingPoolName": "pool",
        "MaxDeliverySeconds": 300,
    },
    "ReputationOptions": {"ReputationMetricsEnabled": True},
    "SendingOptions": {"SendingEnabled": False},
    "SuppressionOptions": {"SuppressedReasons": ["COMPLAINT", "BOUNCE"]},
    "VdmOptions": {
        "DashboardOptions": {"EngagementMetrics": "ENABLED"},
        "GuardianOptions": {"OptimizedSharedDelivery": "DISABLED"},
    },
    "ArchivingOptions": {"ArchiveArn": ARCHIVE},
    "MessageSecurityOptions": {"SigningScheme": {"DefaultScheme": {}}},
}
PUTS = {
    "DeliveryOptions": "put_configuration_set_delivery_options",
    "ReputationOptions": "put_configuration_set_reputation_options",
    "SendingOptions": "put_configuration_set_sending_options",
    "SuppressionOptions": "put_configuration_set_suppression_options",
    "TrackingOptions": "put_configuration_set_tracking_options",
    "VdmOptions": "put_configuration_set_vdm_options",
    "ArchivingOptions": "put_configuration_set_archiving_options",
}
BARE = {
    "ReputationOptions": {"ReputationMetricsEnabled": False},
    "SendingOptions": {"SendingEnabled": True},
}
EVENT_TYPES = [
    "SEND",
    "REJECT",
    "BOUNCE",
    "COMPLAINT",
    "DELIVERY",
    "OPEN",
    "CLICK",
    "RENDERING_FAILURE",
    "DELIVERY_DELAY",
    "SUBSCRIPTION",
]

Client = Any  # most calls below are ones the type stubs would, rightly, refuse


@functools.cache
def session() -> boto3.Session:
    """One session with its own credentials: loading the service models takes long."""
    return boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")


def connect(endpoint: str, service: str = "sesv2", region: str = REGION) -> Client:
    """A client that reads no configuration, sends what it is told and never retries."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    make: Callable[..., Client] = session().client
    return make(service, region_name=region, endpoint_url=endpoint, config=config)


@pytest.fixture(autouse=True)
def _no_own_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def ses(emulator: Emulator) -> Client:
    return connect(emulator.url)


@pytest.fixture
def owner(ses: Client) -> Client:
    """The client, with a configuration set called "main"."""
    ses.create_configuration_set(ConfigurationSetName="main")
    return ses


def definition(**changes: Any) -> dict[str, Any]:
    """A valid definition with these members changed or, where None, left out."""
    whole = {"MatchingEventTypes": ["SEND"], **SNS, **changes}
    return {member: value for member, value in whole.items() if value is not None}


def add(client: Client, name: str = "events", **changes: Any) -> None:
    client.create_configuration_set_event_destination(
        ConfigurationSetName="main",
        EventDestinationName=name,
        EventDestination=definition(**changes),
    )


def update(client: Client, name: str = "events", **changes: Any) -> None:
    client.update_configuration_set_event_destination(
        ConfigurationSetName="main",
        EventDestinationName=name,
        EventDestination=definition(**changes),
    )


def remove(client: Client, name: str = "events") -> None:
    client.delete_configuration_set_event_destination(
        ConfigurationSetName="main", EventDestinationName=name
    )


def with_dimensions(count: int) -> dict[str, Any]:
    """A change to a CloudWatch target with dimensions d<count> down to d1."""
    dimensions = [
        {
            "DimensionName": f"d{number}",
            "DimensionValueSource": "MESSAGE_TAG",
            "DefaultDimensionValue": "none",
        }
        for number in range(count, 0, -1)
    ]
    target = {"DimensionConfigurations": dimensions}
    return {"SnsDestination": None, "CloudWatchDestination": target}


def destinations(client: Client) -> list[dict[str, Any]]:
    answer = client.get_configuration_set_event_destinations(ConfigurationSetName="main")
    found: list[dict[str, Any]] = answer["EventDestinations"]
    return found


def options(client: Client, name: str = "main") -> dict[str, Any]:
    answer = client.get_configuration_set(ConfigurationSetName=name)
    return {member: answer[member] for member in answer if member.endswith("Options")}


def refused(code: str, status: int, call: Callable[..., Any], **given: Any) -> str:
    """Check that AWS's error comes back for a call; return its message."""
    with pytest.raises(ClientError) as caught:
        call(**given)
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    return answer["Error"]["Message"]


def bad(call: Callable[..., Any], **given: Any) -> str:
    return refused("BadRequestException", 400, call, **given)


def send(
    emulator: Emulator, method: str, path: str, body: str | None = None
) -> tuple[http.client.HTTPResponse, dict[str, Any]]:
    """Send a request as it is; return the response and its JSON body."""
    credential = f"Credential=testing/20260101/{REGION}/ses/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=10)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response, json.loads(response.read())
    finally:
        connection.close()


class TestServer:
    def test_is_on_the_loopback_only_and_on_its_own_port(self) -> None:
        with Emulator() as one, Emulator() as two:
            assert one.url != two.url
            for url in (one.url, two.url):
                assert urlsplit(url).hostname == "127.0.0.1"
                assert url == f"http://127.0.0.1:{urlsplit(url).port}"

    def test_is_not_reachable_on_another_loopback_address(self, emulator: Emulator) -> None:
        with pytest.raises(OSError, match=r".+"):
            socket.create_connection(("127.0.0.2", urlsplit(emulator.url).port or 0), timeout=5)

    def test_is_gone_after_the_block(self) -> None:
        before = set(threading.enumerate())
        with Emulator() as running:
            connect(running.url).list_configuration_sets()
            port = urlsplit(running.url).port or 0
        left = set(threading.enumerate()) - before
        assert not [thread for thread in left if thread.name == "aws-emulator"]
        for request in left:  # the one above may just be ending
            request.join(timeout=5)
            assert not request.is_alive()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)

    def test_ends_after_an_exception_too(self) -> None:
        ports = []

        def fail() -> None:
            with Emulator() as running:
                ports.append(urlsplit(running.url).port)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", ports[0]), timeout=5)

    def test_leaves_no_connection_open_between_requests(self, emulator: Emulator) -> None:
        response, _ = send(emulator, "GET", "/v2/email/configuration-sets")
        assert response.will_close

    def test_has_no_address_outside_the_block(self) -> None:
        stopped = Emulator()
        for use in (lambda: stopped.url, stopped.environment):
            with pytest.raises(RuntimeError, match="not running"):
                use()

    def test_is_not_started_twice(self, emulator: Emulator) -> None:
        with pytest.raises(RuntimeError, match="already running"):
            emulator.__enter__()

    def test_keeps_its_sets_when_started_again(self) -> None:
        account = Emulator()
        with account:
            connect(account.url).create_configuration_set(ConfigurationSetName="main")
        with account:
            assert options(connect(account.url)) == BARE

    def test_prints_nothing(
        self, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        with Emulator() as running:
            ses = connect(running.url)
            ses.create_configuration_set(ConfigurationSetName="main")
            refused("NotFoundException", 404, ses.get_configuration_set, ConfigurationSetName="x")
            refused("UnknownOperationException", 501, ses.list_tenants)
            connect(running.url, "sts").get_caller_identity()
            with socket.create_connection(("127.0.0.1", urlsplit(running.url).port or 0)) as raw:
                raw.sendall(b"nonsense\r\n\r\n")
                assert raw.recv(100)
        assert capfd.readouterr() == ("", "")
        # Without a handler, as in a program, the server's logger would write to stderr.
        assert not [record for record in caplog.records if record.name == "werkzeug"]

    def test_answers_requests_at_the_same_time(self, owner: Client) -> None:
        def attempt(number: int) -> str:
            try:
                add(owner, f"d{number}")
            except ClientError as error:
                return error.response["Error"]["Code"]
            return "added"

        with ThreadPoolExecutor(8) as pool:
            outcomes = Counter(pool.map(attempt, range(20)))
        assert outcomes == {"added": 10, "LimitExceededException": 10}
        assert len(destinations(owner)) == 10

    def test_answers_while_a_connection_is_idle(self, emulator: Emulator, ses: Client) -> None:
        with socket.create_connection(("127.0.0.1", urlsplit(emulator.url).port or 0)):
            assert ses.list_configuration_sets()["ConfigurationSets"] == []

    def test_emulators_share_nothing(self, owner: Client) -> None:
        with Emulator() as other:
            assert connect(other.url).list_configuration_sets()["ConfigurationSets"] == []
        assert owner.list_configuration_sets()["ConfigurationSets"] == ["main"]

    def test_regions_share_nothing(self, emulator: Emulator, owner: Client) -> None:
        other = connect(emulator.url, region="us-east-1")
        assert other.list_configuration_sets()["ConfigurationSets"] == []
        refused("NotFoundException", 404, other.get_configuration_set, ConfigurationSetName="main")

    def test_accounts_share_nothing(self, emulator: Emulator, owner: Client) -> None:
        other = connect(emulator.url)
        other.meta.events.register(
            "before-sign.sesv2",
            lambda request, **_: request.headers.add_header("x-moto-account-id", "210987654321"),
        )
        assert other.list_configuration_sets()["ConfigurationSets"] == []


class TestEnvironment:
    def test_names_everything_a_client_reads(self, emulator: Emulator) -> None:
        assert emulator.environment() == {
            "AWS_ENDPOINT_URL": emulator.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def test_is_enough_for_boto3(
        self, emulator: Emulator, owner: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        fresh = boto3.Session()
        assert fresh.client("sesv2").list_configuration_sets()["ConfigurationSets"] == ["main"]
        assert fresh.client("sts").get_caller_identity()["Account"] == ACCOUNT


class TestCallerIdentity:
    def test_is_the_default_account(self, emulator: Emulator) -> None:
        assert connect(emulator.url, "sts").get_caller_identity()["Account"] == ACCOUNT

    def test_is_the_account_asked_for(self) -> None:
        with Emulator(account_id="210987654321") as running:
            answer = connect(running.url, "sts").get_caller_identity()
        assert answer["Account"] == "210987654321"
        assert ":210987654321:" in answer["Arn"]


class TestConfigurationSet:
    def test_without_options_has_the_defaults_only(self, owner: Client) -> None:
        answer = owner.get_configuration_set(ConfigurationSetName="main")
        del answer["ResponseMetadata"]
        assert answer == {"ConfigurationSetName": "main", "Tags": [], **BARE}

    def test_keeps_all_groups_together(self, ses: Client) -> None:
        ses.create_configuration_set(ConfigurationSetName="main", **OPTIONS)
        assert options(ses) == OPTIONS

    @pytest.mark.parametrize("member", sorted(set(OPTIONS) - {"TrackingOptions"}))
    def test_does_not_keep_an_empty_group(self, ses: Client, member: str) -> None:
        ses.create_configuration_set(ConfigurationSetName="main", **{member: {}})
        assert options(ses) == BARE

    def test_keeps_an_explicit_empty_list_of_reasons(self, ses: Client) -> None:
        given: dict[str, Any] = {"SuppressionOptions": {"SuppressedReasons": []}}
        ses.create_configuration_set(ConfigurationSetName="main", **given)
        assert options(ses) == {**BARE, **given}

    @pytest.mark.parametrize("reasons", [["COMPLAINT", "BOUNCE"], ["BOUNCE", "COMPLAINT"]])
    def test_keeps_the_order_of_reasons(self, ses: Client, reasons: list[str]) -> None:
        given = {"SuppressionOptions": {"SuppressedReasons": reasons}}
        ses.create_configuration_set(ConfigurationSetName="main", **given)
        assert options(ses)["SuppressionOptions"]["SuppressedReasons"] == reasons

    def test_gives_the_fresh_start_as_a_number(self, emulator: Emulator, ses: Client) -> None:
        moment = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
        given = {"ReputationOptions": {"LastFreshStart": moment}}
        ses.create_configuration_set(ConfigurationSetName="main", **given)
        _, body = send(emulator, "GET", "/v2/email/configuration-sets/main")
        assert body["ReputationOptions"] == {
            "ReputationMetricsEnabled": False,
            "LastFreshStart": moment.timestamp(),
        }
        assert options(ses)["ReputationOptions"]["LastFreshStart"] == moment

    def test_keeps_its_tags(self, ses: Client) -> None:
        tags = [{"Key": "team", "Value": "mail"}, {"Key": "env", "Value": ""}]
        ses.create_configuration_set(ConfigurationSetName="main", Tags=tags)
        assert ses.get_configuration_set(ConfigurationSetName="main")["Tags"] == tags

    def test_an_action_in_a_tag_is_only_text(self, ses: Client) -> None:
        tags = [{"Key": "q", "Value": "a=1&Action=DeleteConfigurationSet&b=2"}]
        ses.create_configuration_set(ConfigurationSetName="main", Tags=tags)
        assert ses.get_configuration_set(ConfigurationSetName="main")["Tags"] == tags

    @pytest.mark.parametrize("name", ["A-z_09", "x" * 64])
    def test_takes_a_good_name(self, ses: Client, name: str) -> None:
        ses.create_configuration_set(ConfigurationSetName=name)
        assert options(ses, name) == BARE

    @pytest.mark.parametrize("name", ["", "x" * 65, "a.b", "a\n"])
    def test_refuses_a_bad_name(self, ses: Client, name: str) -> None:
        bad(ses.create_configuration_set, ConfigurationSetName=name)

    def test_refuses_a_missing_name(self, ses: Client) -> None:
        assert "ConfigurationSetName" in bad(ses.create_configuration_set)

    def test_refuses_a_name_in_use(self, owner: Client) -> None:
        given = {"ConfigurationSetName": "main", "SendingOptions": {"SendingEnabled": False}}
        message = refused("AlreadyExistsException", 400, owner.create_configuration_set, **given)
        assert message == "Configuration set <main> already exists."
        assert options(owner) == BARE

    def test_refuses_a_system_tag(self, ses: Client) -> None:
        tags = [{"Key": "team", "Value": "mail"}, {"Key": "AWS:x", "Value": "x"}]
        bad(ses.create_configuration_set, ConfigurationSetName="main", Tags=tags)
        assert ses.list_configuration_sets()["ConfigurationSets"] == []

    @pytest.mark.parametrize(
        "given",
        [
            {"TrackingOptions": {"HttpsPolicy": "REQUIRE"}},
            {"DeliveryOptions": {"TlsPolicy": "require"}},
            {"DeliveryOptions": {"MaxDeliverySeconds": 50401}},
            {"SendingOptions": []},
            {"ReputationOptions": {"ReputationMetricsEnabled": 1}},
            {"ReputationOptions": {"LastFreshStart": True}},
            {"ArchivingOptions": {"ArchiveArn": "arn:aws:ses:eu-west-1:1:identity/x"}},
            {"Tags": [{"Key": "team"}]},
        ],
        ids=str,
    )
    def test_refuses_options_outside_the_model(
        self, emulator: Emulator, ses: Client, given: dict[str, Any]
    ) -> None:
        # Sent as it is, because boto3 turns 1 into true and "true" into true.
        body = json.dumps({"ConfigurationSetName": "main", **given})
        response, answer = send(emulator, "POST", "/v2/email/configuration-sets", body)
        assert (response.status, answer["__type"]) == (400, "BadRequestException")
        assert ses.list_configuration_sets()["ConfigurationSets"] == []

    def test_ignores_null_and_unknown_members(self, emulator: Emulator, ses: Client) -> None:
        body = {
            "ConfigurationSetName": "main",
            "Surprise": 1,
            "VdmOptions": None,
            "DeliveryOptions": {"TlsPolicy": "REQUIRE", "SendingPoolName": None, "Surprise": 1},
        }
        send(emulator, "POST", "/v2/email/configuration-sets", json.dumps(body))
        assert options(ses) == {**BARE, "DeliveryOptions": {"TlsPolicy": "REQUIRE"}}

    @pytest.mark.parametrize("body", ["{", "[]"])
    def test_refuses_a_body_that_is_no_object(self, emulator: Emulator, body: str) -> None:
        response, answer = send(emulator, "POST", "/v2/email/configuration-sets", body)
        assert (response.status, answer["__type"]) == (400, "BadRequestException")

    def test_is_gone_after_delete_with_its_destinations(self, owner: Client) -> None:
        add(owner)
        owner.delete_configuration_set(ConfigurationSetName="main")
        assert owner.list_configuration_sets()["ConfigurationSets"] == []
        owner.create_configuration_set(ConfigurationSetName="main")
        assert destinations(owner) == []


class TestErrors:
    NAMED: ClassVar = {"EventDestinationName": "events"}
    WHOLE: ClassVar = {"MatchingEventTypes": ["SEND"], **SNS}

    @pytest.mark.parametrize(
        ("call", "given"),
        [
            ("get_configuration_set", {}),
            ("delete_configuration_set", {}),
            *((put, {}) for put in PUTS.values()),
            ("get_configuration_set_event_destinations", {}),
            ("create_configuration_set_event_destination", {**NAMED, "EventDestination": WHOLE}),
            ("update_configuration_set_event_destination", {**NAMED, "EventDestination": WHOLE}),
            ("delete_configuration_set_event_destination", NAMED),
        ],
    )
    def test_every_operation_needs_the_set(
        self, owner: Client, call: str, given: dict[str, Any]
    ) -> None:
        operation = getattr(owner, call)
        message = refused(
            "NotFoundException", 404, operation, ConfigurationSetName="other", **given
        )
        assert message == "Configuration set <other> does not exist."

    def test_have_the_form_of_the_protocol(self, emulator: Emulator) -> None:
        response, body = send(emulator, "GET", "/v2/email/configuration-sets/other")
        assert response.status == 404
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["x-amzn-errortype"] == "NotFoundException"
        assert body == {
            "__type": "NotFoundException",
            "message": "Configuration set <other> does not exist.",
        }

    def test_are_the_exceptions_of_the_client(self, ses: Client) -> None:
        with pytest.raises(ses.exceptions.NotFoundException):
            ses.get_configuration_set(ConfigurationSetName="other")

    def test_name_an_operation_that_is_missing(self, ses: Client) -> None:
        message = refused("UnknownOperationException", 501, ses.list_tenants)
        assert "list_tenants" in message


class TestList:
    @pytest.fixture
    def names(self, ses: Client) -> list[str]:
        names = ["main", "alpha", "zeta", "beta", "news"]
        for name in names:
            ses.create_configuration_set(ConfigurationSetName=name)
        return names

    @pytest.mark.parametrize(("size", "pages"), [(2, 3), (5, 1)])
    def test_is_paged(self, ses: Client, names: list[str], size: int, pages: int) -> None:
        answer = ses.list_configuration_sets(PageSize=size)
        found = [answer["ConfigurationSets"]]
        while "NextToken" in answer:
            answer = ses.list_configuration_sets(PageSize=size, NextToken=answer["NextToken"])
            found.append(answer["ConfigurationSets"])
        assert [name for page in found for name in page] == names
        assert len(found) == pages
        assert max(map(len, found)) == min(size, 5)

    def test_has_a_default_page_size(self, ses: Client) -> None:
        for number in range(101):
            ses.create_configuration_set(ConfigurationSetName=f"set{number}")
        answer = ses.list_configuration_sets()
        assert len(answer["ConfigurationSets"]) == 100
        rest = ses.list_configuration_sets(NextToken=answer["NextToken"])
        assert rest["ConfigurationSets"] == ["set100"]
        assert "NextToken" not in rest

    def test_answers_the_older_form_too(self, emulator: Emulator, names: list[str]) -> None:
        path = "/v2/email/configuration-sets"
        _, first = send(emulator, "GET", f"{path}?PageSize=3")
        assert first["ConfigurationSets"] == names[:3]
        _, second = send(emulator, "GET", f"{path}?PageSize=3&NextToken={first['NextToken']}")
        assert second == {"ConfigurationSets": names[3:]}
        _, everything = send(emulator, "GET", path)
        assert everything == {"ConfigurationSets": names}

    def test_is_filtered_by_a_part_of_the_name(self, ses: Client, names: list[str]) -> None:
        wanted = {"CONFIGURATION_SET_NAME_CONTAINS": "eta"}
        answer = ses.list_configuration_sets(Filter=wanted)
        assert answer["ConfigurationSets"] == ["zeta", "beta"]

    @pytest.mark.parametrize(
        "given", [{"PageSize": 0}, {"NextToken": "x"}, {"Filter": {"NAME": "x"}}]
    )
    def test_refuses_bad_input(self, ses: Client, given: dict[str, Any]) -> None:
        bad(ses.list_configuration_sets, **given)

    @pytest.mark.parametrize("query", ["PageSize=x", "NextToken=x"])
    def test_refuses_a_bad_query(self, emulator: Emulator, query: str) -> None:
        response, _ = send(emulator, "GET", f"/v2/email/configuration-sets?{query}")
        assert response.status == 400


class TestPutOptions:
    @staticmethod
    def put(client: Client, member: str, value: dict[str, Any]) -> None:
        given = {member: value} if member == "VdmOptions" else value
        getattr(client, PUTS[member])(ConfigurationSetName="main", **given)

    @pytest.mark.parametrize("member", PUTS)
    def test_sets_its_group_only(self, owner: Client, member: str) -> None:
        self.put(owner, member, OPTIONS[member])
        assert options(owner) == {**BARE, member: OPTIONS[member]}

    @pytest.mark.parametrize("member", PUTS)
    def test_without_members_goes_back_to_the_default(self, ses: Client, member: str) -> None:
        ses.create_configuration_set(ConfigurationSetName="main", **OPTIONS)
        self.put(ses, member, {})
        rest = {name: value for name, value in OPTIONS.items() if name != member}
        default = {member: BARE[member]} if member in BARE else {}
        assert options(ses) == {**rest, **default}

    def test_replaces_the_whole_group(self, ses: Client) -> None:
        ses.create_configuration_set(ConfigurationSetName="main", **OPTIONS)
        self.put(ses, "DeliveryOptions", {"TlsPolicy": "OPTIONAL"})
        assert options(ses)["DeliveryOptions"] == {"TlsPolicy": "OPTIONAL"}

    def test_keeps_an_explicit_empty_list_of_reasons(self, ses: Client) -> None:
        ses.create_configuration_set(ConfigurationSetName="main", **OPTIONS)
        self.put(ses, "SuppressionOptions", {"SuppressedReasons": []})
        assert options(ses)["SuppressionOptions"] == {"SuppressedReasons": []}

    def test_reputation_keeps_the_fresh_start(self, ses: Client) -> None:
        moment = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
        given = {"ReputationOptions": {"LastFreshStart": moment}}
        ses.create_configuration_set(ConfigurationSetName="main", **given)
        self.put(ses, "ReputationOptions", {"ReputationMetricsEnabled": True})
        assert options(ses)["ReputationOptions"] == {
            "ReputationMetricsEnabled": True,
            "LastFreshStart": moment,
        }

    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("SuppressionOptions", {"SuppressedReasons": ["OPEN"]}),
            ("ArchivingOptions", {"ArchiveArn": "x"}),
        ],
    )
    def test_refuses_values_outside_the_model(
        self, owner: Client, member: str, value: dict[str, Any]
    ) -> None:
        with pytest.raises(owner.exceptions.BadRequestException):
            self.put(owner, member, value)
        assert options(owner) == BARE


class TestEventDestination:
    def test_a_new_set_has_none(self, emulator: Emulator, owner: Client) -> None:
        _, body = send(emulator, "GET", "/v2/email/configuration-sets/main/event-destinations")
        assert body == {"EventDestinations": []}

    @pytest.mark.parametrize("target", TARGETS, ids=lambda target: next(iter(target)))
    def test_keeps_each_target(self, owner: Client, target: dict[str, Any]) -> None:
        change = {"SnsDestination": None, **target}
        add(owner, **change)
        expected = {"Name": "events", "Enabled": False, "MatchingEventTypes": ["SEND"], **target}
        assert destinations(owner) == [expected]

    @pytest.mark.parametrize(("given", "shown"), [({}, False), ({"Enabled": True}, True)])
    def test_always_shows_enabled(self, owner: Client, given: dict[str, Any], shown: bool) -> None:
        add(owner, **given)
        assert destinations(owner)[0]["Enabled"] is shown

    def test_takes_every_event_type_and_sorts_them(self, owner: Client) -> None:
        add(owner, MatchingEventTypes=EVENT_TYPES)
        assert destinations(owner)[0]["MatchingEventTypes"] == sorted(EVENT_TYPES)

    def test_shows_event_types_once(self, owner: Client) -> None:
        add(owner, MatchingEventTypes=["SEND", "BOUNCE", "SEND"])
        assert destinations(owner)[0]["MatchingEventTypes"] == ["BOUNCE", "SEND"]

    @pytest.mark.parametrize("types", [[], ["SEND", "PURCHASE"], "SEND"])
    @pytest.mark.parametrize("change", [add, update])
    def test_refuses_bad_event_types(
        self, owner: Client, change: Callable[..., None], types: object
    ) -> None:
        add(owner)
        before = destinations(owner)
        bad(change, client=owner, MatchingEventTypes=types)
        assert destinations(owner) == before

    @pytest.mark.parametrize(
        "targets",
        [{}, {**TARGETS[0], **TARGETS[1]}],
        ids=lambda targets: "+".join(targets) or "none",
    )
    @pytest.mark.parametrize("change", [add, update])
    def test_refuses_other_than_one_target(
        self, owner: Client, change: Callable[..., None], targets: dict[str, Any]
    ) -> None:
        add(owner, "events")
        name = "events" if change is update else "more"
        targets = {"SnsDestination": None, **targets}
        message = bad(change, client=owner, name=name, **targets)
        assert "exactly one destination" in message
        assert destinations(owner) == [{"Name": "events", "Enabled": False, **definition()}]

    @pytest.mark.parametrize(
        ("target", "member"),
        [
            ("KinesisFirehoseDestination", "IamRoleArn"),
            ("CloudWatchDestination", "DimensionConfigurations"),
            ("SnsDestination", "TopicArn"),
            ("EventBridgeDestination", "EventBusArn"),
        ],
    )
    def test_refuses_a_target_without_a_required_member(
        self, owner: Client, target: str, member: str
    ) -> None:
        whole = next(given[target] for given in TARGETS if target in given)
        rest = {name: value for name, value in whole.items() if name != member}
        change = {"SnsDestination": None, target: rest}
        assert member in bad(add, client=owner, **change)

    def test_refuses_an_empty_arn(self, owner: Client) -> None:
        bad(add, client=owner, SnsDestination={"TopicArn": ""})

    @pytest.mark.parametrize(
        "change",
        [
            {"DimensionValueSource": "messageTag"},
            {"DimensionName": None},
        ],
    )
    def test_refuses_a_bad_dimension(self, owner: Client, change: dict[str, Any]) -> None:
        whole = with_dimensions(1)
        dimension = whole["CloudWatchDestination"]["DimensionConfigurations"][0]
        for member, value in change.items():
            dimension.pop(member) if value is None else dimension.update({member: value})
        bad(add, client=owner, **whole)

    def test_takes_ten_dimensions_in_their_order(self, owner: Client) -> None:
        add(owner, **with_dimensions(10))
        shown = destinations(owner)[0]["CloudWatchDestination"]["DimensionConfigurations"]
        names = [dimension["DimensionName"] for dimension in shown]
        assert names == [f"d{number}" for number in range(10, 0, -1)]

    @pytest.mark.parametrize("change", [add, update])
    def test_refuses_eleven_dimensions(self, owner: Client, change: Callable[..., None]) -> None:
        add(owner)
        name = "events" if change is update else "more"
        assert "10 dimensions" in bad(change, client=owner, name=name, **with_dimensions(11))
        assert destinations(owner) == [{"Name": "events", "Enabled": False, **definition()}]

    @pytest.mark.parametrize("name", ["A-z_09", "x" * 64])
    def test_takes_a_good_name(self, owner: Client, name: str) -> None:
        add(owner, name)
        assert destinations(owner)[0]["Name"] == name

    @pytest.mark.parametrize("name", ["x" * 65, "a.b"])
    def test_refuses_a_bad_name(self, owner: Client, name: str) -> None:
        bad(add, client=owner, name=name)

    def test_refuses_a_name_in_use(self, owner: Client) -> None:
        add(owner)
        refused("AlreadyExistsException", 400, add, client=owner, MatchingEventTypes=["OPEN"])
        assert destinations(owner)[0]["MatchingEventTypes"] == ["SEND"]

    def test_takes_ten_in_a_set_and_no_more(self, owner: Client) -> None:
        for number in range(10):
            add(owner, f"d{number}")
        refused("LimitExceededException", 400, add, client=owner, name="d10")
        assert [found["Name"] for found in destinations(owner)] == [f"d{n}" for n in range(10)]
        remove(owner, "d0")
        add(owner, "d10")

    def test_the_limit_is_for_each_set(self, owner: Client) -> None:
        for number in range(10):
            add(owner, f"d{number}")
        owner.create_configuration_set(ConfigurationSetName="second")
        owner.create_configuration_set_event_destination(
            ConfigurationSetName="second",
            EventDestinationName="d10",
            EventDestination=definition(),
        )

    def test_update_replaces_the_whole_definition(self, owner: Client) -> None:
        add(owner, Enabled=True, MatchingEventTypes=["SEND", "OPEN"])
        bus: dict[str, Any] = {"EventBridgeDestination": {"EventBusArn": ARN}}
        update(owner, MatchingEventTypes=["CLICK"], SnsDestination=None, **bus)
        expected = {"Name": "events", "Enabled": False, "MatchingEventTypes": ["CLICK"], **bus}
        assert destinations(owner) == [expected]

    def test_update_keeps_the_position(self, owner: Client) -> None:
        for name in ("b", "a", "c"):
            add(owner, name)
        update(owner, "b", MatchingEventTypes=["OPEN"])
        assert [found["Name"] for found in destinations(owner)] == ["b", "a", "c"]

    def test_update_and_delete_need_the_destination(self, owner: Client) -> None:
        add(owner)
        for call in (update, remove):
            message = refused("NotFoundException", 404, call, client=owner, name="x")
            assert "Event destination <x> does not exist" in message
        assert [found["Name"] for found in destinations(owner)] == ["events"]

    def test_is_gone_after_delete(self, owner: Client) -> None:
        add(owner, "one")
        add(owner, "two")
        remove(owner, "one")
        assert [found["Name"] for found in destinations(owner)] == ["two"]


class TestTags:
    ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/main"

    @staticmethod
    def shown(client: Client) -> list[dict[str, str]]:
        """The tags of the set, after a check that both ways to read them agree."""
        tags: list[dict[str, str]]
        tags = client.get_configuration_set(ConfigurationSetName="main")["Tags"]
        assert client.list_tags_for_resource(ResourceArn=TestTags.ARN)["Tags"] == tags
        return tags

    def test_are_set_and_removed_by_arn(self, owner: Client) -> None:
        assert self.shown(owner) == []
        tags = [{"Key": key, "Value": key.upper()} for key in ("b", "a", "c")]
        owner.tag_resource(ResourceArn=self.ARN, Tags=tags)
        assert self.shown(owner) == tags
        owner.untag_resource(ResourceArn=self.ARN, TagKeys=["b", "c", "other"])
        assert self.shown(owner) == [{"Key": "a", "Value": "A"}]

    @pytest.mark.parametrize(
        "arn",
        [
            f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/other",
            f"arn:aws:ses:us-east-1:{ACCOUNT}:configuration-set/main",
            f"arn:aws:ses:{REGION}:210987654321:configuration-set/main",
        ],
    )
    def test_need_the_set(self, owner: Client, arn: str) -> None:
        tags = [{"Key": "a", "Value": "b"}]
        refused("NotFoundException", 404, owner.list_tags_for_resource, ResourceArn=arn)
        refused("NotFoundException", 404, owner.tag_resource, ResourceArn=arn, Tags=tags)
        refused("NotFoundException", 404, owner.untag_resource, ResourceArn=arn, TagKeys=["a"])

    def test_of_other_resources_stay_with_moto(self, ses: Client) -> None:
        arn = f"arn:aws:ses:{REGION}:{ACCOUNT}:contact-list/people"
        ses.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
        assert ses.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
        ses.untag_resource(ResourceArn=arn, TagKeys=["a"])
        assert ses.list_tags_for_resource(ResourceArn=arn)["Tags"] == []

    def test_of_the_system_come_from_the_inside_only(
        self, emulator: Emulator, owner: Client
    ) -> None:
        owner.tag_resource(ResourceArn=self.ARN, Tags=[{"Key": "team", "Value": "mail"}])
        stack = {"aws:cloudformation:stack-name": "mail"}
        emulator.seed_system_tags("main", stack)
        expected = [
            {"Key": "team", "Value": "mail"},
            {"Key": "aws:cloudformation:stack-name", "Value": "mail"},
        ]
        assert self.shown(owner) == expected
        tags = [{"Key": "aws:cloudformation:stack-name", "Value": "other"}]
        bad(owner.tag_resource, ResourceArn=self.ARN, Tags=tags)
        bad(owner.untag_resource, ResourceArn=self.ARN, TagKeys=list(stack))
        assert self.shown(owner) == expected

    def test_of_the_system_go_to_the_region_asked_for(self, emulator: Emulator) -> None:
        other = connect(emulator.url, region="us-east-1")
        other.create_configuration_set(ConfigurationSetName="main")
        with pytest.raises(LookupError, match="main"):
            emulator.seed_system_tags("main", {"aws:x": "y"})
        emulator.seed_system_tags("main", {"aws:x": "y"}, region="us-east-1")
        answer = other.get_configuration_set(ConfigurationSetName="main")
        assert answer["Tags"] == [{"Key": "aws:x", "Value": "y"}]

    def test_of_the_system_go_to_the_account_of_the_emulator(self) -> None:
        with Emulator(account_id="210987654321") as running:
            client = connect(running.url)
            client.create_configuration_set(ConfigurationSetName="main")
            running.seed_system_tags("main", {"aws:x": "y"})
            answer = client.get_configuration_set(ConfigurationSetName="main")
        assert answer["Tags"] == [{"Key": "aws:x", "Value": "y"}]
