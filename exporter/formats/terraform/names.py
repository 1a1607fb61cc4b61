"""The AWS provider's names for what SES has, in the API's spelling."""

from collections.abc import Mapping
from typing import Final

from exporter.model.identities import Identity

SET_TYPE = "aws_sesv2_configuration_set"
DESTINATION_TYPE = "aws_sesv2_configuration_set_event_destination"

LISTS = {
    "dimension_configuration": "DimensionConfigurations",
    "cloudwatch_destination": "CloudwatchDestination",
}
"""Blocks of which there may be several, with the API's name of them all."""

V1_SET_TYPE: Final = "aws_ses_configuration_set"
V1_DESTINATION_TYPE: Final = "aws_ses_event_destination"
V1_TYPES: Final = frozenset({V1_SET_TYPE, V1_DESTINATION_TYPE})
"""What the provider makes by the API before v2: sets and destinations of SES as well."""

SET_TYPES: Final = frozenset({SET_TYPE, V1_SET_TYPE})

NAME_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    SET_TYPE: ("configuration_set_name",),
    DESTINATION_TYPE: ("configuration_set_name", "event_destination_name"),
    V1_SET_TYPE: ("name",),
    V1_DESTINATION_TYPE: ("configuration_set_name", "name"),
}
"""By type, the arguments that name a resource, in the order of its import id."""

ID_MARKS: Final[Mapping[str, str]] = {DESTINATION_TYPE: "|", V1_DESTINATION_TYPE: ""}
"""What stands between the names in the attribute ``id``; empty where the last one is the id."""


def is_unset(name: str, value: object) -> bool:
    """Whether the value of an argument is none to the provider, which demands the argument."""
    return name == "custom_redirect_domain" and value == ""


def is_v1(address: str) -> bool:
    """Whether an address, with keys of instances or without, is that of a resource of API v1."""
    return any(f"{kind}." in address for kind in V1_TYPES)


def pascal(name: str) -> str:
    """``topic_arn`` becomes ``TopicArn``."""
    return "".join(part.capitalize() for part in name.split("_"))


def resource_type(identity: Identity) -> str:
    """The provider's type for a resource."""
    return DESTINATION_TYPE if identity.event_destination else SET_TYPE
