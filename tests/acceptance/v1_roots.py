"""Roots that manage SES by its API v1, in the ways in which people write them."""

from collections.abc import Mapping

Files = Mapping[str, str]

PROVIDER = """\
terraform {
  required_version = ">= 1.7"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

"""

PLAIN: Files = {
    "main.tf": PROVIDER
    + """\
resource "aws_sns_topic" "events" {
  name = "plain-events"
}

resource "aws_ses_configuration_set" "main" {
  name = "plain-mail"
  delivery_options {
    tls_policy = "Require"
  }
  reputation_metrics_enabled = true
}

resource "aws_ses_event_destination" "sns" {
  name                   = "sns"
  configuration_set_name = aws_ses_configuration_set.main.name
  enabled                = true
  matching_types         = ["bounce", "complaint", "renderingFailure"]
  sns_destination {
    topic_arn = aws_sns_topic.events.arn
  }
}

resource "aws_ses_event_destination" "metrics" {
  name                   = "metrics"
  configuration_set_name = aws_ses_configuration_set.main.id
  enabled                = true
  matching_types         = ["send"]
  cloudwatch_destination {
    default_value  = "none"
    dimension_name = "campaign"
    value_source   = "messageTag"
  }
}
""",
    "use.tf": """\
resource "terraform_data" "policy" {
  input = jsonencode({
    Resource = "${aws_ses_configuration_set.main.arn}"
    Set      = "set ${aws_ses_configuration_set.main.name} of ${aws_ses_event_destination.sns.id}"
  })
  depends_on = [
    aws_ses_configuration_set.main,
    aws_ses_event_destination.sns, aws_ses_event_destination.metrics,
  ]
}

output "all" {
  value = [aws_ses_configuration_set.main.name, aws_ses_configuration_set.main.name]
}

output "whole" {
  value = { for name, value in aws_ses_event_destination.metrics : name => value if name == "name" }
}
""",
}
"""One of each, and references in texts, calls and depends_on."""

MANY: Files = {
    "main.tf": """\
resource "aws_sns_topic" "events" {
  name = "many-events"
}

locals {
  brands = toset(["ash", "elm"])
}

resource "aws_ses_configuration_set" "brand" {
  for_each = local.brands
  name     = "many-${each.key}"
}

resource "aws_ses_event_destination" "sns" {
  for_each               = aws_ses_configuration_set.brand
  name                   = "sns"
  configuration_set_name = each.value.name
  enabled                = true
  matching_types         = ["bounce"]
  sns_destination {
    topic_arn = aws_sns_topic.events.arn
  }
}

resource "aws_ses_configuration_set" "spare" {
  count = 2
  name  = "many-spare-${count.index}"
}

moved {
  from = aws_ses_configuration_set.old
  to   = aws_ses_configuration_set.brand
}
""",
    "outputs.tf": """\
output "names" {
  value = { for key, each in aws_ses_configuration_set.brand : key => each.name }
}

output "one" {
  value = aws_ses_configuration_set.brand["ash"].arn
}

output "by_key" {
  value = [for key in local.brands : aws_ses_configuration_set.brand[key].id]
}

output "values" {
  value = values(aws_ses_configuration_set.brand)[*].name
}

output "spare" {
  value = {
    first = aws_ses_configuration_set.spare[0].name
    all   = aws_ses_configuration_set.spare[*].name
    old   = aws_ses_configuration_set.spare.*.arn
    count = length(aws_ses_configuration_set.spare)
  }
}

resource "terraform_data" "each" {
  for_each   = aws_ses_configuration_set.brand
  input      = "${each.key} is ${each.value.name}"
  depends_on = [aws_ses_event_destination.sns]
}
""",
}
"""``for_each`` and ``count``, with all that one does with them."""

MODULES: Files = {
    "main.tf": """\
module "mail" {
  source = "./modules/mail"
  name   = "modules-single"
}

module "brand" {
  for_each = toset(["ash", "elm"])
  source   = "./modules/mail"
  name     = "modules-${each.key}"
}

output "names" {
  value = [module.mail.name, module.brand["ash"].name]
}
""",
    "modules/mail/main.tf": """\
variable "name" {
  type = string
}

resource "aws_sns_topic" "events" {
  name = "${var.name}-events"
}

resource "aws_ses_configuration_set" "this" {
  name = "${var.name}-mail"
}

resource "aws_ses_event_destination" "sns" {
  name                   = "sns"
  configuration_set_name = aws_ses_configuration_set.this.name
  enabled                = true
  matching_types         = ["bounce"]
  sns_destination {
    topic_arn = aws_sns_topic.events.arn
  }
}

output "name" {
  value      = aws_ses_configuration_set.this.name
  depends_on = [aws_ses_event_destination.sns]
}
""",
}
"""A local module, called once and for each of several."""

ROOTS: Mapping[str, Files] = {"plain": PLAIN, "many": MANY, "modules": MODULES}
