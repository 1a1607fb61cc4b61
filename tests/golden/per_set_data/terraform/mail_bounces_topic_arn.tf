# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

# ReputationOptions.ReputationMetricsEnabled: missing from the source, so the code
# doesn't set it.
resource "aws_sesv2_configuration_set" "mail_bounces_topic_arn" {
  configuration_set_name = "mail-bounces-topic-arn"

  sending_options {
    sending_enabled = true
  }
}

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
