# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
}
