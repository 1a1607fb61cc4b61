# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and their event destinations."""

from typing import Any

from aws_cdk import CfnResource, CfnTag, RemovalPolicy, Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination
from constructs import Construct

DEFAULT_EVENT_BUS_ARN = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
MAIL_BOUNCES_TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:mail-bounces"
SES_TO_FIREHOSE_ROLE_ARN = "arn:aws:iam::123456789012:role/ses-to-firehose"


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        self._add_set_2fa_codes()
        self._add_default()
        self._add_newsletter()
        self._add_order_confirmations()
        self._add_password_reset()
        self._add_password_reset_630258be()

        # Never delete live mail settings when a resource leaves the stack.
        for resource in self.node.children:
            if isinstance(resource, CfnResource):
                resource.apply_removal_policy(RemovalPolicy.RETAIN)

    def _add_set_2fa_codes(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "2faCodes",
            name="2fa-codes",
            delivery_options=CfnConfigurationSet.DeliveryOptionsProperty(
                tls_policy="REQUIRE",
            ),
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=False,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "2faCodesClass",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="class",
                enabled=True,
                matching_event_types=[
                    "bounce",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn="arn:aws:sns:eu-west-1:123456789012:security-mail.fifo",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "2faCodesImport",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="import",
                enabled=True,
                matching_event_types=[
                    "delivery",
                    "deliveryDelay",
                ],
                event_bridge_destination=CfnEventDestination.EventBridgeDestinationProperty(
                    event_bus_arn=DEFAULT_EVENT_BUS_ARN,
                ),
            ),
        )

    def _add_default(self) -> None:
        # Owned by the CloudFormation stack mail-baseline: the stack will revert changes
        # made by other tools.
        CfnConfigurationSet(
            self,
            "Default21b111cb",
            name="Default",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=False,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )

    def _add_newsletter(self) -> None:
        # SuppressionOptions.SuppressionScope left out: the CloudFormation type has no
        # property for it.
        # MessageSecurityOptions left out: the CloudFormation type has no property for
        # it.
        configuration_set = CfnConfigurationSet(
            self,
            "Newsletter",
            name="newsletter",
            archiving_options=CfnConfigurationSet.ArchivingOptionsProperty(
                archive_arn="arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-1b2c3d4e5f6g7h8i9j0k1l2m3n",
            ),
            delivery_options=CfnConfigurationSet.DeliveryOptionsProperty(
                tls_policy="OPTIONAL",
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
                validation_options=CfnConfigurationSet.ValidationOptionsProperty(
                    condition_threshold=CfnConfigurationSet.ConditionThresholdProperty(
                        condition_threshold_enabled="ENABLED",
                        overall_confidence_threshold=CfnConfigurationSet.OverallConfidenceThresholdProperty(
                            confidence_verdict_threshold="MEDIUM",
                        ),
                    ),
                ),
            ),
            tags=[
                CfnTag(
                    key="campaign",
                    value="100% opt-in, ${first_name}",
                ),
            ],
        )
        # Event destination 'app' left out for its PinpointDestination: the
        # CloudFormation type has no property for it.

        CfnEventDestination(
            self,
            "NewsletterComplaints",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="complaints",
                enabled=True,
                matching_event_types=[
                    "complaint",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn="arn:aws:sns:eu-west-1:123456789012:mail-complaints",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "NewsletterEngagement",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="engagement",
                enabled=True,
                matching_event_types=[
                    "click",
                    "open",
                    "subscription",
                ],
                kinesis_firehose_destination=CfnEventDestination.KinesisFirehoseDestinationProperty(
                    delivery_stream_arn="arn:aws:firehose:eu-west-1:123456789012:deliverystream/newsletter-events",
                    iam_role_arn=SES_TO_FIREHOSE_ROLE_ARN,
                ),
            ),
        )
        # Event destination 'links' left out for its
        # CloudWatchDestination.DimensionConfigurations[0].DefaultDimensionValue:
        # 'example.com' is not valid for the CloudFormation type, which takes 1 to 256
        # letters, digits, '_' and '-'.

    def _add_order_confirmations(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "OrderConfirmations",
            name="order-confirmations",
            delivery_options=CfnConfigurationSet.DeliveryOptionsProperty(
                max_delivery_seconds=3600,
                sending_pool_name="transactional",
                tls_policy="REQUIRE",
            ),
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
            suppression_options=CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=[
                    "COMPLAINT",
                    "BOUNCE",
                ],
            ),
            tags=[
                CfnTag(
                    key="cost:centre",
                    value="4711",
                ),
                CfnTag(
                    key="team",
                    value="checkout",
                ),
            ],
            tracking_options=CfnConfigurationSet.TrackingOptionsProperty(
                custom_redirect_domain="links.example.com",
                https_policy="REQUIRE",
            ),
            vdm_options=CfnConfigurationSet.VdmOptionsProperty(
                dashboard_options=CfnConfigurationSet.DashboardOptionsProperty(
                    engagement_metrics="ENABLED",
                ),
                guardian_options=CfnConfigurationSet.GuardianOptionsProperty(
                    optimized_shared_delivery="ENABLED",
                ),
            ),
        )
        CfnEventDestination(
            self,
            "OrderConfirmationsBounces",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="bounces",
                enabled=True,
                matching_event_types=[
                    "bounce",
                    "complaint",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_BOUNCES_TOPIC_ARN,
                ),
            ),
        )
        CfnEventDestination(
            self,
            "OrderConfirmationsDataLake",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="data-lake",
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
                    delivery_stream_arn="arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail-events",
                    iam_role_arn=SES_TO_FIREHOSE_ROLE_ARN,
                ),
            ),
        )
        CfnEventDestination(
            self,
            "OrderConfirmationsEventBus",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="event-bus",
                enabled=True,
                matching_event_types=[
                    "deliveryDelay",
                    "renderingFailure",
                ],
                event_bridge_destination=CfnEventDestination.EventBridgeDestinationProperty(
                    event_bus_arn=DEFAULT_EVENT_BUS_ARN,
                ),
            ),
        )
        CfnEventDestination(
            self,
            "OrderConfirmationsMetrics",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="metrics",
                enabled=True,
                matching_event_types=[
                    "bounce",
                    "complaint",
                    "delivery",
                    "reject",
                    "send",
                ],
                cloud_watch_destination=CfnEventDestination.CloudWatchDestinationProperty(
                    dimension_configurations=[
                        CfnEventDestination.DimensionConfigurationProperty(
                            dimension_name="template",
                            dimension_value_source="messageTag",
                            default_dimension_value="none",
                        ),
                        CfnEventDestination.DimensionConfigurationProperty(
                            dimension_name="ses:from-domain",
                            dimension_value_source="messageTag",
                            default_dimension_value="example-com",
                        ),
                        CfnEventDestination.DimensionConfigurationProperty(
                            dimension_name="X-Priority",
                            dimension_value_source="emailHeader",
                            default_dimension_value="normal",
                        ),
                    ],
                ),
            ),
        )

    def _add_password_reset(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "PasswordReset",
            name="password-reset",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=False,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
            suppression_options=CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=[],
            ),
        )
        CfnEventDestination(
            self,
            "PasswordResetFailed",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="failed",
                enabled=True,
                matching_event_types=[
                    "bounce",
                    "reject",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_BOUNCES_TOPIC_ARN,
                ),
            ),
        )

    def _add_password_reset_630258be(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "PasswordReset630258be",
            name="password_reset",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=False,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=False,
            ),
        )
        CfnEventDestination(
            self,
            "PasswordResetFailed3ff529c2",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="failed",
                enabled=False,
                matching_event_types=[
                    "bounce",
                    "reject",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn="arn:aws:sns:eu-west-1:123456789012:mail-bounces-old",
                ),
            ),
        )
