# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "_2fa_codes_class" {
  configuration_set_name = aws_sesv2_configuration_set._2fa_codes.configuration_set_name
  event_destination_name = "class"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:security-mail.fifo"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "_2fa_codes_import" {
  configuration_set_name = aws_sesv2_configuration_set._2fa_codes.configuration_set_name
  event_destination_name = "import"

  event_destination {
    enabled              = true
    matching_event_types = ["DELIVERY", "DELIVERY_DELAY"]

    event_bridge_destination {
      event_bus_arn = local.default_event_bus_arn
    }
  }
}

# PinpointDestination: AWS ended support for Amazon Pinpoint on 2026-10-30.
resource "aws_sesv2_configuration_set_event_destination" "newsletter_app" {
  configuration_set_name = aws_sesv2_configuration_set.newsletter.configuration_set_name
  event_destination_name = "app"

  event_destination {
    enabled              = true
    matching_event_types = ["CLICK", "OPEN"]

    pinpoint_destination {
      application_arn = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "newsletter_complaints" {
  configuration_set_name = aws_sesv2_configuration_set.newsletter.configuration_set_name
  event_destination_name = "complaints"

  event_destination {
    enabled              = true
    matching_event_types = ["COMPLAINT"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail-complaints"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "newsletter_engagement" {
  configuration_set_name = aws_sesv2_configuration_set.newsletter.configuration_set_name
  event_destination_name = "engagement"

  event_destination {
    enabled              = true
    matching_event_types = ["CLICK", "OPEN", "SUBSCRIPTION"]

    kinesis_firehose_destination {
      delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/newsletter-events"
      iam_role_arn        = local.ses_to_firehose_role_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "newsletter_links" {
  configuration_set_name = aws_sesv2_configuration_set.newsletter.configuration_set_name
  event_destination_name = "links"

  event_destination {
    enabled              = true
    matching_event_types = ["CLICK"]

    cloud_watch_destination {
      dimension_configuration {
        default_dimension_value = "example.com"
        dimension_name          = "link"
        dimension_value_source  = "LINK_TAG"
      }
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "order_confirmations_bounces" {
  configuration_set_name = aws_sesv2_configuration_set.order_confirmations.configuration_set_name
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT"]

    sns_destination {
      topic_arn = local.mail_bounces_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "order_confirmations_data_lake" {
  configuration_set_name = aws_sesv2_configuration_set.order_confirmations.configuration_set_name
  event_destination_name = "data-lake"

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
      delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail-events"
      iam_role_arn        = local.ses_to_firehose_role_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "order_confirmations_event_bus" {
  configuration_set_name = aws_sesv2_configuration_set.order_confirmations.configuration_set_name
  event_destination_name = "event-bus"

  event_destination {
    enabled              = true
    matching_event_types = ["DELIVERY_DELAY", "RENDERING_FAILURE"]

    event_bridge_destination {
      event_bus_arn = local.default_event_bus_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "order_confirmations_metrics" {
  configuration_set_name = aws_sesv2_configuration_set.order_confirmations.configuration_set_name
  event_destination_name = "metrics"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "COMPLAINT", "DELIVERY", "REJECT", "SEND"]

    cloud_watch_destination {
      dimension_configuration {
        default_dimension_value = "none"
        dimension_name          = "template"
        dimension_value_source  = "MESSAGE_TAG"
      }

      dimension_configuration {
        default_dimension_value = "example-com"
        dimension_name          = "ses:from-domain"
        dimension_value_source  = "MESSAGE_TAG"
      }

      dimension_configuration {
        default_dimension_value = "normal"
        dimension_name          = "X-Priority"
        dimension_value_source  = "EMAIL_HEADER"
      }
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "password_reset_failed" {
  configuration_set_name = aws_sesv2_configuration_set.password_reset.configuration_set_name
  event_destination_name = "failed"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE", "REJECT"]

    sns_destination {
      topic_arn = local.mail_bounces_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "password_reset_failed_3ff529c2" {
  configuration_set_name = aws_sesv2_configuration_set.password_reset_630258be.configuration_set_name
  event_destination_name = "failed"

  event_destination {
    enabled              = false
    matching_event_types = ["BOUNCE", "REJECT"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail-bounces-old"
    }
  }
}
