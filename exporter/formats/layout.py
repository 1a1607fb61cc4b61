"""How the code of an export is spread over files; what it says is the same in every layout."""

import hashlib
from dataclasses import replace
from enum import StrEnum

from exporter.formats.render_context import RenderContext, SetView


class Layout(StrEnum):
    """The layouts, as the command line names them."""

    RESOURCES = "resources"
    PER_SET = "per-set"
    DATA = "data"
    """The sets as data, and code that goes through them."""


def part(plan: RenderContext, view: SetView) -> RenderContext:
    """What of a plan is about one configuration set."""
    return replace(plan, sets=(view,))


def with_file(plan: RenderContext) -> list[SetView]:
    """The sets that have a file of their own: those that have a name in code and code or comments.

    What is said of a set of which nothing is written stands elsewhere, as it has no such name.
    """
    return [view for view in plan.sets if view.label and (view.identities or _is_commented(view))]


def without_file(plan: RenderContext) -> RenderContext:
    """The rest of a plan: sets of which there are only comments."""
    own = {view.name for view in with_file(plan)}
    left = (view for view in plan.sets if view.name not in own and _is_commented(view))
    return replace(plan, sets=tuple(left))


def _is_commented(view: SetView) -> bool:
    return bool(view.comments or any(each.comments for each in view.destinations))


# The names of files
# --------------------------------------------------------------------------------------

_LONGEST = 200
"""Bytes of a name: file systems take 255, with the suffix and what staging adds."""

DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))}
)
"""Names that Windows keeps for devices, whatever the suffix."""

_TERRAFORM_FILES = frozenset(
    {
        *("backend", "configuration_sets", "data", "event_destinations", "imports", "locals"),
        *("main", "modules", "moved", "outputs", "override", "providers", "removed", "terraform"),
        *("variables", "versions"),
    }
)
"""Files that an export writes or people keep beside one; ``override.tf`` has a meaning."""


def terraform_file(label: str) -> str:
    """The file of a set: its label and ``.tf``.

    Where another file has that name, or Terraform or Windows give it a meaning, ``-set`` comes
    before the suffix: no label that is made of a name has a hyphen. Labels differ in more than
    case, and so do the files.
    """
    name = label.lower()
    if name in _TERRAFORM_FILES | DEVICES or name.endswith(("_override", "-set")):
        label = f"{label}-set"
    return f"{_shortened(label)}.tf"


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    return f"{name[:_LONGEST]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
