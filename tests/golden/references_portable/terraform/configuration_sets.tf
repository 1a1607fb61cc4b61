# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

# ReputationOptions.ReputationMetricsEnabled: missing from the source, so the code
# doesn't set it.
resource "aws_sesv2_configuration_set" "mail_bounces_topic_arn" {
  configuration_set_name = "mail-bounces-topic-arn"

  sending_options {
    sending_enabled = true
  }
}

# ReputationOptions.ReputationMetricsEnabled: missing from the source, so the code
# doesn't set it.
resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"

  sending_options {
    sending_enabled = true
  }
}
