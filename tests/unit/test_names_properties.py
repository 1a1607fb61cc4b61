"""Whatever a person edits and whatever comes and goes: names stay unique, addresses stay."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.export.names_file import dump, load, update
from exporter.formats.labels import LOGICAL_ID, TERRAFORM, Style, assign, clashes
from exporter.formats.terraform import moves
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError
from tests.strategies import examples

every_style = pytest.mark.parametrize("style", [TERRAFORM, LOGICAL_ID], ids=["terraform", "cfn"])
names = st.sampled_from(["orders", "Orders", "order-s", "news", "orders-news", "ORDERS_news"])
labels = st.sampled_from(["orders", "Orders", "news", "a", "b", "1", "", "a b"])
identities = st.sets(st.builds(Identity, names, st.none() | names), min_size=1, max_size=8)


@every_style
@examples(150)
@given(before=identities, after=identities, data=st.data())
def test_any_edit_keeps_names_unique_or_is_refused(
    style: Style, before: set[Identity], after: set[Identity], data: st.DataObject
) -> None:
    first = assign(before, style, {})
    edited = dict(first)
    for who in data.draw(st.sets(st.sampled_from(sorted(before, key=str)))):
        edited[who] = data.draw(labels)
    text = dump(edited)
    allowed = all(style.pattern.fullmatch(label) for label in edited.values())
    if not allowed or clashes(edited, style):
        with pytest.raises(ExporterError) as refused:
            load(text, "names.toml", style)
        assert refused.value.where.startswith("names.toml:")
        return
    pins = load(text, "names.toml", style)
    former = {who: (label,) for who, label in first.items()}
    given_now = assign(after, style, pins, former)
    assert clashes({**pins, **given_now}, style) == []
    assert all(given_now[who] == pins[who] for who in after & pins.keys())
    written, _ = update(text, given_now, pins)
    assert load(written, "names.toml", style) == {**pins, **given_now}


@every_style
@examples(100)
@given(steps=st.lists(identities, min_size=1, max_size=6))
def test_what_comes_and_goes_never_changes_the_name_of_another(
    style: Style, steps: list[set[Identity]]
) -> None:
    known: dict[Identity, str] = {}
    for there in steps:
        now = assign(there, style, known)
        assert all(now[who] == known[who] for who in there & known.keys())
        known |= now
        assert clashes(known, style) == []


@examples(150)
@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=8))
def test_moves_lead_from_every_former_address_to_the_present_one(given_names: list[str]) -> None:
    who = Identity("orders")
    trail: Mapping[Identity, tuple[str, ...]] = {}
    old = ""
    for name in given_names:
        stood = {who: (*trail.get(who, ()), f"t.{old}")} if old else {}
        trail = moves.former(stood, {who: f"t.{name}"})
        old = name
    blocks = moves.blocks(trail, {who: f"t.{old}"})
    leads = {source[2:]: target[2:] for source, target in blocks}
    assert len(leads) == len(set(leads.values())) == len(blocks)
    for start in {*given_names} - {old}:
        at = start
        for _ in blocks:
            at = leads.get(at, at)
        assert at == old
    assert set(leads) == {*given_names} - {old}
