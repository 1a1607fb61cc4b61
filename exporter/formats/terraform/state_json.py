"""Load the output of ``terraform show -json`` for a state or a plan, and state files.

They contain every known value, so nothing has to be evaluated. The formats are Terraform's JSON
output format 1.x and version 4 of state files.
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
from exporter.formats.terraform.recorded import Record, describe
from exporter.formats.terraform.recorded_scopes import (
    UNKNOWN_SCOPE,
    PartialScope,
    RecordedScopes,
    scopes_by_provider,
)
from exporter.formats.unresolved import Reach, Unresolved
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError

Json = Any

_STATE_VERSION = 4
_REWRITE_HINT = "write it again with: terraform show -json > FILE"


def load_shown(text: str, where: str) -> list[Loaded]:
    """Load the output of ``terraform show -json`` for a plan or a state.

    Returns:
        One result for each account and region.

    Raises:
        ExporterError: when the text isn't such output.
    """
    value = _parse_shown(text, where)
    with _malformed_as_error(where):
        unknown = {
            change["address"]: change.get("change", {}).get("after_unknown") or {}
            for change in value.get("resource_changes", ())
            if not change.get("deposed")
        }
        values = value.get("planned_values") or value.get("values") or {}
        providers = PlanProviders(value)
        records = [
            _shown_record(resource, unknown.get(resource["address"], {}), providers)
            for resource in _module_resources(values.get("root_module", {}))
        ]
    return _by_scope(with_set_names(records, value), {}, where, _missing_part(value, where))


def _missing_part(plan: Json, where: str) -> tuple[Unresolved, ...]:
    """Return an entry if the plan doesn't cover all of the code, according to Terraform."""
    if plan.get("errored"):
        reason = "Terraform failed to plan all of the code"
        hint = "fix the error, and plan again"
    elif plan.get("complete") is False:
        reason = "Terraform planned only a part of the code (-target, or deferred changes)"
        hint = "plan without -target"
    else:
        return ()
    return (Unresolved(where, "", reason, hint),)


def load_instances(
    plan: Json, where: str, configured: Callable[[], Mapping[Identity, CodeResource]]
) -> list[CodeResource]:
    """Return the SES resources of a plan's root module with ``count`` or ``for_each``.

    Args:
        plan: The parsed output of ``terraform show -json PLANFILE``.
        where: The plan, for messages.
        configured: Returns the resources in the code. Values that the code omits are planned as
            they are in SES, so they are removed.

    Raises:
        ExporterError: when the name of a resource is known only after apply.
    """
    module = plan.get("configuration", {}).get("root_module", {})
    repeated = {
        resource["address"] for resource in module.get("resources", ()) if is_repeated(resource)
    }
    planned = plan.get("planned_values", {}).get("root_module", {}).get("resources", ())
    records = [
        Record(resource["address"], resource["type"], _attributes(resource["values"]))
        for resource in filter(_concerns_ses, planned)
        if without_keys(resource["address"]) in repeated
    ]
    resources = []
    code = configured() if records else {}
    for record in records:
        resource = describe(record, where)
        if isinstance(resource, Unresolved):
            raise ExporterError(resource.reason, where=record.address)
        in_code = code.get(resource.identity)
        computed = COMPUTED if in_code is None else COMPUTED - in_code.values.keys()
        values = {name: value for name, value in resource.values.items() if name not in computed}
        resources.append(replace(resource, values=values))
    return resources


COMPUTED: Final = frozenset({"ReputationOptions", "SendingOptions"})
"""The values that the provider reads from SES if the code omits them."""


def load_before(text: str, where: str) -> list[Loaded]:
    """Load the state before a plan refreshed it, from the output of ``terraform show -json``.

    The prior state in a plan is already refreshed; ``resource_drift`` has the values before that.

    Returns:
        One result for each account and region; none if there was no state.

    Raises:
        ExporterError: when the text isn't such output.
    """
    value = _parse_shown(text, where)
    with _malformed_as_error(where):
        prior_state = value.get("prior_state", {}).get("values", {}).get("root_module", {})
        before_refresh = {
            resource["address"]: resource for resource in _module_resources(prior_state)
        }
        for drift in filter(_concerns_ses, value.get("resource_drift", ())):
            values = drift["change"].get("before")
            if values is not None and not drift.get("deposed"):
                before_refresh[drift["address"]] = {**drift, "values": values}
        providers = PlanProviders(value)
        records = [_shown_record(resource, {}, providers) for resource in before_refresh.values()]
    return _by_scope(records, {}, where) if records else []


