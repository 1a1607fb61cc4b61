"""Names in code for targets: made from the target's name, unique, the same in every export."""

from collections.abc import Iterable, Mapping

from exporter.formats.labels import Style, assign, words
from exporter.model.arns import TargetArn, parse
from exporter.model.identities import Identity
from exporter.model.resources import Scope


def label_targets(
    targets: Iterable[TargetArn],
    scope: Scope,
    style: Style,
    ending: str = "",
    taken: Mapping[Identity, str] | None = None,
) -> dict[TargetArn, str]:
    """Name each target by its name, its type, and its account and region if not the scope's.

    Every name ends with ``ending``; ``taken`` are other names in the same namespace.
    """
    identities = {target: _identity(target, scope, ending) for target in targets}
    labels = assign(identities.values(), style, taken or {})
    return {target: labels[identity] for target, identity in identities.items()}


def bare_name(target: TargetArn) -> str:
    """Return the target's name, without a path; the whole ARN if it has no name."""
    arn = parse(target)
    return arn.name.rsplit("/", 1)[-1] if arn else target.arn


def description(target: TargetArn) -> str:
    """Return the description of a target's variable or parameter."""
    name = bare_name(target) if parse(target) else "that SES named"
    return f"ARN of the {target.type.title} {name}"


def _identity(target: TargetArn, scope: Scope, ending: str) -> Identity:
    arn = parse(target)
    if arn is None:
        return Identity(target.arn, f"{target.type.noun} {ending}")
    noun = target.type.noun
    name_words = [word.lower() for word in words(arn.name)]
    if name_words[-len(noun.split()) :] == noun.split():
        # A topic named mail-topic doesn't become mail_topic_topic.
        noun = ""
    elsewhere = [
        part
        for part, own_part in ((arn.account, scope.account_id), (arn.region, scope.region))
        if part and own_part and part != own_part
    ]
    # SES allows no spaces in names, so this equals no resource's identity.
    return Identity(arn.name, " ".join([noun, *elsewhere, ending, ""]))
