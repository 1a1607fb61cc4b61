# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and their event destinations."""

from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination
from constructs import Construct


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._mail_bounces_topic_arn = (
            f"arn:{self.partition}:sns:{self.region}:{self.account}:mail-bounces"
        )

        self._add_mail_bounces_topic_arn()
        self._add_orders()

        # Never delete live mail settings when a resource leaves the stack.
        for resource in self.node.children:
            if isinstance(resource, CfnResource):
                resource.apply_removal_policy(RemovalPolicy.RETAIN)

    def _add_mail_bounces_topic_arn(self) -> None:
        # ReputationOptions.ReputationMetricsEnabled: missing from the source, so the
        # code doesn't set it.
        configuration_set = CfnConfigurationSet(
            self,
            "MailBouncesTopicArn",
            name="mail-bounces-topic-arn",
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "MailBouncesTopicArnBounces",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="bounces",
                enabled=True,
                matching_event_types=[
                    "bounce",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=self._mail_bounces_topic_arn,
                ),
            ),
        )
        CfnEventDestination(
            self,
            "MailBouncesTopicArnLong",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="long",
                enabled=True,
                matching_event_types=[
                    "bounce",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=f"arn:{self.partition}:sns:{self.region}:{self.account}:a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "MailBouncesTopicArnSameWords",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="same-words",
                enabled=True,
                matching_event_types=[
                    "bounce",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=f"arn:{self.partition}:sns:{self.region}:{self.account}:mail-topic",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "MailBouncesTopicArnTopic",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="topic",
                enabled=True,
                matching_event_types=[
                    "bounce",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=f"arn:{self.partition}:sns:{self.region}:{self.account}:mail_topic",
                ),
            ),
        )

    def _add_orders(self) -> None:
        # ReputationOptions.ReputationMetricsEnabled: missing from the source, so the
        # code doesn't set it.
        configuration_set = CfnConfigurationSet(
            self,
            "Orders",
            name="orders",
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        # Event destination 'app' left out for its PinpointDestination: the
        # CloudFormation type has no property for it.

        CfnEventDestination(
            self,
            "OrdersArchive",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="archive",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                kinesis_firehose_destination=CfnEventDestination.KinesisFirehoseDestinationProperty(
                    delivery_stream_arn=f"arn:{self.partition}:firehose:{self.region}:{self.account}:deliverystream/mail-archive",
                    iam_role_arn=f"arn:{self.partition}:iam::{self.account}:role/ses-to-firehose",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "OrdersBounces",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="bounces",
                enabled=True,
                matching_event_types=[
                    "bounce",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=self._mail_bounces_topic_arn,
                ),
            ),
        )
        CfnEventDestination(
            self,
            "OrdersBus",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="bus",
                enabled=True,
                matching_event_types=[
                    "open",
                ],
                event_bridge_destination=CfnEventDestination.EventBridgeDestinationProperty(
                    event_bus_arn=f"arn:{self.partition}:events:{self.region}:{self.account}:event-bus/default",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "OrdersElsewhere",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="elsewhere",
                enabled=True,
                matching_event_types=[
                    "bounce",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=f"arn:{self.partition}:sns:us-east-1:{self.account}:mail-bounces",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "OrdersPartner",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="partner",
                enabled=True,
                matching_event_types=[
                    "bounce",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=f"arn:{self.partition}:sns:{self.region}:210987654321:mail-bounces",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "OrdersService",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="service",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                kinesis_firehose_destination=CfnEventDestination.KinesisFirehoseDestinationProperty(
                    delivery_stream_arn=f"arn:{self.partition}:firehose:{self.region}:{self.account}:deliverystream/2fa_events",
                    iam_role_arn=f"arn:{self.partition}:iam::{self.account}:role/service-role/ses-events",
                ),
            ),
        )
