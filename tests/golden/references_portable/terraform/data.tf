# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}
