"""What stands in code in place of the ARN of a target (``docs/references.md``)."""
