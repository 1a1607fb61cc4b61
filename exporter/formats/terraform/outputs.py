"""``outputs.tf``: the names of the sets, for the code that sends mail with them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from exporter.formats.references import Expression
from exporter.formats.render_context import RenderContext
from exporter.model.identities import Identity

FILE = "outputs.tf"
_INSTANCE = re.compile(r"(?P<resource>\w+\.\w+)\[.*\]", re.DOTALL)


@dataclass(frozen=True)
class Outputs:
    """What the output is made of.

    Attributes:
        names: For each set its name in SES, and the expression that Terraform knows it by.
        instances: The resource whose instances the sets are; None where each has its own.
    """

    names: tuple[tuple[str, Expression], ...]
    instances: Expression | None = None


def outputs(plan: RenderContext, addresses: Mapping[Identity, str]) -> Outputs | None:
    """The output of a scope; None where none of its sets is written."""
    found = {
        view.name: addresses[Identity(view.name)] for view in plan.sets if view.model is not None
    }
    if not found:
        return None
    names = tuple(
        (name, Expression(f"{address}.configuration_set_name")) for name, address in found.items()
    )
    matches = [_INSTANCE.fullmatch(address) for address in found.values()]
    resources = {match["resource"] for match in matches if match}
    if all(matches) and len(resources) == 1:
        return Outputs(names, Expression(resources.pop()))
    return Outputs(names)
