"""The attributes of resources and data sources that code can refer to.

AWS isn't asked: an ARN follows from the account, the region and the name (AWS General Reference).
"""

from collections.abc import Callable, Iterable, Mapping

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.types import (
    Partial,
    Value,
    partly_known,
    to_string,
    without_pattern,
)
from exporter.formats.terraform.names import ID_MARKS, NAME_ARGUMENTS
from exporter.model.targets import ARN_TYPES, ArnType

Arguments = Callable[[str], Value]
"""Returns the value of an argument by name; None if it isn't set."""

_ARNS: Mapping[str, ArnType] = {
    arn_type.data_source: arn_type for arn_type in ARN_TYPES if arn_type.data_source
}
"""By type; resources and data sources have the same types."""

_ROLE = "aws_iam_role"
_ID_IS_ARN = frozenset({"aws_sns_topic", "aws_kinesis_firehose_delivery_stream"})


def resource_attributes(
    type_: str,
    written: Iterable[str],
    argument: Arguments,
    inputs: CodeInputs,
    attribute: str | None,
) -> Value:
    """Return the attributes of a resource.

    Args:
        type_: Its type.
        written: The names of the arguments that its code sets.
        argument: The values of its arguments.
        inputs: Its account and region, and what is known of the other side.
        attribute: The only attribute to return; None for all.
    """
    names = list(written) if attribute is None else [attribute] if attribute in written else []
    values = {name: argument(name) for name in names}
    # The provider sets an argument that is null, and removes a dot at the end of a domain.
    known = {name: value for name, value in values.items() if not _may_be_changed(value)}
    if type_ in _ARNS and (attribute is None or attribute in ("arn", "id")):
        known |= _computed_attributes(type_, argument, inputs)
    if attribute is not None and attribute not in known:
        known[attribute] = Unknown(
            _GENERATED.get((type_, attribute), "AWS or the provider generates it")
        )
    return Partial(known)


def _may_be_changed(value: Value) -> bool:
    return value is None or (isinstance(value, str) and value.endswith("."))


def _computed_attributes(type_: str, argument: Arguments, inputs: CodeInputs) -> dict[str, Value]:
    name = _name(type_, argument)
    path = argument("path") if type_ == _ROLE else None
    arn = _arn(_ARNS[type_], name if path is None else _with_path(path, name), inputs)
    return {"arn": arn, "id": arn if type_ in _ID_IS_ARN else name}


def _name(type_: str, argument: Arguments) -> Value:
    name, prefix = argument("name"), argument("name_prefix")
    if name is not None:
        return to_string(name)
    generated = Unknown(f"the name of the {type_} is generated")
    return partly_known([prefix if isinstance(prefix, str) else generated, generated], generated)


def _with_path(path: Value, name: Value) -> Value:
    """Return a role's name with its path, as it is in the ARN."""
    parts = [to_string(path), name]
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    if isinstance(parts[0], str):
        parts[0] = parts[0].removeprefix("/")
    return partly_known(parts, unknown) if unknown else "".join(parts)


def _arn(type_: ArnType, name: Value, inputs: CodeInputs) -> Value:
    if inputs.account_id is None or (inputs.region is None and type_.is_regional):
        return without_pattern(name) if isinstance(name, Unknown) else _NO_ACCOUNT_OR_REGION
    region = inputs.region if type_.is_regional else ""
    owner = f"{inputs.partition or 'aws'}:{type_.service}:{region}:{inputs.account_id}"
    prefix = f"arn:{owner}:{type_.prefix}"
    return partly_known([prefix, name], name) if isinstance(name, Unknown) else f"{prefix}{name}"


_GENERATED: Mapping[tuple[str, str], str] = {
    ("aws_pinpoint_app", "arn"): "AWS generates the ID of an aws_pinpoint_app",
    ("aws_pinpoint_app", "application_id"): "AWS generates the ID of an aws_pinpoint_app",
}


def ses_attributes(
    type_: str, known: Mapping[str, Value], inputs: CodeInputs, attribute: str | None
) -> Value:
    """Return the attributes of a set or a destination: its names, its id, and the ARN of a set.

    Args:
        type_: Its type.
        known: Its names, in the order of its import id, followed by any other known attribute.
        inputs: Its account and region.
        attribute: The only attribute to return; None for all.
    """
    names = [known[argument] for argument in NAME_ARGUMENTS[type_]]
    attributes = {**known, "id": _id(type_, names)}
    if len(names) == 1:
        attributes["arn"] = _arn_of_set(names[0], inputs)
    return Partial({attribute: attributes[attribute]} if attribute in attributes else attributes)


def _id(type_: str, names: list[Value]) -> Value:
    separator = ID_MARKS.get(type_)
    if not separator:
        return names[-1]
    unknown = next((name for name in names if isinstance(name, Unknown)), None)
    return (
        partly_known([names[0], separator, names[1]], unknown) if unknown else separator.join(names)
    )


def _arn_of_set(name: Value, inputs: CodeInputs) -> Value:
    if isinstance(name, Unknown):
        return without_pattern(name)
    if None in (inputs.account_id, inputs.region):
        return _NO_ACCOUNT_OR_REGION
    owner = f"{inputs.partition}:ses:{inputs.region}:{inputs.account_id}"
    return f"arn:{owner}:configuration-set/{name}"


# Data sources
# ------------------------------------------------------------------------------------------


def data_attributes(type_: str, values: Mapping[str, Value], inputs: CodeInputs) -> Value:
    """Return the attributes of a data source that are certain.

    Args:
        type_: Its type.
        values: Its arguments, without meta-arguments.
        inputs: Its account and region, and what is known of the other side.
    """
    if type_ in _ACCOUNT_DATA and not values.keys() - {"region"}:
        values_here = _ACCOUNT_DATA[type_](inputs)
        return Partial(
            {name: _NO_ACCOUNT_OR_REGION if v is None else v for name, v in values_here.items()}
        )
    if type_ not in _ARNS:
        return Partial(values)
    computed = _computed_attributes(type_, values.get, inputs)
    if type_ == _ROLE and isinstance(computed["arn"], str):
        computed["arn"] = _with_live_path(computed["arn"], inputs)
    return Partial({**values, **computed})


def _with_live_path(arn: str, inputs: CodeInputs) -> str:
    """Add the path to the ARN of a role, from the other side of the comparison.

    Role names are unique in an account, so a role of the same name there is the same role.
    """
    other = inputs.other_at(inputs.account_id, inputs.region)
    prefix, _, name = arn.partition(":role/")
    matches = [
        candidate
        for candidate in (other.names.arns if other else ())
        if candidate.startswith(f"{prefix}:role/") and candidate.endswith(f"/{name}")
    ]
    return matches[0] if len(matches) == 1 else arn


def _region_data(inputs: CodeInputs) -> dict[str, Value]:
    region = inputs.region
    endpoint = f"ec2.{region}.amazonaws.com" if region else None
    return {"id": region, "name": region, "region": region, "endpoint": endpoint}


_NO_ACCOUNT_OR_REGION = Unknown("the account or the region is not known")
_SUFFIXES = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}

_ACCOUNT_DATA: Mapping[str, Callable[[CodeInputs], dict[str, Value]]] = {
    "aws_partition": lambda inputs: {
        "id": inputs.partition,
        "partition": inputs.partition,
        "dns_suffix": _SUFFIXES.get(inputs.partition or ""),
    },
    "aws_caller_identity": lambda inputs: {
        "id": inputs.account_id,
        "account_id": inputs.account_id,
    },
    "aws_region": _region_data,
}
