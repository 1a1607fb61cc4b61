# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

provider "aws" {
  region              = var.region
  allowed_account_ids = var.allowed_account_ids
}
