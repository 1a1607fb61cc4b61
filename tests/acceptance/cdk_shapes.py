"""CDK apps as people write them, each an assembly of its own below ``sys.argv[1]``.

Run by the Python that has aws-cdk-lib, in one process for all: it takes seconds to start.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import cloudformation_include as include
from aws_cdk import custom_resources as custom

BOUNCES = [ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT]
HERE = cdk.Environment(account="000000000000", region="eu-west-1")
Event = ses.CfnConfigurationSetEventDestination


def l2(stack: cdk.Stack, set_name: str | None, topic: Any, name: str | None = None) -> Any:
    """A set and a destination by CDK's own constructs."""
    found = ses.ConfigurationSet(stack, "Set", configuration_set_name=set_name)
    found.add_event_destination(
        "ToSns",
        destination=ses.EventDestination.sns_topic(topic),
        events=BOUNCES,
        configuration_set_event_destination_name=name,
    )
    return found


def l1(stack: Any, set_name: str | None, name: str | None, **target: Any) -> Any:
    """The same by the plain resources."""
    found = ses.CfnConfigurationSet(stack, "Set", name=set_name)
    return Event(
        stack,
        "Dest",
        configuration_set_name=found.ref,
        event_destination=Event.EventDestinationProperty(
            name=name, enabled=True, matching_event_types=["send", "bounce"], **target
        ),
    )


def l2_all_named(stack: cdk.Stack) -> None:
    l2(stack, "shop", sns.Topic(stack, "Topic", topic_name="feedback"), "sns")


def l2_without_destination_name(stack: cdk.Stack) -> None:
    l2(stack, "shop", sns.Topic(stack, "Topic", topic_name="feedback"))


def l2_named_set_only(stack: cdk.Stack) -> None:
    l2(stack, "shop", sns.Topic(stack, "Topic"))


def l2_without_any_name(stack: cdk.Stack) -> None:
    l2(stack, None, sns.Topic(stack, "Topic"))


def l2_two_destinations(stack: cdk.Stack) -> None:
    found = l2(stack, "shop", sns.Topic(stack, "Topic"))
    found.add_event_destination(
        "Metrics",
        destination=ses.EventDestination.cloud_watch_dimensions(
            [
                ses.CloudWatchDimension(
                    name="campaign",
                    source=ses.CloudWatchDimensionSource.MESSAGE_TAG,
                    default_value="none",
                )
            ]
        ),
        events=[ses.EmailSendingEvent.SEND],
    )


def l2_same_topic_twice(stack: cdk.Stack) -> None:
    topic = sns.Topic(stack, "Topic")
    found = l2(stack, "shop", topic)
    found.add_event_destination(
        "ToSnsAgain",
        destination=ses.EventDestination.sns_topic(topic),
        events=[ses.EmailSendingEvent.REJECT],
    )


def l2_options(stack: cdk.Stack) -> None:
    ses.ConfigurationSet(
        stack,
        "Set",
        configuration_set_name="shop",
        tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
        reputation_metrics=True,
        suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    ).add_event_destination(
        "ToSns",
        destination=ses.EventDestination.sns_topic(sns.Topic(stack, "Topic")),
        events=BOUNCES,
    )


def l2_tags(stack: cdk.Stack) -> None:
    """Tags of the stack, which the CLI gives to CloudFormation."""
    stack.add_stack_tag("team", "mail")
    l2(stack, "shop", sns.Topic(stack, "Topic"))


def l2_imported_topic(stack: cdk.Stack) -> None:
    arn = stack.format_arn(service="sns", resource="shared")
    l2(stack, "shop", sns.Topic.from_topic_arn(stack, "Topic", arn))


def l2_imported_set(stack: cdk.Stack) -> None:
    ses.CfnConfigurationSet(stack, "Own", name="shop")
    found = ses.ConfigurationSet.from_configuration_set_name(stack, "Set", "shop")
    destination = ses.ConfigurationSetEventDestination(
        stack,
        "Dest",
        configuration_set=found,
        destination=ses.EventDestination.sns_topic(sns.Topic(stack, "Topic")),
        events=BOUNCES,
    )
    destination.node.add_dependency(stack.node.find_child("Own"))


