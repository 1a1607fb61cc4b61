# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""An Amazon SES configuration set and its event destinations."""

from aws_cdk import Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination

from ses_targets import BOUNCES_TOPIC_ARN


def add_the_longest_name_that_a_configuration_set_can_have_is_of_64_lett(
    stack: Stack,
) -> None:
    configuration_set = CfnConfigurationSet(
        stack,
        "TheLongestNameThatAConfigurationSetCanHaveIsOf64Lett",
        name="the-longest-name-that-a-configuration-set-can-have-is-of-64-lett",
        reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
            reputation_metrics_enabled=True,
        ),
        sending_options=CfnConfigurationSet.SendingOptionsProperty(
            sending_enabled=True,
        ),
    )
    CfnEventDestination(
        stack,
        "TheLongestNameThatAConfigurationSetCanHaveIsOf64LettBounces",
        configuration_set_name=configuration_set.ref,
        event_destination=CfnEventDestination.EventDestinationProperty(
            name="bounces",
            enabled=True,
            matching_event_types=[
                "bounce",
            ],
            sns_destination=CfnEventDestination.SnsDestinationProperty(
                topic_arn=BOUNCES_TOPIC_ARN,
            ),
        ),
    )
