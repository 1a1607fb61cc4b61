"""The kinds of target: a table with one row for each.

A new kind needs a model class (``model/resources.py``), a row here, and a branch in the template
of each format that can write it. Until a format lists it in ``supports``, exports omit its
destinations and report them.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from exporter.model.resources import (
    CloudWatchDestination,
    EventBridgeDestination,
    KinesisFirehoseDestination,
    PinpointDestination,
    SnsDestination,
    Target,
    TargetKind,
)
from exporter.model.target_facts import NeededKind


@dataclass(frozen=True)
class CdkImport:
    """How CDK refers by ARN to a resource outside the stack (aws-cdk-lib 2)."""

    module: str
    class_name: str
    method: str
    attribute: str

    @property
    def statement(self) -> str:
        """The import statement."""
        return f"from aws_cdk.{self.module} import {self.class_name}"


@dataclass(frozen=True, order=True)
class ArnType:
    """The type of resource that an ARN in an event destination refers to.

    Attributes:
        title: Its name in sentences; it also identifies and sorts the type.
        noun: Its name in generated names.
        service: The service in its ARN (Service Authorization Reference, resource types).
        prefix: The text before the name in its ARN.
        data_source: The Terraform data source that finds its ARN by name (AWS provider 5.100 and
            6); empty if there is none.
        needs: What the rules on targets need to read.
    """

    title: str
    noun: str = dataclasses.field(compare=False)
    service: str = dataclasses.field(compare=False)
    prefix: str = dataclasses.field(compare=False, default="")
    is_regional: bool = dataclasses.field(compare=False, default=True)
    data_source: str = dataclasses.field(compare=False, default="")
    cdk_import: CdkImport | None = dataclasses.field(compare=False, default=None)
    needs: tuple[NeededKind, ...] = dataclasses.field(compare=False, default=())


@dataclass(frozen=True)
class Icon:
    """How pictures show a kind; kinds differ in shape and color.

    Attributes:
        path: Its outline for SVG, in a square of 28 by 28.
        dot: Its shape in Graphviz.
        mermaid: The brackets that give its shape in Mermaid.
        light: The color of its lines in SVG on a light page.
        dark: The same on a dark page.
    """

    path: str
    dot: str
    mermaid: tuple[str, str]
    fill: str
    stroke: str
    text: str
    light: str
    dark: str


@dataclass(frozen=True)
class TargetType:
    """A kind of target.

    Attributes:
        field: The field of ``EventDestination`` that contains it.
        arns: The types of its ARNs, by the field of ``model``; the first is that of the target.
    """

    field: str
    model: type[Target]
    title: str
    icon: Icon
    arns: Mapping[str, ArnType] = dataclasses.field(default_factory=dict)


TOPIC = ArnType(
    title="SNS topic",
    noun="topic",
    service="sns",
    data_source="aws_sns_topic",
    cdk_import=CdkImport("aws_sns", "Topic", "from_topic_arn", "topic_arn"),
    needs=(NeededKind.TOPIC, NeededKind.KEY),
)
STREAM = ArnType(
    title="Firehose stream",
    noun="stream",
    service="firehose",
    prefix="deliverystream/",
    data_source="aws_kinesis_firehose_delivery_stream",
    cdk_import=CdkImport(
        "aws_kinesisfirehose", "DeliveryStream", "from_delivery_stream_arn", "delivery_stream_arn"
    ),
    needs=(NeededKind.STREAM,),
)
ROLE = ArnType(
    title="IAM role",
    noun="role",
    service="iam",
    prefix="role/",
    is_regional=False,
    data_source="aws_iam_role",
    cdk_import=CdkImport("aws_iam", "Role", "from_role_arn", "role_arn"),
    needs=(NeededKind.ROLE,),
)
BUS = ArnType(
    title="EventBridge bus",
    noun="event bus",
    service="events",
    prefix="event-bus/",
    data_source="aws_cloudwatch_event_bus",
    cdk_import=CdkImport("aws_events", "EventBus", "from_event_bus_arn", "event_bus_arn"),
    needs=(NeededKind.BUS,),
)
APPLICATION = ArnType(
    title="Pinpoint application", noun="application", service="mobiletargeting", prefix="apps/"
)

TARGET_TYPES: Mapping[TargetKind, TargetType] = {
    TargetKind.SNS: TargetType(
        field="sns_destination",
        model=SnsDestination,
        title="SNS topic",
        arns={"topic_arn": TOPIC},
        icon=Icon(
            path="M9 5h10a9 9 0 0 1 0 18h-10a9 9 0 0 1 0 -18zM9 14h10",
            dot="ellipse",
            mermaid=("([", "])"),
            fill="#fde2e8",
            stroke="#b0084d",
            text="#3b0018",
            light="#b0084d",
            dark="#ff86ac",
        ),
    ),
    TargetKind.CLOUDWATCH: TargetType(
        field="cloud_watch_destination",
        model=CloudWatchDestination,
        title="CloudWatch metrics",
        icon=Icon(
            path="M4 4v20h20M9 20v-6M14 20v-12M19 20v-9",
            dot="cylinder",
            mermaid=("[(", ")]"),
            fill="#e6e0ff",
            stroke="#5b3cc4",
            text="#1d1147",
            light="#5b3cc4",
            dark="#b3a1ff",
        ),
    ),
    TargetKind.FIREHOSE: TargetType(
        field="kinesis_firehose_destination",
        model=KinesisFirehoseDestination,
        title="Firehose stream",
        arns={"delivery_stream_arn": STREAM, "iam_role_arn": ROLE},
        icon=Icon(
            path="M9 6h16l-6 16h-16zM10 14h9",
            dot="parallelogram",
            mermaid=("[/", "/]"),
            fill="#d9f0e4",
            stroke="#1b7a4b",
            text="#06301c",
            light="#1b7a4b",
            dark="#6fd6a3",
        ),
    ),
    TargetKind.EVENTBRIDGE: TargetType(
        field="event_bridge_destination",
        model=EventBridgeDestination,
        title="EventBridge bus",
        arns={"event_bus_arn": BUS},
        icon=Icon(
            path="M8 4h12l6 10l-6 10h-12l-6 -10z",
            dot="hexagon",
            mermaid=("{{", "}}"),
            fill="#ffe6cc",
            stroke="#b35900",
            text="#3d1f00",
            light="#a85100",
            dark="#ffb066",
        ),
    ),
    TargetKind.PINPOINT: TargetType(
        field="pinpoint_destination",
        model=PinpointDestination,
        title="Pinpoint application",
        arns={"application_arn": APPLICATION},
        icon=Icon(
            path="M14 25l-8 -11a9 9 0 1 1 16 0zM14 7v6",
            dot="trapezium",
            mermaid=("[/", "\\]"),
            fill="#d7ecff",
            stroke="#0b62a8",
            text="#05294a",
            light="#0b62a8",
            dark="#7cc0ff",
        ),
    ),
}
"""The kinds of target, in the order of tables and legends."""

ARN_TYPES: tuple[ArnType, ...] = tuple(
    dict.fromkeys(arn_type for row in TARGET_TYPES.values() for arn_type in row.arns.values())
)
"""Each type of ARN once."""
