"""Names in code for targets: after the target, unique, the same in every export."""

from collections.abc import Iterable, Mapping

from exporter.formats.labels import Style, assign, words
from exporter.model.arns import TargetArn, parse
from exporter.model.identities import Identity
from exporter.model.resources import Scope


def label_targets(
    found: Iterable[TargetArn],
    scope: Scope,
    style: Style,
    ending: str = "",
    taken: Mapping[Identity, str] | None = None,
) -> dict[TargetArn, str]:
    """A name for each target: its own, what it is, and where, if not in the scope itself.

    Every name ends with ``ending``; ``taken`` are names of other things in the same namespace.
    """
    wanted = {target: _identity(target, scope, ending) for target in found}
    labels = assign(wanted.values(), style, taken or {})
    return {target: labels[identity] for target, identity in wanted.items()}


def bare_name(target: TargetArn) -> str:
    """The target's own name, without a path; the ARN where it has none."""
    arn = parse(target)
    return arn.name.rsplit("/", 1)[-1] if arn else target.arn


def description(target: TargetArn) -> str:
    """What a variable or parameter is for, in plain letters."""
    name = bare_name(target) if parse(target) else "that SES named"
    return f"ARN of the {target.type.title} {name}"


def _identity(target: TargetArn, scope: Scope, ending: str) -> Identity:
    arn = parse(target)
    if arn is None:
        return Identity(target.arn, f"{target.type.noun} {ending}")
    noun = target.type.noun
    own = [word.lower() for word in words(arn.name)]
    if own[-len(noun.split()) :] == noun.split():
        # A topic named mail-topic is no mail_topic_topic.
        noun = ""
    places = [
        place
        for place, here in ((arn.account, scope.account_id), (arn.region, scope.region))
        if place and here and place != here
    ]
    # The space keeps it apart from every name that SES allows.
    return Identity(arn.name, " ".join([noun, *places, ending, ""]))
