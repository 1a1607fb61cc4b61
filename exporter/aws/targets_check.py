"""Read the targets of event destinations: topics and their keys, streams, roles and buses.

All calls only read (``GetTopicAttributes``, ``DescribeKey``, ``GetKeyPolicy``,
``DescribeDeliveryStream``, ``GetRole``, ``DescribeEventBus``). IAM and Firehose take names without
an account, so another account's role or stream is read with that account's credentials or not at
all: otherwise one of the same name would be checked instead.
"""

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from exporter.aws import errors
from exporter.aws.discovery import discover
from exporter.aws.region_reader import AccountRegion
from exporter.aws.session import AWS_ERRORS, Connection
from exporter.aws.workers import in_parallel
from exporter.model import arns
from exporter.model.account_query import AccountQuery
from exporter.model.arns import ArnParts
from exporter.model.target_facts import (
    Fact,
    Key,
    Missing,
    NeededKind,
    NeededResource,
    Present,
    Role,
    Topic,
    Unreadable,
)
from exporter.support.errors import ExporterError

_NOT_FOUND = frozenset(
    {"NotFound", "NotFoundException", "NoSuchEntity", "NoSuchEntityException"}
    | {"ResourceNotFoundException"}
)
_AT_ONCE = 8
"""Few: Firehose allows five calls a second, and botocore waits if it throttles."""

_AWS_ALIAS = "alias/aws/sns"
_DEFAULT_BUS = "event-bus/default"


def read_targets(
    queries: Sequence[AccountQuery], needed: Iterable[NeededResource]
) -> dict[tuple[NeededKind, str], Fact]:
    """Read the resources that destinations need, each once.

    Returns:
        A fact about each, by kind and ARN; ``Unreadable`` if it can't be read. The key of a topic
        is stored under the topic's ARN; a topic without a key has none.

    Raises:
        ExporterError: if no account can be accessed.
    """
    requests = sorted(needed, key=lambda each: (each.kind, each.arn, each.region))
    if not requests:
        return {}
    stop = threading.Event()
    try:
        reader = _TargetReader(discover(queries, stop).account_regions)
        keys = {each.arn for each in requests if each.kind is NeededKind.KEY}
        distinct = {
            (each.kind, each.arn): each for each in requests if each.kind is not NeededKind.KEY
        }
        jobs = [partial(reader.read, each, with_key=each.arn in keys) for each in distinct.values()]
        in_parallel(jobs, stop, _AT_ONCE)
    finally:
        stop.set()
    reader.close()
    return reader.facts


