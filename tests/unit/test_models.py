"""The value types: canonical when built, exact about targets, and those of SES's own model."""

import pickle
import time
import warnings
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import botocore
import botocore.session
import msgspec
import pytest
from botocore.model import ListShape, Shape, StringShape, StructureShape
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import codec, resources
from exporter.model.resources import (
    TARGET_FIELDS,
    CloudWatchDestination,
    ConfigurationSet,
    DimensionConfiguration,
    DimensionValueSource,
    EventDestination,
    EventType,
    Model,
    OpenEnum,
    ReputationOptions,
    Scope,
    Snapshot,
    SnsDestination,
    SuppressedReason,
    SuppressionOptions,
    Tag,
    TargetKind,
    UnknownField,
    partition_of,
    without_empty,
)
from exporter.model.targets import TARGET_TYPES
from tests.strategies import examples, hostile_models, scopes

TOPIC = SnsDestination(topic_arn="arn")


def destination(name: str = "bounces", **given: Any) -> EventDestination:
    target = {} if set(given) & set(TARGET_FIELDS) else {"sns_destination": TOPIC}
    values = {"name": name, "enabled": True, "matching_event_types": (), **target, **given}
    return EventDestination(**values)


def named(name: str, **given: Any) -> ConfigurationSet:
    return ConfigurationSet(configuration_set_name=name, **given)


# SES's own model, as botocore has it
# ------------------------------------------------------------------


@pytest.fixture(scope="module")
def sesv2() -> Any:
    return botocore.session.get_session().get_service_model("sesv2")


class Comparison:
    """The models against the shapes that SES answers, in all that is below.

    Attributes:
        new: What SES has and the models do not know. AWS adds to it at any time, and the models
            keep it as it is: it is told, and fails nobody's tests.
        wrong: What the models have otherwise.
    """

    def __init__(self) -> None:
        self.new: list[str] = []
        self.wrong: list[str] = []

    def compare(self, shape: Shape, hint: Any, where: str) -> None:
        if get_origin(hint) is UnionType:
            hint = next(each for each in get_args(hint) if each is not NoneType)
        if isinstance(shape, ListShape):
            assert get_origin(hint) is tuple, where
            self.compare(shape.member, get_args(hint)[0], f"{where}[]")
        elif isinstance(shape, StructureShape):
            assert issubclass(hint, Model), where
            self._members(shape, hint, where)
        elif isinstance(shape, StringShape) and shape.enum:
            assert issubclass(hint, OpenEnum), where
            self._names({*shape.enum}, {str(member) for member in hint}, f"{where}=")
        else:
            kinds = {"string": str, "boolean": bool, "integer": int, "long": int, "timestamp": str}
            assert hint is kinds[shape.type_name], where

    def _members(self, shape: StructureShape, model: type[Model], where: str) -> None:
        hints = get_type_hints(model)
        known = {info.encode_name: info for info in codec.fields_of(model)}
        self._names({*shape.members}, {*known}, f"{where}.")
        for name, info in known.items():
            if name in shape.members:
                self.compare(shape.members[name], hints[info.name], f"{where}.{name}")
            # What SES may leave out must not make a set unreadable.
            if info.required and name not in shape.required_members:
                self.wrong.append(f"{where}.{name} is required")

    def _names(self, theirs: set[str], ours: set[str], where: str) -> None:
        self.new += [f"{where}{name}" for name in sorted(theirs - ours)]
        self.wrong += [f"{where}{name} is not there" for name in sorted(ours - theirs)]


def compared(sesv2: Any) -> Comparison:
    found = Comparison()
    destinations = sesv2.operation_model("GetConfigurationSetEventDestinations").output_shape
    assert set(destinations.members) == {"EventDestinations"}
    options = sesv2.operation_model("GetConfigurationSet").output_shape
    members = {**options.members, **destinations.members}
    hints = get_type_hints(ConfigurationSet)
    known = {info.encode_name: info.name for info in codec.fields_of(ConfigurationSet)}
    found._names(set(members), set(known) - {"OptionsKnown"}, "")
    for name in sorted(set(members) & set(known)):
        found.compare(members[name], hints[known[name]], name)
    return found


OLDEST_BOTOCORE = (1, 44, 8)
"""The one whose model these models follow."""


class NewInBotocoreWarning(UserWarning):
    """Names what AWS has added; listed at the end of a run, and no fault."""


