# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""An Amazon SES configuration set and its event destinations."""

from aws_cdk import Stack
from aws_cdk.aws_ses import CfnConfigurationSet


def add_versions_set(stack: Stack) -> None:
    CfnConfigurationSet(
        stack,
        "VersionsSet",
        name="versions-set",
        reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
            reputation_metrics_enabled=True,
        ),
        sending_options=CfnConfigurationSet.SendingOptionsProperty(
            sending_enabled=True,
        ),
    )
