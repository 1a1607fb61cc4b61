"""Terraform code of anybody, read on its syntax tree and worked out as far as that is sure."""
