"""What holds of every export, whatever the account holds: read back, it is what the gate passed."""

import ast
import io
import json
import os
import random
import subprocess
import sys
import tokenize
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

import black
import pygohcl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from msgspec.structs import replace

from exporter.formats import environment
from exporter.formats.base import FileRole, Rendering
from exporter.formats.fidelity import Effect, assess
from exporter.formats.loading import load_format
from exporter.formats.options import ExportOptions
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import ScopeExport, export_scope
from exporter.model import codec, resources
from exporter.model.identities import Identity
from exporter.model.resources import (
    TARGET_FIELDS,
    ConfigurationSet,
    EventDestination,
    Model,
    Scope,
    SnsDestination,
    TargetKind,
)
from exporter.model.targets import TARGET_TYPES
from exporter.support.errors import ExporterError
from tests import readback
from tests.readback import PureTemplateLoader, load_template, nfc, written
from tests.strategies import aws_scopes, examples, hostile_scopes, scopes
from tests.support import ROOT
from tests.target_samples import arn_of

Files = Mapping[str, str]

READERS: Final[Mapping[FormatName, Callable[[Files], tuple[ConfigurationSet, ...]]]] = {
    FormatName.TERRAFORM: readback.read_terraform,
    FormatName.CLOUDFORMATION: readback.read_cloudformation,
    FormatName.CDK: readback.read_cdk,
}
ADDRESSES: Final[Mapping[FormatName, Callable[[Files], dict[str, Identity]]]] = {
    FormatName.TERRAFORM: readback.terraform_addresses,
    FormatName.CLOUDFORMATION: readback.cloudformation_addresses,
    FormatName.CDK: readback.cdk_addresses,
}
IMPORTS: Final[Mapping[FormatName, Callable[[Files], dict[str, Identity]]]] = {
    FormatName.TERRAFORM: readback.terraform_imports,
    FormatName.CLOUDFORMATION: readback.cloudformation_imports,
    FormatName.CDK: readback.cdk_imports,
}

every_format = pytest.mark.parametrize("format_name", FormatName)


def rendering(
    format_name: FormatName, scope: Scope, *, configuration_sets: bool = True, imports: bool = True
) -> Rendering:
    return export_scope(
        load_format(format_name),
        scope,
        ExportOptions(configuration_sets=configuration_sets, imports=imports),
    ).rendering


def files_of(done: Rendering) -> dict[str, str]:
    return {file.path: file.text for file in done.files}


# The content
# --------------------------------------------------------------------------------------


def check_read_back(format_name: FormatName, scope: Scope, configuration_sets: bool) -> None:
    done = rendering(format_name, scope, configuration_sets=configuration_sets)
    format_ = load_format(format_name)
    assessment = assess(scope, format_.judge, configuration_sets=configuration_sets)
    found = READERS[format_name](files_of(done))
    expected = written(assessment.scope, keeps_empty=format_.keeps_empty)
    if any(entry.effect is Effect.ALTERED for entry in assessment.entries):
        found, expected = nfc(found), nfc(expected)
    assert found == expected


@every_format
@examples(50)
@given(scope=aws_scopes(), configuration_sets=st.booleans())
def test_read_back_an_export_is_what_passed_the_gate(
    format_name: FormatName, scope: Scope, configuration_sets: bool
) -> None:
    check_read_back(format_name, scope, configuration_sets)


@every_format
@examples(80)
@given(scope=hostile_scopes(), configuration_sets=st.booleans())
def test_no_text_is_read_as_anything_else(
    format_name: FormatName, scope: Scope, configuration_sets: bool
) -> None:
    check_read_back(format_name, scope, configuration_sets)


@every_format
@examples(30)
@given(scope=scopes(), configuration_sets=st.booleans())
def test_exactly_what_is_written_is_imported(
    format_name: FormatName, scope: Scope, configuration_sets: bool
) -> None:
    done = rendering(format_name, scope, configuration_sets=configuration_sets)
    in_code = ADDRESSES[format_name](files_of(done))
    assert IMPORTS[format_name](files_of(done)) == in_code
    assert {address: who for who, address in done.addresses.items()} == in_code


