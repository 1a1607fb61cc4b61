"""Recognize AWS CLI output about one configuration set.

The shapes are those of the API references: ``GetConfigurationSet`` and
``GetConfigurationSetEventDestinations`` of the SES API v2, ``DescribeConfigurationSet`` of v1.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exporter.model import codec
from exporter.support.text import listed

_DESTINATIONS = "EventDestinations"
_NAME = "ConfigurationSetName"


@dataclass(frozen=True)
class CliOutput:
    """AWS CLI output about one configuration set.

    Attributes:
        entry: The output as an entry of a snapshot's ``ConfigurationSets``; may lack the name.
        notes: What the output lacks.
    """

    entry: dict[str, codec.Json]
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str | None:
        """The set's name; None if the output does not contain it."""
        name = self.entry.get(_NAME)
        return name if isinstance(name, str) else None


def recognise(value: codec.Json) -> CliOutput | None:
    """Recognize AWS CLI output about one set in a JSON value; None if it is something else.

    ``ResponseMetadata``, which boto3 and some proxies add, is dropped.
    """
    if not isinstance(value, dict):
        return None
    output = {name: item for name, item in value.items() if name != "ResponseMetadata"}
    if set(output) == {_DESTINATIONS}:
        return CliOutput({**output, "OptionsKnown": False})
    if _NAME in output:
        command = "'aws sesv2 get-configuration-set-event-destinations'"
        missing = f"this output has no event destinations; add the output of {command} to it"
        return CliOutput(output, () if _DESTINATIONS in output else (missing,))
    return _from_v1(output) if _is_v1(output) else None


# The API v1
# --------------------------------------------------------------------------------------

_V1_PARTS = {
    "ConfigurationSet",
    _DESTINATIONS,
    "TrackingOptions",
    "DeliveryOptions",
    "ReputationOptions",
}
_V1_SPELLING = {
    "DeliveryStreamARN": "DeliveryStreamArn",
    "IAMRoleARN": "IamRoleArn",
    "SNSDestination": "SnsDestination",
    "TopicARN": "TopicArn",
}
_V1_ENUMS = {"DimensionValueSource", "MatchingEventTypes", "TlsPolicy"}
_V1_LIMITS = (
    "this is output of the SES API v1, which lacks tags, suppression, VDM and archiving "
    "options, EventBridge and Pinpoint destinations, and the events DELIVERY_DELAY and "
    "SUBSCRIPTION; so its options count as not read. The combined output of 'aws sesv2 "
    "get-configuration-set' and 'aws sesv2 get-configuration-set-event-destinations' has "
    "all of them"
)


def _is_v1(output: dict[str, codec.Json]) -> bool:
    set_ = output.get("ConfigurationSet")
    return isinstance(set_, dict) and "Name" in set_ and set(output) <= _V1_PARTS


def _from_v1(output: dict[str, codec.Json]) -> CliOutput:
    """Convert the output of ``aws ses describe-configuration-set``.

    Its options stay in the entry but count as not read: v1 lacks some options, and code without
    those would unset them.
    """
    notes = [_V1_LIMITS]
    rest = {name: output[name] for name in output if name != "ConfigurationSet"}
    entry = codec.respelled(rest, _V1_SPELLING, _V1_ENUMS)
    reputation = entry.get("ReputationOptions")
    if isinstance(reputation, dict) and "SendingEnabled" in reputation:
        entry["SendingOptions"] = {"SendingEnabled": reputation.pop("SendingEnabled")}
    if _DESTINATIONS in entry:
        with_target, without = _with_targets(entry[_DESTINATIONS])
        entry[_DESTINATIONS] = with_target
        notes += [
            f"{name}: left out, because the API v1 does not give its target" for name in without
        ]
    else:
        notes.append(
            "this output has no event destinations; ask for them with "
            "'--configuration-set-attribute-names eventDestinations'"
        )
    name = {_NAME: output["ConfigurationSet"]["Name"], "OptionsKnown": False}
    return CliOutput({**name, **entry}, tuple(notes))


def _with_targets(destinations: codec.Json) -> tuple[codec.Json, list[str]]:
    """Return the destinations with a target in v1's output, and the names of the others."""
    if not isinstance(destinations, list):
        return destinations, []
    kept, without = [], []
    for each in destinations:
        if isinstance(each, dict) and not any(key.endswith("Destination") for key in each):
            without.append(str(each.get("Name")))
        else:
            kept.append(each)
    return kept, without


# What is no answer about one set
# --------------------------------------------------------------------------------------

_READ = "run 'ses2iac snapshot --out FILE' to read the account and write a file for --from"
_ONE_SET = (
    "use a snapshot, or the output of 'aws sesv2 get-configuration-set', of 'aws sesv2 "
    "get-configuration-set-event-destinations', or both combined"
)
_COMPARE = "to compare code with the account: ses2iac diff FILE live"


def _has(*names: str) -> Callable[[dict[str, codec.Json]], bool]:
    return lambda value: all(name in value for name in names)


def _is_list_of_names(value: dict[str, codec.Json]) -> bool:
    names = value.get("ConfigurationSets")
    return isinstance(names, list) and all(isinstance(name, str) for name in names)


_OTHERS: tuple[tuple[Callable[[dict[str, codec.Json]], bool], str, str], ...] = (
    (_has("Scopes"), "a snapshot without FormatVersion", _READ),
    (_is_list_of_names, "a list of configuration set names without their settings", _READ),
    (_has("UserId", "Account", "Arn"), "the output of 'aws sts get-caller-identity'", _READ),
    (_has("Stacks"), "the output of 'aws cloudformation describe-stacks'", _READ),
    (_has("StackResources"), "a list of stack resources without their settings", _READ),
    (_has("StackResourceSummaries"), "a list of stack resources without their settings", _READ),
    (_has("TemplateBody"), "the output of 'aws cloudformation get-template'", _COMPARE),
    (_has("Resources"), "a CloudFormation template", _COMPARE),
    (_has("lineage"), "a Terraform state", _COMPARE),
    (_has("planned_values"), "a Terraform plan", _COMPARE),
    (_has("format_version"), "the output of 'terraform show -json'", _COMPARE),
    (_has("EmailIdentities"), "the output of 'aws sesv2 list-email-identities'", _READ),
)
"""Other JSON that users may pass: a test of its keys, its name, a hint; the first match counts."""


def described(value: codec.Json) -> tuple[str, str]:
    """Describe a JSON value that is neither a snapshot nor AWS CLI output, and return a hint."""
    if not isinstance(value, dict):
        return {list: "a JSON array"}.get(type(value), "a single JSON value"), _ONE_SET
    for fits, what, hint in _OTHERS:
        if fits(value):
            return what, hint
    return f"a JSON object {_keys(list(value))}", _ONE_SET


_MOST_KEYS = 5


def _keys(names: list[str]) -> str:
    if not names:
        return "without keys"
    shown = listed(_short(names), _MOST_KEYS)
    return f"with the {'keys' if len(names) > 1 else 'key'} {shown}"


def _short(names: list[str]) -> Iterator[str]:
    for name in names:
        yield repr(name if len(name) <= 40 else name[:37] + "...")
