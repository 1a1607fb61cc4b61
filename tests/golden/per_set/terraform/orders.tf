# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  tags = {
    team = "shop"
  }
}

# PinpointDestination: AWS ended support for Amazon Pinpoint on 2026-10-30.
resource "aws_sesv2_configuration_set_event_destination" "orders_app" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "app"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    pinpoint_destination {
      application_arn = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/abc"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "orders_bounces" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = local.bounces_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "orders_complaints" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "complaints"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:complaints"
    }
  }
}
