"""``--select`` and ``--ignore``: which rules are applied."""

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
    """The rules that are applied."""

    settings: tuple[SettingsRule, ...]
    targets: tuple[TargetRule, ...]


def choose(select: Sequence[str], ignore: Sequence[str], *, check_targets: bool) -> RuleSelection:
    """The rules that options name.

    Both take ids and globs; ``ignore`` is the stronger one, and no ``select`` means all rules.

    Raises:
        UsageError: when an id is unknown, a rule is asked for by its id that cannot be applied, or
            none is left.
    """
    selected = {rule.id for text in select for rule in _named("--select", text)}
    ignored = {rule.id for text in ignore for rule in _named("--ignore", text)}
    wanted = [r for r in RULES if (not select or r.id in selected) and r.id not in ignored]
    if not wanted:
        raise UsageError("--select and --ignore leave no rule to run", hint=_SEE)
    settings = tuple(rule for rule in wanted if isinstance(rule, SettingsRule))
    targets = tuple(rule for rule in wanted if isinstance(rule, TargetRule))
    if check_targets:
        return RuleSelection(settings, targets)
    for rule in targets:
        # By its own name, or by a glob that leaves nothing that can be applied.
        if rule.id in select or not settings:
            raise UsageError(
                f"the rule {rule.id} checks the targets of destinations",
                where="--select",
                hint="add --check-targets",
            )
    return RuleSelection(settings, ())


def _named(option: str, text: str) -> list[Rule]:
    found = [rule for rule in RULES if fnmatchcase(rule.id, text)]
    if found:
        return found
    near = nearest(text, (rule.id for rule in RULES))
    hint = did_you_mean(near, _SEE)
    raise UsageError(f"unknown rule {text!r}", where=option, hint=hint)
