"""Names in code for SES resources: readable, unique, and stable from one export to the next.

A label comes from the names of the set and the destination, in the format's style. It is bare
unless two resources of one namespace would get the same label: then the resource whose names are
lower-case words joined by hyphens keeps it (a set before a destination), and every other one gets
eight hex digits of the SHA-256 of its identity. Labels of earlier exports are pinned, so that a
new resource never renames an old one.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from exporter.model.identities import Identity


@dataclass(frozen=True)
class Style:
    """How a format names resources.

    Args:
        base: Makes the bare label from an identity's names.
        pattern: What a label must match in full.
        rule: The pattern in words, for messages.
        joint: What separates the label from its hex digits.
        one_namespace: Whether sets and destinations must have different labels.
        reserved: Labels that the format uses itself, in lower case.
    """

    base: Callable[[tuple[str, ...]], str]
    pattern: re.Pattern[str]
    rule: str
    joint: str
    one_namespace: bool
    reserved: frozenset[str]


def snake_case(names: tuple[str, ...]) -> str:
    """``("OrderEvents", "to-sns")`` becomes ``order_events_to_sns``.

    A leading digit gets an underscore.
    """
    label = "_".join(word.lower() for name in names for word in words(name))
    return f"_{label}" if label[:1].isdigit() else label


def pascal_case(names: tuple[str, ...]) -> str:
    """``("OrderEvents", "to-sns")`` becomes ``OrderEventsToSns``."""
    return "".join(word[:1].upper() + word[1:] for name in names for word in words(name))


_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+[a-z]*")


def words(name: str) -> list[str]:
    """Split a name into words; digits belong to the word before them.

    ``2fa-OrdersEU_v2`` becomes 2fa, Orders, EU, v2.
    """
    return _WORD.findall(name)


TERRAFORM = Style(
    base=snake_case,
    pattern=re.compile(r"[A-Za-z_][A-Za-z0-9_-]*"),
    rule="a letter or an underscore, then letters, digits, underscores and hyphens",
    joint="_",
    one_namespace=False,
    reserved=frozenset(),
)

LOGICAL_ID = Style(
    base=pascal_case,
    pattern=re.compile(r"[A-Za-z0-9]{1,255}"),
    rule="1 to 255 letters and digits",
    joint="",
    one_namespace=True,
    # CDK drops a construct id 'Default' from the logical id, and adds the others to its templates.
    reserved=frozenset({"default", "bootstrapversion", "checkbootstrapversion", "cdkmetadata"}),
)

_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 200  # leaves room for the digits below the 255 characters of a logical id

Pins = Mapping[Identity, str]


def assign(
    identities: Iterable[Identity],
    style: Style,
    pins: Pins,
    former: Mapping[Identity, Collection[str]] | None = None,
) -> dict[Identity, str]:
    """Give every identity a label.

    Args:
        identities: The resources to name.
        style: The format's style.
        pins: Labels of earlier exports; those of resources that are gone stay reserved.
        former: Labels that resources had before. No other resource gets one, because state may
            still have the old resource under it.

    Returns:
        The labels, in sorted order of the identities.
    """
    ordered = sorted(set(identities), key=lambda identity: identity.names)
    used: dict[object, set[str]] = defaultdict(set)
    for identity, label in pins.items():
        used[_namespace(identity, style)].add(label.lower())
    former_owners = _former_owners(former or {}, style)
    fresh = [identity for identity in ordered if identity not in pins]
    bare = _bare_labels(fresh, style, used, former_owners)
    # All bare labels are in use before any label gets digits: a name can look like such a label.
    for identity, label in bare.items():
        used[_namespace(identity, style)].add(label.lower())
    labels: dict[Identity, str] = {}
    for identity in ordered:
        label = pins.get(identity) or bare.get(identity, "")
        if not label:
            namespace = _namespace(identity, style)
            reserved = {
                former_label
                for (space, former_label), owners in former_owners.items()
                if space == namespace and owners - {identity}
            }
            label = _with_digits(identity, style, used[namespace] | reserved)
            used[namespace].add(label.lower())
        labels[identity] = label
    return labels


def suggested(
    labels: Pins,
    style: Style,
    pins: Pins,
    former: Mapping[Identity, Collection[str]],
) -> dict[Identity, str]:
    """Return the suggested labels that no other resource has or had.

    Args:
        labels: The suggestions; no two in one namespace are the same.
        style: The format's style.
        pins: Labels of earlier exports; resources keep them.
        former: See ``assign``.
    """
    used = {(_namespace(identity, style), label.lower()) for identity, label in pins.items()}
    former_owners = _former_owners(former, style)
    return {
        identity: label
        for identity, label in labels.items()
        if identity not in pins
        and _fits(label, style)
        and label.lower() not in style.reserved
        and (_namespace(identity, style), label.lower()) not in used
        and not former_owners.get((_namespace(identity, style), label.lower()), set()) - {identity}
    }


def _bare_labels(
    fresh: list[Identity],
    style: Style,
    used: Mapping[object, set[str]],
    former_owners: Mapping[tuple[object, str], set[Identity]],
) -> dict[Identity, str]:
    """Return the bare labels that are free. Labels that differ only in case count as one."""
    rivals: dict[object, list[Identity]] = defaultdict(list)
    for identity in fresh:
        rivals[_namespace(identity, style), style.base(identity.names).lower()].append(identity)
    kept: dict[Identity, str] = {}
    for group in rivals.values():
        keeper = _keeper(group)
        if keeper is None:
            continue
        label = style.base(keeper.names)
        namespace = _namespace(keeper, style)
        was_anothers = bool(former_owners.get((namespace, label.lower()), set()) - {keeper})
        is_free = label.lower() not in used.get(namespace, set()) and not was_anothers
        if is_free and label.lower() not in style.reserved and _fits(label, style):
            kept[keeper] = label
    return kept


def _former_owners(
    former: Mapping[Identity, Collection[str]], style: Style
) -> dict[tuple[object, str], set[Identity]]:
    """Return the resources that had each label, by namespace and label in lower case."""
    owners: dict[tuple[object, str], set[Identity]] = defaultdict(set)
    for identity, labels in former.items():
        for label in labels:
            owners[_namespace(identity, style), label.lower()].add(identity)
    return owners


def _keeper(group: list[Identity]) -> Identity | None:
    """Return which of several resources with one bare label keeps it; None if none should."""
    if len(group) == 1:
        return group[0]
    plain = [identity for identity in group if all(map(_KEBAB.fullmatch, identity.names))]
    if not plain:
        return None
    fewest = min(len(identity.names) for identity in plain)
    first = [identity for identity in plain if len(identity.names) == fewest]
    return first[0] if len(first) == 1 else None


def _with_digits(identity: Identity, style: Style, used: set[str]) -> str:
    kind = ("configuration", "set") if len(identity.names) == 1 else ("event", "destination")
    base = style.base(identity.names)[:_LONGEST] or style.base(kind)
    digest = hashlib.sha256(identity.import_id.encode("utf-8", "surrogatepass")).hexdigest()
    # Eight digits are enough unless a name was made to look like another one's label.
    candidates = (f"{base}{style.joint}{digest[:length]}" for length in range(8, len(digest) + 1))
    return next(label for label in candidates if label.lower() not in used)


def _namespace(identity: Identity, style: Style) -> object:
    return None if style.one_namespace else len(identity.names)


def _fits(label: str, style: Style) -> bool:
    return len(label) <= _LONGEST and style.pattern.fullmatch(label) is not None


def clashes(labels: Mapping[Identity, str], style: Style) -> list[tuple[str, list[Identity]]]:
    """Return the labels that several identities of a namespace have, in the last one's spelling."""
    owners: dict[object, list[Identity]] = defaultdict(list)
    for identity, label in labels.items():
        owners[_namespace(identity, style), label.lower()].append(identity)
    shared = {labels[group[-1]]: group for group in owners.values() if len(group) > 1}
    return sorted(shared.items())