def l2_firehose(stack: cdk.Stack) -> None:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ses.amazonaws.com"))
    stream = firehose.CfnDeliveryStream(
        stack,
        "Stream",
        s3_destination_configuration=firehose.CfnDeliveryStream.S3DestinationConfigurationProperty(
            bucket_arn="arn:aws:s3:::events-bucket", role_arn=role.role_arn
        ),
    )
    l1(
        stack,
        "shop",
        "firehose",
        kinesis_firehose_destination=Event.KinesisFirehoseDestinationProperty(
            delivery_stream_arn=stream.attr_arn, iam_role_arn=role.role_arn
        ),
    )


def l2_default_bus(stack: cdk.Stack) -> None:
    bus = events.EventBus.from_event_bus_name(stack, "Bus", "default")
    found = ses.ConfigurationSet(stack, "Set", configuration_set_name="shop")
    found.add_event_destination("ToBus", destination=ses.EventDestination.event_bus(bus))


def l2_name_from_context(stack: cdk.Stack) -> None:
    stage = stack.node.try_get_context("stage") or "dev"
    l2(stack, f"shop-{stage}", sns.Topic(stack, "Topic", topic_name=f"feedback-{stage}"))


def l2_name_from_stack_name(stack: cdk.Stack) -> None:
    l2(stack, f"{cdk.Aws.STACK_NAME}-mail", sns.Topic(stack, "Topic"))


def l2_parameter(stack: cdk.Stack) -> None:
    stage = cdk.CfnParameter(stack, "Stage", default="dev")
    l2(stack, f"shop-{stage.value_as_string}", sns.Topic(stack, "Topic"))


def l1_all_named(stack: cdk.Stack) -> None:
    topic = sns.CfnTopic(stack, "Topic", topic_name="feedback")
    target = Event.SnsDestinationProperty(topic_arn=topic.ref)
    l1(stack, "shop", "sns", sns_destination=target)


def l1_without_names(stack: cdk.Stack) -> None:
    topic = sns.CfnTopic(stack, "Topic")
    target = Event.SnsDestinationProperty(topic_arn=topic.attr_topic_arn)
    l1(stack, None, None, sns_destination=target)


def l1_cloudwatch(stack: cdk.Stack) -> None:
    dimension = Event.DimensionConfigurationProperty(
        dimension_name="ses:caller-identity",
        dimension_value_source="messageTag",
        default_dimension_value="none",
    )
    target = Event.CloudWatchDestinationProperty(dimension_configurations=[dimension])
    l1(stack, "shop", "metrics", cloud_watch_destination=target)


def l1_ssm(stack: cdk.Stack) -> None:
    from aws_cdk import aws_ssm as ssm

    name = ssm.StringParameter.value_for_string_parameter(stack, "/mail/topic")
    l1(stack, "shop", "sns", sns_destination=Event.SnsDestinationProperty(topic_arn=name))


def two_stacks(stack: cdk.Stack) -> None:
    """The topic in a stack of its own: an export and an import."""
    targets = cdk.Stack(stack.node.root, "Targets", env=HERE)
    topic = sns.Topic(targets, "Topic")
    target = Event.SnsDestinationProperty(topic_arn=topic.topic_arn)
    l1(stack, "shop", "sns", sns_destination=target)


def stages(stack: cdk.Stack) -> None:
    """The same stack in two stages of a pipeline, and names that CloudFormation makes."""
    sns.Topic(stack, "Alarm")
    for name in ("Dev", "Prod"):
        inner = cdk.Stack(cdk.Stage(stack.node.root, name, env=HERE), "Mail")
        l2(inner, f"shop-{name.lower()}", sns.Topic(inner, "Topic"))


def same_stack_twice(stack: cdk.Stack) -> None:
    """Two stacks of the same logical ids, without any name."""
    other = cdk.Stack(stack.node.root, "Other")
    for each in (stack, other):
        l2(each, None, sns.Topic(each, "Topic"))


def nested_stack(stack: cdk.Stack) -> None:
    topic = sns.Topic(stack, "Topic")
    target = Event.SnsDestinationProperty(topic_arn=topic.topic_arn)
    l1(cdk.NestedStack(stack, "Mail"), None, None, sns_destination=target)


