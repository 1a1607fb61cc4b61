"""``docs/lint.md``: the part about each rule is made from the rules themselves.

``python -m tests.lint_docs`` writes it anew; a test compares it with what the code says today.
"""

import re
from collections.abc import Iterator

from exporter.lint.model import Rule, SettingsRule, TargetRule
from exporter.lint.registry import SETTINGS_RULES, TARGET_RULES
from tests.support import ROOT

FILE = ROOT / "docs" / "lint.md"
HEADING = "## The rules\n"


def text() -> str:
    """The whole document: what stands above the rules as it is, and the rules."""
    above, _, _ = FILE.read_text(encoding="utf-8").partition(HEADING)
    return above + HEADING + "\n" + "\n".join(_rules())


def _rules() -> Iterator[str]:
    yield "| rule | severity | what it finds |\n|---|---|---|"
    for rule in (*SETTINGS_RULES, *TARGET_RULES):
        yield f"| [`{rule.id}`](#{rule.id}) | {rule.severity} | {_escaped(rule.title)} |"
    yield ""
    for rule in SETTINGS_RULES:
        yield _rule(rule)
    for target_rule in TARGET_RULES:
        yield _rule(target_rule)


def _rule(rule: Rule) -> str:
    needs = " With `--check-targets`." if isinstance(rule, TargetRule) else ""
    refused = " SES refuses to create such a destination."
    if not (isinstance(rule, SettingsRule) and rule.refused_on_create):
        refused = ""
    return (
        f"### {rule.id}\n\n{_escaped(rule.title)}. Severity: {rule.severity}.{needs}{refused}\n\n"
        f"- Why it matters: {_escaped(rule.why)}\n"
        f"- What to do: {_escaped(rule.advice)}\n"
        f"- Source: <{rule.url}>\n"
    )


def _escaped(text: str) -> str:
    return re.sub(r"([*_<])", r"\\\1", text)


def main() -> None:
    """Write it."""
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
