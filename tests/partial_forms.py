"""Every partial form in which SES could answer an option or a destination, made from the models.

A new field of a model is answered in all of its forms without a line here.
"""

from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from exporter.model import codec
from exporter.model.resources import (
    OPTION_FIELDS,
    TARGET_FIELDS,
    ConfigurationSet,
    EventDestination,
    Model,
    OpenEnum,
)
from tests.fakes import ACCOUNT_ID, REGION, FakeSet
from tests.target_samples import ARNS

Json = Any

NEW_VALUE = "SOMETHING_NEW"
"""A value that no enumeration of the models has."""
NEW_MEMBER = {"SomethingNew": {"Level": 3}}
"""A member that no model has."""

_TEXTS = {
    **ARNS,
    "CustomRedirectDomain": "click.example.com",
    "SendingPoolName": "shared",
    "LastFreshStart": 1735689600,
    "ArchiveArn": f"arn:aws:ses:{REGION}:{ACCOUNT_ID}:mailmanager-archive/a-letters",
    "EventBusArn": f"arn:aws:events:{REGION}:{ACCOUNT_ID}:event-bus/default",
    "ApplicationArn": f"arn:aws:mobiletargeting:{REGION}:{ACCOUNT_ID}:apps/{'0' * 32}",
    "DimensionName": "campaign",
    "DefaultDimensionValue": "none",
}
_NUMBERS = {"MaxDeliverySeconds": (300, 0, 100)}
"""The least that SES takes, what stands for none, and what the provider refuses."""


def sets() -> dict[str, FakeSet]:
    """An account with a set for each form of each option, and a destination for each of its own."""
    usual = {
        "SendingOptions": {"SendingEnabled": True},
        "ReputationOptions": {"ReputationMetricsEnabled": False},
    }
    found = {"bare": FakeSet({})}
    for field in OPTION_FIELDS:
        model = _model(get_type_hints(ConfigurationSet)[field])
        option = codec.wire_name(ConfigurationSet, field)
        for number, form in enumerate(forms(model)):
            found[f"{field}-{number:02}".replace("_", "-")] = FakeSet({**usual, option: form})
    destinations = list(_destinations())
    for number in range(0, len(destinations), 10):
        found[f"events-{number:02}"] = FakeSet(usual, destinations[number : number + 10])
    return found


def forms(model: type[Model]) -> Iterator[dict[str, Json]]:
    """An option's JSON: empty, with each member alone in each form, with all; each also with more.

    What the API requires is always there.
    """
    always = {name: values[0] for name, values, required in _members(model) if required}
    yield always
    yield always | NEW_MEMBER
    for name, values, _ in _members(model):
        for value in values:
            yield always | {name: value}
        yield always | {name: values[0]} | NEW_MEMBER
    yield {name: values[0] for name, values, _ in _members(model)}
    yield {name: values[-1] for name, values, _ in _members(model)} | NEW_MEMBER


def _members(model: type[Model]) -> Iterator[tuple[str, list[Json], bool]]:
    """The members of a model, with the forms of each, a plain one first; whether it must be."""
    hints = get_type_hints(model)
    for info in codec.fields_of(model):
        name = info.encode_name
        yield name, list(_values(name, hints[info.name])), info.required


def _values(name: str, hint: Any) -> Iterator[Json]:
    if name in _NUMBERS or name in _TEXTS:
        yield from _NUMBERS.get(name) or [_TEXTS[name]]
    elif get_origin(hint) is UnionType:
        yield from _values(name, next(each for each in get_args(hint) if each is not NoneType))
    elif get_origin(hint) is tuple:
        items = list(_values(name, get_args(hint)[0]))
        yield items[:1]
        yield from ([], items)
    elif issubclass(hint, OpenEnum):
        yield from [*map(str, hint), NEW_VALUE]
    elif issubclass(hint, Model):
        # A plain one comes first, and an empty one is none unless it is all that there can be.
        yield from sorted(forms(hint), key=lambda form: form == {})
    elif hint is bool:
        yield from (True, False)
    else:
        raise NotImplementedError(f"say in _TEXTS or _NUMBERS what {name} is")


def _destinations() -> Iterator[dict[str, Json]]:
    """Destinations with each target in each form, and each of their own members in each form."""
    hints = get_type_hints(EventDestination)
    usual = {"Enabled": True, "MatchingEventTypes": ["BOUNCE"]}
    sns = {"SnsDestination": {"TopicArn": _TEXTS["TopicArn"]}}
    bodies: list[dict[str, Json]] = []
    for field in TARGET_FIELDS:
        target = codec.wire_name(EventDestination, field)
        bodies += [usual | {target: form} for form in forms(_model(hints[field]))]
    bodies += [
        usual | sns | {"MatchingEventTypes": types}
        for types in _values("", hints["matching_event_types"])
    ]
    bodies += [usual | {"SomethingNewDestination": {"Arn": "arn"}}, usual | sns | NEW_MEMBER]
    bodies += [sns | {"MatchingEventTypes": ["BOUNCE"]}, usual | sns | {"Enabled": False}]
    for number, body in enumerate(bodies):
        yield {"Name": f"d{number:02}", **body}


def _model(hint: Any) -> type[Model]:
    found: type[Model] = next(each for each in get_args(hint) if each is not NoneType)
    return found
