# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""What Amazon SES holds in one account and region."""

import aws_cdk as cdk

from .ses_stack import SesStack


def add_stacks(app: cdk.App) -> None:
    """Add what this account and region holds to the app."""
    environment = cdk.Environment(
        account="123456789012",
        region="eu-west-1",
    )
    SesStack(
        app,
        "ses-configuration-sets-123456789012-eu-west-1",
        stack_name="ses-configuration-sets",
        env=environment,
    )
