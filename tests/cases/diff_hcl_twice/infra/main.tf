resource "aws_sesv2_configuration_set" "a" {
  configuration_set_name = "orders"
}

resource "aws_sesv2_configuration_set" "b" {
  configuration_set_name = "orders"
}
