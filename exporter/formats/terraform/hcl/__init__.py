"""Terraform code as anybody writes it, evaluated without running it."""
