# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""The CDK app. Run `npx aws-cdk@2 synth` to see its templates."""

import aws_cdk as cdk

from ses_stack import SesStack

app = cdk.App()
# To use another account or region: `-c account=... -c region=...`.
environment = cdk.Environment(
    account=app.node.try_get_context("account") or "123456789012",
    region=app.node.try_get_context("region") or "eu-west-1",
)
SesStack(app, "ses-configuration-sets", env=environment)
app.synth()