@pytest.mark.filterwarnings("default::tests.unit.test_models.NewInBotocoreWarning")
def test_the_models_are_those_of_the_api(sesv2: Any) -> None:
    found = compared(sesv2)
    version = tuple(int(part) for part in botocore.__version__.split(".")[:3])
    if version >= OLDEST_BOTOCORE:
        assert found.wrong == []
    if found.new:
        said = f"new in botocore {botocore.__version__}: {', '.join(found.new)}"
        warnings.warn(said, NewInBotocoreWarning, stacklevel=1)


def test_what_is_new_in_the_api_is_told_and_nothing_more(sesv2: Any) -> None:
    before = compared(sesv2).new
    shape = sesv2.shape_for("DeliveryOptions")
    shape.members["SomethingNew"] = shape.members["TlsPolicy"]
    sesv2.shape_for("TlsPolicy").metadata["enum"].append("STRICT")
    try:
        found = compared(sesv2)
    finally:
        sesv2.shape_for("TlsPolicy").metadata["enum"].remove("STRICT")
    assert found.wrong == []
    # Each shape is built for its own member, so that only the value is seen by all.
    assert [name for name in found.new if name not in before] == [
        "DeliveryOptions.TlsPolicy=STRICT"
    ]


@pytest.mark.parametrize(
    "hint",
    [
        value
        for value in vars(resources).values()
        if isinstance(value, type) and issubclass(value, OpenEnum) and list(value)
    ],
)
def test_a_value_that_is_new_is_one_all_the_same(hint: type[OpenEnum]) -> None:
    new = hint("SOMETHING_NEW")
    assert (new, str(new), new.is_known) == ("SOMETHING_NEW", "SOMETHING_NEW", False)
    assert new == hint("SOMETHING_NEW")
    assert hash(new) == hash(hint("SOMETHING_NEW"))
    assert pickle.loads(pickle.dumps(new)) == new
    assert new not in list(hint)
    assert all(each.is_known for each in hint)
    with pytest.raises(ValueError, match="3 is not a valid"):
        hint(3)  # type: ignore[arg-type]


def test_every_kind_of_target_has_its_field() -> None:
    assert list(TARGET_TYPES) == list(TargetKind)
    hints = get_type_hints(EventDestination)
    for kind, row in TARGET_TYPES.items():
        (target,) = (each for each in get_args(hints[row.field]) if each is not NoneType)
        assert target is row.model
        assert target.kind is kind
        assert set(row.arns) == {name for name in target.__struct_fields__ if name.endswith("arn")}
    assert set(TARGET_FIELDS) == {row.field for row in TARGET_TYPES.values()}


def test_regions_are_in_the_partitions_of_botocore() -> None:
    session = botocore.session.get_session()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("sesv2", partition):
            assert partition_of(region) == partition == session.get_partition_for_region(region)


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_the_partition_of_a_region(region: str, partition: str) -> None:
    assert partition_of(region) == partition


# Canonical order
# -----------------------------------------------------------------------------------


def test_what_ses_gives_no_order_is_sorted() -> None:
    types = (EventType.SEND, EventType.BOUNCE, EventType.SEND)
    assert destination(matching_event_types=types).matching_event_types == (
        EventType.BOUNCE,
        EventType.SEND,
    )
    found = named(
        "a",
        tags=(Tag(key="b", value="1"), Tag(key="B", value="2"), Tag(key="a", value="3")),
        event_destinations=(destination("b"), destination("a")),
    )
    assert [tag.key for tag in found.tags] == ["B", "a", "b"]
    assert [one.name for one in found.event_destinations] == ["a", "b"]
    scope = Scope(
        partition="aws", region="eu-west-1", configuration_sets=(named("b"), named("B"), named("a"))
    )
    assert [one.name for one in scope.configuration_sets] == ["B", "a", "b"]
    regions = ("eu-west-1", "eu-central-1")
    places = (*((None, region) for region in regions), ("123456789012", "eu-west-1"))
    unordered = tuple(
        Scope(account_id=account, partition="aws", region=region) for account, region in places
    )
    snapshot = Snapshot(format_version=1, scopes=unordered[::-1])
    assert [(one.account_id, one.region) for one in snapshot.scopes] == [
        (None, "eu-central-1"),
        (None, "eu-west-1"),
        ("123456789012", "eu-west-1"),
    ]


