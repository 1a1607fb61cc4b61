resource "aws_ses_configuration_set" "mail" {
  for_each = toset(["newsletters", "orders"])
  name     = each.key
}
