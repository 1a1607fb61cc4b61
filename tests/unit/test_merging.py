"""Joining snapshots: in any order the same, and nothing lost or made up."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from exporter.model.resources import ConfigurationSet, Scope, Snapshot, UnknownField
from exporter.sources import snapshot as snapshots
from exporter.sources.merging import Part, merge
from exporter.support.errors import ExporterError
from tests.strategies import examples
from tests.strategies import scopes as any_scopes
from tests.strategies import snapshots as any_snapshots

ACCOUNTS = ("123456789012", "210987654321", None)
REGIONS = ("eu-west-1", "us-east-1")


def merged(*parts: Snapshot) -> Snapshot | None:
    """The whole; None when the parts contradict each other."""
    try:
        return merge([Part(f"{number}.json", part) for number, part in enumerate(parts)])
    except ExporterError:
        return None


def joined(*parts: Snapshot | None) -> Snapshot | None:
    """The same of what may be contradictions already."""
    there = [part for part in parts if part is not None]
    return merged(*there) if len(there) == len(parts) else None


def snapshot(*scopes: Scope, **fields: str) -> Snapshot:
    unknown = tuple(UnknownField(name, value) for name, value in fields.items())
    return Snapshot(format_version=1, scopes=scopes, unknown_fields=unknown)


def scope(
    *names: str, account: str | None = ACCOUNTS[0], region: str = REGIONS[0], partition: str = "aws"
) -> Scope:
    sets = tuple(ConfigurationSet(name) for name in names)
    return Scope(account_id=account, partition=partition, region=region, configuration_sets=sets)


@st.composite
def some_parts(draw: st.DrawFn) -> Sequence[Snapshot]:
    """Snapshots that share scopes, most of them the same in each and some of them not."""
    pool = draw(st.lists(any_scopes(), min_size=1, max_size=3))
    placed = [
        msgspec.structs.replace(found, account_id=account, region=draw(st.sampled_from(REGIONS)))
        for found in pool
        for account in [draw(st.sampled_from((*ACCOUNTS[:2], *ACCOUNTS)))]
    ]
    fields = st.dictionaries(st.sampled_from(("New", "Newer")), st.sampled_from(("1", '"x"')))
    return [_some_of(draw, placed, draw(fields)) for _ in range(3)]


def _some_of(draw: st.DrawFn, pool: Sequence[Scope], fields: dict[str, str]) -> Snapshot:
    chosen: SearchStrategy[list[Scope]] = st.lists(
        st.sampled_from(pool), max_size=3, unique_by=lambda s: (s.account_id, s.region)
    )
    return snapshot(*draw(chosen), **fields)


@examples(25)
@given(parts=some_parts())
def test_the_order_makes_no_difference(parts: Sequence[Snapshot]) -> None:
    a, b, c = parts
    whole = merged(a, b, c)
    for other in ((c, b, a), (b, c, a), (b, a, c, a)):
        again = merged(*other)
        assert again == whole
        if whole is not None and again is not None:
            assert snapshots.dump(again) == snapshots.dump(whole)
    assert joined(merged(a, b), c) == whole
    assert joined(a, merged(b, c)) == whole


@examples(25)
@given(parts=some_parts())
def test_nothing_is_lost_or_made_up(parts: Sequence[Snapshot]) -> None:
    whole = merged(*parts)
    if whole is None:
        return
    for scopes in (part.scopes for part in parts):
        assert set(scopes) <= set(whole.scopes)
    assert set(whole.scopes) == {found for part in parts for found in part.scopes}
    fields = {field for part in parts for field in part.unknown_fields}
    assert set(whole.unknown_fields) == fields


@examples(40)
@given(found=any_snapshots())
def test_a_snapshot_with_itself_is_itself(found: Snapshot) -> None:
    whole = merged(found, found)
    regions = [scope.region for scope in found.scopes]
    unknown = {scope.region for scope in found.scopes if scope.account_id is None}
    if any(regions.count(region) > 1 for region in unknown):
        assert whole is None
    else:
        assert whole is not None
        assert snapshots.dump(whole) == snapshots.dump(found)
        data = snapshots.dump(whole).encode()
        assert snapshots.load(data, "", snapshots.CliOutputOptions(None, None)) == whole


def refusal(**parts: Snapshot) -> ExporterError:
    with pytest.raises(ExporterError) as caught:
        merge([Part(f"{name}.json", part) for name, part in parts.items()])
    assert caught.value.hint
    return caught.value


def test_every_contradiction_is_listed() -> None:
    changed = ConfigurationSet("orders", tags=())
    changed = msgspec.structs.replace(changed, options_known=False)
    other = msgspec.structs.replace(scope("mail"), configuration_sets=(changed,))
    elsewhere = scope("x", region=REGIONS[1])
    error = refusal(
        a=snapshot(scope("mail", "orders"), elsewhere),
        b=snapshot(other),
        c=snapshot(scope("mail", "orders"), scope(region=REGIONS[1])),
        d=snapshot(scope("y", account=ACCOUNTS[1])),
    )
    assert error.what == "the snapshots contradict each other"
    where = "account 123456789012, region"
    assert error.items == (
        f"{where} eu-west-1: configuration set mail is in a.json, c.json, not in b.json",
        f"{where} eu-west-1: configuration set orders differs between (a.json, c.json) and b.json",
        f"{where} us-east-1: configuration set x is in a.json, not in c.json",
    )


def test_a_set_may_be_missing_where_others_differ() -> None:
    changed = ConfigurationSet("orders", options_known=False)
    other = msgspec.structs.replace(scope(), configuration_sets=(changed,))
    error = refusal(a=snapshot(scope("orders")), b=snapshot(scope()), c=snapshot(other))
    (item,) = error.items
    assert item.endswith(
        "configuration set orders differs between a.json and c.json; not in b.json"
    )


def test_what_stands_beside_the_sets_counts() -> None:
    field = UnknownField("Field", "1")
    more = msgspec.structs.replace(scope("x"), unknown_fields=(field,))
    error = refusal(
        a=snapshot(scope("x"), Newer="1"),
        b=snapshot(more, Newer="2"),
        c=snapshot(scope("x", partition="aws-cn"), New="1"),
    )
    where = "account 123456789012, region eu-west-1"
    assert error.items == (
        f"{where}: field Field is in b.json, not in a.json, c.json",
        f"{where}: field Partition differs between (a.json, b.json) and c.json",
        "field Newer differs between a.json and b.json",
    )


def test_a_set_may_be_called_like_a_field() -> None:
    error = refusal(a=snapshot(scope("Partition")), b=snapshot(scope()))
    assert "configuration set Partition is in a.json, not in b.json" in error.items[0]


def test_an_unknown_account_may_be_any() -> None:
    error = refusal(
        a=snapshot(scope("x", account=None)),
        b=snapshot(scope("x")),
        c=snapshot(scope("x", account=ACCOUNTS[1]), scope("x", account=None, region=REGIONS[1])),
    )
    assert error.what == "it is unknown whether these are the same account"
    assert error.items == (
        "region eu-west-1: unknown account in a.json; account 123456789012 in b.json; "
        "account 210987654321 in c.json",
    )


def test_two_unknown_accounts() -> None:
    error = refusal(a=snapshot(scope("x", account=None)), b=snapshot(scope("y", account=None)))
    assert error.items == ("region eu-west-1: unknown account in a.json, b.json",)


def test_an_unknown_account_of_another_region_is_no_rival() -> None:
    alone = scope("x", account=None, region=REGIONS[1])
    assert merged(snapshot(alone), snapshot(scope("x"))) == snapshot(alone, scope("x"))