def test_what_terraform_compares_as_a_list_keeps_its_order() -> None:
    reasons = (SuppressedReason.COMPLAINT, SuppressedReason.BOUNCE)
    assert SuppressionOptions(suppressed_reasons=reasons).suppressed_reasons == reasons
    dimensions = tuple(
        DimensionConfiguration(
            dimension_name=name,
            dimension_value_source=DimensionValueSource.LINK_TAG,
            default_dimension_value="x",
        )
        for name in ("b", "a", "b")
    )
    target = CloudWatchDestination(dimension_configurations=dimensions)
    assert target.dimension_configurations == dimensions


@examples(40)
@given(scopes())
def test_every_value_is_frozen_and_hashable(scope: Scope) -> None:
    assert hash(scope) == hash(msgspec.structs.replace(scope))
    for configuration_set, one in scope.destinations:
        for model in (scope, configuration_set, one):
            with pytest.raises(AttributeError):
                model.unknown_fields = ()  # type: ignore[misc]


# What says nothing
# --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", resources.OPTION_FIELDS)
def test_an_empty_option_is_kept_and_says_nothing(field: str) -> None:
    (empty,) = (
        each for each in get_args(get_type_hints(ConfigurationSet)[field]) if each is not NoneType
    )
    found = named("a", **{field: empty()})
    assert found != named("a")
    assert codec.decode(codec.encode(found), ConfigurationSet) == found
    assert without_empty(found) == named("a")
    kept = named("a", **{field: empty(unknown_fields=(UnknownField("New", "1"),))})
    assert without_empty(kept) == kept


def test_an_option_of_empty_parts_says_nothing() -> None:
    empty = resources.VdmOptions(
        dashboard_options=resources.DashboardOptions(), guardian_options=resources.GuardianOptions()
    )
    assert without_empty(named("a", vdm_options=empty)) == named("a")
    unsigned = resources.MessageSecurityOptions(signing_scheme=resources.SigningScheme())
    assert without_empty(named("a", message_security_options=unsigned)) == named("a")


def test_to_suppress_nothing_is_a_setting() -> None:
    nothing = SuppressionOptions(suppressed_reasons=())
    found = named("a", suppression_options=nothing)
    assert without_empty(found) == found
    assert nothing != SuppressionOptions()


@pytest.mark.parametrize(
    "scheme",
    [
        resources.SigningScheme(default_scheme=resources.DefaultSigningScheme()),
        resources.SigningScheme(smime_scheme=resources.SmimeSigningScheme()),
    ],
)
def test_the_choice_of_a_scheme_is_a_setting(scheme: resources.SigningScheme) -> None:
    options = resources.MessageSecurityOptions(signing_scheme=scheme)
    found = named("a", message_security_options=options)
    assert without_empty(found) == found


# Exactly one target
# -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sns_destination": None}, "none"),
        (
            {
                "sns_destination": TOPIC,
                "event_bridge_destination": resources.EventBridgeDestination(event_bus_arn="arn"),
            },
            "sns_destination and event_bridge_destination",
        ),
        (
            {"sns_destination": TOPIC, "unknown_fields": (UnknownField("LogsDestination", "1"),)},
            "sns_destination and LogsDestination",
        ),
    ],
)
def test_any_other_number_of_targets_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"exactly one target, but this one has {said}$"):
        destination(**given)


def test_a_target_of_an_unknown_kind_counts() -> None:
    new = UnknownField("LogsDestination", '{"LogGroup":"x"}')
    found = destination(sns_destination=None, unknown_fields=(new, UnknownField("Note", "1")))
    assert found.target is None
    assert found.unknown_targets == (new,)


@examples(60)
@given(hostile_models(EventDestination))
def test_the_target_is_the_one_that_is_there(found: EventDestination) -> None:
    there = [getattr(found, field) for field in TARGET_FIELDS]
    assert [target for target in there if target is not None] == [found.target][
        : not found.unknown_targets
    ]
    if found.target is not None:
        field = TARGET_TYPES[found.target.kind].field
        assert getattr(found, field) is found.target
        arns = [value for value in msgspec.structs.astuple(found.target) if isinstance(value, str)]
        assert found.target.arn in (*arns, None)
        assert (found.target.arn is None) == (arns == [])


