# Written by ses2iac from Amazon SES, account 210987654321, region cn-north-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  to = aws_sesv2_configuration_set.orders
  id = "orders"
}

import {
  to = aws_sesv2_configuration_set_event_destination.orders_bounces
  id = "orders|bounces"
}
