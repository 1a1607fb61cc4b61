provider "aws" {
  region = "eu-west-1"
}

resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders-of-another-region"
}
