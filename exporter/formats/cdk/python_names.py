"""Names of functions, modules and attributes in Python code, made from SES's names.

CloudFormation never sees them: they may change from one export to the next without changing any
resource.
"""

import keyword
import re
from dataclasses import replace

from exporter.formats.labels import Style, assign, snake_case
from exporter.formats.layout import DEVICES
from exporter.formats.render_context import RenderContext, SetView
from exporter.model.identities import Identity


def _style(before_digits: str) -> Style:
    """Return a style of names; ``before_digits`` is the prefix of one that starts with a digit.

    An underscore would mark the name as private.
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
    """Return the context with the name of each set in Python code."""
    names = assign((Identity(view.name) for view in plan.sets), SETS, {})
    views = tuple(replace(view, method=names[Identity(view.name)]) for view in plan.sets)
    return replace(plan, sets=views)


def module(view: SetView) -> str:
    """Return the module of a set: its name, with an underscore if Python or Windows reserve that.

    No other name ends with an underscore, so modules stay unique.
    """
    is_reserved = keyword.iskeyword(view.method) or view.method in DEVICES
    return f"{view.method}_" if is_reserved else view.method


def natural(name: str) -> tuple[list[str | int], str]:
    """Return the key by which isort sorts modules: numbers by value."""
    parts = re.split(r"(\d+)", name)
    return [int(part) if part.isdigit() else part for part in parts], name
