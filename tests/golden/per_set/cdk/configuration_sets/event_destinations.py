# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""An Amazon SES configuration set and its event destinations."""

from aws_cdk import Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination


def add_event_destinations(stack: Stack) -> None:
    configuration_set = CfnConfigurationSet(
        stack,
        "EventDestinations",
        name="event-destinations",
        reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
            reputation_metrics_enabled=True,
        ),
        sending_options=CfnConfigurationSet.SendingOptionsProperty(
            sending_enabled=True,
        ),
    )
    CfnEventDestination(
        stack,
        "EventDestinationsA",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="a",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn="arn:aws:sns:eu-west-1:123456789012:a",
            ),
        ),
    )
    CfnEventDestination(
        stack,
        "EventDestinationsB",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="b",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn="arn:aws:sns:eu-west-1:123456789012:b",
            ),
        ),
    )
