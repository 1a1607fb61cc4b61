# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "orders_bounces" {
  configuration_set_name = "orders"
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "orders_clicks" {
  configuration_set_name = "orders"
  event_destination_name = "clicks"

  event_destination {
    enabled              = true
    matching_event_types = ["CLICK"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:clicks"
    }
  }
}
