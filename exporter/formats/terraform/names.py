"""The AWS provider's names for SES resources and their arguments."""

from collections.abc import Mapping
from typing import Final

from exporter.model.identities import Identity

SET_TYPE = "aws_sesv2_configuration_set"
DESTINATION_TYPE = "aws_sesv2_configuration_set_event_destination"

LISTS = {
    "dimension_configuration": "DimensionConfigurations",
    "cloudwatch_destination": "CloudwatchDestination",
}
"""Blocks that can be repeated, with the API's name for the list."""

V1_SET_TYPE: Final = "aws_ses_configuration_set"
V1_DESTINATION_TYPE: Final = "aws_ses_event_destination"
V1_TYPES: Final = frozenset({V1_SET_TYPE, V1_DESTINATION_TYPE})
"""The provider's types that use the SES API v1; they are the same sets and destinations."""

SET_TYPES: Final = frozenset({SET_TYPE, V1_SET_TYPE})

NAME_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    SET_TYPE: ("configuration_set_name",),
    DESTINATION_TYPE: ("configuration_set_name", "event_destination_name"),
    V1_SET_TYPE: ("name",),
    V1_DESTINATION_TYPE: ("configuration_set_name", "name"),
}
"""By type, the arguments that contain a resource's names, in the order of its import id."""

ID_MARKS: Final[Mapping[str, str]] = {DESTINATION_TYPE: "|", V1_DESTINATION_TYPE: ""}
"""The separator of the names in the attribute ``id``; empty if the last name is the id."""


def is_unset(name: str, value: object) -> bool:
    """Whether the provider reads the value of a required argument as unset."""
    return name == "custom_redirect_domain" and value == ""


def is_v1(address: str) -> bool:
    """Whether an address, with or without instance keys, is of a resource of the API v1."""
    return any(f"{kind}." in address for kind in V1_TYPES)


def pascal(name: str) -> str:
    """``topic_arn`` becomes ``TopicArn``."""
    return "".join(part.capitalize() for part in name.split("_"))


def resource_type(identity: Identity) -> str:
    """Return the provider's type for a resource."""
    return DESTINATION_TYPE if identity.event_destination else SET_TYPE
