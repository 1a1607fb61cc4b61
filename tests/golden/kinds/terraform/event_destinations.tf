# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "all_kinds_cloudwatch" {
  configuration_set_name = aws_sesv2_configuration_set.all_kinds.configuration_set_name
  event_destination_name = "cloudwatch"

  event_destination {
    enabled              = true
    matching_event_types = ["REJECT", "SEND"]

    cloud_watch_destination {
      dimension_configuration {
        default_dimension_value = "none"
        dimension_name          = "zone"
        dimension_value_source  = "MESSAGE_TAG"
      }

      dimension_configuration {
        default_dimension_value = "unknown"
        dimension_name          = "X-Mailer"
        dimension_value_source  = "EMAIL_HEADER"
      }

      dimension_configuration {
        default_dimension_value = "other"
        dimension_name          = "link"
        dimension_value_source  = "LINK_TAG"
      }
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "all_kinds_disabled" {
  configuration_set_name = aws_sesv2_configuration_set.all_kinds.configuration_set_name
  event_destination_name = "disabled"

  event_destination {
    enabled              = false
    matching_event_types = ["COMPLAINT"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:old"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "all_kinds_eventbridge" {
  configuration_set_name = aws_sesv2_configuration_set.all_kinds.configuration_set_name
  event_destination_name = "eventbridge"

  event_destination {
    enabled              = true
    matching_event_types = ["CLICK", "OPEN"]

    event_bridge_destination {
      event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "all_kinds_firehose" {
  configuration_set_name = aws_sesv2_configuration_set.all_kinds.configuration_set_name
  event_destination_name = "firehose"

  event_destination {
    enabled = true
    matching_event_types = [
      "BOUNCE",
      "CLICK",
      "COMPLAINT",
      "DELIVERY",
      "DELIVERY_DELAY",
      "OPEN",
      "REJECT",
      "RENDERING_FAILURE",
      "SEND",
      "SUBSCRIPTION",
    ]

    kinesis_firehose_destination {
      delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail"
      iam_role_arn        = "arn:aws:iam::123456789012:role/ses"
    }
  }
}

# PinpointDestination: AWS ended support for Amazon Pinpoint on 2026-10-30.
resource "aws_sesv2_configuration_set_event_destination" "all_kinds_pinpoint" {
  configuration_set_name = aws_sesv2_configuration_set.all_kinds.configuration_set_name
  event_destination_name = "pinpoint"

  event_destination {
    enabled              = true
    matching_event_types = ["DELIVERY"]

    pinpoint_destination {
      application_arn = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0123"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "all_kinds_sns" {
  configuration_set_name = aws_sesv2_configuration_set.all_kinds.configuration_set_name
  event_destination_name = "sns"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail"
    }
  }
}
