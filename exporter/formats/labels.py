"""Names in code for what SES holds: readable, unique, and stable from one export to the next.

A label comes from the names of the set and the destination, in the format's own custom. It is bare
unless two resources of one namespace want the same one: then the resource whose names are
lower-case words joined by hyphens keeps it (a set before a destination), and every other one gets
eight hex digits of the SHA-256 of its identity. Labels that were given once are pinned, so that a
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
    """A format's custom for labels.

    Args:
        base: Makes the bare label of an identity's names.
        pattern: What a label must match in full.
        rule: The pattern in words, for messages.
        joint: What stands before the hex digits.
        one_namespace: Whether sets and destinations must differ from each other.
        reserved: Labels that the format keeps for itself, in lower case.
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
    """The words of a name, digits with what they follow.

    ``2fa-OrdersEU_v2`` has 2fa, Orders, EU, v2.
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
    # CDK drops a construct id 'Default' from the logical id and adds the others to its templates
    # itself.
    reserved=frozenset({"default", "bootstrapversion", "checkbootstrapversion", "cdkmetadata"}),
)

_KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 200  # leaves room for the digits below the 255 characters of a logical id

Pins = Mapping[Identity, str]


def assign(
    wanted: Iterable[Identity],
    style: Style,
    pins: Pins,
    former: Mapping[Identity, Collection[str]] | None = None,
) -> dict[Identity, str]:
    """Give every identity its label.

    ``pins`` are labels given earlier; those of identities that are gone stay reserved. ``former``
    are labels that identities bore before: nobody else is given one, since state may still hold its
    bearer under it.

    Returns:
        The labels of ``wanted``, in sorted order of the identities.
    """
    ordered = sorted(set(wanted), key=lambda identity: identity.names)
    taken: dict[object, set[str]] = defaultdict(set)
    for identity, label in pins.items():
        taken[_namespace(identity, style)].add(label.lower())
    bearers = _bearers(former or {}, style)
    fresh = [identity for identity in ordered if identity not in pins]
    bare = _bare_labels(fresh, style, taken, bearers)
    # All bare labels are taken before any label gets digits: a name can look like such a label.
    for identity, label in bare.items():
        taken[_namespace(identity, style)].add(label.lower())
    labels: dict[Identity, str] = {}
    for identity in ordered:
        label = pins.get(identity) or bare.get(identity, "")
        if not label:
            space = _namespace(identity, style)
            others = {
                held for (at, held), who in bearers.items() if at == space and who - {identity}
            }
            label = _with_digits(identity, style, taken[space] | others)
            taken[_namespace(identity, style)].add(label.lower())
        labels[identity] = label
    return labels


def suggested(
    labels: Pins,
    style: Style,
    pins: Pins,
    former: Mapping[Identity, Collection[str]],
) -> dict[Identity, str]:
    """Those of some labels that nobody else has or had.

    Args:
        labels: What is suggested; no two of one namespace are the same.
        style: The format's custom.
        pins: Labels given earlier; who has one keeps it.
        former: See ``assign``.
    """
    taken = {(_namespace(who, style), label.lower()) for who, label in pins.items()}
    bearers = _bearers(former, style)
    return {
        who: label
        for who, label in labels.items()
        if who not in pins
        and _fits(label, style)
        and label.lower() not in style.reserved
        and (_namespace(who, style), label.lower()) not in taken
        and not bearers.get((_namespace(who, style), label.lower()), set()) - {who}
    }


def _bare_labels(
    fresh: list[Identity],
    style: Style,
    taken: Mapping[object, set[str]],
    bearers: Mapping[tuple[object, str], set[Identity]],
) -> dict[Identity, str]:
    """The identities that keep their bare label. Labels that differ only in case count as one."""
    rivals: dict[object, list[Identity]] = defaultdict(list)
    for identity in fresh:
        rivals[_namespace(identity, style), style.base(identity.names).lower()].append(identity)
    kept: dict[Identity, str] = {}
    for group in rivals.values():
        keeper = _keeper(group)
        if keeper is None:
            continue
        label = style.base(keeper.names)
        space = _namespace(keeper, style)
        is_anothers = bool(bearers.get((space, label.lower()), set()) - {keeper})
        free = label.lower() not in taken.get(space, set()) and not is_anothers
        if free and label.lower() not in style.reserved and _fits(label, style):
            kept[keeper] = label
    return kept


def _bearers(
    former: Mapping[Identity, Collection[str]], style: Style
) -> dict[tuple[object, str], set[Identity]]:
    """Who bore each label of a namespace."""
    found: dict[tuple[object, str], set[Identity]] = defaultdict(set)
    for who, labels in former.items():
        for label in labels:
            found[_namespace(who, style), label.lower()].add(who)
    return found


def _keeper(group: list[Identity]) -> Identity | None:
    """Who of those that want one label gets it; None when nobody has the better claim."""
    if len(group) == 1:
        return group[0]
    plain = [identity for identity in group if all(map(_KEBAB.fullmatch, identity.names))]
    if not plain:
        return None
    fewest = min(len(identity.names) for identity in plain)
    first = [identity for identity in plain if len(identity.names) == fewest]
    return first[0] if len(first) == 1 else None


def _with_digits(identity: Identity, style: Style, taken: set[str]) -> str:
    kind = ("configuration", "set") if len(identity.names) == 1 else ("event", "destination")
    base = style.base(identity.names)[:_LONGEST] or style.base(kind)
    digest = hashlib.sha256(identity.import_id.encode("utf-8", "surrogatepass")).hexdigest()
    # Eight digits suffice unless a name was made to look like another one's label.
    candidates = (f"{base}{style.joint}{digest[:length]}" for length in range(8, len(digest) + 1))
    return next(label for label in candidates if label.lower() not in taken)


def _namespace(identity: Identity, style: Style) -> object:
    return None if style.one_namespace else len(identity.names)


def _fits(label: str, style: Style) -> bool:
    return len(label) <= _LONGEST and style.pattern.fullmatch(label) is not None


def clashes(labels: Mapping[Identity, str], style: Style) -> list[tuple[str, list[Identity]]]:
    """Labels that several identities of a namespace bear, in the last one's spelling."""
    bearers: dict[object, list[Identity]] = defaultdict(list)
    for who, label in labels.items():
        bearers[_namespace(who, style), label.lower()].append(who)
    found = {labels[who[-1]]: who for who in bearers.values() if len(who) > 1}
    return sorted(found.items())
