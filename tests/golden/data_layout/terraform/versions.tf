# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}
