"""Whether a policy of a resource lets SES do something: allowed, refused, or not for us to say.

As IAM evaluates a policy (IAM User Guide, "Policy evaluation logic" and "JSON policy element
reference"), but for one request only, and with what is known of it: a condition on anything else
has no verdict here, and nothing is guessed.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from exporter.sources.patterns import Verdict, any_of

SERVICE = "ses.amazonaws.com"
"""The service principal of SES, in every partition."""


@dataclass(frozen=True)
class Ruling:
    """Whether a policy allows something, None where that cannot be told, and why.

    ``why`` is a clause about the policy, without a full stop.
    """

    allowed: Verdict
    why: str = ""


@dataclass(frozen=True)
class Request:
    """What SES asks for.

    Attributes:
        action: As ``sns:Publish``.
        resource: What it is asked of; None for the trust policy of a role, which names none.
        context: The values of condition keys that are known, by the key in small letters.
    """

    action: str
    resource: str | None
    context: Mapping[str, str]


def request_of_ses(
    action: str, resource: str | None, account_id: str | None, source_arn: str | None
) -> Request:
    """What SES asks for on behalf of a configuration set.

    ``account_id`` and ``source_arn`` are those of the set; None where nobody knows.
    """
    context = {
        # Services talk to each other over TLS, as service principals.
        "aws:securetransport": "true",
        "aws:principalisawsservice": "true",
        "aws:principalservicename": SERVICE,
    }
    if account_id is not None:
        context["aws:sourceaccount"] = account_id
    if source_arn is not None:
        context["aws:sourcearn"] = source_arn
    return Request(action, resource, context)


def judge(policy: str, request: Request) -> Ruling:
    """What a policy says to a request."""
    try:
        statements = _list(json.loads(policy)["Statement"])
        judged = [_judged(each, number, request) for number, each in enumerate(statements)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Ruling(None, "ses2iac does not understand its policy")
    denies = [each for each in judged if each.is_deny]
    allows = [each for each in judged if not each.is_deny]
    for each in denies:
        if each.applies:
            return Ruling(False, f"{each.name} of its policy denies it")
    open_ones = [each for each in denies if each.applies is None]
    if not any(each.applies for each in allows):
        unsure = [each for each in allows if each.applies is None]
        if not unsure:
            return Ruling(False, _nothing_allows(allows, request))
        open_ones += unsure
    if open_ones:
        first = open_ones[0]
        return Ruling(None, f"{first.name} of its policy depends on {first.reason}")
    return Ruling(True)


def _nothing_allows(allows: "Iterable[_Judged]", request: Request) -> str:
    said = f"no statement of its policy allows {SERVICE} {request.action}"
    near = next((each for each in allows if each.is_near), None)
    return f"{said}: {near.name} requires {near.reason}" if near else said


# Statements
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Judged:
    """A statement.

    Attributes:
        applies: Whether it is about the request; None when that cannot be told.
        reason: The element that decides or leaves it open.
        is_near: Whether nothing but a condition keeps it from being about the request.
    """

    name: str
    is_deny: bool
    applies: Verdict
    reason: str
    is_near: bool


def _judged(statement: Mapping[str, Any], number: int, request: Request) -> _Judged:
    sid = statement.get("Sid")
    name = f"the statement {sid}" if sid else f"statement {number + 1}"
    elements: list[tuple[Verdict, str]] = [
        (_principal(statement), "its principal"),
        (_listed(statement, "Action", request.action, ignores_case=True), "its actions"),
    ]
    if request.resource is not None:
        elements.append((_listed(statement, "Resource", request.resource), "its resources"))
    conditions = list(_conditions(statement.get("Condition") or {}, request.context))
    is_near = all(verdict for verdict, _ in elements)
    whole = [*elements, *conditions]
    for wanted in (False, None):
        for verdict, reason in whole:
            if verdict is wanted:
                return _Judged(name, _is_deny(statement), wanted, reason, is_near)
    return _Judged(name, _is_deny(statement), True, "", is_near)


def _is_deny(statement: Mapping[str, Any]) -> bool:
    effect = statement["Effect"]
    if effect not in ("Allow", "Deny"):
        raise ValueError(effect)
    return bool(effect == "Deny")


def _principal(statement: Mapping[str, Any]) -> Verdict:
    """Whether SES is among the principals.

    ``*`` is everybody, services too; a statement for all but some is left open, since who is meant
    by it depends on more than the name.
    """
    if "NotPrincipal" in statement:
        return None
    principal = statement["Principal"]
    if isinstance(principal, str):
        return principal == "*"
    services = _list(principal.get("Service", ()))
    return SERVICE in services or "*" in _list(principal.get("AWS", ()))


def _listed(
    statement: Mapping[str, Any], element: str, value: str, *, ignores_case: bool = False
) -> Verdict:
    """Whether a value is in ``Action`` or ``Resource``, or not in ``NotAction`` ..."""
    for name, is_meant in ((element, True), (f"Not{element}", False)):
        if name in statement:
            globs = _list(statement[name])
            found = any_of(_matches(glob, value, ignores_case=ignores_case) for glob in globs)
            return found if found is None else found is is_meant
    raise KeyError(element)


# Conditions
# --------------------------------------------------------------------------------------

_Compare = Callable[[str, str], Verdict]


def _conditions(
    block: Mapping[str, Any], context: Mapping[str, str]
) -> Iterator[tuple[Verdict, str]]:
    """Each condition: whether it holds, and what it is; all of them must."""
    for operator, keys in block.items():
        for key, values in keys.items():
            shown = ", ".join(map(str, _list(values)))
            reason = f"the condition {operator} {key} = {shown}"
            yield _holds(operator, key, _list(values), context), reason


def _holds(operator: str, key: str, values: list[Any], context: Mapping[str, str]) -> Verdict:
    actual = context.get(key.lower())
    # Where a key is not known it may be there or not, so that IfExists helps nobody.
    compare = _OPERATORS.get(operator.lower().removesuffix("ifexists"))
    if actual is None or compare is None:
        return None
    test, is_negated = compare
    found = any_of(test(_text(value), actual) for value in values)
    return found if found is None else found is not is_negated


def _text(value: object) -> str:
    """A value as IAM compares it; booleans may be written bare."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _equal(value: str, actual: str) -> Verdict:
    return None if "${" in value else value == actual


