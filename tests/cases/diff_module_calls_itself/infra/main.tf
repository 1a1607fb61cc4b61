module "mail" {
  source = "./mail"
}
