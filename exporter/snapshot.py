"""The snapshot file: models to canonical JSON and back (format version 1, ``docs/snapshot.md``)."""

from dataclasses import dataclass
from typing import Final

import msgspec

from exporter import wire
from exporter.errors import ExporterError, UsageError
from exporter.models import ConfigurationSet, Scope, Snapshot, partition_of

FORMAT_VERSION: Final = 1


@dataclass(frozen=True)
class PastedAnswer:
    """What a raw answer of ``get-configuration-set-event-destinations`` does not say of itself."""

    configuration_set: str | None
    region: str | None


def dump(snapshot: Snapshot) -> str:
    """The canonical text of a snapshot: the same configuration gives the same bytes."""
    return wire.pretty(wire.encode(snapshot))


def load(data: bytes, name: str, pasted: PastedAnswer) -> Snapshot:
    """Read a snapshot, or the raw answer of ``aws sesv2 get-configuration-set-event-destinations``.

    Args:
        data: The file's bytes.
        name: The file's name, for messages.
        pasted: What the options say of a raw answer.

    Raises:
        ExporterError: when the text is not JSON or has not the shape of a snapshot, with the JSON
            path.
        UsageError: when a raw answer comes without its set's name or region, or a snapshot with a
            set's name.
    """
    value = _parse(data, name)
    if _is_pasted_answer(value):
        return _from_pasted(value, name, pasted)
    if pasted.configuration_set is not None:
        raise UsageError(
            "--configuration-set goes with the raw answer of one set, and this is a snapshot",
            where=name,
            hint="choose sets of a snapshot with --include NAME",
        )
    _check_version(value, name)
    return _decode(_with_known_sets(value), Snapshot, name)


_known: dict[bytes, ConfigurationSet] = {}
"""Sets that were decoded, by their JSON: two snapshots of one account hold mostly the same."""


def _with_known_sets(value: dict[str, wire.Json]) -> dict[str, wire.Json]:
    """A snapshot's JSON with models in the place of the sets that are right by themselves.

    The others stay, so that what is wrong is said with its path in the whole.
    """
    scopes = value.get("Scopes")
    if not isinstance(scopes, list):
        return value
    return {**value, "Scopes": [_with_models(scope) for scope in scopes]}


def _with_models(scope: wire.Json) -> wire.Json:
    sets = scope.get("ConfigurationSets") if isinstance(scope, dict) else None
    if not isinstance(sets, list):
        return scope
    return {**scope, "ConfigurationSets": [_model(found) for found in sets]}


def _model(value: wire.Json) -> wire.Json:
    if not isinstance(value, dict):
        return value
    text = msgspec.json.encode(value)
    if text not in _known:
        try:
            _known[text] = wire.decode(value, ConfigurationSet)
        except wire.MalformedError:
            return value
    return _known[text]


def _parse(data: bytes, name: str) -> wire.Json:
    hint = "a snapshot is what 'ses2iac snapshot --out FILE' writes"
    if not data.strip():
        raise ExporterError("holds nothing", where=name, hint=hint)
    try:
        # A byte order mark is what editors on Windows put before UTF-8; it says nothing.
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except UnicodeDecodeError:
        raise ExporterError("not UTF-8", where=name, hint=hint) from None
    except RecursionError:
        raise _too_deep(name) from None
    except msgspec.DecodeError as error:
        raise ExporterError(f"not JSON: {error}", where=name, hint=hint) from None


def _too_deep(name: str) -> ExporterError:
    return ExporterError("nested too deeply", where=f"{name}: $")


def _check_version(value: wire.Json, name: str) -> None:
    if not isinstance(value, dict) or "FormatVersion" not in value:
        raise ExporterError(
            "neither a snapshot (no FormatVersion) nor an answer of SES (no EventDestinations)",
            where=f"{name}: $",
            hint="a snapshot is what 'ses2iac snapshot --out FILE' writes",
        )
    version = value["FormatVersion"]
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise ExporterError(
            f"unknown FormatVersion{_shown(version)}",
            where=f"{name}: $.FormatVersion",
            hint=f"this ses2iac reads version {FORMAT_VERSION}; a newer one may have written the "
            f"file",
        )


def _shown(version: wire.Json) -> str:
    return f" {version!r}" if isinstance(version, int | str) and len(str(version)) < 20 else ""


def _decode(value: wire.Json, model: type[wire.M], name: str) -> wire.M:
    try:
        return wire.decode(value, model)
    except wire.MalformedError as error:
        raise ExporterError(error.reason, where=f"{name}: {error.path}") from None


def _is_pasted_answer(value: wire.Json) -> bool:
    """Whether this is the API's answer; boto3 and some proxies add ``ResponseMetadata`` to it."""
    return isinstance(value, dict) and "EventDestinations" in value and not _others(value)


def _others(value: dict[str, wire.Json]) -> set[str]:
    return set(value) - {"EventDestinations", "ResponseMetadata"}


def _from_pasted(value: wire.Json, name: str, pasted: PastedAnswer) -> Snapshot:
    if pasted.configuration_set is None or pasted.region is None:
        raise UsageError(
            "this answer of SES does not say of which configuration set and region it is",
            where=name,
            hint="add --configuration-set NAME and --region REGION",
        )
    answer = {"EventDestinations": value["EventDestinations"]}
    placed = {"ConfigurationSetName": pasted.configuration_set, "OptionsKnown": False, **answer}
    configuration_set = _decode(placed, ConfigurationSet, name)
    scope = {"Partition": partition_of(pasted.region), "Region": pasted.region}
    empty = _decode(scope, Scope, f"--region {pasted.region}")
    whole = msgspec.structs.replace(empty, configuration_sets=(configuration_set,))
    return Snapshot(format_version=FORMAT_VERSION, scopes=(whole,))
