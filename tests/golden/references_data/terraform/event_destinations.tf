# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "mail_bounces_topic_arn_bounces" {
  configuration_set_name = aws_sesv2_configuration_set.mail_bounces_topic_arn.configuration_set_name
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = data.aws_sns_topic.mail_bounces.arn
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
      topic_arn = data.aws_sns_topic.a_topic_whose_name_is_so_long_that_no_line_of_code_can_hold_it_and_still_be_read_by_anybody.arn
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
      topic_arn = data.aws_sns_topic.mail_topic.arn
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
      topic_arn = data.aws_sns_topic.mail_topic_f5bad995.arn
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
      application_arn = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0f1e2d3c"
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
      delivery_stream_arn = data.aws_kinesis_firehose_delivery_stream.mail_archive.arn
      iam_role_arn        = data.aws_iam_role.ses_to_firehose.arn
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
      topic_arn = data.aws_sns_topic.mail_bounces.arn
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
      event_bus_arn = data.aws_cloudwatch_event_bus.default.arn
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
      topic_arn = "arn:aws:sns:us-east-1:123456789012:mail-bounces"
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
      topic_arn = "arn:aws:sns:eu-west-1:210987654321:mail-bounces"
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
      delivery_stream_arn = data.aws_kinesis_firehose_delivery_stream._2fa_events.arn
      iam_role_arn        = "arn:aws:iam::123456789012:role/service-role/ses-events"
    }
  }
}
