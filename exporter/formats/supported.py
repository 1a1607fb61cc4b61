"""What a format's code holds, as the format itself tells it: it writes nothing else.

A value that a model gains is left out and reported until each format that can write it names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from exporter.formats.fidelity import Effect, Judge, Verdict
from exporter.model.resources import Model, OpenEnum, TargetKind

Values = Mapping[str, frozenset[str]]
"""API paths below a configuration set, without list indexes (``TrackingOptions.HttpsPolicy``), of
single values, each with those of its enumeration; none where any text or number may stand."""

_ANY: frozenset[str] = frozenset()
_ENABLED = frozenset({"DISABLED", "ENABLED"})
_CLOUDWATCH = "EventDestinations.CloudWatchDestination.DimensionConfigurations"

COMMON: Values = {
    "ConfigurationSetName": _ANY,
    # Whether the options were read: nothing of SES's.
    "OptionsKnown": _ANY,
    "DeliveryOptions.MaxDeliverySeconds": _ANY,
    "DeliveryOptions.SendingPoolName": _ANY,
    "DeliveryOptions.TlsPolicy": frozenset({"OPTIONAL", "REQUIRE"}),
    # Not written, as it is no setting; the gate says so.
    "ReputationOptions.LastFreshStart": _ANY,
    "ReputationOptions.ReputationMetricsEnabled": _ANY,
    "SendingOptions.SendingEnabled": _ANY,
    "SuppressionOptions.SuppressedReasons": frozenset({"BOUNCE", "COMPLAINT"}),
    "Tags.Key": _ANY,
    "Tags.Value": _ANY,
    "TrackingOptions.CustomRedirectDomain": _ANY,
    "TrackingOptions.HttpsPolicy": frozenset({"OPTIONAL", "REQUIRE", "REQUIRE_OPEN_ONLY"}),
    "VdmOptions.DashboardOptions.EngagementMetrics": _ENABLED,
    "VdmOptions.GuardianOptions.OptimizedSharedDelivery": _ENABLED,
    "EventDestinations.Name": _ANY,
    "EventDestinations.Enabled": _ANY,
    "EventDestinations.MatchingEventTypes": frozenset(
        {
            "BOUNCE",
            "CLICK",
            "COMPLAINT",
            "DELIVERY",
            "DELIVERY_DELAY",
            "OPEN",
            "REJECT",
            "RENDERING_FAILURE",
            "SEND",
            "SUBSCRIPTION",
        }
    ),
    f"{_CLOUDWATCH}.DimensionName": _ANY,
    f"{_CLOUDWATCH}.DimensionValueSource": frozenset({"EMAIL_HEADER", "LINK_TAG", "MESSAGE_TAG"}),
    f"{_CLOUDWATCH}.DefaultDimensionValue": _ANY,
    "EventDestinations.EventBridgeDestination.EventBusArn": _ANY,
    "EventDestinations.KinesisFirehoseDestination.DeliveryStreamArn": _ANY,
    "EventDestinations.KinesisFirehoseDestination.IamRoleArn": _ANY,
    "EventDestinations.SnsDestination.TopicArn": _ANY,
}
"""What Terraform's provider and CloudFormation's types both have."""


@dataclass(frozen=True)
class Supported:
    """What the code of a format can hold."""

    targets: frozenset[TargetKind]
    values: Values

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of the values, and of all that they stand in."""
        found = {""}
        for path in self.values:
            parts = path.split(".")
            found |= {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
        return frozenset(found)

    def refusal(self, path: str, value: object, title: str) -> Verdict | None:
        """What to say where the code has no place for a value."""
        if not self._lacks(path, value):
            return None
        what = f"the value {str(value)!r}" if isinstance(value, OpenEnum) else "it"
        return Verdict(f"this version of ses2iac does not write {what} to {title}")

    def _lacks(self, path: str, value: object) -> bool:
        if path not in self.paths:
            return True
        if isinstance(value, Model) and path.rpartition(".")[0] == "EventDestinations":
            return getattr(value, "kind", None) not in self.targets
        return isinstance(value, OpenEnum) and value not in self.values.get(path, ())


def denying(judge: Judge, supported: Supported, title: str) -> Judge:
    """A format's rule that refuses whatever the format does not name."""

    def denied(path: str, value: object) -> Verdict | None:
        verdict = judge(path, value)
        if verdict is not None and verdict.effect is not Effect.NOTE:
            return verdict
        return supported.refusal(path, value, title) or verdict

    return denied
