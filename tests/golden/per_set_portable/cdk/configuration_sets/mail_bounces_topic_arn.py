# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""A configuration set of Amazon SES and its event destinations."""

from aws_cdk import Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination


def add_mail_bounces_topic_arn(stack: Stack) -> None:
    # ReputationOptions.ReputationMetricsEnabled: not in what was read, so the code
    # leaves it open.
    configuration_set = CfnConfigurationSet(
        stack,
        "MailBouncesTopicArn",
        name="mail-bounces-topic-arn",
        sending_options=CfnConfigurationSet.SendingOptionsProperty(
            sending_enabled=True,
        ),
    )
    CfnEventDestination(
        stack,
        "MailBouncesTopicArnBounces",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="bounces",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn=f"arn:{stack.partition}:sns:{stack.region}:{stack.account}:mail-bounces",
            ),
        ),
    )
    CfnEventDestination(
        stack,
        "MailBouncesTopicArnLong",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="long",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn=f"arn:{stack.partition}:sns:{stack.region}:{stack.account}:a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody",
            ),
        ),
    )
    CfnEventDestination(
        stack,
        "MailBouncesTopicArnSameWords",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="same-words",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn=f"arn:{stack.partition}:sns:{stack.region}:{stack.account}:mail-topic",
            ),
        ),
    )
    CfnEventDestination(
        stack,
        "MailBouncesTopicArnTopic",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="topic",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn=f"arn:{stack.partition}:sns:{stack.region}:{stack.account}:mail_topic",
            ),
        ),
    )