def nested_stack_without_ses(stack: cdk.Stack) -> None:
    sns.Topic(cdk.NestedStack(stack, "Alarms"), "Alarm")
    l2(stack, "shop", sns.Topic(stack, "Topic", topic_name="feedback"), "sns")


class _Prefix:
    """An aspect: the prefix of a company for every name (CDK guide, "Aspects")."""

    def visit(self, node: Any) -> None:
        if isinstance(node, ses.CfnConfigurationSet) and node.name:
            node.name = f"acme-{node.name}"
        elif isinstance(node, sns.CfnTopic) and node.topic_name:
            node.topic_name = f"acme-{node.topic_name}"


def aspect_renames(stack: cdk.Stack) -> None:
    l2(stack, "shop", sns.Topic(stack, "Topic", topic_name="feedback"))
    cdk.Aspects.of(stack.node.root).add(jsii.implements(cdk.IAspect)(_Prefix)())


def included_template(stack: cdk.Stack) -> None:
    """A template of before, in an app."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(INCLUDED)
        file.flush()
        included = include.CfnInclude(
            stack, "Old", template_file=file.name, parameters={"Stage": "prod"}
        )
    included.get_resource("Mail").add_property_override("DeliveryOptions.TlsPolicy", "REQUIRE")


INCLUDED = """
Parameters: {Stage: {Type: String}, Bounces: {Type: String, Default: "yes"}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  HasBounces: !And [!Condition IsProd, !Not [!Equals [!Ref Bounces, "no"]]]
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub "feedback-${Stage}"}}
  Mail:
    Type: AWS::SES::ConfigurationSet
    Properties: {Name: !Join ["-", [shop, !Ref Stage]]}
  Dest:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties:
      ConfigurationSetName: !Ref Mail
      EventDestination:
        Name: !If [HasBounces, sns, !Ref AWS::NoValue]
        Enabled: !If [IsProd, true, false]
        MatchingEventTypes: [bounce, !If [IsProd, complaint, !Ref AWS::NoValue]]
        SnsDestination: {TopicARN: !Ref Topic}
