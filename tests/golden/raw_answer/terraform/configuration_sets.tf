# Written by ses2iac from Amazon SES, unknown account, region eu-west-1.

# The options of 'orders' were not read, so only its event destinations are written.