class _TargetReader:
    """Reads targets in the accounts that were read."""

    def __init__(self, account_regions: Sequence[AccountRegion]) -> None:
        self.facts: dict[tuple[NeededKind, str], Fact] = {}
        self._homes = {each.key: each.connection for each in account_regions}
        self._accounts: dict[str, Connection] = {}
        for each in account_regions:
            self._accounts.setdefault(each.account.account_id, each.connection)
        self._clients: dict[tuple[int, str, str], Any] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        for client in self._clients.values():
            with suppress(AttributeError):
                client.close()

    def read(self, needed: NeededResource, *, with_key: bool) -> None:
        fact = self._fact(needed)
        self.facts[needed.kind, needed.arn] = fact
        if not with_key:
            return
        if isinstance(fact, Unreadable):
            self.facts[NeededKind.KEY, needed.arn] = fact
        elif isinstance(fact, Topic) and fact.key_id:
            self.facts[NeededKind.KEY, needed.arn] = self._key(needed, fact.key_id)

    def _fact(self, needed: NeededResource) -> Fact:
        arn = arns.split(needed.arn)
        if arn is None:
            return Unreadable("this is not an ARN")
        if needed.kind is NeededKind.BUS and arn.resource == _DEFAULT_BUS:
            # Every account has one in every region, and it can't be deleted.
            return Present()
        connection = self._owner(arn, needed)
        if connection is None and needed.kind is not NeededKind.TOPIC:
            return _foreign(arn)
        service, reader = _READERS[needed.kind]
        used = connection or self._home(needed)
        if used is None:
            return _foreign(arn)
        fact = self._read(used, service, arn.region or used.region, partial(reader, arn))
        if connection is None and isinstance(fact, Unreadable):
            return replace(fact, hint=_foreign(arn).hint, is_foreign=True)
        return fact

    def _owner(self, arn: ArnParts, needed: NeededResource) -> Connection | None:
        """Return the credentials of the account that owns a resource."""
        if arn.account in ("", needed.account_id):
            return self._home(needed)
        return self._accounts.get(arn.account)

    def _home(self, needed: NeededResource) -> Connection | None:
        """Return the credentials of the account that has the destination."""
        account_id = needed.account_id or ""
        return self._homes.get((account_id, needed.region)) or self._accounts.get(account_id)

    def _key(self, needed: NeededResource, key_id: str) -> Fact:
        """Read the key of a topic, which SNS names by an id, an alias, or the ARN of either."""
        if key_id.endswith(_AWS_ALIAS):
            return Key(_AWS_ALIAS, is_aws_managed=True)
        topic = arns.split(needed.arn)
        assert topic is not None
        arn = arns.split(key_id) or replace(topic, text=key_id)
        connection = self._owner(arn, needed)
        if connection is None:
            return replace(_foreign(arn), reason=f"its key {key_id}: {_foreign(arn).reason}")
        fact = self._read(connection, "kms", arn.region, partial(_read_key, arn))
        if isinstance(fact, Unreadable):
            return replace(fact, reason=f"its key {key_id}: {fact.reason}")
        return fact

    def _read(
        self, connection: Connection, service: str, region: str, reader: Callable[[Any], Fact]
    ) -> Fact:
        try:
            return reader(self._client(connection, service, region))
        except AWS_ERRORS as error:
            return _from_error(error)
        except ExporterError as error:
            return Unreadable(error.what, error.hint)
        except (KeyError, TypeError, AttributeError, ValueError):
            # botocore turns a response of another shape into an empty one.
            return Unreadable(f"{service} returned no answer to the request")

    def _client(self, connection: Connection, service: str, region: str) -> Any:
        key = (id(connection), service, region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = connection.service(service, region)
            return self._clients[key]


def _foreign(arn: ArnParts) -> Unreadable:
    return Unreadable(
        f"it belongs to account {arn.account}, which is not being read",
        "read that account too, with --role-arn or --organization-role",
        is_foreign=True,
    )


def _from_error(error: Exception) -> Fact:
    if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in _NOT_FOUND:
        return Missing()
    explained = errors.explain(error, "")
    return Unreadable(explained.what, explained.hint)


# Readers
# --------------------------------------------------------------------------------------


def _read_topic(arn: ArnParts, client: Any) -> Fact:
    attributes = client.get_topic_attributes(TopicArn=arn.text)["Attributes"]
    confirmed = attributes.get("SubscriptionsConfirmed")
    return Topic(
        policy=attributes["Policy"],
        key_id=attributes.get("KmsMasterKeyId", ""),
        subscriptions=None if confirmed is None else int(confirmed),
    )


def _read_key(arn: ArnParts, client: Any) -> Fact:
    key = client.describe_key(KeyId=arn.text)["KeyMetadata"]
    name, state = key["Arn"], key["KeyState"]
    if key.get("KeyManager") == "AWS":
        return Key(name, is_aws_managed=True, state=state)
    policy = client.get_key_policy(KeyId=name, PolicyName="default")["Policy"]
    return Key(name, state=state, policy=policy)


def _read_stream(arn: ArnParts, client: Any) -> Fact:
    response = client.describe_delivery_stream(DeliveryStreamName=arn.name, Limit=1)
    response["DeliveryStreamDescription"]["DeliveryStreamARN"]
    return Present()


def _read_role(arn: ArnParts, client: Any) -> Fact:
    role = client.get_role(RoleName=arn.name)["Role"]
    if role["Arn"] != arn.text:
        # A role of this name exists on another path.
        return Missing()
    trust = role["AssumeRolePolicyDocument"]
    return Role(trust if isinstance(trust, str) else json.dumps(trust))


def _read_bus(arn: ArnParts, client: Any) -> Fact:
    client.describe_event_bus(Name=arn.name)["Arn"]
    return Present()


_READERS: Mapping[NeededKind, tuple[str, Callable[[ArnParts, Any], Fact]]] = {
    NeededKind.TOPIC: ("sns", _read_topic),
    NeededKind.STREAM: ("firehose", _read_stream),
    NeededKind.ROLE: ("iam", _read_role),
    NeededKind.BUS: ("events", _read_bus),
}
"""By kind: the service, by botocore's name, and the function that reads it."""
