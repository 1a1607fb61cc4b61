"""Texts that a tool fills in before the deployment, and names that SES doesn't accept.

Variables of the Serverless Framework look like ``${self:custom.stage}``. SES takes letters, digits,
``_`` and ``-`` in a name, 64 of them at most (API reference, ``ConfigurationSetName``).
"""

import re
from typing import Any

from exporter.formats.code_resource import Unknown
from exporter.formats.unresolved import NamePattern

Json = Any

PACKAGE_HINT = (
    "give the template that 'serverless package' writes: "
    ".serverless/cloudformation-template-update-stack.json"
)

_VARIABLE = "a variable of the Serverless Framework"
_SOURCES = "aws|cf|env|file|git|opt|output|param|s3|self|sls|ssm|strToBool|terraform|vault"
_BEGINS = re.compile(rf"\$\{{(?:{_SOURCES})[:.(\-]")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_NEVER = re.compile(r"[^A-Za-z0-9_-]", re.ASCII)


def variable_unknown() -> Unknown:
    """Return the value of a variable."""
    return Unknown(f"it contains {_VARIABLE}")


def is_variable(unknown: Unknown) -> bool:
    """Whether a value is unknown because of a variable."""
    return _VARIABLE in unknown.reason


def without_variables(value: Json) -> Json:
    """Return a resolved value with each text that has a variable replaced by ``Unknown``."""
    if isinstance(value, dict):
        return {name: without_variables(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_variables(item) for item in value]
    if isinstance(value, str) and _BEGINS.search(value):
        return Unknown(f"it contains {_VARIABLE}", pattern=_around_places(value))
    return value


def name_or_unknown(name: str) -> str | Unknown:
    """Return a name if SES accepts it, otherwise ``Unknown``."""
    if _NAME.fullmatch(name):
        return name
    if "${" in name:
        placeholder = _VARIABLE if _BEGINS.search(name) else "a placeholder"
        return Unknown(f"it contains {placeholder}", pattern=_around_places(name))
    if not _NEVER.search(name):
        return Unknown("SES accepts at most 64 characters", pattern=NamePattern.of_name(name))
    first, *_, last = _NEVER.split(name)
    reason = "it has characters that SES does not accept, perhaps a placeholder"
    return Unknown(reason, pattern=NamePattern((first, last)))


def _around_places(text: str) -> NamePattern:
    """The parts of a text around its ``${...}``, which may be nested."""
    stretches = [""]
    depth = 0
    index = 0
    while index < len(text):
        if text.startswith("${", index):
            if depth == 0:
                stretches.append("")
            depth += 1
            index += 2
            continue
        if depth:
            depth -= text[index] == "}"
        else:
            stretches[-1] += text[index]
        index += 1
    return NamePattern(tuple(stretches))
