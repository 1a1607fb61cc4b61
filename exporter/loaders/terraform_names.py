"""The AWS provider's names for what SES has, in the API's spelling."""

LISTS = {"dimension_configuration": "DimensionConfigurations"}
"""Blocks of which there may be several, with the API's name of them all."""


def pascal(name: str) -> str:
    """``topic_arn`` becomes ``TopicArn``."""
    return "".join(part.capitalize() for part in name.split("_"))
