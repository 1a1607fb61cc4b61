# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set" "this" {
  for_each = local.configuration_sets

  configuration_set_name = each.key

  dynamic "reputation_options" {
    for_each = try([each.value.reputation_options], [])

    content {
      reputation_metrics_enabled = try(reputation_options.value.reputation_metrics_enabled, null)
    }
  }

  dynamic "sending_options" {
    for_each = try([each.value.sending_options], [])

    content {
      sending_enabled = try(sending_options.value.sending_enabled, null)
    }
  }
}
