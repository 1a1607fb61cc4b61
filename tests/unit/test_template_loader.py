"""Templates that anybody may have written: what they describe, and what is wrong with them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats.cloudformation import template, template_text
from exporter.formats.code_resource import CodeResource, Loaded, Unknown, UnknownCause
from exporter.formats.loading import load_format
from exporter.formats.options import ExportOptions
from exporter.formats.registry import FormatName
from exporter.formats.scope_export import export_scope
from exporter.formats.unresolved import lines
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, Scope
from exporter.support.errors import ExporterError
from tests import readback
from tests.strategies import aws_scopes, examples, hostile_scopes
from tests.support import ROOT

Json = Any

FIXTURES = sorted((ROOT / "tests/fixtures/cloudformation").iterdir())


def shown(value: Json) -> Json:
    """A value as JSON, with what is unknown marked."""
    if isinstance(value, Unknown):
        return {"?": value.reason}
    if isinstance(value, dict):
        return {name: shown(item) for name, item in value.items()}
    return [shown(item) for item in value] if isinstance(value, list) else value


def described_fixture(folder: Path) -> Json:
    """What is found in a fixture, as its ``expected.json`` has it."""
    (path,) = folder.glob("template.*")
    given_file = folder / "given.json"
    values = json.loads(given_file.read_text()) if given_file.exists() else {}
    values = {"AWS::StackName": "mail", **values}
    found = template.load(path.read_text(), path.name, values, "123456789012", "eu-west-1")
    return {
        "Resources": [
            {
                "Address": each.address,
                "Where": each.where,
                "Identity": str(each.identity),
                "Values": shown(each.values),
            }
            for each in found.resources
        ],
        "Unknown": list(lines(found.unresolved)),
    }


def is_ignored(value: Json) -> bool:
    return isinstance(value, Unknown) and value.cause is UnknownCause.IGNORED


def models(loaded: Loaded) -> tuple[ConfigurationSet, ...]:
    """What was loaded as sets with their destinations; nothing of it may be unknown."""
    assert lines(loaded.unresolved) == ()
    sets: dict[str, dict[str, Json]] = {}
    for each in loaded.resources:
        name = each.identity.configuration_set
        if each.identity.event_destination is None:
            # What the code tells Terraform to ignore, it does not say.
            values = {key: v for key, v in each.values.items() if not is_ignored(v)}
            sets.setdefault(name, {})["Options"] = values
        else:
            one = {"Name": each.identity.event_destination, **each.values}
            sets.setdefault(name, {}).setdefault("Destinations", []).append(one)
    return tuple(
        codec.decode(
            {
                "ConfigurationSetName": name,
                **found.get("Options", {"OptionsKnown": False}),
                "EventDestinations": found.get("Destinations", []),
            },
            ConfigurationSet,
        )
        for name, found in sorted(sets.items())
    )


def load(text: str, **options: Any) -> Loaded:
    return template.load(text, "t.yaml", **options)


def one(text: str, **options: Any) -> CodeResource:
    (found,) = load(text, **options).resources
    return found


SET = "Type: AWS::SES::ConfigurationSet"
MADE_UP_HINT = (
    "name its stack with --stack-name (of export: --unmanaged-stack-name), or compare with "
    "stack:NAME, which has the names that CloudFormation generated"
)
MACRO = (
    "it is a macro, which may create any resource at deployment; give the template as "
    "CloudFormation processed it (aws cloudformation get-template --template-stage Processed), or "
    "compare with stack:NAME"
)
DESTINATION = "Type: AWS::SES::ConfigurationSetEventDestination"


# Whole templates
# ------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda folder: folder.name)
def test_a_template_describes_what_is_expected(folder: Path) -> None:
    assert described_fixture(folder) == json.loads((folder / "expected.json").read_text())


def of_format(scope: Scope, name: FormatName) -> dict[str, str]:
    done = export_scope(load_format(name), scope, ExportOptions(configuration_sets=True))
    return {file.path: file.text for file in done.rendering.files}


def check_own_export(scope: Scope) -> None:
    files = of_format(scope, FormatName.CLOUDFORMATION)
    texts = [(name, text) for name, text in files.items() if name.endswith(".yaml")]
    loaded = template.joined([template.load(text, name) for name, text in texts])
    assert models(loaded) == readback.read_cloudformation(files)
    addresses = {each.address: each.identity for each in loaded.resources}
    assert addresses == readback.cloudformation_addresses(files)
    lines = {name: text.split("\n") for name, text in texts}
    for each in loaded.resources:
        name, _, number = each.where.rpartition(":")
        line = lines[name][int(number) - 1].strip().removesuffix(":").strip('"')
        assert line == each.address


@examples(40)
@given(scope=aws_scopes())
def test_our_own_template_is_read_as_others_read_it(scope: Scope) -> None:
    check_own_export(scope)


@examples(30)
@given(scope=hostile_scopes())
def test_no_text_of_a_template_is_read_as_anything_else(scope: Scope) -> None:
    check_own_export(scope)


@examples(15)
@given(scope=aws_scopes())
def test_json_is_read_as_yaml_is(scope: Scope) -> None:
    for name, text in of_format(scope, FormatName.CLOUDFORMATION).items():
        if name.endswith(".yaml"):
            as_json = json.dumps(template_text.read(text, name).template)
            loaded = template.load(as_json, "t.json")
            assert models(loaded) == models(template.load(text, name))
            assert {each.where for each in loaded.resources} <= {"t.json"}


# Values
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "values"),
    [
        ("{Name: a}", {}),
        ("{Name: a, SendingOptions: {SendingEnabled: 'true'}}", {"SendingEnabled": True}),
        ("{Name: a, SendingOptions: {SendingEnabled: FALSE}}", {"SendingEnabled": False}),
        ("{Name: a, SendingOptions: {SendingEnabled: 'False'}}", {"SendingEnabled": False}),
        ("{Name: a, SendingOptions: {SendingEnabled: maybe}}", {"SendingEnabled": "maybe"}),
        ("{Name: a, DeliveryOptions: {MaxDeliverySeconds: '300'}}", {"MaxDeliverySeconds": 300}),
        ("{Name: a, DeliveryOptions: {MaxDeliverySeconds: 300.0}}", {"MaxDeliverySeconds": 300}),
        ("{Name: a, DeliveryOptions: {SendingPoolName: 7}}", {"SendingPoolName": "7"}),
        ("{Name: a, DeliveryOptions: {SendingPoolName: true}}", {"SendingPoolName": "true"}),
        ("{Name: a, DeliveryOptions: {SendingPoolName: }}", {}),
        ("{Name: a, DeliveryOptions: {NewOption: x}}", {"NewOption": "x"}),
    ],
)
def test_a_value_has_the_type_that_the_api_gives_it(
    properties: str, values: dict[str, Json]
) -> None:
    found = one(f"Resources:\n  A:\n    {SET}\n    Properties: {properties}\n")
    assert found.identity == Identity("a")
    options: Json = next(iter(found.values.values()), {})
    assert json.dumps(options) == json.dumps(values)


def test_a_lone_equals_sign_is_a_text() -> None:
    options = "DeliveryOptions: {SendingPoolName: !Join [=, [a, b]]}"
    text = f"Resources:\n  A: {{{SET}, Properties: {{Name: a, {options}}}}}\n"
    assert one(text).values == {"DeliveryOptions": {"SendingPoolName": "a=b"}}


@pytest.mark.parametrize("kind", ["{}", "[]", "1", "", "{Ref: A}", "AWS::SNS::Topic"])
def test_what_is_of_another_type_is_nothing(kind: str) -> None:
    assert load(f"Resources:\n  A:\n    Type: {kind}\n    Properties: []\n") == Loaded((), ())


def test_a_number_is_a_name_too() -> None:
    text = f"""
