"""What the rules of ``lint`` know about targets: topics, keys, streams, roles and buses."""

from dataclasses import dataclass
from enum import StrEnum


class NeededKind(StrEnum):
    """A kind of resource that a destination needs in order to work."""

    TOPIC = "topic"
    KEY = "key"
    STREAM = "stream"
    ROLE = "role"
    BUS = "bus"


@dataclass(frozen=True)
class NeededResource:
    """A resource that rules need to know about.

    Attributes:
        kind: The kind of resource.
        arn: Its ARN; for a key, that of the topic which it encrypts.
        account_id: The account of the destination that uses it.
        region: The region of that destination.
    """

    kind: NeededKind
    arn: str
    account_id: str | None
    region: str


@dataclass(frozen=True)
class Missing:
    """It doesn't exist."""


@dataclass(frozen=True)
class Unreadable:
    """It could not be read, and why.

    Attributes:
        is_foreign: Whether the reason is that it belongs to an account that isn't read.
    """

    reason: str
    hint: str = ""
    is_foreign: bool = False


@dataclass(frozen=True)
class Topic:
    """An SNS topic.

    Attributes:
        policy: Its policy, JSON.
        key_id: The KMS key that encrypts it, as SNS gives it; empty without one.
        subscriptions: The number of confirmed subscriptions; None if SNS doesn't give it.
    """

    policy: str
    key_id: str = ""
    subscriptions: int | None = None


@dataclass(frozen=True)
class Key:
    """The KMS key of a topic.

    Attributes:
        name: Its ARN, or the alias of one that AWS manages.
        is_aws_managed: Whether AWS manages it, so that its policy can't be changed.
        state: Its KMS key state; it can be used if that is ``Enabled``.
        policy: Its policy, JSON; empty if AWS manages it.
    """

    name: str
    is_aws_managed: bool = False
    state: str = "Enabled"
    policy: str = ""


@dataclass(frozen=True)
class Role:
    """An IAM role, with its trust policy (JSON)."""

    trust: str


@dataclass(frozen=True)
class Present:
    """It exists, and no rule needs to know more."""


Fact = Missing | Unreadable | Topic | Key | Role | Present
