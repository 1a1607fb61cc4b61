"""What code needs from outside to be evaluated: where it is deployed, and values it is given."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CodeInputs:
    """What is known of code beside the code itself.

    Attributes:
        account_id: The account that it is meant for, where the code does not say it: that of the
            other side of the comparison.
        region: Its region.
        partition: Its partition.
    """

    account_id: str | None = None
    region: str | None = None
    partition: str | None = None
