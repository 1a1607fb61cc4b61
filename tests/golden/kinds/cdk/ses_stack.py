# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and their event destinations."""

from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination
from constructs import Construct


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        self._add_all_kinds()

        # Never delete live mail settings when a resource leaves the stack.
        for resource in self.node.children:
            if isinstance(resource, CfnResource):
                resource.apply_removal_policy(RemovalPolicy.RETAIN)

    def _add_all_kinds(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "AllKinds",
            name="all-kinds",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "AllKindsCloudwatch",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="cloudwatch",
                enabled=True,
                matching_event_types=[
                    "reject",
                    "send",
                ],
                cloud_watch_destination=CfnEventDestination.CloudWatchDestinationProperty(
                    dimension_configurations=[
                        CfnEventDestination.DimensionConfigurationProperty(
                            dimension_name="zone",
                            dimension_value_source="messageTag",
                            default_dimension_value="none",
                        ),
                        CfnEventDestination.DimensionConfigurationProperty(
                            dimension_name="X-Mailer",
                            dimension_value_source="emailHeader",
                            default_dimension_value="unknown",
                        ),
                        CfnEventDestination.DimensionConfigurationProperty(
                            dimension_name="link",
                            dimension_value_source="linkTag",
                            default_dimension_value="other",
                        ),
                    ],
                ),
            ),
        )
        CfnEventDestination(
            self,
            "AllKindsDisabled",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="disabled",
                enabled=False,
                matching_event_types=[
                    "complaint",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn="arn:aws:sns:eu-west-1:123456789012:old",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "AllKindsEventbridge",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="eventbridge",
                enabled=True,
                matching_event_types=[
                    "click",
                    "open",
                ],
                event_bridge_destination=CfnEventDestination.EventBridgeDestinationProperty(
                    event_bus_arn="arn:aws:events:eu-west-1:123456789012:event-bus/default",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "AllKindsFirehose",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="firehose",
                enabled=True,
                matching_event_types=[
                    "bounce",
                    "click",
                    "complaint",
                    "delivery",
                    "deliveryDelay",
                    "open",
                    "reject",
                    "renderingFailure",
                    "send",
                    "subscription",
                ],
                kinesis_firehose_destination=CfnEventDestination.KinesisFirehoseDestinationProperty(
                    delivery_stream_arn="arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail",
                    iam_role_arn="arn:aws:iam::123456789012:role/ses",
                ),
            ),
        )
        # Event destination 'pinpoint' left out for its PinpointDestination: the
        # CloudFormation type has no property for it.

        CfnEventDestination(
            self,
            "AllKindsSns",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="sns",
                enabled=True,
                matching_event_types=[
                    "bounce",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn="arn:aws:sns:eu-west-1:123456789012:mail",
                ),
            ),
        )
