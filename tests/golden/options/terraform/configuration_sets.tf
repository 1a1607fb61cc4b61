# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

resource "aws_sesv2_configuration_set" "domain_only" {
  configuration_set_name = "domain-only"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  tracking_options {
    custom_redirect_domain = "t.example.com"
  }
}

# SuppressionOptions.ValidationOptions left out: the Terraform AWS provider has no
# argument for it. Terraform unsets it with its next change to suppression_options.
# ArchivingOptions left out: the Terraform AWS provider has no argument for it.
# Terraform never writes it, so it stays unchanged.
resource "aws_sesv2_configuration_set" "everything" {
  configuration_set_name = "everything"

  delivery_options {
    max_delivery_seconds = 300
    sending_pool_name    = "shared"
    tls_policy           = "REQUIRE"
  }

  reputation_options {
    reputation_metrics_enabled = false
  }

  sending_options {
    sending_enabled = false
  }

  suppression_options {
    suppressed_reasons = ["COMPLAINT", "BOUNCE"]
  }

  tracking_options {
    custom_redirect_domain = "links.example.com"
    https_policy           = "REQUIRE_OPEN_ONLY"
  }

  vdm_options {
    dashboard_options {
      engagement_metrics = "ENABLED"
    }

    guardian_options {
      optimized_shared_delivery = "DISABLED"
    }
  }

  tags = {
    "a b"         = ""
    "cost:centre" = "$${not} an \"expression\""
    "for"         = "%%{ x }"
    team          = "mail"
  }
}

resource "aws_sesv2_configuration_set" "guardian_only" {
  configuration_set_name = "guardian-only"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  vdm_options {
    guardian_options {
      optimized_shared_delivery = "ENABLED"
    }
  }
}

resource "aws_sesv2_configuration_set" "suppress_nothing" {
  configuration_set_name = "suppress-nothing"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {
    suppressed_reasons = []
  }
}

resource "aws_sesv2_configuration_set" "tls_only" {
  configuration_set_name = "tls-only"

  delivery_options {
    tls_policy = "OPTIONAL"
  }

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }
}

# SuppressionOptions.ValidationOptions left out: the Terraform AWS provider has no
# argument for it. Terraform unsets it with its next change to suppression_options.
resource "aws_sesv2_configuration_set" "validation_off" {
  configuration_set_name = "validation-off"

  reputation_options {
    reputation_metrics_enabled = true
  }

  sending_options {
    sending_enabled = true
  }

  suppression_options {}
}
