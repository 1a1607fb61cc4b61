"""Templates as other people write them: what is odd, unknown in part, or made by another way."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exporter.formats.cloudformation import template, template_files
from exporter.formats.cloudformation.template_context import Surroundings
from exporter.formats.code_inputs import CodeInputs, NamedSet, OtherScope
from exporter.formats.code_resource import Loaded, Unknown
from exporter.formats.unresolved import ANYTHING, NamePattern, Reach, a_destination, a_set
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError

SET = "Type: AWS::SES::ConfigurationSet"
DESTINATION = "Type: AWS::SES::ConfigurationSetEventDestination"
ACCOUNT, REGION = "123456789012", "eu-west-1"


class Other:
    """The other side of a comparison."""

    def __init__(self, *sets: NamedSet, arns: tuple[str, ...] = ()) -> None:
        self.sets = {each.name: each for each in sets}
        self.arns = arns


def load(text: str, other: Other | None = None, stack: str = "", **given: str) -> Loaded:
    values = {**given, **({"AWS::StackName": stack} if stack else {})}
    around = Surroundings(values, account_id=ACCOUNT, region=REGION, other=other)
    return template.load(text, "t.yaml", around=around)


def identities(found: Loaded) -> list[str]:
    return [str(each.identity) for each in found.resources]


def reach(text: str) -> Reach:
    (unresolved,) = load(text).unresolved
    return unresolved.reach


# What is odd
# ---------------------------------------------------------------------------------------------

MAIL = f"  Mail: {{{SET}, Properties: {{Name: mail}}}}\n"


@pytest.mark.parametrize(
    "odd",
    [
        "  A: 1\n",
        "  A: {Type: AWS::SNS::Topic, Properties: {A: 1, A: 2}}\n",
        "  A: {Type: AWS::SNS::Topic, Properties: !Env X}\n",
        "  A: {Type: AWS::SNS::Topic, Properties: {B: !!binary eA==}}\n",
        "  A: {Type: AWS::SNS::Topic, Properties: {B: !!set {a, b}}}\n",
        "  A: {Type: AWS::SNS::Topic, Properties: {? [a] : b}}\n",
        "  A: {Type: AWS::SNS::Topic, Condition: [], Properties: []}\n",
        "  A: {Type: AWS::SNS::Topic, Properties: {Day: 2026-01-01}}\n",
    ],
)
def test_what_is_odd_in_another_resource_refuses_nothing(odd: str) -> None:
    found = load(f"Resources:\n{odd}{MAIL}")
    assert (identities(found), found.unresolved) == (["mail"], ())


def test_half_a_character_in_another_resource_refuses_nothing() -> None:
    text = '{"Resources": {"A": {"Type": "AWS::SNS::Topic", "B": "\\ud800"}}}'
    assert load(text).resources == ()


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ("{Name: a, Name: b}", "the key 'Name' appears twice"),
        ("!Env X", "!Env is not a CloudFormation tag"),
        ("{? [a] : b}", "a key is not a string"),
    ],
)
def test_what_is_odd_in_a_set_is_refused(odd: str, said: str) -> None:
    with pytest.raises(ExporterError, match=said):
        load(f"Resources:\n  A: {{{SET}, Properties: {odd}}}\n")


def test_a_key_beside_a_merge_overrides_it() -> None:
    text = f"""
Resources:
  A: {{{SET}, Properties: &a {{Name: a, SendingOptions: {{SendingEnabled: true}}}}}}
  B: {{{SET}, Properties: &b {{<<: *a, Name: b}}}}
  C: {{{SET}, Properties: {{Name: c, <<: [{{Name: x, Tags: []}}, *b]}}}}
"""
    found = load(text)
    assert identities(found) == ["a", "b", "c"]
    assert all("SendingOptions" in each.values for each in found.resources)


# Names that are known in part
# ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stretches"),
    [
        ("'${self:custom.stage}-mail'", ("", "-mail")),
        ("'mail-${opt:stage, self:provider.stage}'", ("mail-", "")),
        ("'a-${self:custom.${opt:stage}.x}-b'", ("a-", "-b")),
        ("!Sub 'a-${self:custom.stage}-b'", ("a-", "-b")),
        ("!Sub 'a-${self:custom.${opt:stage}}-b'", ("a-", "-b")),
        ("'{{ stage }}-mail'", ("", "-mail")),
        ("'<stage>-mail'", ("", "-mail")),
        ("'mail-%STAGE%'", ("mail-", "")),
        ("!Sub '${Stage}-mail-${AWS::Region}'", ("", "-mail-eu-west-1")),
        ("!Join ['-', [mail, !Ref Stage, x]]", ("mail-", "-x")),
        ("!Join ['-', [a, !Sub 'b${Stage}c', d]]", ("a-b", "c-d")),
        ("'{{resolve:ssm:/stage}}-mail'", ("", "-mail")),
        ("!If [Open, mail-prod, mail-dev]", ("mail-", "")),
        ("!Ref Stage", ("", "")),
    ],
)
def test_the_known_stretches_of_a_name_are_its_reach(name: str, stretches: tuple[str, ...]) -> None:
    text = f"""
