"""Rules on configuration sets as a whole."""

from collections.abc import Iterator

from exporter.lint.model import SettingsRule, Severity, each_set
from exporter.model.resources import (
    CloudWatchDestination,
    ConfigurationSet,
    EventDestination,
    EventType,
    TlsPolicy,
)

_FEEDBACK = (EventType.BOUNCE, EventType.COMPLAINT)
_ENGAGEMENT = (EventType.OPEN, EventType.CLICK)
_MOST_DESTINATIONS = 10
_NEAR = 9


def _hearing(found: ConfigurationSet, event: EventType) -> list[EventDestination]:
    """The destinations that are told of an event; one of which nobody knows may be."""
    return [
        d
        for d in found.event_destinations
        if d.enabled is not False and event in d.matching_event_types
    ]


def _said(events: tuple[EventType, ...] | list[EventType]) -> str:
    return " and ".join(events)


def _empty(found: ConfigurationSet) -> Iterator[str]:
    if not found.event_destinations:
        yield "has no event destination: what becomes of its mail is told nowhere"


SET_WITHOUT_DESTINATIONS = SettingsRule(
    id="set-without-destinations",
    severity=Severity.WARNING,
    title="A configuration set has no event destination",
    why="Mail that is sent with the set publishes no event: a bounce or complaint reaches at most "
    "the feedback topics or the mailbox of the identity that it was sent from.",
    advice="Add a destination that hears of BOUNCE and COMPLAINT, or delete the set when nothing "
    "is sent with it.",
    url="https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html",
    check=each_set(_empty),
)


def _unheard(found: ConfigurationSet) -> Iterator[str]:
    # One without any destination is told by the rule above.
    unheard = [event for event in _FEEDBACK if not _hearing(found, event)]
    if found.event_destinations and unheard:
        yield (
            f"no enabled destination hears of {_said(unheard)}; the feedback topics of the "
            "sending identity, which are not read, may"
        )


FEEDBACK_UNHEARD = SettingsRule(
    id="feedback-unheard",
    severity=Severity.WARNING,
    title="No destination of a set hears of bounces or of complaints",
    why="Who goes on mailing addresses that bounce or complain loses reputation, and in the end "
    "SES pauses the account. The set tells nobody. The sending identity may: its own feedback "
    "topics and the forwarding of feedback by mail are settings of the identity, not of the set, "
    "and are not read here.",
    advice="Publish BOUNCE and COMPLAINT to a target that something reads and acts on; or make "
    "sure that each identity that sends with the set has feedback topics, and ignore this rule.",
    url="https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications.html",
    check=each_set(_unheard),
)


def _only_counted(found: ConfigurationSet) -> Iterator[str]:
    counted = [
        event
        for event in _FEEDBACK
        if (hearing := _hearing(found, event))
        and all(isinstance(d.target, CloudWatchDestination) for d in hearing)
    ]
    if counted:
        yield f"only CloudWatch hears of {_said(counted)}, and metrics do not say which address"


FEEDBACK_ONLY_COUNTED = SettingsRule(
    id="feedback-only-counted",
    severity=Severity.INFO,
    title="Bounces or complaints are only counted",
    why="A CloudWatch metric says how many mails bounced and not to whom they went: nobody can "
    "take the addresses off a list by it.",
    advice="Publish BOUNCE and COMPLAINT to SNS, Firehose or EventBridge too.",
    url="https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html",
    check=each_set(_only_counted),
)


def _without_domain(found: ConfigurationSet) -> Iterator[str]:
    tracking = found.tracking_options
    has_domain = tracking is not None and tracking.custom_redirect_domain
    events = [event for event in _ENGAGEMENT if _hearing(found, event)]
    if found.options_known and events and not has_domain:
        yield (
            f"publishes {_said(events)} without a custom tracking domain: links and images "
            "in its mail lead to a domain of AWS's"
        )


