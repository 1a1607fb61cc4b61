"""What ``diff`` compares: recognised by content, and all brought into one shape."""
