module "mail" {
  source  = "example/mail/aws"
  version = "1.2.0"
  name    = "orders"
}
