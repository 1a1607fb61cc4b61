"""A value for everything that a target of each kind holds, from ``TARGET_TYPES``."""

from typing import Any

from exporter.model import codec
from exporter.model.resources import EventDestination, TargetKind
from exporter.model.targets import ARN_TYPES, TARGET_TYPES, ArnType, TargetType

REGION = "eu-west-1"
ACCOUNT = "123456789012"

DIMENSIONS = [
    {
        "DimensionName": "campaign",
        "DimensionValueSource": "MESSAGE_TAG",
        "DefaultDimensionValue": "none",
    }
]


def arn_of(arn_type: ArnType, name: str = "mail", region: str = REGION) -> str:
    """An ARN of a type."""
    where = region if arn_type.is_regional else ""
    return f"arn:aws:{arn_type.service}:{where}:{ACCOUNT}:{arn_type.prefix}{name}"


def arns_of(row: TargetType, region: str = REGION) -> dict[str, str]:
    """An ARN for each field, in the API's spelling, of a kind of target that holds one."""
    return {
        codec.wire_name(row.model, field): arn_of(each, f"mail-{each.service}", region)
        for field, each in row.arns.items()
    }


def target_of(kind: TargetKind, region: str = REGION) -> dict[str, Any]:
    """A target as a destination holds it."""
    row = TARGET_TYPES[kind]
    # Only metrics have no ARN.
    inner: dict[str, Any] = dict(arns_of(row, region)) or {"DimensionConfigurations": DIMENSIONS}
    return {codec.wire_name(EventDestination, row.field): inner}


ARNS = {name: arn for row in TARGET_TYPES.values() for name, arn in arns_of(row).items()}
"""An ARN by the API's name of its field."""

assert len(ARN_TYPES) == len(set(ARNS.values()))