def load_state(text: str, where: str) -> list[Loaded]:
    """Load a state file.

    Returns:
        One result for each account and region.

    Raises:
        ExporterError: when the text isn't a state file, or one of another version.
    """
    value = _parse(text, where)
    version = value.get("version")
    if version != _STATE_VERSION:
        raise ExporterError(
            f"a state of version {version}; this ses2iac knows {_STATE_VERSION}",
            where=where,
            hint="pass the output of 'terraform show -json' instead",
        )
    with _malformed_as_error(where):
        records = list(_state_records(value))
        by_provider = scopes_by_provider(_arns(value))
    return _by_scope(records, by_provider, where)


@contextmanager
def _malformed_as_error(where: str) -> Iterator[None]:
    """Turn the exceptions that a malformed file causes into an ``ExporterError``.

    Use it only around the code that finds the resources. Their values are read without assumptions,
    so that a bug of ses2iac is never reported as an error in the file.
    """
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise ExporterError(
            f"not in the form that Terraform writes ({type(error).__name__}: {error})",
            where=where,
            hint=_REWRITE_HINT,
        ) from None


def _parse(text: str, where: str) -> dict[str, Json]:
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ExporterError("nested too deeply", where=where, hint=_REWRITE_HINT) from None
    except ValueError as error:
        raise ExporterError(f"not JSON: {error}", where=where, hint=_REWRITE_HINT) from None
    if not isinstance(value, dict):
        raise ExporterError("not a JSON object", where=where, hint=_REWRITE_HINT)
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


def _module_resources(module: Json) -> Iterator[Json]:
    for resource in module.get("resources", ()):
        # A deposed object was replaced and is waiting to be destroyed.
        if _concerns_ses(resource) and not resource.get("deposed_key"):
            yield resource
    for child in module.get("child_modules", ()):
        yield from _module_resources(child)


def _shown_record(resource: Json, after_unknown: Json, providers: PlanProviders) -> Record:
    address, values = resource["address"], resource["values"]
    provider = providers.of(address)
    return Record(
        address,
        resource["type"],
        _attributes(values),
        after_unknown,
        provider.key if provider else resource.get("provider_name"),
        provider.region if provider else None,
        has_default_tags=provider is not None and provider.has_default_tags,
    )


def _state_records(state: Json) -> Iterator[Record]:
    for resource in filter(_concerns_ses, state.get("resources", ())):
        module = f"{resource['module']}." if "module" in resource else ""
        for instance in resource.get("instances", ()):
            if instance.get("deposed"):
                continue
            key = instance.get("index_key")
            index = "" if key is None else f"[{json.dumps(key)}]"
            address = f"{module}{resource['type']}.{resource['name']}{index}"
            values = _attributes(instance.get("attributes", {}))
            yield Record(address, resource["type"], values, provider=resource.get("provider"))


def _attributes(values: Json) -> Mapping[str, Json]:
    if not isinstance(values, dict):
        raise TypeError("the attributes of a resource are not an object")
    return values


def _arns(state: Json) -> Iterator[tuple[str, Json]]:
    """Yield the provider configuration and the ARN of each resource."""
    for resource in state.get("resources", ()):
        for instance in resource.get("instances", ()):
            values = instance.get("attributes")
            if resource.get("mode") == "managed" and isinstance(values, dict):
                yield str(resource.get("provider")), values.get("arn")


def _by_scope(
    records: list[Record],
    by_provider: Mapping[str, set[PartialScope]],
    where: str,
    missing: tuple[Unresolved, ...] = (),
) -> list[Loaded]:
    scopes = RecordedScopes(records, by_provider)
    resources: dict[PartialScope, dict[Identity, CodeResource]] = defaultdict(dict)
    unresolved: dict[PartialScope, list[Unresolved]] = defaultdict(list)
    anywhere = [*missing]
    for record in records:
        resource, scope = describe(record, where), scopes.of(record)
        if isinstance(resource, Unresolved):
            (anywhere if scope is None else unresolved[scope]).append(resource)
        elif scope is None:
            reason, reach = "its region is not known", Reach.of(resource.identity)
            anywhere.append(Unresolved(where, record.address, reason, "", reach))
        else:
            _add(resources[scope], resource, where)
    # A resource whose scope is unknown may belong to any of them.
    return [
        Loaded(tuple(resources[scope].values()), (*unresolved.get(scope, ()), *anywhere), *scope)
        for scope in _unique((*resources, *unresolved)) or [UNKNOWN_SCOPE]
    ]


def _unique(scopes: Iterable[PartialScope]) -> list[PartialScope]:
    return list(dict.fromkeys(scopes))


def _add(resources: dict[Identity, CodeResource], resource: CodeResource, where: str) -> None:
    first = resources.setdefault(resource.identity, resource)
    if first is not resource:
        addresses = f"{first.address} and {resource.address}"
        raise ExporterError(f"{resource.identity} is described twice: {addresses}", where=where)
