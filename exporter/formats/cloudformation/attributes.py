"""What ``Ref`` and ``Fn::GetAtt`` return for resources of the same template.

The types are those that a set or an event destination refers to. Return values are those of the
template reference; ARN formats are those of the service authorization reference.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exporter.formats.cloudformation import generated_names
from exporter.formats.cloudformation.parameters import account_id, region
from exporter.formats.cloudformation.template_context import Context, Json, UnknowableError
from exporter.formats.cloudformation.texts import joined, text_of
from exporter.formats.code_resource import Unknown
from exporter.model.resources import partition_of


@dataclass(frozen=True)
class _Type:
    """A resource type.

    Attributes:
        name: The property with the resource's name; empty if there is none.
        arn: Its ARN up to the name: the service, whether it has a region, and the name's prefix.
        arn_attributes: The attributes that return its ARN.
        name_attributes: The attributes that return its name.
        is_arn: Whether ``Ref`` returns its ARN rather than its name.
    """

    name: str
    arn: tuple[str, bool, str] | None = None
    arn_attributes: tuple[str, ...] = ()
    name_attributes: tuple[str, ...] = ()
    is_arn: bool = False


_TYPES: Mapping[str, _Type] = {
    "AWS::SNS::Topic": _Type(
        "TopicName", ("sns", True, ""), ("TopicArn",), ("TopicName",), is_arn=True
    ),
    "AWS::KinesisFirehose::DeliveryStream": _Type(
        "DeliveryStreamName", ("firehose", True, "deliverystream/"), ("Arn",)
    ),
    "AWS::IAM::Role": _Type("RoleName", ("iam", False, "role"), ("Arn",)),
    "AWS::Events::EventBus": _Type("Name", ("events", True, "event-bus/"), ("Arn",), ("Name",)),
    "AWS::Pinpoint::App": _Type("", ("mobiletargeting", True, "apps/"), ("Arn",)),
    "AWS::SES::DedicatedIpPool": _Type("PoolName"),
    "AWS::SES::EmailIdentity": _Type("EmailIdentity"),
}

Properties = Callable[[], Mapping[str, Json]]
"""Evaluates and returns the properties of a resource."""


def is_known_type(kind: str) -> bool:
    """Whether references to resources of a type can be evaluated."""
    return kind in _TYPES


def ref(logical_id: str, kind: str, properties: Properties, context: Context) -> Json:
    """Return the value of ``Ref``.

    Raises:
        UnknowableError: when it can't be evaluated.
    """
    row = _TYPES[kind]
    evaluate = _arn if row.is_arn else _name
    return evaluate(row, logical_id, properties, context)


def attribute(
    logical_id: str, kind: str, name: str, properties: Properties, context: Context
) -> Json:
    """Return the value of ``Fn::GetAtt``.

    Raises:
        UnknowableError: when it can't be evaluated.
    """
    row = _TYPES[kind]
    if name in row.arn_attributes:
        return _arn(row, logical_id, properties, context)
    if name in row.name_attributes:
        return _name(row, logical_id, properties, context)
    raise UnknowableError(f"refers to {logical_id}.{name}, which cannot be evaluated")


def _arn(row: _Type, logical_id: str, properties: Properties, context: Context) -> Json:
    physical = context.physical_id(logical_id) if context.around.is_deployed else None
    if physical is not None and physical.startswith("arn:"):
        return physical
    return joined(
        [_before_name(row, properties, context), _name(row, logical_id, properties, context)]
    )


def _before_name(row: _Type, properties: Properties, context: Context) -> str:
    assert row.arn is not None
    service, is_regional, prefix = row.arn
    own_region = region(context)
    arn_region = own_region if is_regional else ""
    if prefix == "role":
        prefix += text_of(properties().get("Path") or "/")
    return f"arn:{partition_of(own_region)}:{service}:{arn_region}:{account_id(context)}:{prefix}"


def _name(row: _Type, logical_id: str, properties: Properties, context: Context) -> Json:
    name = properties().get(row.name) if row.name else None
    is_written = name is not None and not isinstance(name, Unknown)
    if not is_written or context.around.is_deployed:
        physical = context.physical_id(logical_id)
        if physical is not None:
            return physical.rpartition(":")[2] if physical.startswith("arn:") else physical
    if name is not None:
        return joined([name])
    if row.arn is None or not row.name:
        raise UnknowableError(f"the name of {logical_id} is unknown: {generated_names.GENERATED}")
    return generated_names.target_name(logical_id, _before_name(row, properties, context), context)
