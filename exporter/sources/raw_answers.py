"""What people have at hand of one configuration set: raw answers, as the AWS CLI prints them.

The shapes are those of the API references: ``GetConfigurationSet`` and
``GetConfigurationSetEventDestinations`` of the SES API v2, ``DescribeConfigurationSet`` of v1.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from exporter.model import codec
from exporter.support.text import listed

_DESTINATIONS = "EventDestinations"
_NAME = "ConfigurationSetName"


@dataclass(frozen=True)
class RawAnswer:
    """A raw answer.

    Attributes:
        entry: It as an entry of a snapshot's ``ConfigurationSets``, which may lack the name.
    """

    entry: dict[str, codec.Json]
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str | None:
        """The set that it is of, where it says so."""
        name = self.entry.get(_NAME)
        return name if isinstance(name, str) else None


def recognise(value: codec.Json) -> RawAnswer | None:
    """The raw answer that a JSON value is; None when it is none.

    ``ResponseMetadata``, which boto3 and some proxies add, is dropped.
    """
    if not isinstance(value, dict):
        return None
    answer = {name: item for name, item in value.items() if name != "ResponseMetadata"}
    if set(answer) == {_DESTINATIONS}:
        return RawAnswer({**answer, "OptionsKnown": False})
    if _NAME in answer:
        told = "'aws sesv2 get-configuration-set-event-destinations'"
        missing = f"this output has no event destinations; add the output of {told} to it"
        return RawAnswer(answer, () if _DESTINATIONS in answer else (missing,))
    return _first_api(answer) if _is_of_first_api(answer) else None


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


def _is_of_first_api(answer: dict[str, codec.Json]) -> bool:
    named = answer.get("ConfigurationSet")
    return isinstance(named, dict) and "Name" in named and set(answer) <= _V1_PARTS


def _first_api(answer: dict[str, codec.Json]) -> RawAnswer:
    """An answer of ``aws ses describe-configuration-set``.

    Its options stay in the entry, and count as not read: that it has all three kinds tells nothing
    of those that v1 does not know, and code without them would unset them.
    """
    notes = [_V1_LIMITS]
    entry = _respelt({name: answer[name] for name in answer if name != "ConfigurationSet"})
    reputation = entry.get("ReputationOptions")
    if isinstance(reputation, dict) and "SendingEnabled" in reputation:
        entry["SendingOptions"] = {"SendingEnabled": reputation.pop("SendingEnabled")}
    if _DESTINATIONS in entry:
        kept, without = _with_targets(entry[_DESTINATIONS])
        entry[_DESTINATIONS] = kept
        notes += [
            f"{name}: left out, because the API v1 does not give its target" for name in without
        ]
    else:
        notes.append(
            "this output has no event destinations; ask for them with "
            "'--configuration-set-attribute-names eventDestinations'"
        )
    named = {_NAME: answer["ConfigurationSet"]["Name"], "OptionsKnown": False}
    return RawAnswer({**named, **entry}, tuple(notes))


def _respelt(value: codec.Json, name: str = "") -> codec.Json:
    """A part of v1's answer as v2 spells it."""
    if isinstance(value, dict):
        return {_V1_SPELLING.get(key, key): _respelt(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_respelt(item, name) for item in value]
    if name in _V1_ENUMS and isinstance(value, str):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", value).upper()
    return value


def _with_targets(destinations: codec.Json) -> tuple[codec.Json, list[str]]:
    """The destinations whose target v1 tells, and the names of the others."""
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


_OTHERS: tuple[tuple[Callable[[dict[str, codec.Json]], bool], str, str], ...] = (
    (_has("Scopes"), "a snapshot without FormatVersion", _READ),
    (_has("ConfigurationSets"), "a list of configuration set names without their settings", _READ),
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
"""What else people give, by its keys, and what to do instead; the first that fits counts."""


def described(value: codec.Json) -> tuple[str, str]:
    """What a JSON value is that is neither a snapshot nor an answer about one set, and a hint."""
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
