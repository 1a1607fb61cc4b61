# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  to = aws_sesv2_configuration_set.destinations
  id = "destinations"
}

import {
  to = aws_sesv2_configuration_set.options
  id = "options"
}

import {
  to = aws_sesv2_configuration_set.owned
  id = "owned"
}

import {
  to = aws_sesv2_configuration_set_event_destination.destinations_dotted
  id = "destinations|dotted"
}

import {
  to = aws_sesv2_configuration_set_event_destination.destinations_kept
  id = "destinations|kept"
}

import {
  to = aws_sesv2_configuration_set_event_destination.destinations_pinpoint
  id = "destinations|pinpoint"
}

import {
  to = aws_sesv2_configuration_set_event_destination.destinations_token
  id = "destinations|token"
}
