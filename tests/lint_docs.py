"""``docs/lint.md``: the section about each rule is generated from the rules.

``python -m tests.lint_docs`` rewrites it; a test compares it with the code.
"""

import re
from collections.abc import Iterator
from textwrap import wrap

from exporter.lint.model import Rule, SettingsRule, TargetRule
from exporter.lint.registry import SETTINGS_RULES, TARGET_RULES
from tests.support import ROOT

FILE = ROOT / "docs" / "lint.md"
HEADING = "## The rules\n"
WIDTH = 130
"""Of a line in the pages."""


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
        f"{_item(f'Why it matters: {rule.why}')}\n"
        f"{_item(f'What to do: {rule.advice}')}\n"
        f"- Source: <{rule.url}>\n"
    )


def _item(text: str) -> str:
    lines = wrap(_escaped(text), WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return "- " + "\n  ".join(lines)


def _escaped(text: str) -> str:
    return re.sub(r"([*_<])", r"\\\1", text)


def main() -> None:
    """Write it."""
    FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
