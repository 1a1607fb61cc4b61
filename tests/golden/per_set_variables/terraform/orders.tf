# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

# ReputationOptions.ReputationMetricsEnabled: missing from the source, so the code
# doesn't set it.
resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"

  sending_options {
    sending_enabled = true
  }
}

# PinpointDestination: AWS ended support for Amazon Pinpoint on 2026-10-30.
resource "aws_sesv2_configuration_set_event_destination" "orders_app" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "app"

  event_destination {
    enabled              = true
    matching_event_types = ["CLICK"]

    pinpoint_destination {
      application_arn = var._0f_1e_2d_3c_application_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "orders_archive" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "archive"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    kinesis_firehose_destination {
      delivery_stream_arn = var.mail_archive_stream_arn
      iam_role_arn        = var.ses_to_firehose_role_arn
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
      topic_arn = var.mail_bounces_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "orders_bus" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "bus"

  event_destination {
    enabled              = true
    matching_event_types = ["OPEN"]

    event_bridge_destination {
      event_bus_arn = var.default_event_bus_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "orders_elsewhere" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "elsewhere"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = var.mail_bounces_topic_us_east_1_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "orders_partner" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "partner"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = var.mail_bounces_topic_210987654321_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "orders_service" {
  configuration_set_name = aws_sesv2_configuration_set.orders.configuration_set_name
  event_destination_name = "service"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    kinesis_firehose_destination {
      delivery_stream_arn = var._2fa_events_stream_arn
      iam_role_arn        = var.service_role_ses_events_role_arn
    }
  }
}
