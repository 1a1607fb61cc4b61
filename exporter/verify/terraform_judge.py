"""Judge a Terraform plan: it must import what state lacks, and do nothing else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from exporter.formats.manifest import ScopeRecord
from exporter.support.text import count
from exporter.verify.imports import never_handed_out
from exporter.verify.results import CheckFinding, failed, passed

Json = Any

BY_STATE = "use --state FILE (the output of 'terraform state pull') to plan from the real state"
_RESTORE = (
    "restore removed.tf, and delete it only after the apply: without it, Terraform "
    "destroys what was only removed from the code"
)


@dataclass(frozen=True)
class Basis:
    """What a plan was made from, besides the code.

    Attributes:
        has_state: Whether it was made from a state.
        put_back: How many imports were added back because there is no state.
    """

    has_state: bool = False
    put_back: int = 0


NO_STATE = Basis()


def judge_plan(plan: Json, record: ScopeRecord, basis: Basis = NO_STATE) -> CheckFinding:
    """Check that each resource of a manifest is imported or in state, and nothing else happens.

    ``plan`` is the parsed output of ``terraform show -json``.
    """
    planned = _PlannedActions()
    for change in plan.get("resource_changes", ()):
        planned.add(change)
    departed = {address for resource in record.departed for address in resource.addresses}
    departed.update(record.forgotten)
    items = [
        *planned.items,
        *(
            f"forget {address}"
            for address, before in planned.forgotten.items()
            if before not in departed and _resource(before) not in departed
        ),
        *_unmanaged(planned, record),
    ]
    hints = []
    if any(departed & {address, _resource(address)} for address in planned.destroyed):
        hints.append(_RESTORE)
    if basis.put_back:
        hints.append(BY_STATE)
    summary = _summary(planned, record, basis)
    return replace(failed(summary, items) if items else passed(summary), hint="; ".join(hints))


def _resource(address: str) -> str:
    """Return a resource's address without the key of an instance."""
    return address.partition("[")[0]


@dataclass
class _PlannedActions:
    """The actions in a plan.

    Attributes:
        imported: The import ids, by address.
        in_state: The ids of resources that are in state, by address.
        forgotten: The addresses that are removed from state only, with their previous addresses.
        items: Actions that a plan of an export should not have, a line each.
    """

    imported: dict[str, str] = field(default_factory=dict)
    in_state: dict[str, str] = field(default_factory=dict)
    added: int = 0
    changed: int = 0
    destroyed: list[str] = field(default_factory=list)
    forgotten: dict[str, str] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)

    def add(self, resource_change: Json) -> None:
        address, change = resource_change["address"], resource_change["change"]
        actions = change["actions"]
        if "importing" in change:
            self.imported[address] = change["importing"].get("id", "")
        elif change.get("before"):
            self.in_state[address] = change["before"].get("id", "")
        self.added += "create" in actions
        if "delete" in actions:
            self.destroyed.append(address)
        if actions == ["update"]:
            self.changed += 1
            changes = _different(change.get("before"), change.get("after"), "")
            lines = [f"~ {address}: {line}" for line in changes]
            self.items += lines or [f"~ {address}: a change that the plan does not show"]
        elif actions == ["forget"]:
            self.forgotten[address] = resource_change.get("previous_address", address)
        elif actions not in (["no-op"], ["read"]):
            self.items.append(f"{'/'.join(actions)} {address}")


def _unmanaged(planned: _PlannedActions, record: ScopeRecord) -> Iterator[str]:
    """Yield resources that are not imported or in state as they should be, and unknown imports."""
    expected = {r.address: r.identity.import_id for r in record.resources}
    never_imported = {r.address for r in never_handed_out(record)}
    for address, import_id in expected.items():
        if address in planned.imported:
            if planned.imported[address] != import_id:
                planned_id = planned.imported[address]
                yield f"{address}: imported with id {planned_id!r}, not {import_id!r}"
        elif address not in planned.in_state:
            again = "; export again to write its import" if address in never_imported else ""
            yield f"not imported: {address}{again}"
        elif planned.in_state[address] != import_id:
            yield f"{address}: in the state as {planned.in_state[address]!r}, not as {import_id!r}"
    for address in sorted(planned.imported.keys() - expected):
        yield f"imported, but not in the manifest: {address}"


def _summary(planned: _PlannedActions, record: ScopeRecord, basis: Basis) -> str:
    """Sum up a plan like Terraform, and name what it was made from."""
    summary = (
        f"{len(planned.imported)} to import, {planned.added} to add, "
        f"{planned.changed} to change, {len(planned.destroyed)} to destroy"
    )
    if planned.forgotten:
        summary += f", {len(planned.forgotten)} to forget"
    if basis.has_state:
        known = planned.in_state.keys() & {resource.address for resource in record.resources}
        summary += f"; {len(known)} already in the state"
    if basis.put_back:
        which = "its file was" if basis.put_back == 1 else "their file was"
        summary += (
            f"; {count(basis.put_back, 'import')} added back, because {which} deleted after "
            "the import"
        )
    return summary


def _different(before: Json, after: Json, path: str) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            below = f"{path}.{name}" if path else name
            yield from _different(before.get(name), after.get(name), below)
    elif _are_blocks(before) and _are_blocks(after) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            item_path = path if len(before) == 1 else f"{path}[{index}]"
            yield from _different(old, new, item_path)
    else:
        yield f"{path}: {json.dumps(before)} -> {json.dumps(after)}"


def _are_blocks(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)
