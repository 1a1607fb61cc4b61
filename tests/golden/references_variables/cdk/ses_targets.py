# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""The targets that Amazon SES publishes events to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SesTargets:
    """The ARNs of the targets; the defaults are those found in SES."""

    a_topic_whose_name_is_so_long_that_no_line_of_code_e66417d8: str = (
        "arn:aws:sns:eu-west-1:123456789012:a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody"
    )
    default_event_bus_arn: str = (
        "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    )
    mail_archive_stream_arn: str = (
        "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail-archive"
    )
    mail_bounces_topic_210987654321_arn: str = (
        "arn:aws:sns:eu-west-1:210987654321:mail-bounces"
    )
    mail_bounces_topic_arn: str = "arn:aws:sns:eu-west-1:123456789012:mail-bounces"
    mail_bounces_topic_us_east_1_arn: str = (
        "arn:aws:sns:us-east-1:123456789012:mail-bounces"
    )
    mail_topic_arn_50545e04: str = "arn:aws:sns:eu-west-1:123456789012:mail_topic"
    mail_topic_arn_9e1a76d7: str = "arn:aws:sns:eu-west-1:123456789012:mail-topic"
    service_role_ses_events_role_arn: str = (
        "arn:aws:iam::123456789012:role/service-role/ses-events"
    )
    ses_to_firehose_role_arn: str = "arn:aws:iam::123456789012:role/ses-to-firehose"
    target_2fa_events_stream_arn: str = (
        "arn:aws:firehose:eu-west-1:123456789012:deliverystream/2fa_events"
    )
