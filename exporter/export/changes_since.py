"""Warnings and notes about what an export changes since the previous one."""

from collections.abc import Collection, Iterable, Sequence

from exporter.export import adoption
from exporter.export.export_scopes import ExportScope
from exporter.formats.base import FileRole, Format
from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.formats.scope_export import ScopeExport
from exporter.formats.terraform import removals
from exporter.formats.terraform.names import is_v1
from exporter.model.identities import Identity
from exporter.model.read_result import Fate
from exporter.support.remarks import Remark, Said
from exporter.support.text import count, shortened

_SHOWN = 10

Exports = Sequence[tuple[str, ScopeExport]]
"""The rendered scopes with their folders."""


def lost_references(exports: Exports) -> list[str]:
    """Return warnings about references, in a person's code, to what no code declares any longer.

    Terraform reports them too, but not what to write instead.
    """
    warnings = []
    for _, result in exports:
        beside = result.facts.beside
        addresses = set(result.rendering.addresses.values())
        lost = [
            each
            for each in beside.references
            if not beside.declares(each.name.partition("[")[0]) and not _is_in(each.name, addresses)
        ]
        if lost:
            now = _renamed_to(result)
            shown = (f"{each.where}: {each.name}{now.get(each.name, '')}" for each in lost)
            warnings.append(
                f"{beside.folder}: your code refers to resources that aren't there, so no plan "
                f"works until you change it: {'; '.join(shortened(shown, _SHOWN))}"
            )
    return warnings


def _is_in(reference: str, addresses: Collection[str]) -> bool:
    """Whether a reference is to one of the addresses, or may be, if its key isn't a literal."""
    block, _, key = reference.partition("[")
    if reference in addresses:
        return True
    return not key.startswith('"') and any(
        address.partition("[")[0] == block for address in addresses
    )


def _renamed_to(result: ScopeExport) -> dict[str, str]:
    """Map the previous addresses of resources to the end of a sentence with the current one."""
    return {
        old: f" is now {result.rendering.addresses[identity]}"
        for identity, addresses in result.facts.previous.previous_addresses.items()
        if identity in result.rendering.addresses
        for old in addresses
    }


def renamed(format_: Format, previous: Manifest | None, exports: Exports) -> list[str]:
    """Return a warning about logical ids that differ from those in deployed stacks.

    CloudFormation treats a new logical id as a new resource
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html).
    """
    if previous is None or format_.can_move:
        return []
    old = {
        (scope.path, r.identity): r.address for scope in previous.scopes for r in scope.resources
    }
    changes = [
        f"{_shown(path, identity)} was {old[path, identity]}, is now {address}"
        for path, result in exports
        for identity, address in result.rendering.addresses.items()
        if old.get((path, identity), address) != address
    ]
    if not changes:
        return []
    return [
        f"renamed: {'; '.join(shortened(changes, _SHOWN))}. A stack that has them would create "
        "them again, which SES refuses because the names are taken: restore the old names in the "
        "names file, or rename them in the stack with a stack refactor before the next deployment"
    ]


def departures(format_: Format, previous: Manifest | None, exports: Exports) -> list[str]:
    """Return warnings about resources that leave the code but may still be in SES."""
    before = _resources(previous)
    departed = [
        (path, identity, fate)
        for path, result in exports
        for identity, fate in result.departed.items()
        if (path, identity) in before
    ]
    return [
        f"removed from the code {words}: {_listed(resources)}. {_what_follows(format_, exports)}"
        for fate, words in _FATES.items()
        if (resources := [(path, identity) for path, identity, its in departed if its is fate])
    ]


_FATES = {
    Fate.ALIVE: "but still in SES",
    Fate.UNKNOWN: "but maybe still in SES",
}


def overwritten(scopes: Iterable[ExportScope]) -> list[str]:
    """Return a warning about resources in files that ``--force`` overwrites."""
    forgotten = (address for scope in scopes for address in scope.facts.previous.forgotten)
    # SES API v1 resources are in code that --replaces changes, not in overwritten files.
    addresses = [address for address in forgotten if not is_v1(address)]
    if not addresses:
        return []
    shown = ", ".join(shortened(addresses, _SHOWN))
    return [
        f"overwritten by --force: {shown}. {removals.FILE} makes Terraform (1.7 or later) forget "
        "them without destroying them; delete it after the apply"
    ]


def _what_follows(format_: Format, exports: Exports) -> str:
    if format_.can_move:
        return (
            f"{_removals_file(exports)} makes Terraform (1.7 or later) forget them without "
            "destroying them; delete it after the apply"
        )
    return (
        "The next stack update keeps them in SES; to get them back into a stack, import them again"
    )


def _removals_file(exports: Exports) -> str:
    """Return the name of the file with ``removed`` blocks, which is another one in a module."""
    names = (
        file.path.rpartition("/")[2]
        for _, result in exports
        for file in result.rendering.files
        if file.role is FileRole.REMOVALS
    )
    return next(names, removals.FILE)


def replaced(previous: Manifest) -> list[str]:
    """Return a warning about Terraform code that ``--force`` replaces with another format."""
    if previous.format != "terraform" or not previous.resources:
        return []
    return [
        "replaced the Terraform code in this folder: if its "
        f"{count(len(previous.resources), 'resource')} may be in state, run 'terraform state rm' "
        "for each before you apply a plan here, or Terraform destroys them"
    ]


def gone(previous: Manifest | None, exports: Exports) -> list[str]:
    """Return a note on the resources that leave the code because SES no longer has them."""
    before = _resources(previous)
    resources = [
        (path, identity)
        for path, result in exports
        for identity in result.gone
        if (path, identity) in before
    ]
    if not resources:
        return []
    return [f"no longer in SES, so removed from the code: {_listed(resources)}"]


def kept(records: Iterable[ScopeRecord]) -> list[Said]:
    """Return notes on the accounts and regions that were not read."""
    return [
        Remark(
            record.path,
            "not read; its code stays as it is",
            "account and region",
            alone=f"{record.path}: account {record.account_id or 'unknown'}, region "
            f"{record.region} was not read; its code stays as it is",
        )
        for record in records
    ]


def crowded(scope: ExportScope, result: ScopeExport) -> list[Said]:
    """Return notes on sets that can't have their old and new destinations at the same time."""
    replaced = scope.facts.adopted
    if replaced is None:
        return []
    numbers = adoption.crowded(scope.scope, replaced, frozenset(result.plan.identities))
    return [_crowded(name, number) for name, number in numbers]


def _crowded(name: str, number: int) -> Remark:
    text = (
        f"would have {number} destinations, old and new together, and SES allows "
        f"{adoption.PER_SET}: leave at least {number - adoption.PER_SET} for a later round"
    )
    alone = f"{name}: {text} (--exclude '{name}/NAME')"
    return Remark(name, f"{text} (--exclude 'SET/NAME')", alone=alone)


def _resources(previous: Manifest | None) -> set[tuple[str, Identity]]:
    """Return the resources of the previous export with their folders."""
    scopes = previous.scopes if previous else ()
    return {(scope.path, r.identity) for scope in scopes for r in scope.resources}


def _listed(resources: Iterable[tuple[str, Identity]]) -> str:
    names = sorted(_shown(path, identity) for path, identity in resources)
    return ", ".join(shortened(names, _SHOWN))


def _shown(path: str, identity: Identity) -> str:
    """Return the name of a resource, with its folder if the export has several."""
    return str(identity) if path == HERE else f"{path}: {identity}"
