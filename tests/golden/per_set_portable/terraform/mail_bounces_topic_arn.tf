# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

# ReputationOptions.ReputationMetricsEnabled: not in what was read, so the code leaves
# it open.
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
      topic_arn = "arn:${data.aws_partition.current.partition}:sns:${local.region}:${data.aws_caller_identity.current.account_id}:mail-bounces"
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
      topic_arn = "arn:${data.aws_partition.current.partition}:sns:${local.region}:${data.aws_caller_identity.current.account_id}:a-topic-whose-name-is-so-long-that-no-line-of-code-can-hold-it-and-still-be-read-by-anybody"
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
      topic_arn = "arn:${data.aws_partition.current.partition}:sns:${local.region}:${data.aws_caller_identity.current.account_id}:mail-topic"
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
      topic_arn = "arn:${data.aws_partition.current.partition}:sns:${local.region}:${data.aws_caller_identity.current.account_id}:mail_topic"
    }
  }
}
