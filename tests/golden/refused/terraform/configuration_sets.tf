# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set" "destinations" {
  configuration_set_name = "destinations"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }
}

# FutureOptions left out: this version of ses2iac doesn't know it (live value
# {"Level":3}). Terraform never writes it, so it stays unchanged.
# SuppressionOptions.SuppressionScope left out: the Terraform AWS provider has no
# argument for it. Terraform unsets it with its next change to suppression_options.
# ArchivingOptions left out: the Terraform AWS provider has no argument for it.
# Terraform never writes it, so it stays unchanged.
# MessageSecurityOptions left out: the Terraform AWS provider has no argument for it.
# Terraform never writes it, so it stays unchanged.
resource "aws_sesv2_configuration_set" "options" {
  configuration_set_name = "options"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {
    suppressed_reasons = ["BOUNCE"]
  }

  tracking_options {
    custom_redirect_domain = ""
    https_policy           = "REQUIRE"
  }
}

# Owned by the CloudFormation stack mail-baseline: the stack will revert changes made by
# other tools.
# Tags[accent].Value altered: HCL normalizes every string to Unicode NFC.
resource "aws_sesv2_configuration_set" "owned" {
  configuration_set_name = "owned"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  tags = {
    accent   = "é"
    resolved = "{{resolve:ssm:secret}}"
    team     = "mail"
  }
}

# Configuration set 'pipe|in-name' left out with its destinations for its
# ConfigurationSetName: the import ID SET|DESTINATION can't contain another '|'.
