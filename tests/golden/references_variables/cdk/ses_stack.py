# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and their event destinations."""

from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination
from constructs import Construct

from ses_targets import SesTargets


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        targets: SesTargets,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._targets = targets

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
                    topic_arn=self._targets.mail_bounces_topic_arn,
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
                    topic_arn=self._targets.a_topic_whose_name_is_so_long_that_no_line_of_code_e66417d8,
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
                    topic_arn=self._targets.mail_topic_arn_9e1a76d7,
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
                    topic_arn=self._targets.mail_topic_arn_50545e04,
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
                    delivery_stream_arn=self._targets.mail_archive_stream_arn,
                    iam_role_arn=self._targets.ses_to_firehose_role_arn,
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
                    topic_arn=self._targets.mail_bounces_topic_arn,
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
                    event_bus_arn=self._targets.default_event_bus_arn,
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
                    topic_arn=self._targets.mail_bounces_topic_us_east_1_arn,
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
                    topic_arn=self._targets.mail_bounces_topic_210987654321_arn,
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
                    delivery_stream_arn=self._targets.target_2fa_events_stream_arn,
                    iam_role_arn=self._targets.service_role_ses_events_role_arn,
                ),
            ),
        )
