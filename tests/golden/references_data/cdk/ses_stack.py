# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and their event destinations."""

from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk.aws_events import EventBus
from aws_cdk.aws_iam import Role
from aws_cdk.aws_kinesisfirehose import DeliveryStream
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination
from aws_cdk.aws_sns import Topic
from constructs import Construct


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._a_topic_whose_name_is_so_long_that_no_lin_e66417d8 = Topic.from_topic_arn(
            self,
            "ATopicWhoseNameIsSoLongThatNoLineOfCodeCanHoldItAndStillBeReadByAnybodyTopic",
            "arn:aws:sns:eu-west-1:123456789012:a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody",
        )
        self._default_event_bus = EventBus.from_event_bus_arn(
            self,
            "DefaultEventBus",
            "arn:aws:events:eu-west-1:123456789012:event-bus/default",
        )
        self._mail_archive_stream = DeliveryStream.from_delivery_stream_arn(
            self,
            "MailArchiveStream",
            "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail-archive",
        )
        self._mail_bounces_topic = Topic.from_topic_arn(
            self,
            "MailBouncesTopic",
            "arn:aws:sns:eu-west-1:123456789012:mail-bounces",
        )
        self._mail_bounces_topic_210987654321 = Topic.from_topic_arn(
            self,
            "MailBouncesTopic210987654321",
            "arn:aws:sns:eu-west-1:210987654321:mail-bounces",
        )
        self._mail_bounces_topic_us_east_1 = Topic.from_topic_arn(
            self,
            "MailBouncesTopicUsEast1",
            "arn:aws:sns:us-east-1:123456789012:mail-bounces",
        )
        self._mail_topic_86ae890e = Topic.from_topic_arn(
            self,
            "MailTopic86ae890e",
            "arn:aws:sns:eu-west-1:123456789012:mail_topic",
        )
        self._mail_topic_d0212261 = Topic.from_topic_arn(
            self,
            "MailTopicd0212261",
            "arn:aws:sns:eu-west-1:123456789012:mail-topic",
        )
        self._service_role_ses_events_role = Role.from_role_arn(
            self,
            "ServiceRoleSesEventsRole",
            "arn:aws:iam::123456789012:role/service-role/ses-events",
        )
        self._ses_to_firehose_role = Role.from_role_arn(
            self,
            "SesToFirehoseRole",
            "arn:aws:iam::123456789012:role/ses-to-firehose",
        )
        self._target_2fa_events_stream = DeliveryStream.from_delivery_stream_arn(
            self,
            "2faEventsStream",
            "arn:aws:firehose:eu-west-1:123456789012:deliverystream/2fa_events",
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
                    topic_arn=self._mail_bounces_topic.topic_arn,
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
                    topic_arn=self._a_topic_whose_name_is_so_long_that_no_lin_e66417d8.topic_arn,
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
                    topic_arn=self._mail_topic_d0212261.topic_arn,
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
                    topic_arn=self._mail_topic_86ae890e.topic_arn,
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
                    delivery_stream_arn=self._mail_archive_stream.delivery_stream_arn,
                    iam_role_arn=self._ses_to_firehose_role.role_arn,
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
                    topic_arn=self._mail_bounces_topic.topic_arn,
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
                    event_bus_arn=self._default_event_bus.event_bus_arn,
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
                    topic_arn=self._mail_bounces_topic_us_east_1.topic_arn,
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
                    topic_arn=self._mail_bounces_topic_210987654321.topic_arn,
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
                    delivery_stream_arn=self._target_2fa_events_stream.delivery_stream_arn,
                    iam_role_arn=self._service_role_ses_events_role.role_arn,
                ),
            ),
        )
