# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and their event destinations."""

from typing import Any

from aws_cdk import CfnResource, CfnTag, RemovalPolicy, Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination
from constructs import Construct


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        self._add_destinations()
        self._add_options()
        self._add_owned()
        # Configuration set 'pipe|in-name' left out with its destinations for its
        # ConfigurationSetName: 'pipe|in-name' is not valid for the CloudFormation type,
        # which takes 1 to 64 letters, digits, '_' and '-'.

        # Never delete live mail settings when a resource leaves the stack.
        for resource in self.node.children:
            if isinstance(resource, CfnResource):
                resource.apply_removal_policy(RemovalPolicy.RETAIN)

    def _add_destinations(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "Destinations",
            name="destinations",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        # Event destination 'dotted' left out for its
        # CloudWatchDestination.DimensionConfigurations[0].DefaultDimensionValue:
        # 'example.com' is not valid for the CloudFormation type, which takes 1 to 256
        # letters, digits, '_' and '-'.

        # Event destination 'future' left out for its KafkaDestination: this version of
        # ses2iac doesn't know it (live value
        # {"ClusterArn":"arn:aws:kafka:eu-west-1:123456789012:clust...).

        CfnEventDestination(
            self,
            "DestinationsKept",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="kept",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn="arn:aws:sns:eu-west-1:123456789012:mail",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "DestinationsNoDimensions",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="no-dimensions",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                cloud_watch_destination=CfnEventDestination.CloudWatchDestinationProperty(
                    dimension_configurations=[],
                ),
            ),
        )
        # Event destination 'pinpoint' left out for its PinpointDestination: the
        # CloudFormation type has no property for it.

        # Event destination 'token' left out for its
        # KinesisFirehoseDestination.DeliveryStreamArn: CDK would read it as one of its
        # tokens.

    def _add_options(self) -> None:
        # FutureOptions left out: this version of ses2iac doesn't know it (live value
        # {"Level":3}).
        # SuppressionOptions.SuppressionScope left out: the CloudFormation type has no
        # property for it.
        # MessageSecurityOptions left out: the CloudFormation type has no property for
        # it.
        CfnConfigurationSet(
            self,
            "Options",
            name="options",
            archiving_options=CfnConfigurationSet.ArchivingOptionsProperty(
                archive_arn="arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-1b2c3d4e5f6g7h8i9j0k1l2m3n",
            ),
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
            suppression_options=CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=[
                    "BOUNCE",
                ],
            ),
            tracking_options=CfnConfigurationSet.TrackingOptionsProperty(
                https_policy="REQUIRE",
            ),
        )

    def _add_owned(self) -> None:
        # Owned by the CloudFormation stack mail-baseline: the stack will revert changes
        # made by other tools.
        # Tags[resolved].Value left out: CloudFormation would resolve it as a dynamic
        # reference.
        CfnConfigurationSet(
            self,
            "Owned",
            name="owned",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
            tags=[
                CfnTag(
                    key="accent",
                    value="é",
                ),
                CfnTag(
                    key="team",
                    value="mail",
                ),
            ],
        )
