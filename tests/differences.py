"""Differences made by hand, and the reports that are expected of them.

``python -m tests.differences`` writes the expected reports anew; read the diff before
committing it.
"""

import sys
from collections.abc import Callable
from datetime import date

from hypothesis import strategies as st

from exporter.diff.model import (
    ABSENT,
    Accepted,
    Added,
    Change,
    Changed,
    Difference,
    NotCompared,
    NotComparedReason,
    Origin,
    Removed,
    Renamed,
    ScopeDifference,
    ValueChange,
)
from exporter.formats.unresolved import Unresolved
from exporter.model.identities import Identity
from exporter.model.read_result import ReadFailure
from exporter.reports.diff_document import as_json
from exporter.reports.diff_markdown import as_markdown
from exporter.reports.diff_text import as_text
from tests.strategies import NASTY, hostile_text, json_values
from tests.support import ROOT

REPORTS = ROOT / "tests" / "fixtures" / "report"

TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail-events-of-the-shop"
TITLE = "account 123456789012, region eu-west-1"


def dimension(name: str, default: str) -> dict[str, str]:
    return {
        "DimensionName": name,
        "DimensionValueSource": "MESSAGE_TAG",
        "DefaultDimensionValue": default,
    }


def tag(key: str, value: str) -> dict[str, str]:
    return {"Key": key, "Value": value}


_ORDERS = Changed(
    Identity("orders"),
    (
        ValueChange("DeliveryOptions.MaxDeliverySeconds", ABSENT, 300),
        ValueChange("DeliveryOptions.TlsPolicy", "REQUIRE", ABSENT),
        ValueChange("SendingOptions.SendingEnabled", True, False),
        ValueChange("SuppressionOptions.SuppressedReasons", ["BOUNCE"], []),
        ValueChange(
            "Tags",
            [tag("cost", "12"), tag("owner", "ops team"), tag("stage", "live")],
            [tag("cost", "13"), tag("stage", "live"), tag("team", "mail")],
        ),
        ValueChange("Tags[Team Name]", "mail", "post"),
    ),
    "infra/configuration_sets.tf:12",
)
_BOUNCES = Changed(
    Identity("orders", "bounces"),
    (
        ValueChange(
            "MatchingEventTypes",
            ["BOUNCE", "COMPLAINT"],
            ["BOUNCE", "CLICK", "OPEN"],
            Origin.PENDING,
        ),
        ValueChange(
            "SnsDestination.TopicArn", TOPIC, f"{TOPIC}-in-the-new-account", Origin.CONFLICT
        ),
    ),
    "infra/event_destinations.tf:40",
)
_ARCHIVE = Added(
    Identity("orders", "archive"),
    {
        "MatchingEventTypes": ["BOUNCE", "CLICK", "COMPLAINT", "DELIVERY", "OPEN", "SEND"],
        "Enabled": True,
        "KinesisFirehoseDestination": {
            "IamRoleArn": "arn:aws:iam::123456789012:role/ses-to-firehose",
            "DeliveryStreamArn": (
                "arn:aws:firehose:eu-west-1:123456789012:deliverystream/mail-archive"
            ),
        },
    },
    origin=Origin.DRIFT,
)
_METRICS = Changed(
    Identity("newsletter", "metrics"),
    (
        ValueChange(
            "CloudWatchDestination.DimensionConfigurations",
            [dimension("campaign", "none"), dimension("source", "web"), dimension("old", "x")],
            [dimension("source", "app"), dimension("campaign", "none"), dimension("kind", "1")],
            Origin.DRIFT,
        ),
    ),
)
_RETARGETED = Changed(
    Identity("newsletter", "clicks"),
    (
        ValueChange(
            "CloudWatchDestination",
            ABSENT,
            {"DimensionConfigurations": [dimension("campaign", "none")]},
        ),
        ValueChange("NewOption", [{"A": 1}, {"B": [True]}], [{"A": 1}, {"B": [1]}]),
        ValueChange("SnsDestination", {"TopicArn": TOPIC}, ABSENT),
    ),
)

