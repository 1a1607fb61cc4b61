# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "mail_bounces_topic_arn_bounces" {
  configuration_set_name = aws_sesv2_configuration_set.mail_bounces_topic_arn.configuration_set_name
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = aws_sns_topic.bounces.arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "mail_bounces_topic_arn_long" {
  configuration_set_name = aws_sesv2_configuration_set.mail_bounces_topic_arn.configuration_set_name
  event_destination_name = "long"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = var.a_topic_whose_name_is_so_long_that_no_line_of_code_can_hold_it_and_still_be_read_by_anybody_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "mail_bounces_topic_arn_same_words" {
  configuration_set_name = aws_sesv2_configuration_set.mail_bounces_topic_arn.configuration_set_name
  event_destination_name = "same-words"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = var.mail_topic_arn_9e1a76d7
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "mail_bounces_topic_arn_topic" {
  configuration_set_name = aws_sesv2_configuration_set.mail_bounces_topic_arn.configuration_set_name
  event_destination_name = "topic"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = var.mail_topic_arn_50545e04
    }
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
      topic_arn = aws_sns_topic.bounces.arn
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
      topic_arn = module.mail["us-east-1"].topic_arn
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
      topic_arn = aws_sns_topic.bounces.arn
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
