resource "aws_ses_configuration_set" "orders" {
  name = "orders"
}

resource "aws_ses_event_destination" "bounces" {
  name                   = "bounces"
  configuration_set_name = aws_ses_configuration_set.orders.name
  enabled                = true
  matching_types         = ["bounce"]
  sns_destination {
    topic_arn = "arn:aws:sns:eu-west-1:123456789012:bounces"
  }
}
