"""Frozen data types that mirror the SES API v2, and the keys that identify their values."""
