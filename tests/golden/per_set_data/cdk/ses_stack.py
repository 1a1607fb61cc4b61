# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and event destinations, one module per set."""

from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from constructs import Construct

from configuration_sets.mail_bounces_topic_arn import add_mail_bounces_topic_arn
from configuration_sets.orders import add_orders
from ses_targets import SesTargets


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        targets = SesTargets(self)

        add_mail_bounces_topic_arn(self, targets)
        add_orders(self, targets)

        # Never delete live mail settings when a resource leaves the stack.
        for resource in self.node.children:
            if isinstance(resource, CfnResource):
                resource.apply_removal_policy(RemovalPolicy.RETAIN)
