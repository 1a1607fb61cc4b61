# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

locals {
  configuration_sets = yamldecode(file("${path.module}/configuration_sets.yaml"))

  # Keyed by import id, SET|DESTINATION.
  event_destinations = merge([
    for set, options in local.configuration_sets : {
      for name, destination in try(options.event_destinations, {}) :
      "${set}|${name}" => merge(destination, { configuration_set = set, name = name })
    }
  ]...)

  # The names that the YAML file uses for the targets of event destinations.
  targets = {
    _0123_application = "arn:aws:mobiletargeting:eu-west-1:123456789012:apps/0123"
    default_event_bus = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    mail_stream       = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail"
    mail_topic        = "arn:aws:sns:eu-west-1:123456789012:mail"
    old_topic         = "arn:aws:sns:eu-west-1:123456789012:old"
    ses_role          = "arn:aws:iam::123456789012:role/ses"
  }
}
