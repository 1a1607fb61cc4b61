# Written by ses2iac from Amazon SES, unknown account, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "orders_bounces" {
  configuration_set_name = "orders"
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail"
    }
  }
}
