"""Terraform: renders HCL, and reads HCL, plans and state."""
