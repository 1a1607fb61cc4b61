# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "destinations_dotted" {
  configuration_set_name = aws_sesv2_configuration_set.destinations.configuration_set_name
  event_destination_name = "dotted"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    cloud_watch_destination {
      dimension_configuration {
        default_dimension_value = "example.com"
        dimension_name          = "d"
        dimension_value_source  = "MESSAGE_TAG"
      }
    }
  }
}

# Event destination 'future' left out for its KafkaDestination: this version of ses2iac
# doesn't know it (live value
# {"ClusterArn":"arn:aws:kafka:eu-west-1:123456789012:clust...).

resource "aws_sesv2_configuration_set_event_destination" "destinations_kept" {
  configuration_set_name = aws_sesv2_configuration_set.destinations.configuration_set_name
  event_destination_name = "kept"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail"
    }
  }
}

# Event destination 'no-dimensions' left out for its CloudWatchDestination: the provider
# requires at least one dimension_configuration.

# PinpointDestination: AWS ended support for Amazon Pinpoint on 2026-10-30.
resource "aws_sesv2_configuration_set_event_destination" "destinations_pinpoint" {
  configuration_set_name = aws_sesv2_configuration_set.destinations.configuration_set_name
  event_destination_name = "pinpoint"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    pinpoint_destination {
      application_arn = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0123"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "destinations_token" {
  configuration_set_name = aws_sesv2_configuration_set.destinations.configuration_set_name
  event_destination_name = "token"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    kinesis_firehose_destination {
      delivery_stream_arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/$${Token[x.1]}"
      iam_role_arn        = "arn:aws:iam::123456789012:role/ses"
    }
  }
}
