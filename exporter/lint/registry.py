"""All rules, in the order of the documentation."""

from exporter.lint import destination_rules, set_rules, target_rules
from exporter.lint.model import Rule, SettingsRule, TargetRule

SETTINGS_RULES: tuple[SettingsRule, ...] = (
    set_rules.SET_WITHOUT_DESTINATIONS,
    set_rules.FEEDBACK_UNHEARD,
    set_rules.FEEDBACK_ONLY_COUNTED,
    set_rules.SENDING_DISABLED,
    set_rules.SUPPRESSION_OFF,
    set_rules.TRACKING_DOMAIN_MISSING,
    set_rules.TLS_OPTIONAL,
    set_rules.DESTINATIONS_NEAR_LIMIT,
    destination_rules.DESTINATION_DISABLED,
    destination_rules.PINPOINT_ENDED,
    destination_rules.BUS_NOT_DEFAULT,
    destination_rules.TOPIC_FIFO,
    destination_rules.TARGET_TWICE,
    destination_rules.TARGET_ELSEWHERE,
    destination_rules.DEFAULT_HIDES_MISSING,
)

TARGET_RULES: tuple[TargetRule, ...] = (
    target_rules.TOPIC_MISSING,
    target_rules.TOPIC_POLICY,
    target_rules.TOPIC_KEY,
    target_rules.TOPIC_WITHOUT_SUBSCRIPTION,
    target_rules.STREAM_MISSING,
    target_rules.ROLE_MISSING,
    target_rules.ROLE_TRUST,
    target_rules.BUS_MISSING,
)

RULES: tuple[Rule, ...] = (*SETTINGS_RULES, *TARGET_RULES)
