"""Frozen values in the spelling of the SES API v2, and what they are known by."""
