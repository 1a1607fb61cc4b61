"""What Terraform itself says: ``terraform show -json`` of a state or a plan, and state files.

Both give every value that is known, so that nothing has to be evaluated. Shapes are those of
Terraform's JSON output format 1.x and of state files of version 4.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.terraform.names import NAME_ARGUMENTS
from exporter.formats.terraform.plan_json import is_repeated
from exporter.formats.terraform.plan_providers import PlanProviders, without_keys
from exporter.formats.terraform.plan_references import with_set_names
from exporter.formats.terraform.recorded import Row, described
from exporter.formats.terraform.recorded_places import NOWHERE, Place, Places, named_by
from exporter.formats.unresolved import Reach, Unresolved
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError

Json = Any

_STATE_VERSION = 4
_AGAIN = "write it again with: terraform show -json > FILE"


def load_shown(text: str, where: str) -> list[Loaded]:
    """The output of ``terraform show -json``, of a plan or of a state.

    Returns:
        One for each account and region.

    Raises:
        ExporterError: when it is none.
    """
    value = _parse_shown(text, where)
    with _shaped(where):
        unknown = {
            change["address"]: change.get("change", {}).get("after_unknown") or {}
            for change in value.get("resource_changes", ())
            if not change.get("deposed")
        }
        held = value.get("planned_values") or value.get("values") or {}
        providers = PlanProviders(value)
        rows = [
            _shown_row(each, unknown.get(each["address"], {}), providers)
            for each in _in_module(held.get("root_module", {}))
        ]
    return _loaded(with_set_names(rows, value), {}, where)


def load_instances(
    plan: Json, where: str, says: Callable[[], Mapping[Identity, CodeResource]]
) -> list[CodeResource]:
    """What a plan says of the SES resources of its root module that stand for instances.

    Args:
        plan: The parsed output of ``terraform show -json PLANFILE``.
        where: The plan, for messages.
        says: What the code says of each. What it leaves open is planned as it is in SES.

    Raises:
        ExporterError: when a resource has no name before the apply.
    """
    module = plan.get("configuration", {}).get("root_module", {})
    repeated = {each["address"] for each in module.get("resources", ()) if is_repeated(each)}
    held = plan.get("planned_values", {}).get("root_module", {}).get("resources", ())
    rows = [
        Row(each["address"], each["type"], _attributes(each["values"]))
        for each in filter(_concerns_ses, held)
        if without_keys(each["address"]) in repeated
    ]
    found = []
    code = says() if rows else {}
    for row in rows:
        each = described(row, where)
        if isinstance(each, Unresolved):
            raise ExporterError(each.reason, where=row.address)
        own = code.get(each.identity)
        left_open = COMPUTED if own is None else COMPUTED - own.values.keys()
        values = {name: value for name, value in each.values.items() if name not in left_open}
        found.append(replace(each, values=values))
    return found


COMPUTED: Final = frozenset({"ReputationOptions", "SendingOptions"})
"""What the provider takes from SES where the code does not say it."""


def load_before(text: str, where: str) -> list[Loaded]:
    """What stood in the state before a plan was made, in the output of ``terraform show -json``.

    The prior state of a plan is refreshed already; ``resource_drift`` holds the values of before.

    Returns:
        One for each account and region; none where there was no state.

    Raises:
        ExporterError: when it is no such output.
    """
    value = _parse_shown(text, where)
    with _shaped(where):
        prior = value.get("prior_state", {}).get("values", {}).get("root_module", {})
        held = {each["address"]: each for each in _in_module(prior)}
        for drift in filter(_concerns_ses, value.get("resource_drift", ())):
            before = drift["change"].get("before")
            if before is not None and not drift.get("deposed"):
                held[drift["address"]] = {**drift, "values": before}
        providers = PlanProviders(value)
        rows = [_shown_row(each, {}, providers) for each in held.values()]
    return _loaded(rows, {}, where) if rows else []


def load_state(text: str, where: str) -> list[Loaded]:
    """A state file.

    Returns:
        One for each account and region.

    Raises:
        ExporterError: when it is none, or one of a version that is not known.
    """
    value = _parse(text, where)
    version = value.get("version")
    if version != _STATE_VERSION:
        raise ExporterError(
            f"a state of version {version}; this ses2iac knows {_STATE_VERSION}",
            where=where,
            hint="name the output of 'terraform show -json' instead",
        )
    with _shaped(where):
        rows = list(_in_state(value))
        others = named_by(_arns(value))
    return _loaded(rows, others, where)


@contextmanager
def _shaped(where: str) -> Iterator[None]:
    """Turn what a text of another shape leads to into an error for people.

    Only what finds the resources goes in here: what they hold is read without any expectation, so
    that a fault of ses2iac is never taken for one of the file.
    """
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise ExporterError(
            f"not in the form that Terraform writes ({type(error).__name__}: {error})",
            where=where,
            hint=_AGAIN,
        ) from None


def _parse(text: str, where: str) -> dict[str, Json]:
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ExporterError("nested too deeply", where=where, hint=_AGAIN) from None
    except ValueError as error:
        raise ExporterError(f"not JSON: {error}", where=where, hint=_AGAIN) from None
    if not isinstance(value, dict):
        raise ExporterError("not a JSON object", where=where, hint=_AGAIN)
    return value


def _parse_shown(text: str, where: str) -> dict[str, Json]:
    value = _parse(text, where)
    version = value.get("format_version")
    if not isinstance(version, str) or not version.startswith(("0.", "1.")):
        raise ExporterError(
            f"not the output of 'terraform show -json' (format_version {version!r})",
            where=where,
            hint="write it with: terraform show -json > FILE",
        )
    return value


def _concerns_ses(resource: Json) -> bool:
    return resource.get("mode") == "managed" and resource.get("type") in NAME_ARGUMENTS


def _in_module(module: Json) -> Iterator[Json]:
    for resource in module.get("resources", ()):
        # A deposed object was replaced, and waits for its end.
        if _concerns_ses(resource) and not resource.get("deposed_key"):
            yield resource
    for child in module.get("child_modules", ()):
        yield from _in_module(child)


def _shown_row(resource: Json, after_unknown: Json, providers: PlanProviders) -> Row:
    address, values = resource["address"], resource["values"]
    provider = providers.of(address)
    return Row(
        address,
        resource["type"],
        _attributes(values),
        after_unknown,
        provider.key if provider else resource.get("provider_name"),
        provider.region if provider else None,
        has_default_tags=provider is not None and provider.has_default_tags,
    )


def _in_state(state: Json) -> Iterator[Row]:
    for resource in filter(_concerns_ses, state.get("resources", ())):
        module = f"{resource['module']}." if "module" in resource else ""
        for instance in resource.get("instances", ()):
            if instance.get("deposed"):
                continue
            key = instance.get("index_key")
            index = "" if key is None else f"[{json.dumps(key)}]"
            address = f"{module}{resource['type']}.{resource['name']}{index}"
            values = _attributes(instance.get("attributes", {}))
            yield Row(address, resource["type"], values, provider=resource.get("provider"))


def _attributes(values: Json) -> Mapping[str, Json]:
    if not isinstance(values, dict):
        raise TypeError("the attributes of a resource are not an object")
    return values


def _arns(state: Json) -> Iterator[tuple[str, Json]]:
    """The ARN of each resource that has one, with its provider configuration."""
    for resource in state.get("resources", ()):
        for instance in resource.get("instances", ()):
            values = instance.get("attributes")
            if resource.get("mode") == "managed" and isinstance(values, dict):
                yield str(resource.get("provider")), values.get("arn")


def _loaded(rows: list[Row], others: Mapping[str, set[Place]], where: str) -> list[Loaded]:
    places = Places(rows, others)
    found: dict[Place, dict[Identity, CodeResource]] = defaultdict(dict)
    unresolved: dict[Place, list[Unresolved]] = defaultdict(list)
    anywhere: list[Unresolved] = []
    for row in rows:
        each, place = described(row, where), places.of(row)
        if isinstance(each, Unresolved):
            (anywhere if place is None else unresolved[place]).append(each)
        elif place is None:
            reason, reach = "its region is not known", Reach.of(each.identity)
            anywhere.append(Unresolved(where, row.address, reason, "", reach))
        else:
            _add(found[place], each, where)
    # What is not known may be of any of them.
    return [
        Loaded(tuple(found[place].values()), (*unresolved.get(place, ()), *anywhere), *place)
        for place in _in_order((*found, *unresolved)) or [NOWHERE]
    ]


def _in_order(places: Iterable[Place]) -> list[Place]:
    return list(dict.fromkeys(places))


def _add(found: dict[Identity, CodeResource], resource: CodeResource, where: str) -> None:
    first = found.setdefault(resource.identity, resource)
    if first is not resource:
        addresses = f"{first.address} and {resource.address}"
        raise ExporterError(f"{resource.identity} is described twice: {addresses}", where=where)
