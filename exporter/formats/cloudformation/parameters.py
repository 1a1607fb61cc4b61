"""What ``Ref`` returns for parameters and pseudo parameters."""

from collections.abc import Callable, Mapping

from exporter.formats.cloudformation.template_context import Context, Json, UnknowableError
from exporter.formats.cloudformation.texts import literal, text_of
from exporter.formats.code_resource import Unknown
from exporter.model.resources import partition_of


def parameter(name: str, context: Context) -> Json:
    """Return the value of a parameter that a template declares.

    Raises:
        UnknowableError: when it isn't known.
    """
    declared = context.parameters[name]
    if not isinstance(declared, dict):
        raise UnknowableError(f"the parameter {name} is not declared as one")
    kind = str(declared.get("Type", "String"))
    value = _value(name, kind, declared, context)
    if isinstance(value, Unknown):
        return value
    text = text_of(value)
    if kind == "CommaDelimitedList" or "List<" in kind:
        return [literal(item.strip()) for item in text.split(",")]
    return literal(text)


def _value(name: str, kind: str, declared: Mapping[str, Json], context: Context) -> Json:
    around = context.around
    if name in around.resolved:
        return around.resolved[name]
    deployment = around.deployment
    value: Json = None
    if not kind.startswith("AWS::SSM::Parameter::Value"):
        value = around.given.get(name)
    if value is None and deployment is not None:
        value = deployment.parameters.get(name)
    if value is not None:
        return value
    if kind.startswith("AWS::SSM::Parameter::Value"):
        raise UnknowableError(f"the parameter {name} is looked up in SSM")
    if str(declared.get("NoEcho", "")).lower() == "true":
        # A stack hides its value, which may differ from the default.
        raise UnknowableError(f"the parameter {name} is hidden (NoEcho)")
    if declared.get("Default") is None:
        raise UnknowableError(f"the parameter {name} has no default")
    return declared["Default"]


def account_id(context: Context) -> str:
    """Return the value of ``AWS::AccountId``.

    Raises:
        UnknowableError: when it isn't known.
    """
    if context.around.account_id is None:
        raise UnknowableError("the account is not known")
    return context.around.account_id


def region(context: Context) -> str:
    """Return the value of ``AWS::Region``.

    Raises:
        UnknowableError: when it isn't known.
    """
    if context.around.region is None:
        raise UnknowableError("the region is not known")
    return context.around.region


_URL_SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
}


def _url_suffix(context: Context) -> str:
    partition = partition_of(region(context))
    if partition not in _URL_SUFFIXES:
        raise UnknowableError(f"the URL suffix of {partition} is not known")
    return _URL_SUFFIXES[partition]


_PSEUDO: Mapping[str, Callable[[Context], Json]] = {
    "AWS::AccountId": account_id,
    "AWS::Region": region,
    "AWS::Partition": lambda context: partition_of(region(context)),
    "AWS::URLSuffix": _url_suffix,
    "AWS::NoValue": lambda _context: None,
}


def pseudo(name: str, context: Context) -> Json:
    """Return the value of a pseudo parameter.

    Raises:
        UnknowableError: when it isn't known.
    """
    if name in context.around.given:
        return context.around.given[name]
    deployment = context.around.deployment
    if name in ("AWS::StackId", "AWS::StackName") and deployment is not None:
        value = deployment.parameters.get(name)
        if value is not None:
            return value
    if name not in _PSEUDO:
        raise UnknowableError(f"{name} is known at deployment only")
    return _PSEUDO[name](context)
