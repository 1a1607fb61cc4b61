# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and event destinations, created from YAML data."""

from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from constructs import Construct

from ses_data import add_configuration_sets


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        arns = {
            "default_event_bus": "arn:aws:events:eu-west-1:123456789012:event-bus/default",
            "mail_stream": "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail",
            "mail_topic": "arn:aws:sns:eu-west-1:123456789012:mail",
            "old_topic": "arn:aws:sns:eu-west-1:123456789012:old",
            "ses_role": "arn:aws:iam::123456789012:role/ses",
        }
        add_configuration_sets(self, "configuration_sets.yaml", arns)

        # Never delete live mail settings when a resource leaves the stack.
        for resource in self.node.children:
            if isinstance(resource, CfnResource):
                resource.apply_removal_policy(RemovalPolicy.RETAIN)
