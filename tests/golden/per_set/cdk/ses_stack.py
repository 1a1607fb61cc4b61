# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and event destinations, one module per set."""

from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from constructs import Construct

from configuration_sets.class_ import add_class
from configuration_sets.con_ import add_con
from configuration_sets.event_destinations import add_event_destinations
from configuration_sets.imports import add_imports
from configuration_sets.main import add_main
from configuration_sets.orders import add_orders
from configuration_sets.orders_override import add_orders_override
from configuration_sets.override import add_override
from configuration_sets.scope import add_scope
from configuration_sets.self import add_self
from configuration_sets.set_2fa import add_set_2fa
from configuration_sets.the_longest_name_that_a_configuration_set_can_have_is_of_64_lett import (
    add_the_longest_name_that_a_configuration_set_can_have_is_of_64_lett,
)
from configuration_sets.versions import add_versions
from configuration_sets.versions_set import add_versions_set


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        add_set_2fa(self)
        add_main(self)
        add_class(self)
        add_con(self)
        add_event_destinations(self)
        add_imports(self)
        add_orders(self)
        add_orders_override(self)
        add_override(self)
        # Configuration set 'piped|name' left out with its destinations for its
        # ConfigurationSetName: 'piped|name' is not valid for the CloudFormation type,
        # which takes 1 to 64 letters, digits, '_' and '-'.
        add_scope(self)
        add_self(self)
        add_the_longest_name_that_a_configuration_set_can_have_is_of_64_lett(self)
        add_versions(self)
        add_versions_set(self)

        # Never delete live mail settings when a resource leaves the stack.
        for resource in self.node.children:
            if isinstance(resource, CfnResource):
                resource.apply_removal_policy(RemovalPolicy.RETAIN)
