# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  to = aws_sesv2_configuration_set.all_kinds
  id = "all-kinds"
}

import {
  to = aws_sesv2_configuration_set_event_destination.all_kinds_cloudwatch
  id = "all-kinds|cloudwatch"
}

import {
  to = aws_sesv2_configuration_set_event_destination.all_kinds_disabled
  id = "all-kinds|disabled"
}

import {
  to = aws_sesv2_configuration_set_event_destination.all_kinds_eventbridge
  id = "all-kinds|eventbridge"
}

import {
  to = aws_sesv2_configuration_set_event_destination.all_kinds_firehose
  id = "all-kinds|firehose"
}

import {
  to = aws_sesv2_configuration_set_event_destination.all_kinds_pinpoint
  id = "all-kinds|pinpoint"
}

import {
  to = aws_sesv2_configuration_set_event_destination.all_kinds_sns
  id = "all-kinds|sns"
}
