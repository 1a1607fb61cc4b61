# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  to = aws_sesv2_configuration_set._2fa_codes
  id = "2fa-codes"
}

import {
  to = aws_sesv2_configuration_set.default
  id = "Default"
}

import {
  to = aws_sesv2_configuration_set.newsletter
  id = "newsletter"
}

import {
  to = aws_sesv2_configuration_set.order_confirmations
  id = "order-confirmations"
}

import {
  to = aws_sesv2_configuration_set.password_reset
  id = "password-reset"
}

import {
  to = aws_sesv2_configuration_set.password_reset_630258be
  id = "password_reset"
}

import {
  to = aws_sesv2_configuration_set_event_destination._2fa_codes_class
  id = "2fa-codes|class"
}

import {
  to = aws_sesv2_configuration_set_event_destination._2fa_codes_import
  id = "2fa-codes|import"
}

import {
  to = aws_sesv2_configuration_set_event_destination.newsletter_app
  id = "newsletter|app"
}

import {
  to = aws_sesv2_configuration_set_event_destination.newsletter_complaints
  id = "newsletter|complaints"
}

import {
  to = aws_sesv2_configuration_set_event_destination.newsletter_engagement
  id = "newsletter|engagement"
}

import {
  to = aws_sesv2_configuration_set_event_destination.newsletter_links
  id = "newsletter|links"
}

import {
  to = aws_sesv2_configuration_set_event_destination.order_confirmations_bounces
  id = "order-confirmations|bounces"
}

import {
  to = aws_sesv2_configuration_set_event_destination.order_confirmations_data_lake
  id = "order-confirmations|data-lake"
}

import {
  to = aws_sesv2_configuration_set_event_destination.order_confirmations_event_bus
  id = "order-confirmations|event-bus"
}

import {
  to = aws_sesv2_configuration_set_event_destination.order_confirmations_metrics
  id = "order-confirmations|metrics"
}

import {
  to = aws_sesv2_configuration_set_event_destination.password_reset_failed
  id = "password-reset|failed"
}

import {
  to = aws_sesv2_configuration_set_event_destination.password_reset_failed_3ff529c2
  id = "password_reset|failed"
}