_CHANGES: tuple[Change, ...] = (
    _RETARGETED,
    _METRICS,
    Renamed(Identity("newsletter", "opens"), Identity("newsletter", "opens-v2"), "infra/n.tf:7"),
    Removed(
        Identity("old-shop"),
        {"SendingOptions": {"SendingEnabled": False}, "Tags": {"team": "shop", "a b": ""}},
    ),
    _ORDERS,
    _ARCHIVE,
    _BOUNCES,
)
_ASIDES = (
    NotCompared(
        NotComparedReason.UNKNOWN,
        Identity("newsletter", "metrics"),
        "Enabled",
        True,
        "var.on has no default",
    ),
    NotCompared(
        NotComparedReason.NOT_COMPARABLE,
        Identity("orders"),
        "ArchivingOptions.ArchiveArn",
        "arn:aws:ses:eu-west-1:123456789012:mailmanager-archive/a-1234",
        "the AWS provider has no argument for it",
    ),
    NotCompared(
        NotComparedReason.LEFT_OPEN,
        Identity("orders"),
        "SuppressionOptions.SuppressedReasons",
        ["BOUNCE", "COMPLAINT"],
        "not written in the code, so it may have any value",
    ),
    NotCompared(
        NotComparedReason.LEFT_OPEN,
        Identity("shared"),
        "",
        {"A": 1},
        "its options are not in the code",
    ),
    NotCompared(
        NotComparedReason.UNKNOWN,
        Identity("orders", "bounces"),
        "Note",
        ABSENT,
        "local.note is not known",
    ),
    NotCompared(
        NotComparedReason.UNKNOWN,
        Identity("orders", "clicks"),
        "SnsDestination.TopicArn",
        TOPIC,
        "var.topic has no default",
        "infra/clicks.tf:3 aws_sesv2_configuration_set_event_destination.clicks",
        is_gap=True,
    ),
    NotCompared(
        NotComparedReason.UNKNOWN,
        Identity("audit"),
        "",
        {},
        "it may be one of those whose names are unknown in the code",
        is_gap=True,
    ),
)
_UNRESOLVED = (
    Unresolved(
        "infra/main.tf:9", "module.audit", "it is not installed", "run 'terraform init' in infra"
    ),
    Unresolved(
        "infra/main.tf:30", "module.more", "it is not installed", "run 'terraform init' in infra"
    ),
    Unresolved("infra/more.tf.json", "", "it is JSON, which is not read"),
)
_HIDING = frozenset(_UNRESOLVED[:1])
_ACCEPTED = (
    Accepted(TITLE, "orders/bounces", "Enabled", False, "paused for the move", date(2027, 3, 1)),
    Accepted(TITLE, "module.audit", "not compared", ABSENT, "another team's"),
)

EMPTY = Difference(
    "terraform infra", "live", (ScopeDifference(TITLE, same=12), ScopeDifference("b", same=6))
)
ONE_SAME = Difference("a.json", "b.json", (ScopeDifference("unknown account", same=1),))
ONLY_ASIDES = Difference(
    "terraform infra",
    "live",
    (
        ScopeDifference(
            TITLE, not_compared=_ASIDES, same=14, unresolved=_UNRESOLVED, hiding=_HIDING
        ),
    ),
)
RICH = Difference(
    "terraform infra",
    "live",
    (ScopeDifference(TITLE, _CHANGES, _ASIDES, same=14),),
    notes=("The code names no account: it was compared with the one that the credentials are of.",),
    unread=(
        ReadFailure("billing", "access denied", "allow ses:GetConfigurationSet"),
        ReadFailure("archive", "it was deleted while it was read"),
    ),
    accepted=_ACCEPTED,
    ancestor="snapshot base.json",
)
SEVERAL = Difference(
    "snapshot old.json",
    "snapshot new.json",
    (
        ScopeDifference(TITLE, (_BOUNCES,), _ASIDES[:3], same=2),
        ScopeDifference("account 123456789012, region eu-west-3", same=7),
        ScopeDifference(
            "account 123456789012, region us-east-1",
            (
                Renamed(Identity("shop"), Identity("store")),
                Renamed(Identity("shop", "opens"), Identity("store", "opens")),
            ),
            _ASIDES[2:],
        ),
    ),
)
NASTY_NAMES = Difference(
    "a\x1b[31mb",
    "|`@everyone` #1 <b>",
    (
        ScopeDifference(
            "`\u202e` | <script>",
            (
                Changed(
                    Identity("set | `a` @b #2 <i>", "``` \n# x\n\\|"),
                    (
                        ValueChange("A|B", "true", True),
                        ValueChange("C", "a\nb", "- ```\u2028@me"),
                        ValueChange("D", ["1", 1, "a, b"], [1, "a, b", "\U000e0001"]),
                    ),
                    "in\tfra/<x>.tf:1",
                ),
            ),
            (
                NotCompared(
                    NotComparedReason.UNKNOWN,
                    Identity("```"),
                    "P",
                    "</details>",
                    "```\n</details> @you",
                ),
            ),
            unresolved=(Unresolved("a\nb", "```", "</details> @you", "<!-- `"),),
        ),
    ),
    notes=("see https://example.org/#1 </details>\n```",),
    accepted=(Accepted("", "```\n|", "<b>", "</details>", "@you `\n```", None),),
    unread=(ReadFailure("a\nb", "````", "<!--"),),
)


def many(sets: int, each: int) -> Difference:
    """Each set with so many changed destinations, an aside for each."""
    found = [Identity(f"set-{i:04}", f"dest-{j:03}") for i in range(sets) for j in range(each)]
    return Difference(
        "terraform infra",
        "live",
        (
            ScopeDifference(
                TITLE,
                tuple(Changed(who, (ValueChange("Enabled", True, False),)) for who in found),
                tuple(
                    NotCompared(NotComparedReason.NOT_COMPARABLE, who, "Note", 1, "not held")
                    for who in found
                ),
            ),
        ),
        notes=("one",),
    )


