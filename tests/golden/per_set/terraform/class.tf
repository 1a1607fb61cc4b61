# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set" "class" {
  configuration_set_name = "class"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }
}

resource "aws_sesv2_configuration_set_event_destination" "class_bounces" {
  configuration_set_name = aws_sesv2_configuration_set.class.configuration_set_name
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = local.bounces_topic_arn
    }
  }
}
