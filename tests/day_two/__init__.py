"""What happens after the first export: one state machine, on the real Terraform and on a model."""
