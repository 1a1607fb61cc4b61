"""The demo: an emulated AWS account, so that the tool can be tried without AWS."""
