# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set_event_destination" "this" {
  for_each = local.event_destinations

  configuration_set_name = aws_sesv2_configuration_set.this[each.value.configuration_set].configuration_set_name
  event_destination_name = each.value.name

  event_destination {
    enabled              = try(each.value.enabled, null)
    matching_event_types = each.value.matching_event_types

    dynamic "cloud_watch_destination" {
      for_each = try([each.value.cloud_watch_destination], [])

      content {
        dynamic "dimension_configuration" {
          for_each = cloud_watch_destination.value.dimension_configuration

          content {
            default_dimension_value = dimension_configuration.value.default_dimension_value
            dimension_name          = dimension_configuration.value.dimension_name
            dimension_value_source  = dimension_configuration.value.dimension_value_source
          }
        }
      }
    }

    dynamic "event_bridge_destination" {
      for_each = try([each.value.event_bridge_destination], [])

      content {
        event_bus_arn = local.targets[event_bridge_destination.value.event_bus]
      }
    }

    dynamic "kinesis_firehose_destination" {
      for_each = try([each.value.kinesis_firehose_destination], [])

      content {
        delivery_stream_arn = local.targets[kinesis_firehose_destination.value.delivery_stream]
        iam_role_arn        = local.targets[kinesis_firehose_destination.value.iam_role]
      }
    }

    dynamic "pinpoint_destination" {
      for_each = try([each.value.pinpoint_destination], [])

      content {
        application_arn = local.targets[pinpoint_destination.value.application]
      }
    }

    dynamic "sns_destination" {
      for_each = try([each.value.sns_destination], [])

      content {
        topic_arn = local.targets[sns_destination.value.topic]
      }
    }
  }
}
