"""Which rules ``lint`` applies."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer

from exporter.lint.choice import RuleSelection, choose

RULES_PANEL = "What to look for"
_rule_option = partial(typer.Option, rich_help_panel=RULES_PANEL)


@dataclass(frozen=True)
class RuleOptions:
    """Which rules are applied."""

    select: Annotated[
        list[str] | None, _rule_option(metavar="RULE", help="Only this rule, or glob; repeatable.")
    ] = None
    ignore: Annotated[
        list[str] | None, _rule_option(metavar="RULE", help="Not this rule, or glob; repeatable.")
    ] = None
    check_targets: Annotated[
        bool,
        _rule_option(
            "--check-targets",
            help="Ask AWS too for the topics, streams, roles, buses and keys that destinations "
            "lead to.",
        ),
    ] = False

    def choice(self) -> RuleSelection:
        """The rules that the options name.

        Raises:
            UsageError: when there is none of a name, or none is left.
        """
        return choose(self.select or (), self.ignore or (), check_targets=self.check_targets)
