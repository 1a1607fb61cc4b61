"""Templates as people write them, each of another shape.

Each holds at least one set with a destination.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Shape:
    """A template.

    Attributes:
        text: YAML.
        parameters: What the stack is given.
        ssm: Parameters of SSM that are there before.
        before: A template that is deployed before, as a stack of its own.
        nested: Templates that are nested in it, by file name.
        tags: Tags of the stack.
        processed: What the macros of AWS make of it, where the emulator has none of them.
    """

    text: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    ssm: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    nested: Mapping[str, str] = field(default_factory=dict)
    processed: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


SET = "AWS::SES::ConfigurationSet"
DESTINATION = "AWS::SES::ConfigurationSetEventDestination"


def destination(of: str, target: str, name: str = "", types: str = "[bounce, complaint]") -> str:
    """A destination's type and properties in flow style."""
    own = f"Name: {name}, " if name else ""
    return (
        f"{{Type: {DESTINATION}, Properties: {{ConfigurationSetName: {of}, EventDestination: "
        f"{{{own}Enabled: true, MatchingEventTypes: {types}, {target}}}}}}}"
    )


def a_set(name: str = "", more: str = "") -> str:
    """A set's type and properties in flow style."""
    own = ", ".join(filter(None, (f"Name: {name}" if name else "", more)))
    return f"{{Type: {SET}, Properties: {{{own}}}}}"


SNS = "SnsDestination: {TopicARN: !Ref Topic}"
NAMED = "Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: feedback}}"
UNNAMED = "Topic: {Type: AWS::SNS::Topic}"
LITERAL = "SnsDestination: {TopicARN: !Sub 'arn:aws:sns:${AWS::Region}:${AWS::AccountId}:literal'}"
CLOUDWATCH = (
    "CloudWatchDestination: {DimensionConfigurations: [{DimensionName: campaign, "
    "DimensionValueSource: messageTag, DefaultDimensionValue: none}]}"
)
BUS = (
    "EventBridgeDestination: {EventBusArn: !Sub "
    "'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default'}"
)
ROLE = (
    "Role: {Type: AWS::IAM::Role, Properties: {ROLE_NAME AssumeRolePolicyDocument: "
    "{Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: ses.amazonaws.com}, "
    "Action: 'sts:AssumeRole'}]}}}"
)
STREAM = (
    "Stream: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {STREAM_NAME "
    "S3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::events-bucket', RoleARN: !GetAtt "
    "Role.Arn}}}"
)
FIREHOSE = (
    "KinesisFirehoseDestination: {IAMRoleARN: !GetAtt Role.Arn, DeliveryStreamARN: !GetAtt "
    "Stream.Arn}"
)


def resources(*lines: str, head: str = "", tail: str = "") -> str:
    """A template of resources, a line each."""
    return "\n".join([head.strip(), "Resources:", *(f"  {line}" for line in lines), tail.strip()])


def _named(line: str, **names: str) -> str:
    for key, value in names.items():
        line = line.replace(f"{key} ", value)
    return line


