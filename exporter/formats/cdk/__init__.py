"""CDK apps in Python, and what they synthesize."""