"""


def nested_in_nested(stack: cdk.Stack) -> None:
    topic = sns.Topic(stack, "Topic")
    inner = cdk.NestedStack(cdk.NestedStack(stack, "Outer"), "Inner")
    l1(inner, "shop", None, sns_destination=Event.SnsDestinationProperty(topic_arn=topic.topic_arn))


def overridden(stack: cdk.Stack) -> None:
    topic = sns.CfnTopic(stack, "Topic", topic_name="feedback")
    topic.override_logical_id("Feedback")
    found = l1(
        stack, "shop", "sns", sns_destination=Event.SnsDestinationProperty(topic_arn=topic.ref)
    )
    found.add_property_override("EventDestination.MatchingEventTypes", ["bounce", "reject"])
    found.add_property_override("EventDestination.Name", "renamed")
    found.add_property_deletion_override("EventDestination.Enabled")


def conditional(stack: cdk.Stack) -> None:
    here = cdk.CfnCondition(
        stack,
        "Here",
        expression=cdk.Fn.condition_equals(
            cdk.CfnParameter(stack, "Stage", default="prod"), "prod"
        ),
    )
    away = cdk.CfnCondition(stack, "Away", expression=cdk.Fn.condition_not(here))
    topics = [sns.CfnTopic(stack, name, topic_name=name.lower()) for name in ("One", "Two")]
    arn = cdk.Fn.condition_if(here.logical_id, topics[0].ref, topics[1].ref).to_string()
    l1(stack, "shop", "sns", sns_destination=Event.SnsDestinationProperty(topic_arn=arn))
    extra = ses.CfnConfigurationSet(stack, "Extra", name="extra")
    extra.cfn_options.condition = away


def mapped(stack: cdk.Stack) -> None:
    names = cdk.CfnMapping(stack, "Names", mapping={"eu-west-1": {"mail": "ireland"}})
    l2(
        stack,
        names.find_in_map(cdk.Aws.REGION, "mail"),
        sns.Topic(stack, "Topic", topic_name=cdk.Names.unique_resource_name(stack)),
    )


def tagged(stack: cdk.Stack) -> None:
    cdk.Tags.of(stack).add("team", "mail")
    l2(stack, "shop", sns.Topic(stack, "Topic"))


def all_options(stack: cdk.Stack) -> None:
    found = ses.ConfigurationSet(
        stack,
        "Set",
        dedicated_ip_pool=ses.DedicatedIpPool.from_dedicated_ip_pool_name(stack, "Pool", "pool"),
        custom_tracking_redirect_domain="click.example.com",
        sending_enabled=False,
        max_delivery_duration=cdk.Duration.minutes(10),
        vdm_options=ses.VdmOptions(engagement_metrics=True, optimized_shared_delivery=False),
    )
    found.add_event_destination(
        "All", destination=ses.EventDestination.sns_topic(sns.Topic(stack, "Topic"))
    )


def topic_from_dynamic_reference(stack: cdk.Stack) -> None:
    """The value is looked up by CloudFormation, and stands nowhere else."""
    reference = cdk.CfnDynamicReference(cdk.CfnDynamicReferenceService.SSM, "/mail/topic")
    l1(
        stack,
        "shop",
        "sns",
        sns_destination=Event.SnsDestinationProperty(topic_arn=reference.to_string()),
    )


def stage_with_nested(stack: cdk.Stack) -> None:
    sns.Topic(stack, "Alarm")
    inner = cdk.Stack(cdk.Stage(stack.node.root, "Prod", env=HERE), "Mail", stack_name="mail-live")
    target = Event.SnsDestinationProperty(topic_arn=sns.Topic(inner, "Topic").topic_arn)
    l1(cdk.NestedStack(inner, "Ses"), None, None, sns_destination=target)


def custom_resource(stack: cdk.Stack) -> None:
    """Synthesized only: the emulator runs no function."""
    topic = sns.Topic(stack, "Topic", topic_name="feedback")
    ses.CfnConfigurationSet(stack, "Set", name="shop")
    call = custom.AwsSdkCall(
        service="SESV2",
        action="createConfigurationSetEventDestination",
        parameters={
            "ConfigurationSetName": "shop",
            "EventDestinationName": "sns",
            "EventDestination": {
                "Enabled": True,
                "MatchingEventTypes": ["BOUNCE"],
                "SnsDestination": {"TopicArn": topic.topic_arn},
            },
        },
        physical_resource_id=custom.PhysicalResourceId.of("x"),
    )
    policy = custom.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"])
    custom.AwsCustomResource(stack, "Destination", on_create=call, policy=policy)


SHAPES: dict[str, tuple[Callable[[cdk.Stack], None], cdk.Environment | None]] = {
    **{
        shape.__name__: (shape, None)
        for shape in (
            l2_without_destination_name,
            l2_without_any_name,
            l2_two_destinations,
            l2_imported_topic,
            l2_tags,
            l2_name_from_stack_name,
            l2_parameter,
            l1_all_named,
            l1_without_names,
            l1_ssm,
            same_stack_twice,
            nested_stack,
            nested_stack_without_ses,
            l2_firehose,
            aspect_renames,
            included_template,
            nested_in_nested,
            overridden,
            conditional,
            tagged,
            all_options,
            topic_from_dynamic_reference,
        )
    },
    **{
        f"{shape.__name__}_here": (shape, HERE)
        for shape in (
            l2_all_named,
            l2_named_set_only,
            l2_same_topic_twice,
            l2_options,
            l2_imported_set,
            l2_default_bus,
            l2_name_from_context,
            l1_cloudwatch,
            two_stacks,
            stages,
            nested_stack,
            custom_resource,
            aspect_renames,
            mapped,
            stage_with_nested,
        )
    },
}


def main() -> None:
    """Synthesize every shape."""
    for name, (build, environment) in SHAPES.items():
        app = cdk.App(outdir=str(Path(sys.argv[1], name)), analytics_reporting=False)
        stack = cdk.Stack(app, "Shop", env=environment)
        build(stack)
        app.synth()


if __name__ == "__main__":
    main()