Resources:
  A: {{{SET}, Properties: {{Name: 2024}}}}
  B:
    {DESTINATION}
    Properties:
      ConfigurationSetName: 2024
      EventDestination: {{Name: 7, Enabled: true}}
"""
    found = load(text)
    assert [each.identity for each in found.resources] == [Identity("2024"), Identity("2024", "7")]


def test_an_unknown_value_stays_at_the_deepest_place() -> None:
    text = f"""
Parameters: {{Topic: {{Type: String}}}}
Resources:
  A:
    {DESTINATION}
    Properties:
      ConfigurationSetName: s
      EventDestination:
        Name: d
        Enabled: !Ref Topic
        MatchingEventTypes: [send, !Ref Topic]
        SnsDestination: {{TopicARN: !Ref Topic}}
"""
    unknown = Unknown("the parameter Topic has no default")
    assert one(text).values == {
        "Enabled": unknown,
        "MatchingEventTypes": ["SEND", unknown],
        "SnsDestination": {"TopicArn": unknown},
    }
    arn = "arn:aws:sns:eu-west-1:123456789012:t"
    assert one(text, given={"Topic": arn}).values["SnsDestination"] == {"TopicArn": arn}


def test_account_and_region_are_kept() -> None:
    found = load("Resources: {}", account_id="123456789012", region="eu-west-1")
    assert found == Loaded((), (), "123456789012", "eu-west-1")


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        (
            f"{{{SET}}}",
            f"t.yaml:2: A: its name is unknown: CloudFormation generates it; {MADE_UP_HINT}",
        ),
        (
            f"{{{SET}, Properties: {{Name: !ImportValue x}}}}",
            "t.yaml:2: A: its name is unknown: it is imported from another stack",
        ),
        (
            f"{{{SET}, Properties: {{'Fn::Transform': {{Name: M}}}}}}",
            "t.yaml:2: A: its name is unknown: Fn::Transform runs a macro at deployment",
        ),
        (
            f"{{{SET}, Condition: C, Properties: {{Name: a}}}}",
            "t.yaml:2: A: it may not exist: the template has no condition C",
        ),
        (
            f"{{{DESTINATION}, Properties: {{ConfigurationSetName: s, EventDestination: !Ref X}}}}",
            "t.yaml:2: A: its name is unknown: refers to X, which the template doesn't have",
        ),
        (
            f"{{{DESTINATION}, Properties: {{ConfigurationSetName: !Ref X, EventDestination: "
            "{Name: d}}}",
            "t.yaml:2: A: its set is unknown: refers to X, which the template doesn't have",
        ),
        (
            f"{{{DESTINATION}, Properties: {{ConfigurationSetName: s, EventDestination: "
            "{Enabled: true}}}",
            f"t.yaml:2: A: its name is unknown: CloudFormation generates it; {MADE_UP_HINT}",
        ),
        (
            "{Type: AWS::CloudFormation::Stack}",
            "t.yaml:2: A: it is a nested stack, and its template was not found; put the file "
            "where the code refers to it, or compare with stack:NAME",
        ),
        (
            "{Type: My::Mail::Sets::MODULE}",
            "t.yaml:2: A: it is a module, and its template was not found",
        ),
    ],
)
def test_what_has_no_known_name_is_said(resource: str, said: str) -> None:
    found = load(f"Resources:\n  A: {resource}\n")
    assert (found.resources, lines(found.unresolved)) == ((), (said,))


@pytest.mark.parametrize(
    ("transform", "said"),
    [
        ("AWS::LanguageExtensions", ()),
        ("[AWS::LanguageExtensions]", ()),
        ("Mine", (f"t.yaml: the transform Mine: {MACRO}",)),
        (
            "[{Name: 'AWS::Include', Parameters: {Location: x}}]",
            (f"t.yaml: the transform AWS::Include: {MACRO}",),
        ),
    ],
)
def test_a_transform_is_said(transform: str, said: tuple[str, ...]) -> None:
    assert lines(load(f"Transform: {transform}\nResources: {{}}\n").unresolved) == said


# Faults
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("", "t.yaml", "no Resources"),
        ("[]", "t.yaml", "no Resources"),
        ("Outputs: {}", "t.yaml", "no Resources"),
        ("Resources: []", "t.yaml", "no Resources"),
        ("Resources: {", "t.yaml:2", "not YAML"),
        ("Resources:\n  A: 1\n  A: 2\n", "t.yaml:3", "appears twice"),
        (
            "Resources: {}\nParameters: []\nMappings: [1]\n",
            "t.yaml",
            "its Mappings are not a mapping",
        ),
        (f"Resources:\n  A: {{{SET}, Properties: [1]}}\n", "t.yaml:2", "not a mapping"),
        (
            f"Resources:\n  A: {{{SET}, Properties: {{ConfigurationSetName: a}}}}\n",
            "t.yaml:2",
            "only Name",
        ),
        (
            f"Resources:\n  A: {{{SET}, Properties: {{Name: []}}}}\n",
            "t.yaml:2",
            "not a single value",
        ),
        (f"Resources:\n  A: {{{SET}, Properties: {{Name: ''}}}}\n", "t.yaml:2", "is not a name"),
        (
            f"Resources:\n  A: {{{SET}, Properties: {{Name: a, Tags: x}}}}\n",
            "t.yaml:2",
            "A does not describe a resource: Tags is not a list",
        ),
        (
            f"Resources:\n  A: {{{SET}, Properties: {{Name: a, Tags: [x]}}}}\n",
            "t.yaml:2",
            "Tags[0] is not an object",
        ),
        (f"Resources:\n  A: {{{DESTINATION}}}\n", "t.yaml:2", "no EventDestination"),
        (
            f"Resources:\n  A: {{{DESTINATION}, Properties: {{EventDestination: {{Name: a}}}}}}\n",
            "t.yaml:2",
            "no ConfigurationSetName",
        ),
        (
            f"Resources:\n  A: {{{DESTINATION}, Properties: {{ConfigurationSetName: [],"
            " EventDestination: {Name: a}}}\n",
            "t.yaml:2",
            "the set of A is not a name",
        ),
        ("Resources:\n  A: !Env X\n", "t.yaml:2", "!Env is not a CloudFormation tag"),
        ("Resources:\n  A: !!binary eA==\n", "t.yaml:2", "!!binary is not a CloudFormation tag"),
        ("Resources:\n  A: !!python/name:os.system x\n", "t.yaml:2", "is not a CloudFormation tag"),
        ("Resources:\n  A: &a [*a]\n", "t.yaml:2", "repeats a value that contains it"),
        ("Resources:\n  A: *b\n", "t.yaml:2", "undefined alias"),
        ("Resources: " + "[" * 5000, "t.yaml:1", "nested more than 100 levels"),
        ("Resources: " + "{a: " * 200_000, "t.yaml:1", "nested more than 100 levels"),
        ("- " * 5000, "t.yaml:1", "nested more than 100 levels"),
        ('{"Resources": {"A": ' + "[" * 50_000 + "]" * 50_000 + "}}", "t.yaml", "recursion"),
        (
            '{"Resources": {"A": {"Type": "AWS::SES::ConfigurationSet", "B": "\\ud800"}}}',
            "t.yaml",
            "lone surrogate",
        ),
        ("Resources: {}\n? [a]\n: b\n", "t.yaml:2", "a key is not a string"),
        ("Resources:\n  ? [a]\n  : b\n", "t.yaml:2", "a key is not a string"),
    ],
)
def test_a_bad_template_is_refused(text: str, where: str, said: str) -> None:
    with pytest.raises(ExporterError) as caught:
        load(text)
    assert caught.value.where == where
    assert said in caught.value.what


_TEXTS = [path.read_text() for folder in FIXTURES for path in folder.glob("template.*")]
_PIECES = st.sampled_from(
    ["[", "]", "{", "}", ":", "-", " ", "\n", "!Ref ", "&a ", "*a", "<<: ", "null", "'", "1", "? "]
)


@examples(150)
@given(
    text=st.sampled_from(_TEXTS),
    edits=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 40), _PIECES), max_size=4),
)
def test_a_damaged_template_is_read_or_refused(
    text: str, edits: list[tuple[int, int, str]]
) -> None:
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    try:
        assert isinstance(load(text), Loaded)
    except ExporterError as error:
        assert error.where.startswith("t.yaml")  # noqa: PT017 - either way is right


def test_a_large_template_is_refused_at_once() -> None:
    text = "Resources: {}\n" + "# é\n" * 250_000
    with pytest.raises(ExporterError, match="1,250,014 bytes") as caught:
        load(text)
    assert "stack:NAME" in caught.value.hint
    at_limit = "Resources: {}\n" + "#" * (template.BYTES_LIMIT - 14)
    assert load(at_limit) == Loaded((), ())


@pytest.mark.parametrize("merge", ["[{0}, {0}]", "{{<<: [{0}, {0}], x: 1}}"])
def test_aliases_that_make_much_of_little_are_refused_at_once(merge: str) -> None:
    # Written out, these are 2 ** 39 values and more.
    levels = [f"  A{n}: &a{n} {merge.format(f'*a{n - 1}')}" for n in range(1, 40)]
    first = "  A0: &a0 {k: v}"
    with pytest.raises(ExporterError, match="more than 100,000 values"):
        load("\n".join(["Resources:", first, *levels]))


def test_functions_that_are_too_much_work_are_refused() -> None:
    events = ", ".join(["bounce"] * 30_000)
    rows = "\n".join(f"          - !Join ['', !Ref List] # {n}" for n in range(60))
    text = f"""
