# Written by ses2iac from Amazon SES, unknown account, region eu-west-1.
"""The CDK app; `npx aws-cdk@2 synth` shows what it makes."""

import aws_cdk as cdk

from ses_stack import SesStack

app = cdk.App()
# The account is not known from what was read; name it here before importing.
environment = cdk.Environment(
    region="eu-west-1",
)
SesStack(app, "ses-configuration-sets", env=environment)
app.synth()