Parameters: {{Stage: {{Type: String}}}}
Conditions: {{Open: !Equals [!Ref Stage, prod]}}
Resources:
  A: {{{SET}, Properties: {{Name: {name}}}}}
"""
    assert reach(text) == a_set(NamePattern(stretches))


@pytest.mark.parametrize(
    ("name", "reaches"), [("a b", False), ("a.b", False), ("a" * 65, False), ("ü", True)]
)
def test_what_ses_cannot_have_is_no_identity(name: str, reaches: bool) -> None:
    text = f"Resources:\n  A: {{{SET}, Properties: {{Name: '{name}'}}}}\n"
    assert load(text).resources == ()
    assert reach(text).holds(Identity("other")) is reaches


def test_a_variable_in_a_value_is_unknown() -> None:
    text = f"""
Resources:
  A:
    {SET}
    Properties: {{Name: a, Tags: [{{Key: stage, Value: '${{opt:stage}}'}}]}}
"""
    (tag,) = load(text).resources[0].values["Tags"]
    assert isinstance(tag["Value"], Unknown)


def test_a_condition_that_is_open_reaches_the_resource_alone() -> None:
    text = f"""
Parameters: {{Stage: {{Type: String}}}}
Conditions: {{Open: !Equals [!Ref Stage, prod]}}
Resources:
  A: {{{SET}, Condition: Open, Properties: {{Name: mail}}}}
"""
    assert reach(text) == a_set(NamePattern.of_name("mail"))


def test_a_destination_of_somebody_else_s_set_may_bring_the_set() -> None:
    text = f"""
Resources:
  A:
    {DESTINATION}
    Properties:
      ConfigurationSetName: theirs
      EventDestination: {{Enabled: true, MatchingEventTypes: [send]}}
"""
    found = reach(text)
    assert found.holds(Identity("theirs"))
    assert found.holds(Identity("theirs", "T-A-0123456789AB"))
    assert not found.holds(Identity("other"))


# Loops
# --------------------------------------------------------------------------------------------


def loop(body: str, over: str = "[a, b]") -> str:
    head = "Parameters: {Open: {Type: CommaDelimitedList}}\nResources:\n"
    return f"{head}  Fn::ForEach::L:\n    - Name\n    - {over}\n    - {body}\n"


def test_a_loop_is_written_out() -> None:
    text = loop(f"X${{Name}}: {{{SET}, Properties: {{Name: !Sub 'm-${{Name}}'}}}}")
    assert identities(load(text)) == ["m-a", "m-b"]
    text = loop(f"X&{{Name}}: {{{SET}, Properties: {{Name: !Ref Name}}}}", "!Ref Open")
    assert identities(load(text, Open="a-1,b-2")) == ["a-1", "b-2"]


def test_a_loop_in_a_loop_is_written_out() -> None:
    inner = f"'X${{Name}}${{Kind}}': {{{SET}, Properties: {{Name: !Sub '${{Name}}-${{Kind}}'}}}}"
    text = loop(f"Fn::ForEach::M${{Name}}: [Kind, [x, y], {{{inner}}}]")
    assert identities(load(text)) == ["a-x", "a-y", "b-x", "b-y"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("X${Name}: {Type: AWS::SNS::Topic}", None),
        (f"X${{Name}}: {{{SET}}}", a_set()),
        (f"X${{Name}}: {{{DESTINATION}}}", a_destination()),
        ("X${Name}: {Type: !Ref T}", ANYTHING),
    ],
)
def test_a_loop_over_what_is_unknown_reaches_what_it_makes(
    body: str, expected: Reach | None
) -> None:
    found = load(loop(body, "!Ref Open"))
    assert [each.reach for each in found.unresolved] == ([expected] if expected else [])


# Targets
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "value", "expected"),
    [
        ("{Type: AWS::SNS::Topic, Properties: {TopicName: t}}", "!Ref X", "sns:R:A:t"),
        ("{Type: AWS::SNS::Topic, Properties: {TopicName: t}}", "!GetAtt X.TopicArn", "sns:R:A:t"),
        (
            "{Type: AWS::KinesisFirehose::DeliveryStream, Properties: {DeliveryStreamName: s}}",
            "!GetAtt [X, Arn]",
            "firehose:R:A:deliverystream/s",
        ),
        ("{Type: AWS::IAM::Role, Properties: {RoleName: r}}", "!GetAtt X.Arn", "iam::A:role/r"),
        (
            "{Type: AWS::IAM::Role, Properties: {RoleName: r, Path: /p/}}",
            "!Sub '${X.Arn}'",
            "iam::A:role/p/r",
        ),
        (
            "{Type: AWS::Events::EventBus, Properties: {Name: b}}",
            "!GetAtt X.Arn",
            "events:R:A:event-bus/b",
        ),
    ],
)
def test_a_target_of_the_same_template_has_its_arn(
    resource: str, value: str, expected: str
) -> None:
    text = f"""
