# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.

# Configuration set 'piped|name' left out with its destinations for its
# ConfigurationSetName: the import ID SET|DESTINATION can't contain another '|'.
