"""How the code of an export is split into files."""

import hashlib
from dataclasses import replace
from enum import StrEnum

from exporter.formats.render_context import RenderContext, SetView


class Layout(StrEnum):
    """The layouts, as the command line names them."""

    RESOURCES = "resources"
    PER_SET = "per-set"
    DATA = "data"
    """The sets as data, and code that loops over them."""


def part(plan: RenderContext, view: SetView) -> RenderContext:
    """Return the plan with only one of its sets."""
    return replace(plan, sets=(view,))


def with_file(plan: RenderContext) -> list[SetView]:
    """Return the sets that get a file each: those with a name in code, and code or comments.

    A set that isn't written has no name in code, so its comments go elsewhere.
    """
    return [view for view in plan.sets if view.label and (view.identities or _is_commented(view))]


def without_file(plan: RenderContext) -> RenderContext:
    """Return the plan with only the sets that have comments but no file."""
    have_file = {view.name for view in with_file(plan)}
    others = (view for view in plan.sets if view.name not in have_file and _is_commented(view))
    return replace(plan, sets=tuple(others))


def _is_commented(view: SetView) -> bool:
    return bool(view.comments or any(destination.comments for destination in view.destinations))


# The names of files
# --------------------------------------------------------------------------------------

_LONGEST = 200
"""Bytes of a file name: file systems allow 255, including the suffix and what staging adds."""

DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))}
)
"""Names that Windows reserves for devices, with any suffix."""

_TERRAFORM_FILES = frozenset(
    {
        *("backend", "configuration_sets", "data", "event_destinations", "imports", "locals"),
        *("main", "modules", "moved", "outputs", "override", "providers", "removed", "terraform"),
        *("variables", "versions"),
    }
)
"""Files that an export writes, or that people have next to one; Terraform merges ``override.tf``
into the others."""


def terraform_file(label: str) -> str:
    """Return the name of a set's file: its label and ``.tf``.

    If another file has that name, or if it means something to Terraform or Windows, ``-set`` is
    added before the suffix: labels made from names have no hyphen. Labels never differ only in
    case, so the file names don't either.
    """
    name = label.lower()
    if name in _TERRAFORM_FILES | DEVICES or name.endswith(("_override", "-set")):
        label = f"{label}-set"
    return f"{_shortened(label)}.tf"


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    return f"{name[:_LONGEST]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
