"""``outputs.tf``: the names of the sets, for code that sends mail with them."""

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
        names: Each set's name in SES, and the Terraform expression for it.
        instances: The resource whose instances the sets are; None if they are a block each.
    """

    names: tuple[tuple[str, Expression], ...]
    instances: Expression | None = None


def outputs(plan: RenderContext, addresses: Mapping[Identity, str]) -> Outputs | None:
    """Return the output of a scope; None if none of its sets is written."""
    by_name = {
        view.name: addresses[Identity(view.name)]
        for view in plan.sets
        if view.model is not None and Identity(view.name) in addresses
    }
    if not by_name:
        return None
    names = tuple(
        (name, Expression(f"{address}.configuration_set_name")) for name, address in by_name.items()
    )
    matches = [_INSTANCE.fullmatch(address) for address in by_name.values()]
    resources = {match["resource"] for match in matches if match}
    if all(matches) and len(resources) == 1:
        return Outputs(names, Expression(resources.pop()))
    return Outputs(names)
