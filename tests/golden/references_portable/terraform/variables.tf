# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

variable "region" {
  description = "The region to deploy to"
  type        = string
  default     = "eu-west-1"
}

variable "allowed_account_ids" {
  description = "The accounts to allow deployments to"
  type        = list(string)
  default     = ["123456789012"]
}
