"""What the data sources of our own exports find, told by their arguments and the place.

Nobody is asked: an ARN follows from the account, the region and the name (AWS General Reference).
"""

from collections.abc import Callable, Mapping

from exporter.formats.terraform.hcl.types import Value
from exporter.model.resources import Scope
from exporter.model.targets import ARN_TYPES, ArnType


def looked_up(kind: str, arguments: Mapping[str, Value], place: Scope) -> dict[str, Value]:
    """The attributes of a data source that are certain; none where it has other arguments.

    Args:
        kind: Its type.
        arguments: What is written in it.
        place: The account and region that its provider is of.
    """
    if kind in _OF_PLACE and not arguments:
        return {name: value for name, value in _OF_PLACE[kind](place).items() if value is not None}
    if kind in _SOURCES and set(arguments) == {"name"} and isinstance(arguments["name"], str):
        if place.account_id is None:
            return {}
        name, source = arguments["name"], _SOURCES[kind]
        region = place.region if source.is_regional else ""
        owner = f"{place.partition}:{source.service}:{region}:{place.account_id}"
        return {"name": name, "arn": f"arn:{owner}:{source.prefix}{name}"}
    return {}


_OF_PLACE: Mapping[str, Callable[[Scope], dict[str, Value]]] = {
    "aws_partition": lambda place: {"partition": place.partition},
    "aws_caller_identity": lambda place: {"account_id": place.account_id},
    "aws_region": lambda place: {
        "id": place.region,
        "name": place.region,
        "region": place.region,
        "endpoint": f"ec2.{place.region}.amazonaws.com",
    },
}

# A role may have a path that its name does not tell; an export looks up those without one.
_SOURCES: Mapping[str, ArnType] = {each.data_source: each for each in ARN_TYPES if each.data_source}
