"""What a person should know of an export that takes the place of a previous one."""

from collections.abc import Collection, Iterable, Sequence

from exporter.export import adoption
from exporter.export.export_scopes import ExportScope
from exporter.formats.base import Format
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
    """Where a person's code refers to what no code in its folder declares any more.

    Its engine finds that out too, but not what to write instead.
    """
    found = []
    for _, done in exports:
        beside = done.facts.beside
        ours = set(done.rendering.addresses.values())
        lost = [
            each
            for each in beside.references
            if not beside.declares(each.name.partition("[")[0]) and not _is_in(each.name, ours)
        ]
        if lost:
            now = _now_at(done)
            shown = (f"{each.where}: {each.name}{now.get(each.name, '')}" for each in lost)
            found.append(
                f"{beside.folder}: your code refers to resources that aren't there, so no plan "
                f"works until you change it: {'; '.join(shortened(shown, _SHOWN))}"
            )
    return found


def _is_in(reference: str, addresses: Collection[str]) -> bool:
    """Whether an address is one of some; where its key is no literal, whether its block may be."""
    block, _, key = reference.partition("[")
    if reference in addresses:
        return True
    return not key.startswith('"') and any(at.partition("[")[0] == block for at in addresses)


def _now_at(done: ScopeExport) -> dict[str, str]:
    """By the addresses at which resources were, what to say of where they are now."""
    return {
        old: f" is now {done.rendering.addresses[who]}"
        for who, addresses in done.facts.previous.previous_addresses.items()
        if who in done.rendering.addresses
        for old in addresses
    }


def renamed(format_: Format, previous: Manifest | None, exports: Exports) -> list[str]:
    """The resources that a stack may hold under other logical ids than the code now.

    CloudFormation takes a new logical id for a new resource
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-refactoring.html).
    """
    if previous is None or format_.can_move:
        return []
    old = {
        (scope.path, r.identity): r.address for scope in previous.scopes for r in scope.resources
    }
    found = [
        f"{_shown(path, who)} was {old[path, who]}, is now {address}"
        for path, done in exports
        for who, address in done.rendering.addresses.items()
        if old.get((path, who), address) != address
    ]
    if not found:
        return []
    return [
        f"renamed: {'; '.join(shortened(found, _SHOWN))}. A stack that has them would create them "
        "again, which SES refuses because the names are taken: restore the old names in the names "
        "file, or rename them in the stack with a stack refactor before the next deployment"
    ]


def departures(format_: Format, previous: Manifest | None, exports: Exports) -> list[str]:
    """Warnings about resources that leave the code although nothing proves them gone."""
    held = _held(previous)
    left = [
        (path, who, fate)
        for path, done in exports
        for who, fate in done.departed.items()
        if (path, who) in held
    ]
    return [
        f"removed from the code {words}: {_listed(found)}. {_what_follows(format_)}"
        for fate, words in _FATES.items()
        if (found := [(path, who) for path, who, its in left if its is fate])
    ]


_FATES = {
    Fate.ALIVE: "but still in SES",
    Fate.UNKNOWN: "but maybe still in SES",
}


def overwritten(scopes: Iterable[ExportScope]) -> list[str]:
    """A warning about resources that stand in files which force overwrites."""
    forgotten = (address for each in scopes for address in each.facts.previous.forgotten)
    # What --replaces takes the place of was never ours to overwrite.
    found = [address for address in forgotten if not is_v1(address)]
    if not found:
        return []
    shown = ", ".join(shortened(found, _SHOWN))
    return [
        f"overwritten by --force: {shown}. {removals.FILE} makes Terraform (1.7 or later) forget "
        "them without destroying them; delete it after the apply"
    ]


def _what_follows(format_: Format) -> str:
    if format_.can_move:
        return (
            f"{removals.FILE} makes Terraform (1.7 or later) forget them without destroying them; "
            "delete it after the apply"
        )
    return (
        "The next stack update keeps them in SES; to get them back into a stack, import them again"
    )


def replaced(previous: Manifest) -> list[str]:
    """A warning about an export of another format that is replaced by force."""
    if previous.format != "terraform" or not previous.resources:
        return []
    return [
        "replaced the Terraform code in this folder: if its "
        f"{count(len(previous.resources), 'resource')} may be in state, run 'terraform state rm' "
        "for each before you apply a plan here, or Terraform destroys them"
    ]


def gone(previous: Manifest | None, exports: Exports) -> list[str]:
    """A note of the resources that leave the code because SES no longer has them."""
    held = _held(previous)
    found = [(path, who) for path, done in exports for who in done.gone if (path, who) in held]
    return [f"no longer in SES, so removed from the code: {_listed(found)}"] if found else []


def kept(records: Iterable[ScopeRecord]) -> list[Said]:
    """A note of the accounts and regions that were not read."""
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


def crowded(each: ExportScope, done: ScopeExport) -> list[Said]:
    """Notes of the sets that cannot hold their old and their new destinations together."""
    replaced = each.facts.adopted
    if replaced is None:
        return []
    found = adoption.crowded(each.scope, replaced, frozenset(done.plan.identities))
    return [_crowded(name, number) for name, number in found]


def _crowded(name: str, number: int) -> Remark:
    text = (
        f"would have {number} destinations, old and new together, and SES allows "
        f"{adoption.PER_SET}: leave at least {number - adoption.PER_SET} for a later round"
    )
    alone = f"{name}: {text} (--exclude '{name}/NAME')"
    return Remark(name, f"{text} (--exclude 'SET/NAME')", alone=alone)


def _held(previous: Manifest | None) -> set[tuple[str, Identity]]:
    scopes = previous.scopes if previous else ()
    return {(scope.path, each.identity) for scope in scopes for each in scope.resources}


def _listed(resources: Iterable[tuple[str, Identity]]) -> str:
    found = sorted(_shown(path, who) for path, who in resources)
    return ", ".join(shortened(found, _SHOWN))


def _shown(path: str, who: Identity) -> str:
    """A resource by name, with its folder where the export has several."""
    return str(who) if path == HERE else f"{path}: {who}"
