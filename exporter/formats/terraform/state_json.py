"""What Terraform itself says: ``terraform show -json`` of a state or a plan, and state files.

Both give every value that is known, so that nothing has to be evaluated. Shapes are those of
Terraform's JSON output format 1.x and of state files of version 4.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from exporter.formats.code_resource import CodeResource, Loaded, Unknown, UnknownCause
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE, V1_TYPES
from exporter.formats.terraform.plan_json import to_api
from exporter.formats.unresolved import Unresolved
from exporter.model import arns
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError

Json = Any

_STATE_VERSION = 4
_AGAIN = "write it anew with: terraform show -json > FILE"
_AFTER_APPLY = "it is known after the apply only"
_COMPUTED = frozenset({"id", "arn", "region", "tags_all", "tags", "configuration_set_name"})
"""Attributes that are no settings, or that are read by their names."""


def load_shown(text: str, where: str) -> list[Loaded]:
    """The output of ``terraform show -json``, of a plan or of a state.

    Returns:
        One for each account and region.

    Raises:
        ExporterError: when it is none.
    """
    value = _parse(text, where)
    version = value.get("format_version")
    if not isinstance(version, str) or not version.startswith(("0.", "1.")):
        raise ExporterError(
            f"not the output of 'terraform show -json' (format_version {version!r})",
            where=where,
            hint="write it with: terraform show -json > FILE",
        )
    with _shaped(where):
        unknown = {
            change["address"]: change.get("change", {}).get("after_unknown") or {}
            for change in value.get("resource_changes", ())
            if not change.get("deposed")
        }
        held = value.get("planned_values") or value.get("values") or {}
        rows = [
            _Row(
                each["address"],
                each["type"],
                each["values"],
                unknown.get(each["address"], {}),
                each.get("provider_name"),
            )
            for each in _in_module(held.get("root_module", {}))
        ]
        return _loaded(rows, where)


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
        return _loaded(_in_state(value), where)


@contextmanager
def _shaped(where: str) -> Iterator[None]:
    """Turn what a text of another shape leads to into an error for people."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise ExporterError(
            f"not of the shape that Terraform writes ({type(error).__name__}: {error})",
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


@dataclass(frozen=True)
class _Row:
    """A resource as Terraform keeps it; ``provider`` is the configuration that it is of."""

    address: str
    kind: str
    values: Json
    after_unknown: Json = field(default_factory=dict)
    provider: Json = None


def _concerns_ses(resource: Json) -> bool:
    kinds = (SET_TYPE, DESTINATION_TYPE, *V1_TYPES)
    return resource.get("mode") == "managed" and resource.get("type") in kinds


def _in_module(module: Json) -> Iterator[Json]:
    for resource in module.get("resources", ()):
        # A deposed object was replaced, and waits for its end.
        if _concerns_ses(resource) and not resource.get("deposed_key"):
            yield resource
    for child in module.get("child_modules", ()):
        yield from _in_module(child)


def _in_state(state: Json) -> Iterator[_Row]:
    for resource in filter(_concerns_ses, state.get("resources", ())):
        module = f"{resource['module']}." if "module" in resource else ""
        for instance in resource.get("instances", ()):
            if instance.get("deposed"):
                continue
            key = instance.get("index_key")
            index = "" if key is None else f"[{json.dumps(key)}]"
            address = f"{module}{resource['type']}.{resource['name']}{index}"
            values = instance.get("attributes", {})
            yield _Row(address, resource["type"], values, provider=resource.get("provider"))


# Accounts and regions
# --------------------------------------------------------------------------------------


_Place = tuple[str | None, str | None]
"""An account and a region, as far as they are said."""

_NOWHERE: _Place = (None, None)


def _loaded(rows: Iterable[_Row], where: str) -> list[Loaded]:
    places = _Places(list(rows))
    found: dict[_Place, dict[Identity, CodeResource]] = defaultdict(dict)
    unresolved: list[Unresolved] = []
    for row in places.rows:
        described, place = _described(row, where), places.of(row)
        if isinstance(described, Unresolved):
            unresolved.append(described)
        elif place is None:
            unresolved.append(Unresolved(where, row.address, "its region is not known"))
        else:
            _add(found[place], described, where)
    # What is not known may be of any of them.
    return [
        Loaded(tuple(of.values()), tuple(unresolved), *place)
        for place, of in (found or {_NOWHERE: {}}).items()
    ]


def _add(found: dict[Identity, CodeResource], described: CodeResource, where: str) -> None:
    first = found.setdefault(described.identity, described)
    if first is not described:
        addresses = f"{first.address} and {described.address}"
        raise ExporterError(f"{described.identity} is described twice: {addresses}", where=where)


