# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  to = aws_sesv2_configuration_set.mail_bounces_topic_arn
  id = "mail-bounces-topic-arn"
}

import {
  to = aws_sesv2_configuration_set.orders
  id = "orders"
}

import {
  to = aws_sesv2_configuration_set_event_destination.mail_bounces_topic_arn_bounces
  id = "mail-bounces-topic-arn|bounces"
}

import {
  to = aws_sesv2_configuration_set_event_destination.mail_bounces_topic_arn_long
  id = "mail-bounces-topic-arn|long"
}

import {
  to = aws_sesv2_configuration_set_event_destination.mail_bounces_topic_arn_same_words
  id = "mail-bounces-topic-arn|same-words"
}

import {
  to = aws_sesv2_configuration_set_event_destination.mail_bounces_topic_arn_topic
  id = "mail-bounces-topic-arn|topic"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_app
  id = "orders|app"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_archive
  id = "orders|archive"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_bounces
  id = "orders|bounces"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_bus
  id = "orders|bus"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_elsewhere
  id = "orders|elsewhere"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_partner
  id = "orders|partner"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_service
  id = "orders|service"
}