Resources:
  X: {resource}
  D:
    {DESTINATION}
    Properties:
      ConfigurationSetName: s
      EventDestination: {{Name: d, SnsDestination: {{TopicARN: {value}}}}}
"""
    arn = load(text).resources[0].values["SnsDestination"]["TopicArn"]
    assert arn == "arn:aws:" + expected.replace("R", REGION).replace("A", ACCOUNT)


def test_a_pool_and_a_domain_of_the_same_template_have_their_names() -> None:
    text = f"""
Resources:
  Pool: {{Type: AWS::SES::DedicatedIpPool, Properties: {{PoolName: warm}}}}
  Domain: {{Type: AWS::SES::EmailIdentity, Properties: {{EmailIdentity: t.example.com}}}}
  A:
    {SET}
    Properties:
      Name: a
      DeliveryOptions: {{SendingPoolName: !Ref Pool}}
      TrackingOptions: {{CustomRedirectDomain: !Ref Domain}}
"""
    assert load(text).resources[0].values == {
        "DeliveryOptions": {"SendingPoolName": "warm"},
        "TrackingOptions": {"CustomRedirectDomain": "t.example.com"},
    }


# Names that CloudFormation makes up
# ---------------------------------------------------------------------------------------

NO_NAMES = f"""
Resources:
  Topic: {{Type: AWS::SNS::Topic}}
  Mail: {{{SET}}}
  Dest:
    {DESTINATION}
    Properties:
      ConfigurationSetName: !Ref Mail
      EventDestination: {{Enabled: true, SnsDestination: {{TopicARN: !Ref Topic}}}}
