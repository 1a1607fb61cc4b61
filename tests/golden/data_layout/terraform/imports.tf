# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  for_each = local.configuration_sets
  to       = aws_sesv2_configuration_set.this[each.key]
  id       = each.key
}

import {
  for_each = local.event_destinations
  to       = aws_sesv2_configuration_set_event_destination.this[each.key]
  id       = each.key
}
