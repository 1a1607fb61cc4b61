# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set" "free" {
  configuration_set_name = "free"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }
}
