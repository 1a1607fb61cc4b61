"""Accounts that judges are shown: made up, and put into an emulator through boto3.

The generated one is a file, because what Hypothesis generates changes with its version and with the
modules that a process has imported. ``python -m tests.acceptance.accounts`` makes another.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from msgspec.structs import replace

from exporter.model import codec
from exporter.model.resources import (
    CloudWatchDestination,
    ConfigurationSet,
    DimensionConfiguration,
    DimensionValueSource,
    EventDestination,
    EventType,
    ReputationOptions,
    Scope,
    SendingOptions,
    Snapshot,
    SnsDestination,
)
from exporter.sources import snapshot
from tests.strategies import aws_scopes
from tests.support import load_snapshot

REGION = "eu-west-1"
ACCOUNT = "000000000000"


GENERATED = Path(__file__).parent.parent / "fixtures" / "generated_account.json"


def generated() -> Scope:
    """Generated configurations, side by side in one account."""
    (found,) = load_snapshot(GENERATED).scopes
    return found


def generate(count: int = 25) -> Scope:
    """Another account of so many generated configurations."""
    found: list[Scope] = []

    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(aws_scopes())
    def collect(scope: Scope) -> None:
        found.append(scope)

    collect()
    return side_by_side(found)


def side_by_side(scopes: Iterable[Scope]) -> Scope:
    """The sets of several scopes in one; a name that was there already gets a number."""
    sets: dict[str, ConfigurationSet] = {}
    for number, scope in enumerate(scopes):
        for each in map(_creatable, scope.configuration_sets):
            name = each.name
            # cfn-lint (1.58) takes a set called False for the same as any other (E3019).
            if name in sets or name == "False":
                name = f"{number:02d}-{name}"[:64]
            sets[name] = replace(each, configuration_set_name=name)
    return account(sets.values())


def _creatable(found: ConfigurationSet) -> ConfigurationSet:
    """A set without what the API's own model does not let a caller write."""
    tracking, security = found.tracking_options, found.message_security_options
    if tracking is not None and tracking.custom_redirect_domain is None:
        found = replace(found, tracking_options=None)
    if security is not None and security.signing_scheme is not None:
        # A union: exactly one of the two schemes.
        scheme = security.signing_scheme
        if scheme.default_scheme is not None:
            bare = replace(security, signing_scheme=replace(scheme, smime_scheme=None))
            found = replace(found, message_security_options=bare)
        elif scheme.smime_scheme is None:
            bare = replace(security, signing_scheme=None)
            found = replace(found, message_security_options=bare)
    return replace(found, event_destinations=tuple(filter(_has_target, found.event_destinations)))


def _has_target(destination: EventDestination) -> bool:
    """Whether it says what its target is; the ARN of a Pinpoint application may be untold."""
    pinpoint = destination.pinpoint_destination
    return pinpoint is None or pinpoint.application_arn is not None


def many_sets(count: int, destinations: int = 3) -> Scope:
    """A large account: CloudWatch and SNS destinations, as most have."""
    return account(_plain_set(number, destinations) for number in range(count))


def account(sets: Iterable[ConfigurationSet]) -> Scope:
    """An account of these sets."""
    return Scope(account_id=ACCOUNT, partition="aws", region=REGION, configuration_sets=tuple(sets))


def _plain_set(number: int, destinations: int) -> ConfigurationSet:
    return ConfigurationSet(
        f"team-{number:05d}",
        reputation_options=ReputationOptions(reputation_metrics_enabled=True),
        sending_options=SendingOptions(sending_enabled=number % 7 != 0),
        event_destinations=tuple(_plain_destination(number, of) for of in range(destinations)),
    )


def _plain_destination(number: int, of: int) -> EventDestination:
    if of % 2:
        target: Any = {
            "cloud_watch_destination": CloudWatchDestination(
                dimension_configurations=(
                    DimensionConfiguration(
                        dimension_name="ses:configuration-set",
                        dimension_value_source=DimensionValueSource.MESSAGE_TAG,
                        default_dimension_value=f"team-{number}",
                    ),
                )
            )
        }
    else:
        topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:mail-{number}"
        target = {"sns_destination": SnsDestination(topic_arn=topic)}
    return EventDestination(
        name=f"destination-{of}",
        enabled=True,
        matching_event_types=(EventType.BOUNCE, EventType.COMPLAINT),
        **target,
    )


def create(client: Any, scope: Scope) -> None:
    """Make the sets and destinations of a scope, as boto3 does it; what only AWS sets is left."""
    for each in scope.configuration_sets:
        api = codec.encode(each)
        api.pop("EventDestinations", None)
        api.pop("OptionsKnown", None)
        api.get("ReputationOptions", {}).pop("LastFreshStart", None)
        api["Tags"] = [tag for tag in api.get("Tags", ()) if not tag["Key"].startswith("aws:")]
        client.create_configuration_set(**api)
        for destination in each.event_destinations:
            definition = codec.encode(destination)
            name = definition.pop("Name")
            client.create_configuration_set_event_destination(
                ConfigurationSetName=each.name,
                EventDestinationName=name,
                EventDestination=definition,
            )


def read(client: Any) -> tuple[ConfigurationSet, ...]:
    """What boto3 reads of an account, with none of our own reader."""
    found = []
    for name in _names(client):
        options = client.get_configuration_set(ConfigurationSetName=name)
        answer = client.get_configuration_set_event_destinations(ConfigurationSetName=name)
        destinations = answer.get("EventDestinations", [])
        del options["ResponseMetadata"]
        # State that no format holds; boto3 gives it as a datetime.
        options.get("ReputationOptions", {}).pop("LastFreshStart", None)
        merged = {**options, "EventDestinations": destinations}
        found.append(codec.decode(merged, ConfigurationSet))
    return tuple(found)


def _names(client: Any) -> list[str]:
    names: list[str] = []
    page = client.list_configuration_sets()
    while True:
        names += page["ConfigurationSets"]
        if not page.get("NextToken"):
            return names
        page = client.list_configuration_sets(NextToken=page["NextToken"])


if __name__ == "__main__":
    made = Snapshot(format_version=1, scopes=(generate(),))
    GENERATED.write_text(snapshot.dump(made), encoding="utf-8")
