# Written by ses2iac from Amazon SES.
"""The CDK app. Run `npx aws-cdk@2 synth` to see its templates."""

import aws_cdk as cdk

import account_123456789012_eu_west_1
import account_210987654321_cn_north_1

app = cdk.App()
account_123456789012_eu_west_1.add_stacks(app)
account_210987654321_cn_north_1.add_stacks(app)
app.synth()
