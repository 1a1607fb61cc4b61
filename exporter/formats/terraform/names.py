"""The AWS provider's names for what SES has, in the API's spelling."""

from typing import Final

from exporter.model.identities import Identity

SET_TYPE = "aws_sesv2_configuration_set"
DESTINATION_TYPE = "aws_sesv2_configuration_set_event_destination"

LISTS = {"dimension_configuration": "DimensionConfigurations"}
"""Blocks of which there may be several, with the API's name of them all."""

V1_TYPES: Final = frozenset({"aws_ses_configuration_set", "aws_ses_event_destination"})
"""What the provider makes by the API before v2: sets and destinations of SES as well."""


def is_unset(name: str, value: object) -> bool:
    """Whether the value of an argument is none to the provider, which demands the argument."""
    return name == "custom_redirect_domain" and value == ""


def pascal(name: str) -> str:
    """``topic_arn`` becomes ``TopicArn``."""
    return "".join(part.capitalize() for part in name.split("_"))


def resource_type(identity: Identity) -> str:
    """The provider's type for a resource."""
    return DESTINATION_TYPE if identity.event_destination else SET_TYPE
