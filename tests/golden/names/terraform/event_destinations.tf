# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "_2fa_2nd" {
  configuration_set_name = aws_sesv2_configuration_set._2fa.configuration_set_name
  event_destination_name = "2nd"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = local.mail_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "default_default" {
  configuration_set_name = aws_sesv2_configuration_set.default.configuration_set_name
  event_destination_name = "Default"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = local.mail_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "order_events_eu_to_sns" {
  configuration_set_name = aws_sesv2_configuration_set.order_events_eu.configuration_set_name
  event_destination_name = "toSNS"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = local.mail_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "a_b_c_efda8ca3" {
  configuration_set_name = aws_sesv2_configuration_set.a.configuration_set_name
  event_destination_name = "b-c"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = local.mail_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "a_b_c_3a0548f0" {
  configuration_set_name = aws_sesv2_configuration_set.a.configuration_set_name
  event_destination_name = "b_c"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = local.mail_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "a_b_c_14c10a8a" {
  configuration_set_name = aws_sesv2_configuration_set.a_b.configuration_set_name
  event_destination_name = "c"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = local.mail_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "a_b_c_37f9091b" {
  configuration_set_name = aws_sesv2_configuration_set.a_b_648fa9b3.configuration_set_name
  event_destination_name = "c"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = local.mail_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "class_import" {
  configuration_set_name = aws_sesv2_configuration_set.class.configuration_set_name
  event_destination_name = "import"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = local.mail_topic_arn
    }
  }
}

resource "aws_sesv2_configuration_set_event_destination" "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" {
  configuration_set_name = aws_sesv2_configuration_set.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.configuration_set_name
  event_destination_name = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

  event_destination {
    enabled              = true
    matching_event_types = ["SEND"]

    sns_destination {
      topic_arn = local.mail_topic_arn
    }
  }
}
