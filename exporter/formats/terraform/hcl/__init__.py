"""Evaluate anyone's Terraform code without running Terraform."""
