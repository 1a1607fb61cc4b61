# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""The CDK app. Run `npx aws-cdk@2 synth` to see its templates."""

import aws_cdk as cdk

from ses_stack import SesStack
from ses_targets import SesTargets

app = cdk.App()
environment = cdk.Environment(
    account="123456789012",
    region="eu-west-1",
)
targets = SesTargets()
SesStack(app, "ses-configuration-sets", targets=targets, env=environment)
app.synth()
