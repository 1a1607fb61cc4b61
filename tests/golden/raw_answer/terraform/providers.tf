# Written by ses2iac from Amazon SES, unknown account, region eu-west-1.

provider "aws" {
  # The account is not known from what was read; name it in allowed_account_ids
  # before importing, so that nothing lands in another one.
  region = "eu-west-1"
}
