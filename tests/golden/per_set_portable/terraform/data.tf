# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  # The region's name has another attribute in each version of the provider; its endpoint,
  # ec2.REGION.amazonaws.com, is the same in all.
  region = split(".", data.aws_region.current.endpoint)[1]
}