@every_format
@examples(20)
@given(scope=scopes())
def test_without_imports_the_code_is_the_same(format_name: FormatName, scope: Scope) -> None:
    whole = rendering(format_name, scope)
    bare = rendering(format_name, scope, imports=False)
    assert bare.files == tuple(file for file in whole.files if file.role is not FileRole.IMPORT)
    assert (len(bare.files) < len(whole.files)) == bool(whole.addresses)


# The same bytes
# -----------------------------------------------------------------------------------


@every_format
@examples(25)
@given(scope=scopes(), seed=st.integers(0, 2**32))
def test_an_export_does_not_depend_on_the_order_of_the_answer(
    format_name: FormatName, scope: Scope, seed: int
) -> None:
    answered = codec.decode(_shuffled(codec.encode(scope), random.Random(seed)), Scope)
    assert rendering(format_name, answered) == rendering(format_name, scope)


def _shuffled(value: Any, chance: random.Random) -> Any:
    """JSON in another order, but for the lists whose order SES keeps."""
    if not isinstance(value, dict):
        return value
    names = chance.sample(sorted(value), len(value))
    return {name: _shuffled_field(name, value[name], chance) for name in names}


def _shuffled_field(name: str, value: Any, chance: random.Random) -> Any:
    if name in ("ConfigurationSets", "EventDestinations", "Tags", "MatchingEventTypes"):
        return [_shuffled(item, chance) for item in chance.sample(value, len(value))]
    return _shuffled(value, chance)


@pytest.mark.slow
def test_an_export_does_not_depend_on_the_hash_seed() -> None:
    program = """
import hashlib, sys
from exporter.sources import snapshot
from exporter.formats.loading import load_format
from exporter.formats.registry import FormatName
from exporter.formats.options import ExportOptions
from exporter.formats.scope_export import ScopeExport, export_scope
from pathlib import Path

loaded = snapshot.load(Path(sys.argv[1]).read_bytes(), "", snapshot.CliOutputOptions(None, None))
for name in FormatName:
    for scope in loaded.scopes:
        done = export_scope(load_format(name), scope)
        print(name, hashlib.sha256(repr(done.rendering).encode()).hexdigest())
"""
    sample = ROOT / "samples/shop/snapshot.json"
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(sample)],
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1
    assert len(said.pop().splitlines()) == len(FormatName)


# The form
# -----------------------------------------------------------------------------------------


@every_format
@examples(30)
@given(scope=hostile_scopes(), configuration_sets=st.booleans())
def test_every_file_is_plain_text_without_hidden_characters(
    format_name: FormatName, scope: Scope, configuration_sets: bool
) -> None:
    done = rendering(format_name, scope, configuration_sets=configuration_sets)
    for file in done.files:
        lines = file.text.split("\n")
        # What turns text around or cannot be seen could show a reviewer other code than runs.
        assert all(line.isprintable() for line in lines), file.path
        assert not [line for line in lines if line != line.rstrip()], file.path
        assert file.text.endswith("\n"), file.path
        assert not file.text.endswith("\n\n"), file.path
        assert not file.text.startswith("\n"), file.path
        file.text.encode("utf-8")


@examples(60)
@given(scope=scopes(), configuration_sets=st.booleans())
def test_python_compiles_and_is_as_black_leaves_it(scope: Scope, configuration_sets: bool) -> None:
    done = rendering(FormatName.CDK, scope, configuration_sets=configuration_sets)
    for path, text in files_of(done).items():
        if path.endswith(".py"):
            compile(text, path, "exec", dont_inherit=True)
            assert black.format_str(text, mode=black.Mode()) == text, path