"""
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}"


def test_names_are_told_by_tags_and_by_the_logical_id() -> None:
    live = Other(
        NamedSet("mine", "shop", "Mail", ("Dest-0EsPuYMlS1rU", "shop-Other-0123456789AB")),
        NamedSet("theirs", "else", "Mail"),
        arns=(f"{TOPIC}:shop-Topic-0123456789AB", f"{TOPIC}:Topic"),
    )
    found = load(NO_NAMES, live, "shop")
    assert identities(found) == ["mine", "mine/Dest-0EsPuYMlS1rU"]
    values = found.resources[1].values
    assert values["SnsDestination"]["TopicArn"] == f"{TOPIC}:shop-Topic-0123456789AB"
    (note,) = found.notes
    assert "Dest-0EsPuYMlS1rU for Dest" in note
    assert "mine" not in note


def test_where_two_fit_nothing_is_told() -> None:
    live = Other(NamedSet("Mail-0123456789AB"), NamedSet("x-Mail-0123456789AB"))
    found = load(NO_NAMES, live)
    assert identities(found) == []
    assert [each.what for each in found.unresolved] == ["Mail", "Dest"]


def test_a_logical_id_within_another_does_not_count() -> None:
    live = Other(NamedSet("m", None, "Mail", ("shop-MailDest-0123456789AB",)))
    assert identities(load(NO_NAMES, live)) == ["m"]


def test_a_topic_that_nothing_can_be_is_a_difference_and_one_that_may_be_is_unknown() -> None:
    tagged = NamedSet("m", "shop", "Mail", ("Dest-0EsPuYMlS1rU",))
    gone = load(NO_NAMES, Other(tagged, arns=(f"{TOPIC}:else",)), "shop")
    assert gone.resources[1].values["SnsDestination"]["TopicArn"] == f"{TOPIC}:shop-Topic-*"
    near = load(NO_NAMES, Other(tagged, arns=(f"{TOPIC}:my-Topic",)), "shop")
    assert isinstance(near.resources[1].values["SnsDestination"]["TopicArn"], Unknown)


# Custom resources
# -------------------------------------------------------------------------------------------


def custom(call: str, kind: str = "Custom::AWS") -> str:
    return f"Resources:\n  C:\n    Type: {kind}\n    Properties:\n      Create: '{call}'\n"


@pytest.mark.parametrize(
    ("call", "identity", "values"),
    [
        (
            '{"service":"@aws-sdk/client-sesv2","action":"CreateConfigurationSetEventDestination'
            'Command","parameters":{"ConfigurationSetName":"s","EventDestinationName":"d",'
            '"EventDestination":{"Enabled":true,"MatchingEventTypes":["SEND"]}}}',
            "s/d",
            {"Enabled": True, "MatchingEventTypes": ["SEND"]},
        ),
        (
            '{"service":"SES","action":"createConfigurationSetEventDestination","parameters":'
            '{"ConfigurationSetName":"s","EventDestination":{"Name":"d","Enabled":"TRUE:BOOLEAN",'
            '"MatchingEventTypes":["renderingFailure"],"SNSDestination":{"TopicARN":"t"}}}}',
            "s/d",
            {
                "Enabled": True,
                "MatchingEventTypes": ["RENDERING_FAILURE"],
                "SnsDestination": {"TopicArn": "t"},
            },
        ),
        (
            '{"service":"SESV2","action":"createConfigurationSet","parameters":'
            '{"ConfigurationSetName":"s","SendingOptions":{"SendingEnabled":true}}}',
            "s",
            {"SendingOptions": {"SendingEnabled": True}},
        ),
        (
            '{"service":"SES","action":"createConfigurationSet","parameters":'
            '{"ConfigurationSet":{"Name":"s"}}}',
            "s",
            {},
        ),
    ],
)
def test_what_a_custom_resource_makes_is_code(
    call: str, identity: str, values: dict[str, Any]
) -> None:
    found = load(custom(call))
    assert identities(found) == [identity]
    assert found.resources[0].values == values
    assert found.notes


def test_a_custom_resource_that_says_no_values_holds_what_it_names() -> None:
    text = """
Resources:
  C:
    Type: Custom::SesDestination
    Properties: {ConfigurationSetName: s, EventDestinationName: d}
"""
    (unresolved,) = load(text).unresolved
    assert unresolved.reach == a_destination(NamePattern(("s",)), NamePattern(("d",)))


@pytest.mark.parametrize(
    "call",
    [
        '{"service":"S3","action":"putObject","parameters":{}}',
        '{"service":"SESV2","action":"sendEmail","parameters":{}}',
        "{",
        "[1]",
    ],
)
def test_other_custom_resources_are_nothing(call: str) -> None:
    assert load(custom(call)) == load("Resources: {}")


# Nested templates
# ----------------------------------------------------------------------------------------


def test_templates_that_are_nested_in_a_circle_end(tmp_path: Path) -> None:
    texts = {}
    for name, other in (("a", "b"), ("b", "a")):
        path = tmp_path / f"{name}.yaml"
        nested = "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: OTHER}}"
        text = f"Resources:\n  N: {nested}\n{MAIL}".replace("OTHER", f"{other}.yaml")
        path.write_text(text.replace("mail", name))
        texts[str(path)] = path.read_text()
    with pytest.raises(ExporterError, match="described twice"):
        # Each of the two holds the other, and nobody can tell which is the stack.
        template.joined(template_files.load(texts, tmp_path, CodeInputs()))


def test_what_two_templates_are_taken_for_is_neither(tmp_path: Path) -> None:
    texts = {str(tmp_path / f"{name}.yaml"): NO_NAMES for name in ("dev", "prod")}
    live = Other(NamedSet("m", "any", "Mail", ("Dest-0EsPuYMlS1rU",)))
    scope = OtherScope(ACCOUNT, REGION, "aws", live)
    found = template.joined(template_files.load(texts, tmp_path, CodeInputs(others=(scope,))))
    assert found.resources == ()
    assert [each.what for each in found.unresolved] == ["Mail", "Mail", "Dest", "Dest"]
    assert all("other code describes too" in each.reason for each in found.unresolved)


def test_a_call_that_changes_a_resource_of_the_code_is_no_second_one() -> None:
    call = (
        '{"service":"SESV2","action":"updateConfigurationSetEventDestination","parameters":'
        '{"ConfigurationSetName":"mail","EventDestinationName":"d","EventDestination":{}}}'
    )
    destination = f"""
  D:
    {DESTINATION}
    Properties: {{ConfigurationSetName: mail, EventDestination: {{Name: d, Enabled: true}}}}
