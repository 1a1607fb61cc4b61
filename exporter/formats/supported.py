"""The values that a format writes, listed by the format; it writes nothing else.

A new field of a model is left out and reported until a format lists it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from exporter.formats.fidelity import Effect, Judge, Verdict
from exporter.model.resources import Model, OpenEnum, TargetKind

Values = Mapping[str, frozenset[str]]
"""API paths of single values below a configuration set, without list indexes
(``TrackingOptions.HttpsPolicy``), each with the values of its enumeration; empty if any text or
number is allowed."""

_ANY: frozenset[str] = frozenset()
_ENABLED = frozenset({"DISABLED", "ENABLED"})
_CLOUDWATCH = "EventDestinations.CloudWatchDestination.DimensionConfigurations"

COMMON: Values = {
    "ConfigurationSetName": _ANY,
    # Whether the options were read; ours, not a value of SES.
    "OptionsKnown": _ANY,
    "DeliveryOptions.MaxDeliverySeconds": _ANY,
    "DeliveryOptions.SendingPoolName": _ANY,
    "DeliveryOptions.TlsPolicy": frozenset({"OPTIONAL", "REQUIRE"}),
    # Not written, because it isn't a setting; the gate reports it.
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
"""The values that Terraform's provider and CloudFormation's types both have."""


@dataclass(frozen=True)
class Supported:
    """The targets and values that a format writes."""

    targets: frozenset[TargetKind]
    values: Values

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of the values and of everything that contains them."""
        paths = {""}
        for path in self.values:
            parts = path.split(".")
            paths |= {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
        return frozenset(paths)

    def refusal(self, path: str, value: object, title: str) -> Verdict | None:
        """Return why a value isn't written; None if it is."""
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
    """Return a format's rule, extended to refuse every value that the format doesn't list."""

    def denied(path: str, value: object) -> Verdict | None:
        verdict = judge(path, value)
        if verdict is not None and verdict.effect is not Effect.NOTE:
            return verdict
        return supported.refusal(path, value, title) or verdict

    return denied
