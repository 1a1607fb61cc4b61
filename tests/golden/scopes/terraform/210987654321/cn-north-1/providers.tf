# Written by ses2iac from Amazon SES, account 210987654321, region cn-north-1.

provider "aws" {
  region              = "cn-north-1"
  allowed_account_ids = ["210987654321"]
}
