# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  to = aws_sesv2_configuration_set_event_destination.orders_bounces
  id = "orders|bounces"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_clicks
  id = "orders|clicks"
}
