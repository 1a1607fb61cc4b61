# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""An Amazon SES configuration set and its event destinations."""

from aws_cdk import Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination

from ses_targets import SesTargets


def add_mail_bounces_topic_arn(stack: Stack, targets: SesTargets) -> None:
    # ReputationOptions.ReputationMetricsEnabled: missing from the source, so the
    # code doesn't set it.
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
                topic_arn=targets.mail_bounces_topic_arn,
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
                topic_arn=targets.a_topic_whose_name_is_so_long_that_no_line_of_code_e66417d8,
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
                topic_arn=targets.mail_topic_arn_9e1a76d7,
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
                topic_arn=targets.mail_topic_arn_50545e04,
            ),
        ),
    )