# Names that stand once
# ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: named("a", tags=(Tag(key="k", value="1"), Tag(key="k", value="1"))),
            r"Tags\[1\] repeats Tags\[0\]: both are 'k'",
        ),
        (
            lambda: named("a", event_destinations=(destination("x"), destination("x"))),
            r"EventDestinations\[1\] repeats EventDestinations\[0\]: both are 'x'",
        ),
        (
            lambda: Scope(
                partition="aws",
                region="eu-west-1",
                configuration_sets=(named("b"), named("a"), named("b")),
            ),
            r"ConfigurationSets\[2\] repeats ConfigurationSets\[0\]: both are 'b'",
        ),
        (
            lambda: Snapshot(
                format_version=1,
                scopes=(
                    Scope(account_id="123456789012", partition="aws", region="eu-west-1"),
                    # An account is in one partition.
                    Scope(account_id="123456789012", partition="aws-cn", region="eu-west-1"),
                ),
            ),
            r"Scopes\[1\] repeats Scopes\[0\]: both are '123456789012 eu-west-1'",
        ),
    ],
)
def test_what_stands_twice_is_refused(build: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_names_that_differ_in_case_are_two() -> None:
    sets = (named("orders"), named("Orders"))
    scope = Scope(partition="aws", region="eu-west-1", configuration_sets=sets)
    assert len(scope.configuration_sets) == 2


# Times
# -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "1970-01-01T00:00:00+00:00"),
        (1735689600, "2025-01-01T00:00:00+00:00"),
        (1735689600.5, "2025-01-01T00:00:00.500000+00:00"),
        ("2025-01-01T01:00:00+01:00", "2025-01-01T00:00:00+00:00"),
        ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00+00:00"),
        ("2025-01-01T00:00:00.123000+00:00", "2025-01-01T00:00:00.123000+00:00"),
        ("2025-01-01 00:00:00", "2025-01-01T00:00:00+00:00"),
        ("2025-01-01", "2025-01-01T00:00:00+00:00"),
    ],
)
def test_a_time_has_one_spelling(value: str | float, expected: str) -> None:
    assert ReputationOptions(last_fresh_start=value).last_fresh_start == expected
    assert ReputationOptions(last_fresh_start=expected).last_fresh_start == expected


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system has no zone to set")
def test_a_time_without_a_zone_is_not_one_of_this_machine() -> None:
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TZ", "America/New_York")
            time.tzset()
            found = ReputationOptions(last_fresh_start="2025-01-01T00:00:00")
    finally:
        time.tzset()
    assert found.last_fresh_start == "2025-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "value",
    ["", "yesterday", "2025-13-01", "9999-12-31T23:59:59-01:00", 1e300, float("nan"), float("inf")],
)
def test_what_is_no_time_is_refused(value: str | float) -> None:
    with pytest.raises(ValueError, match="not a time: "):
        ReputationOptions(last_fresh_start=value)


@examples(100)
@given(st.one_of(st.datetimes(), st.datetimes(timezones=st.timezones())))
def test_every_spelling_of_a_moment_is_the_same(moment: Any) -> None:
    try:
        found = ReputationOptions(last_fresh_start=moment.isoformat())
    except ValueError:
        assert moment.year in (1, 9999)  # where another zone's year is none
        return
    assert ReputationOptions(last_fresh_start=found.last_fresh_start) == found


# Small things
# -------------------------------------------------------------------------------------


def test_a_set_knows_the_stack_that_owns_it() -> None:
    name = Tag(key="aws:cloudformation:stack-name", value="mail")
    stack = Tag(key="aws:cloudformation:stack-id", value="arn:aws:cloudformation:x")
    assert named("a").owning_stack is None
    assert named("a", tags=(stack,)).owning_stack == "arn:aws:cloudformation:x"
    assert named("a", tags=(stack, name)).owning_stack == "mail"
    assert named("a", tags=(Tag(key="team", value="x"),)).owning_stack is None


@pytest.mark.parametrize(
    ("key", "expected"), [("aws:x", True), ("aws", False), ("AWS:x", False), ("my:aws:x", False)]
)
def test_tags_of_aws_are_told_by_their_key(key: str, expected: bool) -> None:
    assert Tag(key=key, value="").is_system == expected


def test_a_scope_in_words() -> None:
    scope = Scope(account_id="123456789012", partition="aws", region="eu-west-1")
    assert scope.title == "account 123456789012, region eu-west-1"
    assert Scope(partition="aws", region="eu-west-1").title == "unknown account, region eu-west-1"


@examples(40)
@given(scopes())
def test_the_destinations_of_a_scope_come_in_order(scope: Scope) -> None:
    pairs = [(found.name, one.name) for found, one in scope.destinations]
    assert pairs == sorted(pairs)
    assert len(pairs) == sum(len(found.event_destinations) for found in scope.configuration_sets)