Parameters: {{List: {{Type: CommaDelimitedList, Default: "{events}"}}}}
Resources:
  A:
    {DESTINATION}
    Properties:
      ConfigurationSetName: s
      EventDestination:
        Name: d
        MatchingEventTypes:
{rows}
"""
    with pytest.raises(ExporterError, match="too much to evaluate") as caught:
        load(text)
    assert "snapshot" in caught.value.hint


def test_what_is_described_twice_names_both() -> None:
    text = f"""Resources:
  A: {{{SET}, Properties: {{Name: mail}}}}
  B: {{{SET}, Properties: {{Name: !Sub mail}}}}
"""
    with pytest.raises(ExporterError) as caught:
        load(text)
    assert str(caught.value) == "t.yaml:3: mail is described twice, by A (t.yaml:2) and B"
    with pytest.raises(ExporterError, match="by A"):
        template.joined([one_set("x.yaml"), one_set("y.yaml")])


def one_set(where: str) -> Loaded:
    return template.load(f"Resources: {{A: {{{SET}, Properties: {{Name: m}}}}}}", where)


def test_one_of_two_that_conditions_tell_apart_is_there() -> None:
    text = f"""
Parameters: {{P: {{Type: String, Default: a}}}}
Conditions:
  IsA: !Equals [!Ref P, a]
  IsB: !Not [!Condition IsA]
Resources:
  A: {{{SET}, Condition: IsA, Properties: {{Name: mail}}}}
  B: {{{SET}, Condition: IsB, Properties: {{Name: mail}}}}
"""
    assert one(text).address == "A"
    assert one(text, given={"P": "b"}).address == "B"


def test_what_verify_reads_is_as_before() -> None:
    text = "Resources:\n  A: !Env X\n"
    assert template_text.parse(text, "t") == {"Resources": {"A": {"Fn::Env": "X"}}}
    with pytest.raises(ExporterError, match="levels"):
        template_text.parse("[" * 200_000, "t")
