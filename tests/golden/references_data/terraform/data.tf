# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# arn:aws:sns:eu-west-1:210987654321:mail-bounces is written as a literal: it may be in
# another account or region.
# arn:aws:sns:us-east-1:123456789012:mail-bounces is written as a literal: it may be in
# another account or region.
# arn:aws:iam::123456789012:role/service-role/ses-events is written as a literal: its
# name doesn't include its path.
# arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0f1e2d3c is written as a literal:
# no data source looks up a Pinpoint application by name.

data "aws_cloudwatch_event_bus" "default" {
  name = "default"
}

data "aws_iam_role" "ses_to_firehose" {
  name = "ses-to-firehose"
}

data "aws_kinesis_firehose_delivery_stream" "_2fa_events" {
  name = "2fa_events"
}

data "aws_kinesis_firehose_delivery_stream" "mail_archive" {
  name = "mail-archive"
}

data "aws_sns_topic" "a_topic_whose_name_is_so_long_that_no_line_of_code_can_hold_it_and_still_be_read_by_anybody" {
  name = "a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody"
}

data "aws_sns_topic" "mail_bounces" {
  name = "mail-bounces"
}

data "aws_sns_topic" "mail_topic" {
  name = "mail-topic"
}

data "aws_sns_topic" "mail_topic_f5bad995" {
  name = "mail_topic"
}