"""
    found = load(custom(call) + MAIL + destination)
    assert identities(found) == ["mail", "mail/d"]
    assert (found.unresolved, len(found.notes)) == ((), 1)


class Deployed:
    """A deployed stack."""

    def __init__(self, **physical_ids: str) -> None:
        self.parameters = {"Stage": "prod"}
        self.tags: dict[str, str] = {}
        self.physical_ids = physical_ids

    def physical_id(self, logical_id: str) -> str | None:
        return self.physical_ids.get(logical_id)

    def has(self, logical_id: str) -> bool | None:
        return logical_id in self.physical_ids

    def imported(self, _name: str) -> str | None:
        return None

    def nested(self, _logical_id: str) -> None:
        return None

    def template_text(self) -> str:
        return ""


def test_a_name_that_cannot_be_evaluated_is_that_of_the_stack() -> None:
    text = f"""
Parameters: {{Stage: {{Type: String}}}}
Resources:
  Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: !ImportValue x}}}}
  Mail: {{{SET}, Properties: {{Name: !ImportValue x}}}}
  Dest:
    {DESTINATION}
    Properties:
      ConfigurationSetName: !Ref Mail
      EventDestination: {{Name: !ImportValue x, SnsDestination: {{TopicARN: !Ref Topic}}}}
  Other: {{{SET}, Properties: {{Name: !Sub "other-${{Stage}}"}}}}
"""
    stack = Deployed(Mail="m", Dest="m|d", Topic=f"{TOPIC}:t", Other="renamed")
    around = Surroundings(account_id=ACCOUNT, region=REGION, deployment=stack)
    found = template.load(text, "t.yaml", around=around)
    assert identities(found) == ["m", "m/d", "other-prod"]
    assert found.resources[1].values["SnsDestination"]["TopicArn"] == f"{TOPIC}:t"
    # Of the deployed template, what the stack says goes before what is written.
    found = template.load(text, "t.yaml", around=replace(around, is_deployed=True))
    assert identities(found) == ["m", "m/d", "renamed"]
    tagged = Other(NamedSet("tagged", "shop", "Mail"))
    assert identities(load(text, tagged, "shop"))[0] == "tagged"


def test_a_deployed_stack_says_whether_a_resource_is_there() -> None:
    text = f"""
Parameters: {{Open: {{Type: String}}}}
Conditions: {{Open: !Equals [!Ref Open, "1"]}}
Resources:
  A: {{{SET}, Condition: Open, Properties: {{Name: a}}}}
  B: {{{SET}, Condition: Open, Properties: {{Name: b}}}}
"""
    around = Surroundings(deployment=Deployed(A="a"), is_deployed=True)
    found = template.load(text, "t.yaml", around=around)
    assert (identities(found), found.unresolved) == (["a"], ())


def test_the_tags_of_a_stack_are_those_of_its_sets() -> None:
    own = "Tags: [{Key: team, Value: own}]"
    text = f"Resources:\n  A: {{{SET}, Properties: {{Name: a, {own}}}}}\n{MAIL}"
    stack = Deployed()
    stack.tags = {"team": "stack", "cost": "1"}
    for around in (Surroundings(deployment=stack), Surroundings(tags=stack.tags)):
        first, second = template.load(text, "t.yaml", around=around).resources
        cost = {"Key": "cost", "Value": "1"}
        assert first.values["Tags"] == [{"Key": "team", "Value": "own"}, cost]
        assert second.values["Tags"] == [{"Key": "team", "Value": "stack"}, cost]


def test_a_custom_resource_that_only_names_a_set_is_nothing() -> None:
    text = "Resources: {C: {Type: Custom::Mail, Properties: {ConfigurationSetName: s}}}"
    assert load(text) == load("Resources: {}")
