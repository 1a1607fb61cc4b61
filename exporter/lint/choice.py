"""``--select`` and ``--ignore``: choose the rules to run."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from exporter.lint.model import Rule, SettingsRule, TargetRule
from exporter.lint.registry import RULES
from exporter.support.errors import UsageError
from exporter.support.text import did_you_mean, nearest

_SEE = "'ses2iac lint --list-rules' lists the rules"


@dataclass(frozen=True)
class RuleSelection:
    """The rules to run."""

    settings: tuple[SettingsRule, ...]
    targets: tuple[TargetRule, ...]


def choose(select: Sequence[str], ignore: Sequence[str], *, check_targets: bool) -> RuleSelection:
    """Choose rules by ids and globs.

    ``ignore`` wins over ``select``; an empty ``select`` means all rules.

    Raises:
        UsageError: if an id is unknown, a selected rule needs ``--check-targets``, or no rule is
            left.
    """
    selected = {rule.id for text in select for rule in _named("--select", text)}
    ignored = {rule.id for text in ignore for rule in _named("--ignore", text)}
    chosen = [r for r in RULES if (not select or r.id in selected) and r.id not in ignored]
    if not chosen:
        raise UsageError("--select and --ignore leave no rule to run", hint=_SEE)
    settings = tuple(rule for rule in chosen if isinstance(rule, SettingsRule))
    targets = tuple(rule for rule in chosen if isinstance(rule, TargetRule))
    if check_targets:
        return RuleSelection(settings, targets)
    for rule in targets:
        # Selected by its id, or by a glob that matches no other rule.
        if rule.id in select or not settings:
            raise UsageError(
                f"the rule {rule.id} checks the targets of destinations",
                where="--select",
                hint="add --check-targets",
            )
    return RuleSelection(settings, ())


def _named(option: str, text: str) -> list[Rule]:
    matches = [rule for rule in RULES if fnmatchcase(rule.id, text)]
    if matches:
        return matches
    near = nearest(text, (rule.id for rule in RULES))
    hint = did_you_mean(near, _SEE)
    raise UsageError(f"unknown rule {text!r}", where=option, hint=hint)
