# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""The configuration sets of Amazon SES, each in a module of its own."""
