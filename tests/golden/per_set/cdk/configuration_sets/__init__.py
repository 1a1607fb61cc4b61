# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""The Amazon SES configuration sets, one module each."""
