# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""A configuration set of Amazon SES and its event destinations."""

from aws_cdk import Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination


def add_orders(stack: Stack) -> None:
    # ReputationOptions.ReputationMetricsEnabled: not in what was read, so the code
    # leaves it open.
    configuration_set = CfnConfigurationSet(
        stack,
        "Orders",
        name="orders",
        sending_options=CfnConfigurationSet.SendingOptionsProperty(
            sending_enabled=True,
        ),
    )
    # Event destination 'app' left out for its PinpointDestination: the
    # CloudFormation type has no property for it.

    CfnEventDestination(
        stack,
        "OrdersArchive",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="archive",
            enabled=True,
            matching_event_types=[
                "send",
            ],
            kinesis_firehose_destination=CfnEventDestination.KinesisFirehoseDestinationProperty(
                delivery_stream_arn=f"arn:{stack.partition}:firehose:{stack.region}:{stack.account}:deliverystream/mail-archive",
                iam_role_arn=f"arn:{stack.partition}:iam::{stack.account}:role/ses-to-firehose",
            ),
        ),
    )
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
                topic_arn=f"arn:{stack.partition}:sns:{stack.region}:{stack.account}:mail-bounces",
            ),
        ),
    )
    CfnEventDestination(
        stack,
        "OrdersBus",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="bus",
            enabled=True,
            matching_event_types=[
                "open",
            ],
            event_bridge_destination=CfnEventDestination.EventBridgeDestinationProperty(
                event_bus_arn=f"arn:{stack.partition}:events:{stack.region}:{stack.account}:event-bus/default",
            ),
        ),
    )
    CfnEventDestination(
        stack,
        "OrdersElsewhere",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="elsewhere",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn=f"arn:{stack.partition}:sns:us-east-1:{stack.account}:mail-bounces",
            ),
        ),
    )
    CfnEventDestination(
        stack,
        "OrdersPartner",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="partner",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn=f"arn:{stack.partition}:sns:{stack.region}:210987654321:mail-bounces",
            ),
        ),
    )
    CfnEventDestination(
        stack,
        "OrdersService",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="service",
            enabled=True,
            matching_event_types=[
                "send",
            ],
            kinesis_firehose_destination=CfnEventDestination.KinesisFirehoseDestinationProperty(
                delivery_stream_arn=f"arn:{stack.partition}:firehose:{stack.region}:{stack.account}:deliverystream/2fa_events",
                iam_role_arn=f"arn:{stack.partition}:iam::{stack.account}:role/service-role/ses-events",
            ),
        ),
    )
