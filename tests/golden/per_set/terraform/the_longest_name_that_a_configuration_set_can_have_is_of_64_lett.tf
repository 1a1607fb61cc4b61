# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set" "the_longest_name_that_a_configuration_set_can_have_is_of_64_lett" {
  configuration_set_name = "the-longest-name-that-a-configuration-set-can-have-is-of-64-lett"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }
}

resource "aws_sesv2_configuration_set_event_destination" "the_longest_name_that_a_configuration_set_can_have_is_of_64_lett_bounces" {
  configuration_set_name = aws_sesv2_configuration_set.the_longest_name_that_a_configuration_set_can_have_is_of_64_lett.configuration_set_name
  event_destination_name = "bounces"

  event_destination {
    enabled              = true
    matching_event_types = ["BOUNCE"]

    sns_destination {
      topic_arn = local.bounces_topic_arn
    }
  }
}
