"""Convert snapshots to canonical JSON and back (format version 1, ``docs/snapshot.md``)."""

import json
from dataclasses import dataclass
from typing import Final

import msgspec

from exporter.model import codec
from exporter.model.resources import ConfigurationSet, Scope, Snapshot, partition_of
from exporter.sources.cli_output import CliOutput, described, recognise
from exporter.support.errors import ExporterError, UsageError
from exporter.support.regular_files import decoded

FORMAT_VERSION: Final = 1


@dataclass(frozen=True)
class CliOutputOptions:
    """What AWS CLI output about one set may not contain: its name and region."""

    configuration_set: str | None
    region: str | None


def dump(snapshot: Snapshot) -> str:
    """Return the canonical JSON of a snapshot: the same configuration gives the same bytes."""
    return codec.pretty(codec.encode(snapshot))


def load(data: bytes, name: str, pasted: CliOutputOptions) -> Snapshot:
    """Do the same as ``load_with_notes``, without the notes."""
    return load_with_notes(data, name, pasted)[0]


def load_with_notes(
    data: bytes, name: str, pasted: CliOutputOptions
) -> tuple[Snapshot, tuple[str, ...]]:
    """Read a snapshot, or AWS CLI output about one set.

    ``pasted`` is the name and region of the set, from options.

    Returns:
        The snapshot, and notes about what AWS CLI output lacks.

    Raises:
        ExporterError: if the text is not JSON or not a snapshot; names the JSON path.
        UsageError: if name or region of AWS CLI output are missing, if it has another name, or if
            a name is given for a snapshot.
    """
    value = _parse(data, name)
    output = recognise(value)
    if output is not None:
        return _from_cli_output(output, name, pasted)
    _check_version(value, name)
    if pasted.configuration_set is not None:
        raise UsageError(
            "--configuration-set needs AWS CLI output about one set, and this is a snapshot",
            where=name,
            hint="select sets of a snapshot with --include NAME",
        )
    return _decode(value, Snapshot, name), ()


_Fields = dict[str, msgspec.Raw]

_known: dict[bytes, ConfigurationSet] = {}
"""Decoded sets, by their JSON: two snapshots of one account have mostly the same sets."""

_SETS = "ConfigurationSets"
_FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def _parse(data: bytes, name: str) -> codec.Json:
    hint = "create a snapshot with 'ses2iac snapshot --out FILE'"
    if not data.strip():
        raise ExporterError("is empty", where=name, hint=hint)
    # Editors on Windows begin UTF-8 files with a byte order mark.
    text = data.removeprefix(b"\xef\xbb\xbf")
    with_models = _with_models(text)
    if with_models is not None:
        return with_models
    try:
        return msgspec.json.decode(text)
    except UnicodeDecodeError:
        decoded(text, name, hint)
        raise
    except RecursionError:
        raise ExporterError("nested too deeply", where=f"{name}: $") from None
    except msgspec.DecodeError as error:
        raise _not_json(decoded(text, name, hint), error, name, hint) from None


def _not_json(text: str, error: Exception, name: str, hint: str) -> ExporterError:
    """Return the error for text that isn't JSON, with the line, which msgspec doesn't give."""
    try:
        json.loads(text)
    except json.JSONDecodeError as problem:
        # Python ends two of its messages with a position that isn't there.
        said = problem.msg.removesuffix(" at").removesuffix(" starting")
        what = f"not valid JSON: {said}"
        if problem.msg == "Extra data" and text[problem.pos] in "{[":
            what = "contains several JSON documents instead of one"
        return ExporterError(what, where=f"{name}:{problem.lineno}", hint=hint)
    except RecursionError:
        pass
    return ExporterError(f"not valid JSON: {error}", where=name, hint=hint)


def _with_models(text: bytes) -> codec.Json | None:
    """Parse a snapshot's JSON, with models in place of valid sets.

    It takes a third of the time of parsing everything first and then building the models. Invalid
    sets stay JSON, so that errors can name their path in the whole document. Returns None for
    anything but a snapshot: the caller parses it as a whole and reports the error.
    """
    try:
        whole = msgspec.json.decode(text, type=_Fields)
        scopes = msgspec.json.decode(whole.pop("Scopes"), type=list[_Fields])
        rest = {name: msgspec.json.decode(value) for name, value in whole.items()}
        return {**rest, "Scopes": [_scope(fields) for fields in scopes]}
    except (KeyError, *_FAULTS):
        return None


def _scope(fields: _Fields) -> codec.Json:
    sets = msgspec.json.decode(fields.pop(_SETS, b"[]"), type=list[msgspec.Raw])
    rest = {name: msgspec.json.decode(value) for name, value in fields.items()}
    return {**rest, _SETS: [_model(bytes(raw)) for raw in sets]}


def _model(text: bytes) -> codec.Json:
    if text not in _known:
        try:
            _known[text] = codec.decode_text(text, ConfigurationSet)
        except codec.MalformedError:
            return msgspec.json.decode(text)
    return _known[text]


def _check_version(value: codec.Json, name: str) -> None:
    if not isinstance(value, dict) or "FormatVersion" not in value:
        what, hint = described(value)
        raise ExporterError(
            f"this is {what}, not a snapshot or AWS CLI output about one set",
            where=f"{name}: $",
            hint=hint,
        )
    version = value["FormatVersion"]
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise ExporterError(
            f"unknown FormatVersion{_shown(version)}",
            where=f"{name}: $.FormatVersion",
            hint=f"this ses2iac reads version {FORMAT_VERSION}; a newer one may have written the "
            f"file",
        )


def _shown(version: codec.Json) -> str:
    return f" {version!r}" if isinstance(version, int | str) and len(str(version)) < 20 else ""


def _decode(value: codec.Json, model: type[codec.M], name: str) -> codec.M:
    try:
        return codec.decode(value, model)
    except codec.MalformedError as error:
        raise ExporterError(error.reason, where=f"{name}: {error.path}") from None


def _from_cli_output(
    output: CliOutput, name: str, pasted: CliOutputOptions
) -> tuple[Snapshot, tuple[str, ...]]:
    set_name = output.name or pasted.configuration_set
    if set_name is None or pasted.region is None:
        missing = "region" if set_name else "configuration set and region"
        option = "" if set_name else "--configuration-set NAME and "
        raise UsageError(
            f"this AWS CLI output does not name its {missing}",
            where=name,
            hint=f"add {option}--region REGION",
        )
    if pasted.configuration_set not in (None, set_name):
        raise UsageError(
            f"this AWS CLI output is about the configuration set {set_name!r}, not "
            f"{pasted.configuration_set!r}",
            where=name,
            hint="drop --configuration-set",
        )
    entry = {"ConfigurationSetName": set_name, **output.entry}
    configuration_set = _decode(entry, ConfigurationSet, name)
    scope = {"Partition": partition_of(pasted.region), "Region": pasted.region}
    empty = _decode(scope, Scope, f"--region {pasted.region}")
    whole = msgspec.structs.replace(empty, configuration_sets=(configuration_set,))
    notes = tuple(f"{set_name}: {note}" for note in output.notes)
    return Snapshot(format_version=FORMAT_VERSION, scopes=(whole,)), notes
