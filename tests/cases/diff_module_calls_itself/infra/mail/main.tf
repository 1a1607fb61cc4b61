resource "aws_sesv2_configuration_set" "orders" {
  configuration_set_name = "orders"
}

module "again" {
  source = "../mail"
}
