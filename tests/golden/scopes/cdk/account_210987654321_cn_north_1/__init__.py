# Written by ses2iac from Amazon SES, account 210987654321, region cn-north-1.
"""The Amazon SES configuration sets of one account and region."""

import aws_cdk as cdk

from .ses_stack import SesStack


def add_stacks(app: cdk.App) -> None:
    """Add the stacks of this account and region to the app."""
    environment = cdk.Environment(
        account="210987654321",
        region="cn-north-1",
    )
    SesStack(
        app,
        "ses-configuration-sets-210987654321-cn-north-1",
        stack_name="ses-configuration-sets",
        env=environment,
    )
