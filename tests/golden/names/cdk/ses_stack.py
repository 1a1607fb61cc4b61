# Written by ses2iac from Amazon SES, account 123456789012, region eu-west-1.
"""Amazon SES configuration sets and their event destinations."""

from typing import Any

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk.aws_ses import CfnConfigurationSet
from aws_cdk.aws_ses import CfnConfigurationSetEventDestination as CfnEventDestination
from constructs import Construct

MAIL_TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:mail"


class SesStack(Stack):
    """The SES configuration sets of one account and region."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        self._add_set_2fa()
        self._add_bootstrap_version()
        self._add_default()
        self._add_orders_d0d6efb1()
        self._add_order_events_eu()
        self._add_orders_b7e8acdd()
        self._add_a()
        self._add_a_b()
        self._add_a_b_648fa9b3()
        self._add_class()
        self._add_orders()
        self._add_orders_bounces()
        self._add_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx()

        # Never delete live mail settings when a resource leaves the stack.
        for resource in self.node.children:
            if isinstance(resource, CfnResource):
                resource.apply_removal_policy(RemovalPolicy.RETAIN)

    def _add_set_2fa(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "2fa",
            name="2fa",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "2fa2nd",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="2nd",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_TOPIC_ARN,
                ),
            ),
        )

    def _add_bootstrap_version(self) -> None:
        CfnConfigurationSet(
            self,
            "BootstrapVersion6628b422",
            name="BootstrapVersion",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )

    def _add_default(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "Default21b111cb",
            name="Default",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "DefaultDefault",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="Default",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_TOPIC_ARN,
                ),
            ),
        )

    def _add_orders_d0d6efb1(self) -> None:
        CfnConfigurationSet(
            self,
            "ORDERSd0d6efb1",
            name="ORDERS",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )

    def _add_order_events_eu(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "OrderEventsEU",
            name="OrderEventsEU",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "OrderEventsEUToSNS",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="toSNS",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_TOPIC_ARN,
                ),
            ),
        )

    def _add_orders_b7e8acdd(self) -> None:
        CfnConfigurationSet(
            self,
            "Ordersb7e8acdd",
            name="Orders",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )

    def _add_a(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "A",
            name="a",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "ABCefda8ca3",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="b-c",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_TOPIC_ARN,
                ),
            ),
        )
        CfnEventDestination(
            self,
            "ABC3a0548f0",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="b_c",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_TOPIC_ARN,
                ),
            ),
        )

    def _add_a_b(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "AB",
            name="a-b",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "ABC14c10a8a",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="c",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_TOPIC_ARN,
                ),
            ),
        )

    def _add_a_b_648fa9b3(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "AB648fa9b3",
            name="a_b",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "ABC37f9091b",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="c",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_TOPIC_ARN,
                ),
            ),
        )

    def _add_class(self) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "Class",
            name="class",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "ClassImport",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="import",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_TOPIC_ARN,
                ),
            ),
        )

    def _add_orders(self) -> None:
        CfnConfigurationSet(
            self,
            "Orders",
            name="orders",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )

    def _add_orders_bounces(self) -> None:
        CfnConfigurationSet(
            self,
            "OrdersBounces",
            name="orders-bounces",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )

    def _add_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx(
        self,
    ) -> None:
        configuration_set = CfnConfigurationSet(
            self,
            "Xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            name="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            reputation_options=CfnConfigurationSet.ReputationOptionsProperty(
                reputation_metrics_enabled=True,
            ),
            sending_options=CfnConfigurationSet.SendingOptionsProperty(
                sending_enabled=True,
            ),
        )
        CfnEventDestination(
            self,
            "XxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxXxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            configuration_set_name=configuration_set.ref,
            event_destination=CfnEventDestination.EventDestinationProperty(
                name="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                enabled=True,
                matching_event_types=[
                    "send",
                ],
                sns_destination=CfnEventDestination.SnsDestinationProperty(
                    topic_arn=MAIL_TOPIC_ARN,
                ),
            ),
        )
