"""What was read of the targets that event destinations lead to."""

from dataclasses import dataclass
from enum import StrEnum


class NeededKind(StrEnum):
    """What a destination needs in order to work."""

    TOPIC = "topic"
    KEY = "key"
    STREAM = "stream"
    ROLE = "role"
    BUS = "bus"


@dataclass(frozen=True)
class Wanted:
    """A target that rules ask for.

    Attributes:
        kind: What it is; a key is named by its topic.
        account_id: The account whose destination leads there.
        region: The region of that destination.
    """

    kind: NeededKind
    arn: str
    account_id: str | None
    region: str


@dataclass(frozen=True)
class Missing:
    """It does not exist."""


@dataclass(frozen=True)
class Unreadable:
    """Nobody knows, and why.

    Attributes:
        is_foreign: Whether it belongs to an account that is not read, which explains it.
    """

    reason: str
    hint: str = ""
    is_foreign: bool = False


@dataclass(frozen=True)
class Topic:
    """An SNS topic.

    Attributes:
        key_id: The KMS key that encrypts it, as SNS names it; empty without one.
        subscriptions: How many confirmed subscriptions it has; None when not told.
    """

    policy: str
    key_id: str = ""
    subscriptions: int | None = None


@dataclass(frozen=True)
class Key:
    """The KMS key of a topic.

    Attributes:
        name: Its ARN, or the alias of one that AWS manages.
        is_aws_managed: Whether AWS manages it, so that nobody can change its policy.
        state: ``Enabled``, or why it cannot be used.
        policy: Its policy, JSON; empty for one that AWS manages.
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
    """It exists, and no rule asks for more."""


Fact = Missing | Unreadable | Topic | Key | Role | Present