class _Places:
    """Which account and region each resource is in.

    A set says it by its ARN, and from the provider's version 6 on each resource its region. A
    destination of an older provider is where its set is.
    """

    def __init__(self, rows: list[_Row]) -> None:
        self.rows = rows
        self._said = {_said(row) for row in rows}
        # The places of all, and of those of one set, each also by its provider alone.
        self._near: dict[tuple[str | None, str | None], set[_Place]] = defaultdict(set)
        for row in rows:
            place = self._completed(_said(row))
            if place == _NOWHERE:
                continue
            name, provider = _set_name(row), str(row.provider)
            for of_set in (None, name) if row.kind == SET_TYPE else (None,):
                self._near[of_set, provider].add(place)
                self._near[of_set, None].add(place)

    def of(self, row: _Row) -> _Place | None:
        """The place of a resource; None when it could be one of several."""
        place = self._completed(_said(row))
        if None not in place:
            return place
        name, provider = _set_name(row), str(row.provider)
        for key in ((name, provider), (name, None), (None, provider), (None, None)):
            fitting = {other for other in self._near.get(key, ()) if _agree(place, other)}
            if fitting:
                return next(iter(fitting)) if len(fitting) == 1 else None
        return place

    def _completed(self, place: _Place) -> _Place:
        """A place with what the only other one that it can be says."""
        whole = {other for other in self._said if None not in other and _agree(place, other)}
        return next(iter(whole)) if place != _NOWHERE and len(whole) == 1 else place


def _set_name(row: _Row) -> str:
    return str(row.values.get("configuration_set_name"))


def _said(row: _Row) -> _Place:
    region, arn = row.values.get("region"), arns.split(row.values.get("arn"))
    of_arn = (arn.account or None, arn.region or None) if arn else _NOWHERE
    return of_arn[0], region if isinstance(region, str) and region else of_arn[1]


def _agree(one: _Place, other: _Place) -> bool:
    return all(None in pair or pair[0] == pair[1] for pair in zip(one, other, strict=True))


# Resources
# --------------------------------------------------------------------------------------


def _described(row: _Row, where: str) -> CodeResource | Unresolved:
    address, values, after_unknown = row.address, row.values, row.after_unknown
    if row.kind in V1_TYPES:
        return Unresolved(where, address, "resources of the SES API v1 are not read")
    set_name = values.get("configuration_set_name")
    if not isinstance(set_name, str):
        said = f"the name of its set {_AFTER_APPLY.removeprefix('it ')}"
        return Unresolved(where, address, said)
    if row.kind == SET_TYPE:
        kept = {k: v for k, v in values.items() if k not in _COMPUTED}
        api = to_api(_with_unknown(kept, after_unknown))
        tags = values.get("tags_all") or values.get("tags")
        if tags:
            api["Tags"] = [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
        api.get("ReputationOptions", {}).pop("LastFreshStart", None)
        return CodeResource(address, where, Identity(set_name), api)
    name, blocks = values.get("event_destination_name"), values.get("event_destination")
    if not isinstance(name, str) or not isinstance(blocks, list) or len(blocks) != 1:
        said = f"its name {_AFTER_APPLY.removeprefix('it ')}"
        return Unresolved(where, address, said)
    below = after_unknown.get("event_destination") or [{}]
    api = to_api(_with_unknown(blocks[0], below[0] if below else {}))
    return CodeResource(address, where, Identity(set_name, name), api)


def _with_unknown(values: Mapping[str, Json], unknown: Json) -> dict[str, Json]:
    """Values as a block: nothing that is null or empty, and what is not known yet marked."""
    found: dict[str, Json] = {}
    marks = unknown if isinstance(unknown, dict) else {}
    for name in {**values, **marks}:
        value, mark = values.get(name), marks.get(name)
        if mark is True:
            found[name] = Unknown(_AFTER_APPLY, UnknownCause.AFTER_APPLY)
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value) and value:
            below = mark if isinstance(mark, list) else []
            found[name] = [
                _with_unknown(item, below[index] if index < len(below) else {})
                for index, item in enumerate(value)
            ]
        elif not _is_unset(name, value):
            found[name] = value
    return found


def _is_unset(name: str, value: Json) -> bool:
    """Whether a value stands for none; in a state, unset texts and numbers are empty and zero."""
    if isinstance(value, bool):
        return False
    return value is None or value in ("", 0) or (value == [] and name != "suppressed_reasons")