TEMPLATES: Mapping[str, Shape] = {
    "all named": Shape(
        resources(NAMED, f"Mail: {a_set('shop')}", f"Dest: {destination('!Ref Mail', SNS, 'sns')}")
    ),
    "topic without a name": Shape(
        resources(
            UNNAMED, f"Mail: {a_set('shop')}", f"Dest: {destination('!Ref Mail', SNS, 'sns')}"
        )
    ),
    "destination without a name": Shape(
        resources(NAMED, f"Mail: {a_set('shop')}", f"Dest: {destination('!Ref Mail', SNS)}"),
    ),
    "two destinations without names": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('shop')}",
            f"Bounces: {destination('!Ref Mail', SNS)}",
            f"Metrics: {destination('!Ref Mail', CLOUDWATCH, types='[send, delivery]')}",
        ),
    ),
    "set without a name": Shape(
        resources(NAMED, f"Mail: {a_set()}", f"Dest: {destination('!Ref Mail', SNS, 'sns')}"),
    ),
    "nothing has a name": Shape(
        resources(UNNAMED, f"Mail: {a_set()}", f"Dest: {destination('!Ref Mail', SNS)}"),
    ),
    "stack name in the name": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('!Sub ' + repr('${AWS::StackName}-mail'))}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns')}",
        )
    ),
    "parameter with a default": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('!Sub ' + repr('${Stage}-mail'))}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns')}",
            head="Parameters: {Stage: {Type: String, Default: dev}}",
        )
    ),
    "parameter without a default": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('!Join [' + repr('-') + ', [!Ref Stage, mail]]')}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns')}",
            head="Parameters: {Stage: {Type: String}}",
        ),
        {"Stage": "prod"},
    ),
    "events from a list parameter": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('shop')}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns', '!Ref Events')}",
            head="Parameters: {Events: {Type: CommaDelimitedList, Default: 'bounce, complaint'}}",
        )
    ),
    "parameter of SSM": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('!Ref Name')}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns')}",
            head="Parameters: {Name: {Type: 'AWS::SSM::Parameter::Value<String>', "
            "Default: /mail/name}}",
        ),
        ssm={"/mail/name": "from-ssm"},
    ),
    "topic from SSM": Shape(
        resources(
            f"Mail: {a_set('shop')}",
            f"Dest: {destination('!Ref Mail', 'SnsDestination: {TopicARN: !Ref Arn}', 'sns')}",
            head="Parameters: {Arn: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /arn}}",
        ),
        ssm={"/arn": "arn:aws:sns:eu-west-1:000000000000:from-ssm"},
    ),
    "mapping by region": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('!FindInMap [Names, !Ref AWS::Region, Set]')}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns')}",
            head="Mappings: {Names: {eu-west-1: {Set: ireland}, us-east-1: {Set: virginia}}}",
        )
    ),
    "condition that holds not": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('shop')}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns')}",
            f"Extra: {a_set('extra')[:-1]}, Condition: IsProd}}",
            head="Parameters: {Stage: {Type: String, Default: dev}}\n"
            "Conditions: {IsProd: !Equals [!Ref Stage, prod]}",
        )
    ),
    "condition on a given parameter": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('!If [IsProd, mail, mail-dev]')}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns')[:-1]}, Condition: IsProd}}",
            f"Other: {destination('!Ref Mail', CLOUDWATCH, 'cw')}",
            head="Parameters: {Stage: {Type: String}}\n"
            "Conditions: {IsProd: !Equals [!Ref Stage, prod]}",
        ),
        {"Stage": "prod"},
    ),
    "named stream and role": Shape(
        resources(
            _named(ROLE, ROLE_NAME="RoleName: ses-events, "),
            _named(STREAM, STREAM_NAME="DeliveryStreamName: ses-events, "),
            f"Mail: {a_set('shop')}",
            f"Dest: {destination('!Ref Mail', FIREHOSE, 'firehose')}",
        )
    ),
    "stream and role without names": Shape(
        resources(
            _named(ROLE, ROLE_NAME=""),
            _named(STREAM, STREAM_NAME=""),
            f"Mail: {a_set('shop')}",
            f"Dest: {destination('!Ref Mail', FIREHOSE, 'firehose')}",
        )
    ),
    "default bus": Shape(
        resources(f"Mail: {a_set('shop')}", f"Dest: {destination('!Ref Mail', BUS, 'bus')}")
    ),
    "bus of the template": Shape(
        resources(
            "Bus: {Type: AWS::Events::EventBus, Properties: {Name: mail-events}}",
            f"Mail: {a_set('shop')}",
            "Dest: "
            + destination(
                "!Ref Mail", "EventBridgeDestination: {EventBusArn: !GetAtt Bus.Arn}", "bus"
            ),
        )
    ),
    "options and tags": Shape(
        resources(
            NAMED,
            "Mail: "
            + a_set(
                "shop",
                "SendingOptions: {SendingEnabled: 'true'}, ReputationOptions: "
                "{ReputationMetricsEnabled: true}, DeliveryOptions: {TlsPolicy: REQUIRE}, "
                "SuppressionOptions: {SuppressedReasons: [BOUNCE]}, Tags: [{Key: team, "
                "Value: !Ref AWS::StackName}]",
            ),
            f"Dest: {destination('!Ref Mail', SNS, 'sns')}",
        )
    ),
    "tags of the stack": Shape(
        resources(
            NAMED,
            f"Mail: {a_set('shop', 'Tags: [{Key: team, Value: own}]')}",
            f"Dest: {destination('!Ref Mail', SNS)}",
        ),
        tags={"team": "stack", "cost-centre": "42"},
    ),
    "merge keys": Shape(f"""
Resources:
  Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: feedback}}}}
  Mail: {a_set("shop")}
  First:
    Type: {DESTINATION}
    Properties:
      ConfigurationSetName: !Ref Mail
      EventDestination: &base
        Name: first
        Enabled: true
        MatchingEventTypes: [bounce]
        SnsDestination: {{TopicARN: !Ref Topic}}
  Second:
    Type: {DESTINATION}
    Properties:
      ConfigurationSetName: !Ref Mail
      EventDestination:
        <<: *base
        Name: second
        MatchingEventTypes: [complaint]
"""),
    "loop over sets": Shape(
        resources(
            NAMED,
            "Fn::ForEach::Sets:",
            "  - Name",
            "  - [alpha, beta]",
            f"  - Set${{Name}}: {a_set('!Sub ' + repr('mail-${Name}'))}",
            f"    Dest${{Name}}: {destination('!Sub ' + repr('mail-${Name}'), SNS, 'sns')}".replace(
                "Properties:", "DependsOn: 'Set${Name}', Properties:"
            ),
            head="Transform: AWS::LanguageExtensions",
        )
    ),
    "import of a topic": Shape(
        resources(
            f"Mail: {a_set('shop')}",
            "Dest: "
            + destination(
                "!Ref Mail", "SnsDestination: {TopicARN: !ImportValue shared-topic}", "sns"
            ),
        ),
        before=resources(
            UNNAMED, tail="Outputs: {T: {Value: !Ref Topic, Export: {Name: shared-topic}}}"
        ),
    ),
    "import of a set": Shape(
        resources(NAMED, f"Dest: {destination('!ImportValue shared-set', SNS, 'sns')}"),
        before=resources(
            f"Mail: {a_set('shared')}",
            tail="Outputs: {S: {Value: !Ref Mail, Export: {Name: shared-set}}}",
        ),
    ),
    "nested stack without SES": Shape(
        resources(
            NAMED,
            "Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: net.yaml}}",
            f"Mail: {a_set('shop')}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns')}",
        ),
        nested={"net.yaml": resources("Queue: {Type: AWS::SQS::Queue}")},
    ),
    "nested stack with SES": Shape(
        resources(
            NAMED,
            "Mail: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: mail.yaml, "
            "Parameters: {TopicArn: !Ref Topic, Stage: prod}}}",
        ),
        nested={
            "mail.yaml": resources(
                f"Mail: {a_set('!Sub ' + repr('mail-${Stage}'))}",
                "Dest: "
                + destination("!Ref Mail", "SnsDestination: {TopicARN: !Ref TopicArn}", "sns"),
                head="Parameters: {TopicArn: {Type: String}, Stage: {Type: String, Default: x}}",
            )
        },
    ),
    "topic of a nested stack": Shape(
        resources(
            "Targets: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: targets.yaml}}",
            f"Mail: {a_set('shop')}",
            "Dest: "
            + destination(
                "!Ref Mail", "SnsDestination: {TopicARN: !GetAtt Targets.Outputs.Arn}", "sns"
            ),
        ),
        nested={"targets.yaml": resources(UNNAMED, tail="Outputs: {Arn: {Value: !Ref Topic}}")},
    ),
    "nothing has a name in a nested stack": Shape(
        resources(
            "Mail: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: mail.yaml}}",
        ),
        nested={
            "mail.yaml": resources(
                UNNAMED, f"Shop: {a_set()}", f"Feedback: {destination('!Ref Shop', SNS)}"
            )
        },
    ),
    "SAM with a function": Shape(
        resources(
            NAMED,
            "Hook: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.12, Handler: "
            "index.handler, InlineCode: 'def handler(e, c): pass'}}",
            f"Mail: {a_set('shop')}",
            f"Dest: {destination('!Ref Mail', SNS, 'sns')}",
            head="Transform: AWS::Serverless-2016-10-31",
        ),
        processed=resources(
            NAMED, f"Mail: {a_set('shop')}", f"Dest: {destination('!Ref Mail', SNS, 'sns')}"
        ),
    ),
    "topic by attribute": Shape(
        resources(
            NAMED,
            "Domain: {Type: AWS::SES::EmailIdentity, Properties: {EmailIdentity: t.example.com}}",
            f"Mail: {a_set('shop', 'TrackingOptions: {CustomRedirectDomain: !Ref Domain}')}",
            "Dest: "
            + destination("!Ref Mail", "SnsDestination: {TopicARN: !GetAtt Topic.TopicArn}", "sns"),
        )
    ),
}
