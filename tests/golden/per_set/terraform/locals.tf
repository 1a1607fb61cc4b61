# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

locals {
  bounces_topic_arn = "arn:aws:sns:eu-west-1:123456789012:bounces"
}
