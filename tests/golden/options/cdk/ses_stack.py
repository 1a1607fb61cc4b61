# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and their event destinations."""

from typing import Any

from aws_cdk import CfnResource, CfnTag, RemovalPolicy, Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from constructs import Construct


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        self._add_domain_only()
        self._add_everything()
        self._add_guardian_only()
        self._add_suppress_nothing()
        self._add_tls_only()
        self._add_validation_off()

        # Never delete live mail settings when a resource leaves the stack.
        for resource in self.node.children:
            if isinstance(resource, CfnResource):
                resource.apply_removal_policy(RemovalPolicy.RETAIN)

    def _add_domain_only(self) -> None:
        CfnConfigurationSet(
            self,
            "DomainOnly",
            name="domain-only",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
            tracking_options=CfnConfigurationSet.TrackingOptionsProperty(
                custom_redirect_domain="t.example.com",
            ),
        )

    def _add_everything(self) -> None:
        CfnConfigurationSet(
            self,
            "Everything",
            name="everything",
            archiving_options=CfnConfigurationSet.ArchivingOptionsProperty(
                archive_arn="arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-1b2c3d4e5f6g7h8i9j0k1l2m3n",
            ),
            delivery_options=CfnConfigurationSet.DeliveryOptionsProperty(
                max_delivery_seconds=300,
                sending_pool_name="shared",
                tls_policy="REQUIRE",
            ),
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=False,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=False,
            ),
            suppression_options=CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=[
                    "COMPLAINT",
                    "BOUNCE",
                ],
                validation_options=CfnConfigurationSet.ValidationOptionsProperty(
                    condition_threshold=CfnConfigurationSet.ConditionThresholdProperty(
                        condition_threshold_enabled="ENABLED",
                        overall_confidence_threshold=CfnConfigurationSet.OverallConfidenceThresholdProperty(
                            confidence_verdict_threshold="HIGH",
                        ),
                    ),
                ),
            ),
            tags=[
                CfnTag(
                    key="a b",
                    value="",
                ),
                CfnTag(
                    key="cost:centre",
                    value='${not} an "expression"',
                ),
                CfnTag(
                    key="for",
                    value="%{ x }",
                ),
                CfnTag(
                    key="team",
                    value="mail",
                ),
            ],
            tracking_options=CfnConfigurationSet.TrackingOptionsProperty(
                custom_redirect_domain="links.example.com",
                https_policy="REQUIRE_OPEN_ONLY",
            ),
            vdm_options=CfnConfigurationSet.VdmOptionsProperty(
                dashboard_options=CfnConfigurationSet.DashboardOptionsProperty(
                    engagement_metrics="ENABLED",
                ),
                guardian_options=CfnConfigurationSet.GuardianOptionsProperty(
                    optimized_shared_delivery="DISABLED",
                ),
            ),
        )

    def _add_guardian_only(self) -> None:
        CfnConfigurationSet(
            self,
            "GuardianOnly",
            name="guardian-only",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
            vdm_options=CfnConfigurationSet.VdmOptionsProperty(
                guardian_options=CfnConfigurationSet.GuardianOptionsProperty(
                    optimized_shared_delivery="ENABLED",
                ),
            ),
        )

    def _add_suppress_nothing(self) -> None:
        CfnConfigurationSet(
            self,
            "SuppressNothing",
            name="suppress-nothing",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
            suppression_options=CfnConfigurationSet.SuppressionOptionsProperty(
                suppressed_reasons=[],
            ),
        )

    def _add_tls_only(self) -> None:
        CfnConfigurationSet(
            self,
            "TlsOnly",
            name="tls-only",
            delivery_options=CfnConfigurationSet.DeliveryOptionsProperty(
                tls_policy="OPTIONAL",
            ),
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )

    def _add_validation_off(self) -> None:
        CfnConfigurationSet(
            self,
            "ValidationOff",
            name="validation-off",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
            suppression_options=CfnConfigurationSet.SuppressionOptionsProperty(
                validation_options=CfnConfigurationSet.ValidationOptionsProperty(
                    condition_threshold=CfnConfigurationSet.ConditionThresholdProperty(
                        condition_threshold_enabled="DISABLED",
                    ),
                ),
            ),
        )
