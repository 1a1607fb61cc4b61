variable "name" {
  type = string
}

resource "aws_ses_configuration_set" "this" {
  name = var.name
}
