terraform {
  required_version = "~> 1.6.0"
}

resource "aws_ses_configuration_set" "orders" {
  name = "orders"
}
