"""Evaluate whether a resource's policy allows a request from SES: yes, no, or unknown.

Follows IAM's evaluation of a policy (IAM User Guide, "Policy evaluation logic" and "JSON policy
element reference"), but for a single request of which not everything is known: conditions on
unknown keys are unknown, and nothing is guessed.
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
    """Whether a policy allows a request (None: unknown), and why.

    ``why`` is a clause about the policy, without a full stop.
    """

    allowed: Verdict
    why: str = ""


@dataclass(frozen=True)
class Request:
    """A request from SES.

    Attributes:
        action: The IAM action, such as ``sns:Publish``.
        resource: The ARN; None for the trust policy of a role, which has no resource.
        context: The known values of condition keys, by the lower-case key.
    """

    action: str
    resource: str | None
    context: Mapping[str, str]


def request_of_ses(
    action: str, resource: str | None, account_id: str | None, source_arn: str | None
) -> Request:
    """Return the request that SES makes for a configuration set.

    ``account_id`` and ``source_arn`` are those of the set; None if unknown.
    """
    context = {
        # AWS services call each other over TLS, as service principals.
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
    """Evaluate a policy for a request."""
    try:
        statements = _list(json.loads(policy)["Statement"])
        judged = [_judged(each, number, request) for number, each in enumerate(statements)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Ruling(None, "ses2iac does not understand its policy")
    denies = [statement for statement in judged if statement.is_deny]
    allows = [statement for statement in judged if not statement.is_deny]
    for statement in denies:
        if statement.applies:
            return Ruling(False, f"{statement.name} of its policy denies it")
    undecided = [statement for statement in denies if statement.applies is None]
    if not any(statement.applies for statement in allows):
        possible = [statement for statement in allows if statement.applies is None]
        if not possible:
            return Ruling(False, _nothing_allows(allows, request))
        undecided += possible
    if undecided:
        first = undecided[0]
        return Ruling(None, f"{first.name} of its policy depends on {first.reason}")
    return Ruling(True)


def _nothing_allows(allows: "Iterable[_Judged]", request: Request) -> str:
    reason = f"no statement of its policy allows {SERVICE} {request.action}"
    near = next((statement for statement in allows if statement.is_near), None)
    return f"{reason}: {near.name} requires {near.reason}" if near else reason


# Statements
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Judged:
    """An evaluated statement.

    Attributes:
        applies: Whether it applies to the request; None if that is unknown.
        reason: The element that decides this, or makes it unknown.
        is_near: Whether it would apply without its conditions.
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
    parts = [*elements, *conditions]
    for deciding in (False, None):
        for verdict, reason in parts:
            if verdict is deciding:
                return _Judged(name, _is_deny(statement), deciding, reason, is_near)
    return _Judged(name, _is_deny(statement), True, "", is_near)


def _is_deny(statement: Mapping[str, Any]) -> bool:
    effect = statement["Effect"]
    if effect not in ("Allow", "Deny"):
        raise ValueError(effect)
    return bool(effect == "Deny")


def _principal(statement: Mapping[str, Any]) -> Verdict:
    """Tell whether SES is among the principals.

    ``*`` includes services. ``NotPrincipal`` is unknown, because it depends on more than the name.
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
    """Tell whether a value is in ``Action`` or ``Resource``, or not in ``NotAction`` ..."""
    for name, expected in ((element, True), (f"Not{element}", False)):
        if name in statement:
            globs = _list(statement[name])
            verdict = any_of(_matches(glob, value, ignores_case=ignores_case) for glob in globs)
            return verdict if verdict is None else verdict is expected
    raise KeyError(element)


# Conditions
# --------------------------------------------------------------------------------------

_Compare = Callable[[str, str], Verdict]


def _conditions(
    block: Mapping[str, Any], context: Mapping[str, str]
) -> Iterator[tuple[Verdict, str]]:
    """Yield each condition, all of which must hold: whether it does, and its description."""
    for operator, keys in block.items():
        for key, values in keys.items():
            shown = ", ".join(map(str, _list(values)))
            reason = f"the condition {operator} {key} = {shown}"
            yield _holds(operator, key, _list(values), context), reason


def _holds(operator: str, key: str, values: list[Any], context: Mapping[str, str]) -> Verdict:
    actual = context.get(key.lower())
    # An unknown key may be absent or not, so IfExists makes no difference.
    compare = _OPERATORS.get(operator.lower().removesuffix("ifexists"))
    if actual is None or compare is None:
        return None
    test, is_negated = compare
    verdict = any_of(test(_text(value), actual) for value in values)
    return verdict if verdict is None else verdict is not is_negated


def _text(value: object) -> str:
    """Return a value as IAM compares it; booleans may be written without quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _equal(value: str, actual: str) -> Verdict:
    return None if "${" in value else value == actual


def _equal_in_any_case(value: str, actual: str) -> Verdict:
    return _equal(value.lower(), actual.lower())


def _like(value: str, actual: str) -> Verdict:
    return _matches(value, actual)


def _arn_like(value: str, actual: str) -> Verdict:
    """Match each of the six parts separately, so that a glob matches no colon but in the last."""
    globs, parts = value.split(":", 5), actual.split(":", 5)
    if len(globs) != len(parts):
        return False
    verdicts = [_matches(glob, part) for glob, part in zip(globs, parts, strict=True)]
    return False if False in verdicts else None if None in verdicts else True


def _is_present(value: str, _actual: str) -> Verdict:
    """``Null: false`` requires that the key is present, which known keys are."""
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
"""By the lower-case operator: the comparison, and whether it is negated."""


def _matches(glob: str, value: str, *, ignores_case: bool = False) -> Verdict:
    """Tell whether a value matches ``*`` and ``?``; None if the glob has a policy variable."""
    if "${" in glob:
        return None
    return _compiled(glob, ignores_case).fullmatch(value) is not None


@cache
def _compiled(glob: str, ignores_case: bool) -> re.Pattern[str]:
    # Not fnmatch: in a policy, brackets are ordinary characters.
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in glob)
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignores_case else 0))


def _list(value: Any) -> list[Any]:
    """Return a list; most elements of policies may have one value or a list."""
    return list(value) if isinstance(value, list | tuple) else [value]
