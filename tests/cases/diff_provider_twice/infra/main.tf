provider "aws" {
  alias  = "mail"
  region = "eu-west-1"
}

provider "aws" {
  alias  = "mail"
  region = "us-east-1"
}

resource "aws_sesv2_configuration_set" "orders" {
  provider               = aws.mail
  configuration_set_name = "orders"
}
