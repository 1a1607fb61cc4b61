"""Names in Python code: of SES's own names, which say more than logical ids that are made of them.

They name functions, modules and attributes, nothing that CloudFormation sees: a name may change
from one export to the next without any resource changing.
"""

import keyword
import re
from dataclasses import replace

from exporter.formats.labels import Style, assign, snake_case
from exporter.formats.layout import DEVICES
from exporter.formats.render_context import RenderContext, SetView
from exporter.model.identities import Identity


def _style(before_digits: str) -> Style:
    """A custom for names.

    ``before_digits`` is the word before a name that begins with a digit: an underscore would say
    that nobody else is to use it.
    """

    def base(names: tuple[str, ...]) -> str:
        name = snake_case(names).lstrip("_")
        return f"{before_digits}_{name}" if name[:1].isdigit() else name

    return Style(
        base=base,
        pattern=re.compile(r"[a-z][a-z0-9_]*"),
        rule="a lower-case letter, then lower-case letters, digits and underscores",
        joint="_",
        one_namespace=False,
        reserved=frozenset(),
    )


SETS = _style("set")
TARGETS = _style("target")


def with_names(plan: RenderContext) -> RenderContext:
    """The same plan, in which each set has its name in Python code."""
    names = assign((Identity(view.name) for view in plan.sets), SETS, {})
    views = tuple(replace(view, method=names[Identity(view.name)]) for view in plan.sets)
    return replace(plan, sets=views)


def module(view: SetView) -> str:
    """The module of a set: its name, unless Python or Windows keep that for themselves.

    No other name ends with an underscore, so that modules differ as names do.
    """
    is_kept = keyword.iskeyword(view.method) or view.method in DEVICES
    return f"{view.method}_" if is_kept else view.method


def natural(name: str) -> tuple[list[str | int], str]:
    """The order in which isort puts modules: numbers by their value."""
    parts = re.split(r"(\d+)", name)
    return [int(each) if each.isdigit() else each for each in parts], name