def _equal_in_any_case(value: str, actual: str) -> Verdict:
    return _equal(value.lower(), actual.lower())


def _like(value: str, actual: str) -> Verdict:
    return _matches(value, actual)


def _arn_like(value: str, actual: str) -> Verdict:
    """Each of the six parts on its own, so that no glob reaches over a colon (but in the last)."""
    globs, parts = value.split(":", 5), actual.split(":", 5)
    if len(globs) != len(parts):
        return False
    verdicts = [_matches(glob, part) for glob, part in zip(globs, parts, strict=True)]
    return False if False in verdicts else None if None in verdicts else True


def _is_present(value: str, _actual: str) -> Verdict:
    """``Null: false`` wants the key to be there, and it is."""
    return value.lower() == "false"


_OPERATORS: Mapping[str, tuple[_Compare, bool]] = {
    "stringequals": (_equal, False),
    "stringnotequals": (_equal, True),
    "stringequalsignorecase": (_equal_in_any_case, False),
    "stringnotequalsignorecase": (_equal_in_any_case, True),
    "stringlike": (_like, False),
    "stringnotlike": (_like, True),
    # ArnEquals and ArnLike behave alike (IAM User Guide, condition operators).
    "arnequals": (_arn_like, False),
    "arnlike": (_arn_like, False),
    "arnnotequals": (_arn_like, True),
    "arnnotlike": (_arn_like, True),
    "bool": (_equal_in_any_case, False),
    "null": (_is_present, False),
}
"""By the operator in small letters: the comparison, and whether it must fail."""


def _matches(glob: str, value: str, *, ignores_case: bool = False) -> Verdict:
    """Whether a value matches ``*`` and ``?``; None where the glob has a policy variable."""
    if "${" in glob:
        return None
    return _compiled(glob, ignores_case).fullmatch(value) is not None


@cache
def _compiled(glob: str, ignores_case: bool) -> re.Pattern[str]:
    # Not fnmatch: in a policy, brackets mean themselves.
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in glob)
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignores_case else 0))


def _list(value: Any) -> list[Any]:
    """One value or several, as everywhere in policies."""
    return list(value) if isinstance(value, list | tuple) else [value]
