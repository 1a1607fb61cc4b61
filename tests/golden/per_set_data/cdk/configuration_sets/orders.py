# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""An Amazon SES configuration set and its event destinations."""

from aws_cdk import Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination

from ses_targets import SesTargets


def add_orders(stack: Stack, targets: SesTargets) -> None:
    # ReputationOptions.ReputationMetricsEnabled: missing from the source, so the
    # code doesn't set it.
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
                delivery_stream_arn=targets.mail_archive_stream.delivery_stream_arn,
                iam_role_arn=targets.ses_to_firehose_role.role_arn,
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
                topic_arn=targets.mail_bounces_topic.topic_arn,
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
                event_bus_arn=targets.default_event_bus.event_bus_arn,
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
                topic_arn=targets.mail_bounces_topic_us_east_1.topic_arn,
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
                topic_arn=targets.mail_bounces_topic_210987654321.topic_arn,
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
                delivery_stream_arn=targets.target_2fa_events_stream.delivery_stream_arn,
                iam_role_arn=targets.service_role_ses_events_role.role_arn,
            ),
        ),
    )
