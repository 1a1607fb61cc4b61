# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""The CDK app; `npx aws-cdk@2 synth` shows what it makes."""

import aws_cdk as cdk

from ses_stack import SesStack

app = cdk.App()
environment = cdk.Environment(
    account="123456789012",
    region="eu-west-1",
)
SesStack(app, "ses-configuration-sets", env=environment)
app.synth()
