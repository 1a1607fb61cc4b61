# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "mail_bounces_topic_arn_bounces" {
  configuration_set_name = aws_sesv2_configuration_set.mail_bounces_topic_arn.configuration_set_name
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = local.mail_bounces_topic_arn
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
      topic_arn = "arn:${data.aws_partition.current.partition}:sns:${var.region}:${data.aws_caller_identity.current.account_id}:a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody"
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
      topic_arn = "arn:${data.aws_partition.current.partition}:sns:${var.region}:${data.aws_caller_identity.current.account_id}:mail-topic"
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
      topic_arn = "arn:${data.aws_partition.current.partition}:sns:${var.region}:${data.aws_caller_identity.current.account_id}:mail_topic"
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
      application_arn = "arn:${data.aws_partition.current.partition}:mobiletargeting:${var.region}:${data.aws_caller_identity.current.account_id}:apps/0f1e2d3c"
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
      delivery_stream_arn = "arn:${data.aws_partition.current.partition}:firehose:${var.region}:${data.aws_caller_identity.current.account_id}:deliverystream/mail-archive"
      iam_role_arn        = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/ses-to-firehose"
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
      topic_arn = local.mail_bounces_topic_arn
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
      event_bus_arn = "arn:${data.aws_partition.current.partition}:events:${var.region}:${data.aws_caller_identity.current.account_id}:event-bus/default"
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
      topic_arn = "arn:${data.aws_partition.current.partition}:sns:us-east-1:${data.aws_caller_identity.current.account_id}:mail-bounces"
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
      topic_arn = "arn:${data.aws_partition.current.partition}:sns:${var.region}:210987654321:mail-bounces"
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
      delivery_stream_arn = "arn:${data.aws_partition.current.partition}:firehose:${var.region}:${data.aws_caller_identity.current.account_id}:deliverystream/2fa_events"
      iam_role_arn        = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/service-role/ses-events"
    }
  }
}