@pytest.mark.parametrize("length", range(56, 65))
@pytest.mark.parametrize("word", ["a", "a1-"])
def test_python_is_as_black_leaves_it_at_any_length_of_a_name(word: str, length: int) -> None:
    name = (word * 64)[:length]
    (destination,) = (one for path, one in DESTINATIONS if path == "Name")
    found = ConfigurationSet(
        configuration_set_name=name,
        event_destinations=(replace(destination, name=name),),
    )
    for path, text in files_of(of_one(FormatName.CDK, found).rendering).items():
        if path.endswith(".py"):
            assert black.format_str(text, mode=black.Mode()) == text, path


@examples(20)
@given(scope=scopes(), configuration_sets=st.booleans())
def test_python_imports_what_it_uses_and_nothing_else(
    scope: Scope, configuration_sets: bool
) -> None:
    done = rendering(FormatName.CDK, scope, configuration_sets=configuration_sets)
    for path, text in files_of(done).items():
        if path.endswith(".py"):
            tree = ast.parse(text)
            imported = {
                alias.asname or alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
            }
            used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            assert imported <= used, path


@examples(60)
@given(scope=scopes(), configuration_sets=st.booleans())
def test_every_yaml_parser_reads_the_same(scope: Scope, configuration_sets: bool) -> None:
    done = rendering(FormatName.CLOUDFORMATION, scope, configuration_sets=configuration_sets)
    for path, text in files_of(done).items():
        if path.endswith(".yaml"):
            # Both loaders refuse keys that are no strings, and keys that stand twice.
            assert load_template(text) == load_template(text, PureTemplateLoader)


@examples(20)
@given(scope=scopes())
def test_json_files_are_canonical(scope: Scope) -> None:
    for format_name in (FormatName.CLOUDFORMATION, FormatName.CDK):
        for path, text in files_of(rendering(format_name, scope)).items():
            if path.endswith(".json"):
                pretty = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
                seen = (c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in pretty)
                assert "".join(seen) + "\n" == text


# Comments
# -----------------------------------------------------------------------------------------


def _parsed(path: str, text: str) -> object:
    if path.endswith(".tf"):
        return pygohcl.loads(text)
    if path.endswith(".yaml"):
        return load_template(text), load_template(text, PureTemplateLoader)
    return ast.dump(ast.parse(text))


def _without_comments(text: str) -> str:
    """The text without its lines of comment, as a person sees lines: they end at ``\\n`` alone."""
    return "\n".join(line for line in text.split("\n") if not line.lstrip(" ").startswith("#"))


@every_format
@examples(50)
@given(scope=hostile_scopes(), configuration_sets=st.booleans())
def test_comments_carry_no_code(
    format_name: FormatName, scope: Scope, configuration_sets: bool
) -> None:
    done = rendering(format_name, scope, configuration_sets=configuration_sets)
    for path, text in files_of(done).items():
        if path.endswith((".tf", ".yaml", ".py")):
            assert _parsed(path, text) == _parsed(path, _without_comments(text)), path


@examples(20)
@given(scope=hostile_scopes())
def test_python_sees_each_comment_where_it_stands(scope: Scope) -> None:
    for path, text in files_of(rendering(FormatName.CDK, scope)).items():
        if path.endswith(".py"):
            tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
            seen = [token.string for token in tokens if token.type == tokenize.COMMENT]
            lines = [line.lstrip(" ") for line in text.split("\n")]
            assert seen == [line for line in lines if line.startswith("#")]


@every_format
@examples(30)
@given(scope=scopes())
def test_what_is_not_carried_over_is_said_at_its_place(
    format_name: FormatName, scope: Scope
) -> None:
    done = export_scope(load_format(format_name), scope)
    said = {
        path: " ".join(
            line.lstrip(" ").removeprefix("# ")
            for line in text.split("\n")
            if line.lstrip(" ").startswith("#")
        )
        for path, text in files_of(done.rendering).items()
    }
    for entry in done.entries:
        sentence = " ".join(_in_ascii(entry.sentence).split())
        is_there = any(sentence in " ".join(text.split()) for text in said.values())
        assert is_there == (not entry.is_state), entry


