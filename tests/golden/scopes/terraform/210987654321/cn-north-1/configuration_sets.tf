# Written by ses2iac from Amazon SES, account 210987654321, region cn-north-1.

resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }
}
