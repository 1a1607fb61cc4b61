# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""The targets that Amazon SES publishes events to."""

from aws_cdk import Stack
from aws_cdk.aws_events import EventBus
from aws_cdk.aws_iam import Role
from aws_cdk.aws_kinesisfirehose import DeliveryStream
from aws_cdk.aws_sns import Topic


class SesTargets:
    """The targets of the events, imported by ARN."""

    def __init__(self, stack: Stack) -> None:
        self.a_topic_whose_name_is_so_long_that_no_lin_e66417d8 = Topic.from_topic_arn(
            stack,
            "ATopicWhoseNameIsSoLongThatNoLineOfCodeCanHoldItAndStillBeReadByAnybodyTopic",
            "arn:aws:sns:eu-west-1:123456789012:a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody",
        )
        self.default_event_bus = EventBus.from_event_bus_arn(
            stack,
            "DefaultEventBus",
            "arn:aws:events:eu-west-1:123456789012:event-bus/default",
        )
        self.mail_archive_stream = DeliveryStream.from_delivery_stream_arn(
            stack,
            "MailArchiveStream",
            "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail-archive",
        )
        self.mail_bounces_topic = Topic.from_topic_arn(
            stack,
            "MailBouncesTopic",
            "arn:aws:sns:eu-west-1:123456789012:mail-bounces",
        )
        self.mail_bounces_topic_210987654321 = Topic.from_topic_arn(
            stack,
            "MailBouncesTopic210987654321",
            "arn:aws:sns:eu-west-1:210987654321:mail-bounces",
        )
        self.mail_bounces_topic_us_east_1 = Topic.from_topic_arn(
            stack,
            "MailBouncesTopicUsEast1",
            "arn:aws:sns:us-east-1:123456789012:mail-bounces",
        )
        self.mail_topic_86ae890e = Topic.from_topic_arn(
            stack,
            "MailTopic86ae890e",
            "arn:aws:sns:eu-west-1:123456789012:mail_topic",
        )
        self.mail_topic_d0212261 = Topic.from_topic_arn(
            stack,
            "MailTopicd0212261",
            "arn:aws:sns:eu-west-1:123456789012:mail-topic",
        )
        self.service_role_ses_events_role = Role.from_role_arn(
            stack,
            "ServiceRoleSesEventsRole",
            "arn:aws:iam::123456789012:role/service-role/ses-events",
        )
        self.ses_to_firehose_role = Role.from_role_arn(
            stack,
            "SesToFirehoseRole",
            "arn:aws:iam::123456789012:role/ses-to-firehose",
        )
        self.target_2fa_events_stream = DeliveryStream.from_delivery_stream_arn(
            stack,
            "2faEventsStream",
            "arn:aws:firehose:eu-west-1:123456789012:deliverystream/2fa_events",
        )
