# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

locals {
  mail_bounces_topic_arn = "arn:${data.aws_partition.current.partition}:sns:${var.region}:${data.aws_caller_identity.current.account_id}:mail-bounces"
}
