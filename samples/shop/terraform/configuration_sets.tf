# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set" "_2fa_codes" {
  configuration_set_name = "2fa-codes"

  delivery_options {
    tls_policy = "REQUIRE"
  }

  reputation_options {
    reputation_metrics_enabled = false
  }

  sending_options {
    sending_enabled = true
  }
}

# Owned by the CloudFormation stack mail-baseline: the stack will revert changes made by
# other tools.
resource "aws_sesv2_configuration_set" "default" {
  configuration_set_name = "Default"

  reputation_options {
    reputation_metrics_enabled = false
  }

  sending_options {
    sending_enabled = true
  }
}

# SuppressionOptions.SuppressionScope left out: the Terraform AWS provider has no
# argument for it. Terraform unsets it with its next change to suppression_options.
# SuppressionOptions.ValidationOptions left out: the Terraform AWS provider has no
# argument for it. Terraform unsets it with its next change to suppression_options.
# ArchivingOptions left out: the Terraform AWS provider has no argument for it.
# Terraform never writes it, so it stays unchanged.
# MessageSecurityOptions left out: the Terraform AWS provider has no argument for it.
# Terraform never writes it, so it stays unchanged.
resource "aws_sesv2_configuration_set" "newsletter" {
  configuration_set_name = "newsletter"

  delivery_options {
    tls_policy = "OPTIONAL"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {
    suppressed_reasons = ["BOUNCE"]
  }

  tags = {
    campaign = "100% opt-in, $${first_name}"
  }
}

resource "aws_sesv2_configuration_set" "order_confirmations" {
  configuration_set_name = "order-confirmations"

  delivery_options {
    max_delivery_seconds = 3600
    sending_pool_name    = "transactional"
    tls_policy           = "REQUIRE"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {
    suppressed_reasons = ["COMPLAINT", "BOUNCE"]
  }

  tracking_options {
    custom_redirect_domain = "links.example.com"
    https_policy           = "REQUIRE"
  }

  vdm_options {
    dashboard_options {
      engagement_metrics = "ENABLED"
    }

    guardian_options {
      optimized_shared_delivery = "ENABLED"
    }
  }

  tags = {
    "cost:centre" = "4711"
    team          = "checkout"
  }
}

resource "aws_sesv2_configuration_set" "password_reset" {
  configuration_set_name = "password-reset"

  reputation_options {
    reputation_metrics_enabled = false
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {
    suppressed_reasons = []
  }
}

resource "aws_sesv2_configuration_set" "password_reset_630258be" {
  configuration_set_name = "password_reset"

  reputation_options {
    reputation_metrics_enabled = false
  }

  sending_options {
    sending_enabled = false
  }
}
