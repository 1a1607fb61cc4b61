"""Hypothesis strategies for everything that the models can hold, made from the models themselves.

``aws_scopes`` gives what an account could hold, ``hostile_scopes`` whatever fits the types. Both
walk the fields of the models, so a new field is generated without a line here; where an account
could not hold just any text, ``_AWS_TEXTS`` must say what it could, or the strategy fails.
"""

import os
import string
from collections.abc import Callable, Container, Mapping
from types import NoneType, UnionType
from typing import (
    Any,
    Final,
    Generic,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from msgspec.structs import FieldInfo, fields

from exporter.model import resources
from exporter.model.resources import (
    TARGET_FIELDS,
    UNKNOWN_FIELDS_KEY,
    ConfigurationSet,
    DimensionConfiguration,
    EventDestination,
    EventType,
    Model,
    OpenEnum,
    ReputationOptions,
    Scope,
    Snapshot,
    SuppressionOptions,
    Tag,
    UnknownField,
)
from exporter.model.targets import TARGET_TYPES

_WANTED = os.environ.get("SES2IAC_HYPOTHESIS_EXAMPLES")
"""How many examples of everything; each run then looks at other ones, else every run is alike."""
_TENTH = bool(os.environ.get("SES2IAC_FEW_EXAMPLES"))
"""Whether a tenth of the examples is enough: what differs is the Python, or a library."""

settings.register_profile(
    "ses2iac",
    derandomize=_WANTED is None,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("ses2iac")


def examples(count: int) -> settings:
    """Look at ``count`` examples, or at as many as the environment asks for."""
    if _TENTH:
        count = max(count // 10, 5)
    return settings(max_examples=int(_WANTED) if _WANTED else count)


M = TypeVar("M", bound=Model)
T = TypeVar("T")
Field = tuple[type[Model], str]

ACCOUNT: Final = "123456789012"

# Names
# --------------------------------------------------------------------------------------------

CLASHING_NAMES: Final = (
    *("a-b", "a_b", "A-b", "a--b", "ab", "AB", "aB", "a", "A", "a-b-c", "a-b_c", "b-c", "c"),
    # Not bare names everywhere: numbers, words of YAML, HCL and Python, ids that CDK keeps.
    *("1", "007", "1e3", "0x1f", "2fa-codes", "12_34", "2024-01-01"),
    *("yes", "No", "on", "OFF", "y", "N", "true", "False", "null", "Null", "NULL"),
    *("class", "import", "None", "self", "for", "if", "default", "Default", "CdkMetadata"),
    *("bootstrap-version", "CheckBootstrapVersion", "_", "-", "__", "--", "_a", "-a", "a_", "a-"),
    *("a" * 64, "A" * 64, "a-" * 32, "1" * 64, "a1" * 32, "_" * 64),
)


_WORD: Final = string.ascii_letters + string.digits + "_-"


def _chars(alphabet: str, most: int) -> SearchStrategy[str]:
    return st.text(alphabet, min_size=1, max_size=most)


_AWS_NAMES: Final = st.one_of(
    st.sampled_from(CLASHING_NAMES),
    _chars("abAB01_-", 4),
    _chars(_WORD, 64),
)


@st.composite
def aws_names(draw: st.DrawFn) -> str:
    """Names that SES accepts, many of them alike or words of a language."""
    return draw(_AWS_NAMES)


NASTY: Final = (
    *('"', "'", "\\", "`", "\n", "\r", "\r\n", "\t", "\0", "\x07", "\x1b[31m", "\x7f", " ", "  "),
    # Line ends of one language or another, marks that nobody sees, text that turns around.
    *("\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028", "\u2029", "\ufeff", "\u200b", "\xad"),
    *("\u202e", "\u2066", "\u200f", "\u061c", "\ufffe", "\uffff", "\U0010ffff", "\ufdd0", "\ue000"),
    # HCL, YAML, CloudFormation, CDK, Jinja, Python.
    *("${", "$${", "$$${", "%{", "%%{", "$", "%", "{", "}", '${"a"}', "${var.x}", "%{ if true }"),
    *("!Ref", "!Sub x", "&a", "*a", "<<", "yes", "Null", "0123", "1e3", "~", ".inf", "- ", ": "),
    *(" #", "# ", "|", ">", "@", "=", "?", "{{ x }}", "{% raw %}", "{{resolve:ssm:x}}", "*/", "//"),
    *("${Token[x.1]}", "#{Token[x.1]}", "${AWS::Region}", '"""', "'''", "\\N{DASH}", "\\u0041"),
    *("\\x41", "{0}", "%s", "EOF", "/*", "# fmt: off", "# type: ignore", "coding: latin-1"),
    # Normal forms, wide and zero-width characters, ones that need a surrogate pair elsewhere.
    *("é", "e\u0301", "\u0301", "\u212b", "Å", "ﬁ", "Ａ", "日本", "한", "\u1112\u1161", "🙂"),
    *("👩\u200d👩\u200d👧", "🇩🇪", "न\u093c", "İ", "ß", "ǅ"),
)


# A character for each piece: text is one draw for Hypothesis, a list of pieces many.
_PIECES: Final = {chr(0x4E00 + number): piece for number, piece in enumerate((*"ab Z09_-", *NASTY))}
_JOINED: Final = st.text("".join(_PIECES), max_size=6).map(
    lambda codes: "".join(_PIECES[code] for code in codes)
)
_ANY: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_LONG: Final = st.builds(lambda piece, times: piece * times, _JOINED, st.integers(50, 400))
_HOSTILE_TEXT: Final = st.one_of(_JOINED, _JOINED, _JOINED, _ANY, _LONG)


@st.composite
def hostile_text(draw: st.DrawFn) -> str:
    """Any text that JSON can carry, dense in what a language could take for its own.

    Lone surrogates are not among it: no JSON parser gives them.
    """
    return draw(_HOSTILE_TEXT)


def hostile_names() -> SearchStrategy[str]:
    """Names that the models accept; half of them pass every format, so that the rest is seen."""
    return st.one_of(aws_names(), hostile_text().filter(bool))


# Texts of fields
# ----------------------------------------------------------------------------------


def _arn(
    service: str, resource: SearchStrategy[str], region: str = "eu-west-1"
) -> SearchStrategy[str]:
    return resource.map(lambda name: f"arn:aws:{service}:{region}:{ACCOUNT}:{name}")


_TAG_TEXT = st.text(
    st.one_of(
        st.characters(categories=["Lu", "Ll", "Lt", "Lm", "Lo", "Zs", "Nd", "Nl", "No"]),
        st.sampled_from("abc ABC 019 _.:/=+-@"),
    ),
    max_size=12,
)
_TIMES = st.one_of(
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.integers(0, 4_000_000_000),
    st.floats(0, 4e9),
)

_AWS_TEXTS: Mapping[Field, SearchStrategy[Any]] = {
    **{
        (row.model, name): _arn(
            each.service,
            _chars(_WORD, 40).map((each.prefix + "{}").format),
            region="eu-west-1" if each.is_regional else "",
        )
        for row in TARGET_TYPES.values()
        for name, each in row.arns.items()
    },
    (ConfigurationSet, "configuration_set_name"): aws_names(),
    (EventDestination, "name"): aws_names(),
    (resources.KinesisFirehoseDestination, "delivery_stream_arn"): _arn(
        "firehose", _chars(_WORD + ".", 30).map("deliverystream/{}".format)
    ),
    (resources.KinesisFirehoseDestination, "iam_role_arn"): _arn(
        "iam", _chars(_WORD + "+=,.@/", 30).map("role/{}".format), region=""
    ),
    (resources.EventBridgeDestination, "event_bus_arn"): _arn(
        "events", st.just("event-bus/default")
    ),
    (resources.PinpointDestination, "application_arn"): _arn(
        "mobiletargeting", st.uuids().map(lambda uuid: f"apps/{uuid.hex}")
    ),
    (DimensionConfiguration, "dimension_name"): _chars(_WORD + ":", 20),
    (DimensionConfiguration, "default_dimension_value"): _chars(_WORD + "@.", 20),
    (resources.TrackingOptions, "custom_redirect_domain"): _chars(
        string.ascii_lowercase + string.digits, 9
    ).map("links.{}.example".format),
    (resources.DeliveryOptions, "sending_pool_name"): _chars(string.ascii_lowercase + "019_-", 64),
    (resources.DeliveryOptions, "max_delivery_seconds"): st.integers(300, 50400),
    (resources.ArchivingOptions, "archive_arn"): _arn(
        "ses", _chars(string.ascii_lowercase, 25).map("mailmanager-archive/a-{}".format)
    ),
    (ReputationOptions, "last_fresh_start"): _TIMES,
    (Tag, "key"): st.one_of(
        _TAG_TEXT.filter(lambda key: key and not key.lower().startswith("aws:")),
        st.sampled_from(("team", "Team", "for", "null", "cost:centre", "0", "1st", "ÅÄÖ", "日本")),
    ),
    (Tag, "value"): _TAG_TEXT,
}

_HOSTILE_TEXTS: Mapping[Field, SearchStrategy[Any]] = {
    (ConfigurationSet, "configuration_set_name"): hostile_names(),
    (EventDestination, "name"): hostile_names(),
    (ReputationOptions, "last_fresh_start"): _TIMES,
    (resources.SnsDestination, "topic_arn"): st.one_of(
        hostile_text(), _arn("sns", hostile_text().filter(bool))
    ),
    (resources.EventBridgeDestination, "event_bus_arn"): st.one_of(
        hostile_text(), _arn("events", hostile_text().map("event-bus/{}".format))
    ),
    (DimensionConfiguration, "dimension_name"): hostile_names(),
    (DimensionConfiguration, "default_dimension_value"): hostile_names(),
    (Tag, "key"): st.one_of(hostile_text(), st.sampled_from(("aws:cloudformation:stack-name",))),
}

ODD_REGIONS: Final = ("cn-north-1", "x" * 62 + "-1")
"""One without the CloudFormation types, and the longest that the models take."""


# Unknown fields
# -------------------------------------------------------------------------------------


_SCALARS: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    hostile_text(),
)
_JSON: Final = st.one_of(
    _SCALARS,
    st.lists(_SCALARS, max_size=2),
    st.dictionaries(
        hostile_text(), st.one_of(_SCALARS, st.lists(_SCALARS, max_size=2)), max_size=2
    ),
)


@st.composite
def json_values(draw: st.DrawFn) -> object:
    """JSON values of all kinds, nested ones too."""
    return draw(_JSON)


@st.composite
def unknown_fields(draw: st.DrawFn, model: type[Model]) -> tuple[UnknownField, ...]:
    """Fields that ``model`` does not know, as the wire folds them; one model in eight has some."""
    if draw(st.integers(0, 7)) < 7:
        return ()
    known = {info.encode_name for info in fields(model)} - {UNKNOWN_FIELDS_KEY}
    names = draw(st.lists(_UNKNOWN_NAMES, min_size=1, max_size=2, unique=True))
    # A null is an absent field. A name that ends in "Destination" would be a target.
    return _folded(
        {
            name: draw(json_values().filter(lambda value: value is not None))
            for name in names
            if name not in known and not name.endswith("Destination")
        }
    )


_UNKNOWN_NAMES: Final = st.one_of(
    st.sampled_from(("NewOption", "Note", "newOption", "")), hostile_text()
)


def _folded(values: Mapping[str, object]) -> tuple[UnknownField, ...]:
    return tuple(
        UnknownField(name, msgspec.json.encode(value, order="deterministic").decode())
        for name, value in sorted(values.items())
    )


# Models
# --------------------------------------------------------------------------------------------


class _Recipe(Generic[M]):
    """What goes into a model.

    As an argument of a composite it keeps Hypothesis from spelling out strategies hundreds of
    kilobytes long, which it warns of.
    """

    def __init__(self, model: type[M], parts: Mapping[str, SearchStrategy[Any]]) -> None:
        self.model = model
        self.parts = parts


@st.composite
def _filled(draw: st.DrawFn, recipe: _Recipe[M]) -> M:
    return recipe.model(**{name: draw(part) for name, part in recipe.parts.items()})


class _Filler:
    """Fills the fields of models: ``texts`` where it says what, else by the field's type."""

    def __init__(self, texts: Mapping[Field, SearchStrategy[Any]], *, hostile: bool) -> None:
        self._texts = texts
        self._hostile = hostile

    def model(
        self, model: type[M], leave: Container[str] = (), **given: SearchStrategy[Any]
    ) -> SearchStrategy[M]:
        """A model with every combination of present and absent fields, those of ``leave`` apart."""
        parts: dict[str, SearchStrategy[Any]] = {}
        hints = get_type_hints(model)
        for info in fields(model):
            if info.name in given:
                parts[info.name] = given[info.name]
            elif info.name in leave:
                continue
            elif info.encode_name == UNKNOWN_FIELDS_KEY:
                # What AWS can hold and nobody knows cannot be made up.
                parts |= {info.name: unknown_fields(model)} if self._hostile else {}
            else:
                parts[info.name] = self._field(model, info, hints[info.name])
        return _filled(_Recipe(model, parts))

    def _field(self, model: type[Model], info: FieldInfo, hint: Any) -> SearchStrategy[Any]:
        own = self._texts.get((model, info.name))
        present = own if own is not None else self._value(model, info, hint)
        return st.one_of(st.none(), present) if NoneType in get_args(hint) else present

    def _value(self, model: type[Model], info: FieldInfo, hint: Any) -> SearchStrategy[Any]:
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is UnionType:
            (inner,) = (argument for argument in arguments if argument is not NoneType)
            return self._value(model, info, inner)
        if origin is tuple:
            return self._many(model, info, arguments[0])
        assert isinstance(hint, type), f"{model.__name__}.{info.name}: {hint}"
        if issubclass(hint, Model):
            return self.model(hint)
        if issubclass(hint, OpenEnum):
            return self._one_of(hint)
        if hint is bool:
            return st.booleans()
        if not self._hostile:
            raise NotImplementedError(
                f"_AWS_TEXTS does not say what {model.__name__}.{info.name} is"
            )
        return {str: hostile_text(), int: st.integers(-(2**31), 2**31 - 1)}[hint]

    def _many(self, model: type[Model], info: FieldInfo, hint: Any) -> SearchStrategy[Any]:
        if hint is Tag:
            return _distinct(self._tag(), lambda tag: tag.key, 4)
        if hint is EventDestination:
            return _distinct(self.destination(), lambda found: found.name, 3)
        if hint is ConfigurationSet:
            return _distinct(self.configuration_set(), lambda found: found.name, 4)
        if hint is EventType:
            # One draw for any subset. SES takes no empty one; other sources might.
            chosen = st.integers(0 if self._hostile else 1, 2 ** len(EventType) - 1)
            known = chosen.map(
                lambda bits: tuple(t for i, t in enumerate(EventType) if bits >> i & 1)
            )
            new = st.builds(lambda types, one: (*types, one), known, self._one_of(EventType))
            return st.one_of(known, known, known, new) if self._hostile else known
        items = self._value(model, info, hint)
        is_set = model is SuppressionOptions and not self._hostile
        return st.lists(items, max_size=3, unique=is_set).map(tuple)

    def _one_of(self, hint: type[OpenEnum]) -> SearchStrategy[OpenEnum]:
        """A value of an enumeration; anywhere but in an account, it may be one that is new."""
        known = st.sampled_from(list(hint))
        texts = st.one_of(st.just("SOMETHING_NEW"), hostile_text().filter(bool))
        new = texts.map(lambda text: hint(text))  # noqa: PLW0108 - Hypothesis enumerates a type
        return st.one_of(known, known, known, new) if self._hostile else known

    def _tag(self) -> SearchStrategy[Tag]:
        of_aws = self.model(Tag, key=st.sampled_from(("aws:cloudformation:stack-name", "aws:x")))
        return st.one_of(self.model(Tag), self.model(Tag), of_aws)

    def destination(self) -> SearchStrategy[EventDestination]:
        """An event destination with exactly one target, of every kind."""
        targets = set(TARGET_FIELDS)
        hints = get_type_hints(EventDestination)
        choices = []
        for field in TARGET_FIELDS:
            (target,) = (hint for hint in get_args(hints[field]) if hint is not NoneType)
            given = {field: self.model(target)}
            choices.append(self.model(EventDestination, targets, **given))
        if self._hostile:
            new = st.builds(
                lambda field, others: tuple(sorted((field, *others))),
                json_values().map(lambda value: _folded({"LogsDestination": value or {}})[0]),
                unknown_fields(EventDestination),
            )
            choices.append(self.model(EventDestination, targets, unknown_fields=new))
        return st.one_of(choices)

    def configuration_set(self) -> SearchStrategy[ConfigurationSet]:
        """A configuration set; one in eight without its options, as a pasted answer has it."""
        unread = {*resources.OPTION_FIELDS, "tags", "unknown_fields"}
        bare = self.model(ConfigurationSet, unread, options_known=st.just(False))
        return st.one_of([self.model(ConfigurationSet, {"options_known"})] * 7 + [bare])

    def scope(self) -> SearchStrategy[Scope]:
        """A scope with any number of sets."""
        regions = ("eu-west-1", "us-gov-west-1", *(self._hostile * ODD_REGIONS))
        # A selection is of a snapshot that somebody limited, and no part of an account.
        return self.model(
            Scope,
            {"selection"},
            account_id=st.sampled_from((ACCOUNT, "000000000000", None)),
            partition=st.just("aws"),
            region=st.sampled_from(regions),
        )


def _distinct(
    items: SearchStrategy[T], key: Callable[[T], object], most: int
) -> SearchStrategy[tuple[T, ...]]:
    found = st.lists(items, max_size=most, unique_by=key)
    return cast(SearchStrategy[tuple[T, ...]], found.map(tuple))


_AWS = _Filler(_AWS_TEXTS, hostile=False)
_HOSTILE = _Filler(_HOSTILE_TEXTS, hostile=True)


def aws_scopes() -> SearchStrategy[Scope]:
    """What AWS could hold in one account and region."""
    return _AWS.scope()


def hostile_scopes() -> SearchStrategy[Scope]:
    """Whatever fits the models, with any text anywhere and unknown fields at every depth."""
    return _HOSTILE.scope()


def scopes() -> SearchStrategy[Scope]:
    """Either."""
    return st.one_of(aws_scopes(), hostile_scopes())


def snapshots(of: SearchStrategy[Scope] | None = None) -> SearchStrategy[Snapshot]:
    """Snapshots of some scopes."""

    def place(scope: Scope) -> tuple[object, ...]:
        return (scope.account_id, scope.region)

    return st.builds(
        Snapshot,
        format_version=st.just(1),
        scopes=_distinct(of or scopes(), place, 2),
        unknown_fields=unknown_fields(Snapshot),
    )


def hostile_models(model: type[M]) -> SearchStrategy[M]:
    """Any instance of a model."""
    if model is EventDestination:
        return cast(SearchStrategy[M], _HOSTILE.destination())
    if model is ConfigurationSet:
        return cast(SearchStrategy[M], _HOSTILE.configuration_set())
    return _HOSTILE.model(model)
