"""Rules for configuration sets."""

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


def _receiving(set_: ConfigurationSet, event: EventType) -> list[EventDestination]:
    """Return the destinations that receive an event, including those that may be disabled."""
    return [
        d
        for d in set_.event_destinations
        if d.enabled is not False and event in d.matching_event_types
    ]


def _said(events: tuple[EventType, ...] | list[EventType]) -> str:
    return " and ".join(events)


def _empty(set_: ConfigurationSet) -> Iterator[str]:
    if not set_.event_destinations:
        yield "has no event destination: no events are published for its mail"


SET_WITHOUT_DESTINATIONS = SettingsRule(
    id="set-without-destinations",
    severity=Severity.WARNING,
    title="A configuration set has no event destination",
    why="Mail sent with this set publishes no events: a bounce or complaint reaches, at most, "
    "the feedback topics or the mailbox of the sending identity.",
    advice="Add a destination that receives BOUNCE and COMPLAINT, or delete the set if nothing is "
    "sent with it.",
    url="https://docs.aws.amazon.com/ses/latest/dg/monitor-using-event-publishing.html",
    check=each_set(_empty),
)


def _unheard(set_: ConfigurationSet) -> Iterator[str]:
    # The rule above reports sets without destinations.
    unheard = [event for event in _FEEDBACK if not _receiving(set_, event)]
    if set_.event_destinations and unheard:
        yield (
            f"no enabled destination receives {_said(unheard)}; the identity's feedback "
            "topics might, but ses2iac doesn't read them"
        )


FEEDBACK_UNHEARD = SettingsRule(
    id="feedback-unheard",
    severity=Severity.WARNING,
    title="No destination of a set receives bounces or complaints",
    why="If you keep mailing addresses that bounce or complain, you lose reputation, and in "
    "the end SES pauses the account. This set reports neither. The sending identity may: "
    "feedback topics and email feedback forwarding are settings of the identity, not of "
    "the set, and ses2iac does not read them.",
    advice="Publish BOUNCE and COMPLAINT to a target that something reads and acts on; or make "
    "sure that each identity that sends with this set has feedback topics, and ignore this "
    "rule.",
    url="https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications.html",
    check=each_set(_unheard),
)


def _only_counted(set_: ConfigurationSet) -> Iterator[str]:
    counted = [
        event
        for event in _FEEDBACK
        if (receiving := _receiving(set_, event))
        and all(isinstance(d.target, CloudWatchDestination) for d in receiving)
    ]
    if counted:
        yield f"only CloudWatch receives {_said(counted)}, and metrics don't show which address"


FEEDBACK_ONLY_COUNTED = SettingsRule(
    id="feedback-only-counted",
    severity=Severity.INFO,
    title="Bounces or complaints are only counted",
    why="A CloudWatch metric shows how many mails bounced, not whose: you can't use it to "
    "remove addresses from a list.",
    advice="Also publish BOUNCE and COMPLAINT to SNS, Firehose or EventBridge.",
    url="https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html",
    check=each_set(_only_counted),
)


def _without_domain(set_: ConfigurationSet) -> Iterator[str]:
    tracking = set_.tracking_options
    has_domain = tracking is not None and tracking.custom_redirect_domain
    events = [event for event in _ENGAGEMENT if _receiving(set_, event)]
    if set_.options_known and events and not has_domain:
        yield (
            f"publishes {_said(events)} without a custom tracking domain: links and images "
            "in its mail point to an AWS domain"
        )


TRACKING_DOMAIN_MISSING = SettingsRule(
    id="tracking-domain-missing",
    severity=Severity.WARNING,
    title="Opens or clicks are tracked under an AWS domain",
    why="To track OPEN and CLICK, SES rewrites links and adds an image. Without your own "
    "domain, they point to one that all SES customers in the region share: readers see an "
    "unfamiliar name, and filters judge your mail by what others send.",
    advice="Set TrackingOptions.CustomRedirectDomain to a verified domain of yours that points to "
    "SES, with HTTPS; or don't publish OPEN and CLICK.",
    url="https://docs.aws.amazon.com/ses/latest/dg/configure-custom-open-click-domains.html",
    check=each_set(_without_domain),
)


def _near_limit(set_: ConfigurationSet) -> Iterator[str]:
    number = len(set_.event_destinations)
    if number >= _NEAR:
        is_one_free = number == _MOST_DESTINATIONS - 1
        rest = "one more is possible" if is_one_free else "no more are possible"
        yield f"has {number} of at most {_MOST_DESTINATIONS} event destinations: {rest}"


DESTINATIONS_NEAR_LIMIT = SettingsRule(
    id="destinations-near-limit",
    severity=Severity.INFO,
    title="A set has 9 or 10 event destinations, and 10 is the limit",
    why="SES rejects an eleventh destination. That also blocks replacing a destination by "
    "creating the new one first, the only order that loses no event.",
    advice="Merge destinations that share a target, or publish to one EventBridge bus or SNS "
    "topic and distribute from there.",
    url="https://docs.aws.amazon.com/ses/latest/dg/quotas.html",
    check=each_set(_near_limit),
)


def _not_sending(set_: ConfigurationSet) -> Iterator[str]:
    options = set_.sending_options
    if set_.options_known and options is not None and options.sending_enabled is False:
        yield "sending is disabled: SES rejects mail sent with this set"


SENDING_DISABLED = SettingsRule(
    id="sending-disabled",
    severity=Severity.WARNING,
    title="Sending is disabled for a set",
    why="SES rejects all mail sent with this set. Somebody, or a reputation alarm, disabled "
    "it, and code generated from these settings keeps it disabled.",
    advice="Find out why. Enable sending once the cause is fixed, or delete the set.",
    url="https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendingOptions.html",
    check=each_set(_not_sending),
)


def _without_tls(set_: ConfigurationSet) -> Iterator[str]:
    options = set_.delivery_options
    required = options is not None and options.tls_policy is TlsPolicy.REQUIRE
    if set_.options_known and not required:
        yield "TLS is optional: mail to receivers without TLS is sent in plain text"


TLS_OPTIONAL = SettingsRule(
    id="tls-optional",
    severity=Severity.INFO,
    title="Mail may be delivered without TLS",
    why="With OPTIONAL, the default, SES tries TLS and delivers in plain text if the receiver "
    "doesn't offer it. With REQUIRE, SES does not deliver such mail.",
    advice="Set DeliveryOptions.TlsPolicy to REQUIRE for confidential mail, such as codes and "
    "invoices; for a newsletter, OPTIONAL may be right.",
    url="https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_DeliveryOptions.html",
    check=each_set(_without_tls),
)


def _not_suppressing(set_: ConfigurationSet) -> Iterator[str]:
    options = set_.suppression_options
    if set_.options_known and options is not None and options.suppressed_reasons == ():
        yield "suppresses nothing: addresses that bounced or complained get mail again"


SUPPRESSION_OFF = SettingsRule(
    id="suppression-off",
    severity=Severity.WARNING,
    title="A set turns off the account's suppression list",
    why="An empty list of reasons is a setting: mail sent with this set ignores the account's "
    "suppression list, and its bounces are not added to it.",
    advice="Set SuppressionOptions.SuppressedReasons to BOUNCE and COMPLAINT, or remove the "
    "option so that the account's setting applies.",
    url="https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list-config-level.html",
    check=each_set(_not_suppressing),
)
