"""What code can refer to of a resource or a data source, as far as its code and place tell it.

Nobody is asked: an ARN follows from the account, the region and the name (AWS General Reference).
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
"""The value of an argument by its name; None where it is not written."""

_ARNS: Mapping[str, ArnType] = {each.data_source: each for each in ARN_TYPES if each.data_source}
"""By type, of resources and of data sources alike."""

_ROLE = "aws_iam_role"
_ID_IS_ARN = frozenset({"aws_sns_topic", "aws_kinesis_firehose_delivery_stream"})


def of_resource(
    kind: str, written: Iterable[str], argument: Arguments, place: CodeInputs, wanted: str | None
) -> Value:
    """The attributes of a resource.

    Args:
        kind: Its type.
        written: The arguments that its code writes.
        argument: Their values.
        place: Where it is.
        wanted: The one that is asked for; None for all.
    """
    names = list(written) if wanted is None else [wanted] if wanted in written else []
    found = {name: argument(name) for name in names}
    # What is null is left to the provider, which cuts the dot at the end of a domain.
    known = {name: value for name, value in found.items() if not _is_changed(value)}
    if kind in _ARNS and (wanted is None or wanted in ("arn", "id")):
        known |= _computed(kind, argument, place)
    if wanted is not None and wanted not in known:
        known[wanted] = Unknown(_WHY.get((kind, wanted), "AWS or the provider makes it up"))
    return Partial(known)


def _is_changed(value: Value) -> bool:
    return value is None or (isinstance(value, str) and value.endswith("."))


def _computed(kind: str, argument: Arguments, place: CodeInputs) -> dict[str, Value]:
    name = _name(kind, argument)
    path = argument("path") if kind == _ROLE else None
    arn = _arn(_ARNS[kind], name if path is None else _below(path, name), place)
    return {"arn": arn, "id": arn if kind in _ID_IS_ARN else name}


def _name(kind: str, argument: Arguments) -> Value:
    name, prefix = argument("name"), argument("name_prefix")
    if name is not None:
        return to_string(name)
    generated = Unknown(f"the name of the {kind} is generated")
    return partly_known([prefix if isinstance(prefix, str) else generated, generated], generated)


def _below(path: Value, name: Value) -> Value:
    """A name as an ARN has it that stands below a path."""
    parts = [to_string(path), name]
    unknown = next((each for each in parts if isinstance(each, Unknown)), None)
    if isinstance(parts[0], str):
        parts[0] = parts[0].removeprefix("/")
    return partly_known(parts, unknown) if unknown else "".join(parts)


def _arn(type_: ArnType, name: Value, place: CodeInputs) -> Value:
    if place.account_id is None or (place.region is None and type_.is_regional):
        return without_pattern(name) if isinstance(name, Unknown) else _NOT_SAID
    region = place.region if type_.is_regional else ""
    owner = f"{place.partition or 'aws'}:{type_.service}:{region}:{place.account_id}"
    start = f"arn:{owner}:{type_.prefix}"
    return partly_known([start, name], name) if isinstance(name, Unknown) else f"{start}{name}"


_WHY: Mapping[tuple[str, str], str] = {
    ("aws_pinpoint_app", "arn"): "AWS generates the id of an aws_pinpoint_app",
    ("aws_pinpoint_app", "application_id"): "AWS generates the id of an aws_pinpoint_app",
}


def of_ses(kind: str, known: Mapping[str, Value], place: CodeInputs, wanted: str | None) -> Value:
    """The attributes of a set or a destination: its names, its id, and the ARN of a set.

    Args:
        kind: Its type.
        known: Its names, in the order of its import id, and after them what else is known.
        place: Where it is.
        wanted: The one that is asked for; None for all.
    """
    names = [known[argument] for argument in NAME_ARGUMENTS[kind]]
    found = {**known, "id": _id(kind, names)}
    if len(names) == 1:
        found["arn"] = _arn_of_set(names[0], place)
    return Partial({wanted: found[wanted]} if wanted in found else found)


def _id(kind: str, names: list[Value]) -> Value:
    mark = ID_MARKS.get(kind)
    if not mark:
        return names[-1]
    unknown = next((each for each in names if isinstance(each, Unknown)), None)
    return partly_known([names[0], mark, names[1]], unknown) if unknown else mark.join(names)


def _arn_of_set(name: Value, place: CodeInputs) -> Value:
    if isinstance(name, Unknown):
        return without_pattern(name)
    if None in (place.account_id, place.region):
        return _NOT_SAID
    owner = f"{place.partition}:ses:{place.region}:{place.account_id}"
    return f"arn:{owner}:configuration-set/{name}"


# Data sources
# ------------------------------------------------------------------------------------------


def of_data(kind: str, values: Mapping[str, Value], place: CodeInputs) -> Value:
    """The attributes of a data source that are certain.

    Args:
        kind: Its type.
        values: What is written in it, without meta-arguments.
        place: Where it looks.
    """
    if kind in _OF_PLACE and not values.keys() - {"region"}:
        found = _OF_PLACE[kind](place)
        return Partial({name: _NOT_SAID if v is None else v for name, v in found.items()})
    if kind not in _ARNS:
        return Partial(values)
    computed = _computed(kind, values.get, place)
    if kind == _ROLE and isinstance(computed["arn"], str):
        computed["arn"] = _role_as_it_is(computed["arn"], place)
    return Partial({**values, **computed})


def _role_as_it_is(arn: str, place: CodeInputs) -> str:
    """The ARN of a role with its path, which the name does not tell.

    An account has one role of a name, so that one with a path on the other side is the same; where
    there is none, no path would make it equal to what is there.
    """
    other = place.other_at(place.account_id, place.region)
    start, _, name = arn.partition(":role/")
    fitting = [
        each
        for each in (other.names.arns if other else ())
        if each.startswith(f"{start}:role/") and each.endswith(f"/{name}")
    ]
    return fitting[0] if len(fitting) == 1 else arn


def _of_region(place: CodeInputs) -> dict[str, Value]:
    region = place.region
    endpoint = f"ec2.{region}.amazonaws.com" if region else None
    return {"id": region, "name": region, "region": region, "endpoint": endpoint}


_NOT_SAID = Unknown("the account or the region is not known")
_SUFFIXES = {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com", "aws-cn": "amazonaws.com.cn"}

_OF_PLACE: Mapping[str, Callable[[CodeInputs], dict[str, Value]]] = {
    "aws_partition": lambda place: {
        "id": place.partition,
        "partition": place.partition,
        "dns_suffix": _SUFFIXES.get(place.partition or ""),
    },
    "aws_caller_identity": lambda place: {"id": place.account_id, "account_id": place.account_id},
    "aws_region": _of_region,
}