EXPECTED: dict[str, Callable[[], str]] = {
    "rich-80.txt": lambda: as_text(RICH, colour=False, width=80, strict=False),
    "rich-140.txt": lambda: as_text(RICH, colour=False, width=140, strict=False),
    "rich-80-colour.txt": lambda: as_text(RICH, colour=True, width=80, strict=False),
    "several-80.txt": lambda: as_text(SEVERAL, colour=False, width=80, strict=False),
    "only-asides-80-strict.txt": lambda: as_text(ONLY_ASIDES, colour=False, width=80, strict=True),
    "nasty-80.txt": lambda: as_text(NASTY_NAMES, colour=False, width=80, strict=True),
    "many-80.txt": lambda: as_text(many(2, 6), colour=False, width=80, strict=False),
    "rich.md": lambda: as_markdown(RICH),
    "several.md": lambda: as_markdown(SEVERAL),
    "only-asides.md": lambda: as_markdown(ONLY_ASIDES),
    "nasty.md": lambda: as_markdown(NASTY_NAMES),
    "many-cut.md": lambda: as_markdown(many(3, 20), limit=4_000),
    "rich.json": lambda: as_json(RICH, strict=False),
    "several.json": lambda: as_json(SEVERAL, strict=False),
    "only-asides-strict.json": lambda: as_json(ONLY_ASIDES, strict=True),
    "nasty.json": lambda: as_json(NASTY_NAMES, strict=False),
}


def expected(suffix: str) -> list[str]:
    """The names of the expected reports of one kind."""
    return [name for name in EXPECTED if name.endswith(suffix)]


# Any difference
# -------------------------------------------------------------------------------

HOSTILE = (
    *("|", "\\|", "\\\\|", "`", "``", "```", "~~~", "`" * 9, "`" * 90, "`" * 300, " ` ", "\\`"),
    *("<", "</details>", "<b>", "<!--", "-->", "<script>", "<?", "<![CDATA[", "&lt;", "&#60;"),
    *("@everyone", "#123", "GH-1", "a@b.example", "https://x.example/#1", "www.x.example", "#"),
    *("[a](b)", "![a](b)", "[a]: b", "**", "__", "*", "_", "$`x`$", "$$", ":smile:", "deadbeef"),
    *("\n```\n", "\n\n", "\r\n", "\n</details>\n", "\n| a | b | c | d |\n", "\n# h", "- ", "+ "),
    *("|---|---|", "\n|---|---|---|---|\n", "…", " ", "  ", "-> ", ", ", "!", "\\", *NASTY),
)
texts = st.one_of(
    hostile_text(),
    st.lists(st.sampled_from(HOSTILE), max_size=5).map("".join),
    st.sampled_from(HOSTILE).map(lambda piece: piece * 40),
)
values = st.one_of(
    json_values().filter(lambda value: value is not ABSENT),
    texts,
    st.lists(texts, max_size=3),
    st.lists(st.builds(tag, texts, texts), max_size=3),
    st.lists(st.builds(dimension, texts, texts), max_size=3),
    st.dictionaries(texts, texts, max_size=2),
)
paths = st.one_of(
    texts,
    st.sampled_from(
        ("Tags", "MatchingEventTypes", "CloudWatchDestination.DimensionConfigurations")
    ),
)
sets = st.one_of(texts, st.sampled_from(("orders", "shop")))
who = st.builds(Identity, sets, st.one_of(st.none(), texts))
trees = st.dictionaries(paths, values, max_size=3)
value_changes = st.one_of(
    st.builds(ValueChange, paths, values, values),
    st.builds(ValueChange, paths, st.just(ABSENT), values),
    st.builds(ValueChange, paths, values, st.just(ABSENT)),
)


@st.composite
def hostile_changes(draw: st.DrawFn) -> Change:
    """One change of any kind."""
    resource, at = draw(who), draw(texts)
    made: list[Callable[[], Change]] = [
        lambda: Added(resource, draw(trees), at),
        lambda: Removed(resource, draw(trees), at),
        lambda: Renamed(resource, draw(who), at),
        lambda: Changed(resource, tuple(draw(st.lists(value_changes, max_size=3))), at),
    ]
    return made[draw(st.integers(0, 3))]()


@st.composite
def hostile_differences(draw: st.DrawFn) -> Difference:
    """Differences with anything that the types allow."""
    aside = st.builds(
        NotCompared,
        st.sampled_from(NotComparedReason),
        who,
        st.just("") | paths,
        st.just(ABSENT) | values,
        texts,
    )
    scope = st.builds(
        ScopeDifference,
        texts,
        st.lists(hostile_changes(), max_size=4).map(tuple),
        st.lists(aside, max_size=2).map(tuple),
        st.integers(0, 20),
    )
    return Difference(
        draw(texts),
        draw(texts),
        tuple(draw(st.lists(scope, max_size=2))),
        tuple(draw(st.lists(texts, max_size=2))),
        tuple(draw(st.lists(st.builds(ReadFailure, texts, texts, texts), max_size=2))),
    )


def main() -> None:
    """Write every expected report anew."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    for name, made in EXPECTED.items():
        (REPORTS / name).write_bytes(made().encode())
        sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
