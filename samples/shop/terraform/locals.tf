# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

locals {
  default_event_bus_arn    = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
  mail_bounces_topic_arn   = "arn:aws:sns:eu-west-1:123456789012:mail-bounces"
  ses_to_firehose_role_arn = "arn:aws:iam::123456789012:role/ses-to-firehose"
}