def _in_ascii(text: str) -> str:
    return "".join(
        (
            char
            if " " <= char <= "~"
            else (f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
        )
        for char in text
    )


# The registry: each kind of target and each field, in each format
# ------------------------------------------------

SAMPLES: Final[Mapping[str, object]] = {
    **{name: arn_of(each) for row in TARGET_TYPES.values() for name, each in row.arns.items()},
    "application_arn": "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0f1e2d3c",
    "archive_arn": "arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-1b2c3d",
    "configuration_set_name": "orders",
    "custom_redirect_domain": "links.example.com",
    "default_dimension_value": "none",
    "dimension_name": "campaign",
    "event_bus_arn": "arn:aws:events:eu-west-1:123456789012:event-bus/default",
    "key": "team",
    "last_fresh_start": "2026-01-01T00:00:00+00:00",
    "max_delivery_seconds": 3600,
    "name": "bounces",
    "sending_pool_name": "transactional",
    "value": "checkout",
}
"""Values that SES takes, by field; the rest of the models is enums and booleans."""


def variants(model: type[Model]) -> Iterator[tuple[str, Any]]:
    """Every field below a model with each kind of value, as the only one that is set."""
    hints = get_type_hints(model)
    for info in codec.fields_of(model):
        for below, value in _values(model, info.name, hints[info.name]):
            given: dict[str, Any] = {
                other.name: next(_values(model, other.name, hints[other.name]))[1]
                for other in codec.fields_of(model)
                if other.required
            }
            if model is EventDestination and info.name not in TARGET_FIELDS:
                given["sns_destination"] = next(variants(SnsDestination))[1]
            given[info.name] = value
            yield f"{info.encode_name}{below}", model(**given)


def _values(model: type[Model], field: str, hint: Any) -> Iterator[tuple[str, object]]:
    """Values of a field; each with the path below the field that it is about."""
    if field in SAMPLES:
        yield "", SAMPLES[field]
    elif get_origin(hint) is UnionType:
        (inner,) = (each for each in get_args(hint) if each is not NoneType)
        yield from _values(model, field, inner)
    elif get_origin(hint) is tuple:
        for path, value in _values(model, field, get_args(hint)[0]):
            yield path and f"[0]{path}", (value,)
        if model is resources.SuppressionOptions:
            # To suppress nothing is a setting too.
            yield "", ()
    elif issubclass(hint, Model):
        below = list(variants(hint))
        yield from ((f".{path}", value) for path, value in below)
        if not below:
            yield "", hint()
    elif issubclass(hint, StrEnum):
        yield from (("", member) for member in hint)
    elif hint is bool:
        yield from (("", True), ("", False))
    else:
        raise NotImplementedError(f"SAMPLES has no value for {model.__name__}.{field}")


def of_one(format_name: FormatName, found: ConfigurationSet) -> ScopeExport:
    """The export of a scope with one set."""
    scope = Scope(
        account_id="123456789012",
        partition="aws",
        region="eu-west-1",
        configuration_sets=(found,),
    )
    return export_scope(load_format(format_name), scope)


def _said(format_name: FormatName, path: str, found: ConfigurationSet) -> tuple[bool, bool]:
    """Whether the rendered code has all of a set, and whether an entry names ``path`` as lost."""
    done = of_one(format_name, found)
    code = READERS[format_name](files_of(done.rendering))
    named = any(_overlap(path, entry.path) and entry.is_loss for entry in done.entries)
    return code == (found,), named


OPTIONS: Final = [
    (path, found)
    for path, found in variants(ConfigurationSet)
    if not path.startswith(("EventDestinations", "OptionsKnown"))
]
DESTINATIONS: Final = list(variants(EventDestination))

NOT_A_SETTING: Final = "ReputationOptions.LastFreshStart"
NOT_IN_CLOUDFORMATION: Final = {
    "DeliveryOptions.SharedPoolDeliveryMode",
    "SuppressionOptions.SuppressionScope",
    "MessageSecurityOptions.SigningScheme.DefaultScheme",
    "MessageSecurityOptions.SigningScheme.SmimeScheme.SignatureFormat",
    "PinpointDestination.ApplicationArn",
}
REFUSED: Final[Mapping[FormatName, set[str]]] = {
    FormatName.TERRAFORM: {
        "ArchivingOptions.ArchiveArn",
        "SuppressionOptions.SuppressionScope",
        "SuppressionOptions.ValidationOptions.ConditionThreshold.ConditionThresholdEnabled",
        "SuppressionOptions.ValidationOptions.ConditionThreshold.OverallConfidenceThreshold"
        ".ConfidenceVerdictThreshold",
        "MessageSecurityOptions.SigningScheme.DefaultScheme",
        "MessageSecurityOptions.SigningScheme.SmimeScheme.SignatureFormat",
        "DeliveryOptions.SharedPoolDeliveryMode",
    },
    FormatName.CLOUDFORMATION: NOT_IN_CLOUDFORMATION,
    FormatName.CDK: NOT_IN_CLOUDFORMATION,
}
"""From the provider's schema and the resource schemas: what a format cannot hold."""


def path_only(value: object) -> str:
    return value if isinstance(value, str) else ""


@every_format
@pytest.mark.parametrize("kind", TargetKind)
def test_each_kind_of_target_is_rendered_or_refused_by_name(
    format_name: FormatName, kind: TargetKind
) -> None:
    field = TARGET_TYPES[kind].field
    (name,) = (i.encode_name for i in codec.fields_of(EventDestination) if i.name == field)
    destination = next(d for path, d in DESTINATIONS if path.startswith(f"{name}."))
    found = ConfigurationSet(configuration_set_name="orders", event_destinations=(destination,))
    refused = any(_overlap(name, path) for path in REFUSED[format_name])
    assert _said(format_name, name, found) == (not refused, refused)


def _overlap(one: str, other: str) -> bool:
    """Whether two paths are the same, or one leads to what the other is in."""
    shorter, longer = sorted((one, other), key=len)
    return longer == shorter or longer.startswith((f"{shorter}.", f"{shorter}["))


@every_format
@pytest.mark.parametrize(("path", "found"), OPTIONS, ids=path_only)
def test_each_option_is_rendered_or_refused_by_name(
    format_name: FormatName, path: str, found: ConfigurationSet
) -> None:
    if path == NOT_A_SETTING:
        about = of_one(format_name, found).entries
        assert [entry.effect for entry in about if entry.path == path] == [Effect.NOTE]
    else:
        refused = path in REFUSED[format_name]
        assert _said(format_name, path, found) == (not refused, refused)


@every_format
@pytest.mark.parametrize(("path", "destination"), DESTINATIONS, ids=path_only)
def test_each_field_of_a_destination_is_rendered_or_refused_by_name(
    format_name: FormatName, path: str, destination: EventDestination
) -> None:
    found = ConfigurationSet(configuration_set_name="orders", event_destinations=(destination,))
    refused = path in REFUSED[format_name]
    assert _said(format_name, path, found) == (not refused, refused)


def test_the_registry_knows_every_refused_path() -> None:
    known = {path for path, _ in OPTIONS + DESTINATIONS}
    assert set().union(*REFUSED.values()) <= known


# The templates
# ------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ["{{ name }}", "{{ name ~ '' }}", "{{ [name] }}"])
def test_a_template_cannot_write_a_value_that_no_filter_has_seen(template: str) -> None:
    with pytest.raises(ExporterError, match="without a quoting filter"):
        environment._environment().from_string(template).render(name="a")


@pytest.mark.parametrize("template", ["{{ missing }}", "{{ missing | hcl }}", "{{ name.missing }}"])
def test_a_template_cannot_write_what_is_not_there(template: str) -> None:
    with pytest.raises(
        (UndefinedError, ExporterError, TypeError), match=r"ndefined|has no attribute"
    ):
        environment._environment().from_string(template).render(name="a")