TRACKING_DOMAIN_MISSING = SettingsRule(
    id="tracking-domain-missing",
    severity=Severity.WARNING,
    title="Opens or clicks are tracked under a domain of AWS's",
    why="To hear of OPEN and CLICK, SES rewrites links and adds an image. Without a domain of your "
    "own they lead to one that all customers of SES in the region share: readers see a strange "
    "name, and filters judge your mail by what others send.",
    advice="Set TrackingOptions.CustomRedirectDomain to a verified domain of yours that leads to "
    "SES, with HTTPS; or do not publish OPEN and CLICK.",
    url="https://docs.aws.amazon.com/ses/latest/dg/configure-custom-open-click-domains.html",
    check=each_set(_without_domain),
)


def _near_limit(found: ConfigurationSet) -> Iterator[str]:
    there = len(found.event_destinations)
    if there >= _NEAR:
        left = _MOST_DESTINATIONS - there
        rest = "one more is possible" if left == 1 else "no further one is possible"
        yield f"has {there} of {_MOST_DESTINATIONS} event destinations: {rest}"


DESTINATIONS_NEAR_LIMIT = SettingsRule(
    id="destinations-near-limit",
    severity=Severity.INFO,
    title="A set has 9 or 10 of the 10 event destinations that it can have",
    why="SES refuses an eleventh. So does it where a destination is replaced by making the new one "
    "before the old one is deleted, the only order in which no event is lost.",
    advice="Join destinations that have one target, or publish to one EventBridge bus or SNS topic "
    "and distribute from there.",
    url="https://docs.aws.amazon.com/ses/latest/dg/quotas.html",
    check=each_set(_near_limit),
)


def _not_sending(found: ConfigurationSet) -> Iterator[str]:
    options = found.sending_options
    if found.options_known and options is not None and options.sending_enabled is False:
        yield "sending is disabled: SES refuses mail with this set"


SENDING_DISABLED = SettingsRule(
    id="sending-disabled",
    severity=Severity.WARNING,
    title="Sending is disabled for a set",
    why="SES refuses every mail that names the set. Somebody stopped it on purpose, or an alarm on "
    "the reputation did, and code that is made of these settings keeps it so.",
    advice="Find out why. Enable sending when the cause is gone, or delete the set.",
    url="https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendingOptions.html",
    check=each_set(_not_sending),
)


def _without_tls(found: ConfigurationSet) -> Iterator[str]:
    options = found.delivery_options
    required = options is not None and options.tls_policy is TlsPolicy.REQUIRE
    if found.options_known and not required:
        yield "TLS is optional: a mail whose receiver offers none is sent in plain text"


TLS_OPTIONAL = SettingsRule(
    id="tls-optional",
    severity=Severity.INFO,
    title="Mail may be delivered without TLS",
    why="With OPTIONAL, which is what holds where nothing is set, SES tries TLS and delivers in "
    "plain text where the receiver offers none. With REQUIRE such a mail is not delivered.",
    advice="Set DeliveryOptions.TlsPolicy to REQUIRE for mail that nobody else may read, such as "
    "codes and invoices; for a newsletter OPTIONAL may be right.",
    url="https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DeliveryOptions.html",
    check=each_set(_without_tls),
)


def _not_suppressing(found: ConfigurationSet) -> Iterator[str]:
    options = found.suppression_options
    if found.options_known and options is not None and options.suppressed_reasons == ():
        yield "suppresses nothing: addresses that bounced or complained are mailed again"


SUPPRESSION_OFF = SettingsRule(
    id="suppression-off",
    severity=Severity.WARNING,
    title="A set overrides the account's suppression list with none",
    why="An empty list of reasons is a setting: mail that is sent with the set does not heed the "
    "account's suppression list, and what bounces does not land on it.",
    advice="Name BOUNCE and COMPLAINT in SuppressionOptions.SuppressedReasons, or leave the option "
    "out, so that the account's setting holds.",
    url="https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list-config-level.html",
    check=each_set(_not_suppressing),
)
