# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""An Amazon SES configuration set and its event destinations."""

from aws_cdk import CfnTag, Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination

from ses_targets import BOUNCES_TOPIC_ARN


def add_orders(stack: Stack) -> None:
    configuration_set = CfnConfigurationSet(
        stack,
        "Orders",
        name="orders",
        reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
            reputation_metrics_enabled=True,
        ),
        sending_options=CfnConfigurationSet.SendingOptionsProperty(
            sending_enabled=True,
        ),
        tags=[
            CfnTag(
                key="team",
                value="shop",
            ),
        ],
    )
    # Event destination 'app' left out for its PinpointDestination: the
    # CloudFormation type has no property for it.

    CfnEventDestination(
        stack,
        "OrdersBounces",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="bounces",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn=BOUNCES_TOPIC_ARN,
            ),
        ),
    )
    CfnEventDestination(
        stack,
        "OrdersComplaints",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="complaints",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn="arn:aws:sns:eu-west-1:123456789012:complaints",
            ),
        ),
    )
