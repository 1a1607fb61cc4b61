# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set" "event_destinations" {
  configuration_set_name = "event-destinations"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }
}

resource "aws_sesv2_configuration_set_event_destination" "event_destinations_a" {
  configuration_set_name = aws_sesv2_configuration_set.event_destinations.configuration_set_name
  event_destination_name = "a"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:a"
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "event_destinations_b" {
  configuration_set_name = aws_sesv2_configuration_set.event_destinations.configuration_set_name
  event_destination_name = "b"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = "arn:aws:sns:eu-west-1:123456789012:b"
    }
  }
}
