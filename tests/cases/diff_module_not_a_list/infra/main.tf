module "mail" {
  source  = "acme/mail/aws"
  version = "~> 1.0"
}
