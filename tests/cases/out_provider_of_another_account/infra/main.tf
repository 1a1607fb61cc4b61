provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["210987654321"]
}
