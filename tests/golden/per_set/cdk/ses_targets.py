# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""The targets that Amazon SES publishes events to."""

BOUNCES_TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:bounces"
