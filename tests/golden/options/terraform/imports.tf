# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
# Imports the existing resources. Delete this file after `terraform apply`.

import {
  to = aws_sesv2_configuration_set.domain_only
  id = "domain-only"
}

import {
  to = aws_sesv2_configuration_set.everything
  id = "everything"
}

import {
  to = aws_sesv2_configuration_set.guardian_only
  id = "guardian-only"
}

import {
  to = aws_sesv2_configuration_set.suppress_nothing
  id = "suppress-nothing"
}

import {
  to = aws_sesv2_configuration_set.tls_only
  id = "tls-only"
}

import {
  to = aws_sesv2_configuration_set.validation_off
  id = "validation-off"
}
