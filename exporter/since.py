"""What a person should know of an export that takes the place of an earlier one."""

from collections.abc import Iterable, Sequence

from exporter.manifest import HERE, Manifest, ScopeRecord
from exporter.naming import Identity
from exporter.output import Outcome
from exporter.render.base import Format
from exporter.render.export import ScopeExport

_SHOWN = 10

Exports = Sequence[tuple[str, ScopeExport]]
"""The rendered scopes with their folders."""


def renamed(format_: Format, earlier: Manifest | None, exports: Exports) -> list[str]:
    """The resources that a stack may hold under other logical ids than the code now.

    CloudFormation takes a new logical id for a new resource
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html).

    Args:
        format_: The export's format; one that moves resources by itself has nothing to warn of.
        earlier: What the earlier export said of itself.
        exports: What takes its place.

    Returns:
        A warning, or nothing.
    """
    if earlier is None or format_.can_move:
        return []
    old = {(scope.path, r.identity): r.address for scope in earlier.scopes for r in scope.resources}
    found = [
        f"{_shown(path, who)} was {old[path, who]}, is {address}"
        for path, done in exports
        for who, address in done.rendering.addresses.items()
        if old.get((path, who), address) != address
    ]
    if not found:
        return []
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return [
        f"renamed: {'; '.join([*found[:_SHOWN], *more])}. A stack that holds them takes them for "
        "new resources, and their names in SES are taken: take the old names back in the names "
        "file, or rename them in the stack before the next deployment, by a stack refactor"
    ]


def otherwise_made(earlier: Manifest | None, records: Iterable[ScopeRecord]) -> list[str]:
    """Options that made the earlier export other code, and were not given again.

    Args:
        earlier: What the earlier export said of itself.
        records: What the new one says.
    """
    if earlier is None:
        return []
    made = [(old, new) for new in records if (old := earlier.scope_at(new.path)) is not None]
    left_out = {
        f"--references {old.references}": "targets are ARNs again"
        for old, new in made
        if old.references and not new.references
    }
    if any(old.is_mapped and not new.is_mapped for old, new in made):
        left_out["--map"] = "the expressions of the map are gone"
    if any(old.templates and not new.templates for old, new in made):
        left_out["--templates"] = "ours made the code"
    return [
        f"without the earlier export's {option}, {what}; a line in ses2iac.toml keeps an option"
        for option, what in left_out.items()
    ]


def notes(earlier: Manifest | None, exports: Exports, outcome: Outcome) -> list[str]:
    """What left the code, and what is to be imported though the files for that were deleted.

    Args:
        earlier: What the earlier export said of itself.
        exports: What took its place.
        outcome: What happened in the folder.
    """
    if earlier is None:
        return []
    old = {(scope.path, r.identity) for scope in earlier.scopes for r in scope.resources}
    new = {(path, identity) for path, done in exports for identity in done.plan.identities}
    found = []
    gone = _listed(old - new)
    if gone:
        found.append(f"no longer in the export, and so no longer in the code: {gone}")
    if outcome.imports_left_out:
        files = ", ".join(outcome.imports_left_out)
        found.append(f"not written again after you deleted it: {files} (--imports writes it)")
        pending = new - {(path, who) for path, done in exports for who in done.imported}
        if pending:
            found.append(f"new since then, and to be imported (--imports): {_listed(pending)}")
    return found


def _listed(resources: set[tuple[str, Identity]]) -> str:
    return ", ".join(sorted(_shown(path, who) for path, who in resources))


def _shown(path: str, who: Identity) -> str:
    """A resource by name, with its folder where the export has several."""
    return str(who) if path == HERE else f"{path}: {who}"
