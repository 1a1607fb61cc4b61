"""``names.toml``: what was given comes back, and what a person wrote around it stays."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from exporter.export.names_file import dump, load, update
from exporter.formats.labels import LOGICAL_ID, TERRAFORM, Style, assign
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError
from tests.strategies import aws_names, examples, hostile_names

WHERE = "infra/names.toml"
every_style = pytest.mark.parametrize("style", [TERRAFORM, LOGICAL_ID], ids=["terraform", "cfn"])


def some(names: SearchStrategy[str]) -> SearchStrategy[set[Identity]]:
    return st.sets(st.builds(Identity, names, st.one_of(st.none(), names)), max_size=6)


def any_identities() -> SearchStrategy[set[Identity]]:
    return st.one_of(some(aws_names()), some(hostile_names()))


# Round trips
# -------------------------------------------------------------------------------------


@every_style
@examples(100)
@given(wanted=any_identities())
def test_what_is_dumped_is_loaded(style: Style, wanted: set[Identity]) -> None:
    labels = assign(wanted, style, {})
    text = dump(labels)
    assert load(text, WHERE, style) == labels
    assert dump(load(text, WHERE, style)) == text
    assert dump(dict(reversed(labels.items()))) == text
    # What an editor shows is what the parser reads.
    assert all(line.isprintable() for line in text.split("\n"))


def test_the_file_as_a_person_sees_it() -> None:
    labels = {
        Identity("orders", "to-sns"): "orders_to_sns",
        Identity("orders"): "orders",
        Identity("a.b"): "a_b",
        Identity("orders", 'say "hi"\n'): "orders_say_hi",
        Identity("a.b", "x"): "a_b_x",
    }
    body = dump(labels).split("\n\n", 1)[0].splitlines()
    assert all(line.startswith("# ") for line in body[:3])
    assert dump(labels).partition("[")[1:] == (
        "[",
        "configuration_sets]\n"
        '"a.b" = "a_b"\n'
        'orders = "orders"\n'
        "\n"
        '[event_destinations."a.b"]\n'
        'x = "a_b_x"\n'
        "\n"
        "[event_destinations.orders]\n"
        '"say \\"hi\\"\\n" = "orders_say_hi"\n'
        'to-sns = "orders_to_sns"\n',
    )


# Updates
# -----------------------------------------------------------------------------------------


@every_style
@examples(60)
@given(before=any_identities(), new=any_identities())
def test_an_untouched_file_is_written_anew_with_everything(
    style: Style, before: set[Identity], new: set[Identity]
) -> None:
    pins = assign(before, style, {})
    labels = assign(new, style, pins)
    assert update(dump(pins), labels, pins) == (dump({**pins, **labels}), True)
    assert update(None, labels, {}) == (dump(labels), True)


@every_style
@examples(60)
@given(before=any_identities(), new=any_identities())
def test_an_edited_file_keeps_what_a_person_wrote(
    style: Style, before: set[Identity], new: set[Identity]
) -> None:
    pins = assign(before, style, {})
    edited = "# Ours since 2019.\n" + dump(pins).replace("]\n", "] # see the wiki\n") + "\n# end\n"
    labels = assign(new, style, pins)
    text, is_kept = update(edited, labels, pins)
    assert is_kept
    assert load(text, WHERE, style) == {**pins, **labels}
    assert [line for line in text.splitlines() if "#" in line and line in edited.splitlines()] == [
        line for line in edited.splitlines() if "#" in line
    ]
    assert update(text, labels, {**pins, **labels}) == (text, True)


EDITED = {
    "a comment behind a name": '[configuration_sets]\norders = "mail" # ours\n',
    "an order of their own": '[configuration_sets]\nz = "z"\na = "a"\n# between\nm = "m"\n',
    "destinations before sets": (
        '[event_destinations.z]\nd = "z_d"\n\n# sets\n[configuration_sets]\nz = "z"\n'
    ),
    "tables apart": (
        '[event_destinations.z]\nd = "z_d"\n[configuration_sets]\nz = "z"\n'
        '[event_destinations.a]\nd = "a_d"\n'
    ),
    "dotted keys": '[event_destinations]\nz.d = "z_d" # dotted\n',
    "a table in one line": 'configuration_sets = { z = "z" }\n',
    "literal strings": "[configuration_sets]\n'z' = 'z' # literal\n",
    "no end of line": '[configuration_sets]\nz = "z"',
    "no table": "# nothing yet\n",
    "nothing": "",
    "an empty table": "[configuration_sets]\n# none yet\n\n[event_destinations]\n",
    "spaces": '  [ configuration_sets ]\n  z   =   "z"   \n\n\n',
    "CRLF": '[configuration_sets]\r\nz = "z" # ours\r\n',
}


@pytest.mark.parametrize("text", EDITED.values(), ids=EDITED)
def test_whatever_the_edit_new_names_are_added_to_it(text: str) -> None:
    pins = load(text, WHERE, TERRAFORM)
    new = {
        Identity("new set"): "new_set",
        Identity("z", "new"): "z_new",
        Identity("new set", "d"): "new_set_d",
        Identity("b", "d"): "b_d",
    }
    updated, is_kept = update(text, {**pins, **new}, pins)
    assert is_kept
    assert load(updated, WHERE, TERRAFORM) == {**pins, **new}
    for line in text.splitlines():
        before, hash_mark, comment = line.partition("#")
        assert not hash_mark or f"#{comment}" in updated
        assert before.strip().rstrip("} ") in updated
    assert update(updated, {**pins, **new}, {**pins, **new}) == (updated, True)


def test_an_edit_that_cannot_be_added_to_is_written_anew() -> None:
    text = '# ours\nevent_destinations = { z = { d = "z_d" } }\n'
    pins = load(text, WHERE, TERRAFORM)
    merged = {**pins, Identity("b", "d"): "b_d"}
    assert update(text, merged, pins) == (dump(merged), False)
    assert update(text, pins, pins) == (text, True)


@pytest.mark.parametrize("text", EDITED.values(), ids=EDITED)
def test_an_edited_file_without_news_is_left_as_it_is(text: str) -> None:
    pins = load(text, WHERE, TERRAFORM)
    assert update(text, pins, pins) == (text, True)


# What is refused
# ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("a = ", "infra/names.toml:1", "not valid TOML: Invalid value"),
        (
            '[configuration_sets]\na = "x"\na = "y"\n',
            "infra/names.toml:3",
            "not valid TOML: Cannot overwrite a value at column 8",
        ),
        ("[names]\n", "infra/names.toml:1", "unknown table 'names'"),
        ("configuration_sets = 3\n", "infra/names.toml:1", "expected a table, found 3"),
        (
            '[event_destinations]\norders = "x"\n',
            "infra/names.toml:2",
            "expected a table, found 'x'",
        ),
        (
            "[configuration_sets]\na = 1\n",
            "infra/names.toml:2",
            "expected a name in quotes, found 1",
        ),
        (
            "[event_destinations.a]\nb = []\n",
            "infra/names.toml:2",
            "expected a name in quotes, found []",
        ),
        (
            '[configuration_sets]\na = "x"\nb = "1x"\n',
            "infra/names.toml:3",
            "'1x' cannot be the name of 'b': it must be a letter or an underscore, then letters, "
            "digits, underscores and hyphens",
        ),
        (
            '[event_destinations.a]\n# b\nb = "a b"\n',
            "infra/names.toml:3",
            "'a b' cannot be the name of 'a/b': it must be a letter or an underscore, then "
            "letters, digits, underscores and hyphens",
        ),
        (
            '[configuration_sets]\na = ""\n',
            "infra/names.toml:2",
            "'' cannot be the name of 'a': it must be a letter or an underscore, then letters, "
            "digits, underscores and hyphens",
        ),
        (
            '[configuration_sets]\na = "same"\nb = "Same"\n',
            "infra/names.toml:3",
            "'a' and 'b' have one name, 'Same'; names must differ in more than case",
        ),
        (
            "[configuration_sets]\na = 'same'\nb = 'same'\n",
            "infra/names.toml:3",
            "'a' and 'b' have one name, 'same'; names must differ in more than case",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text: str, where: str, what: str) -> None:
    with pytest.raises(ExporterError) as raised:
        load(text, WHERE, TERRAFORM)
    assert (raised.value.where, raised.value.what) == (where, what)
    assert raised.value.hint


@pytest.mark.parametrize("label", ["Default", "bootstrapversion", "CDKMetadata"])
def test_a_name_that_cdk_keeps_for_itself_is_refused(label: str) -> None:
    text = f'[configuration_sets]\na = "{label}"\n'
    assert load(text, WHERE, TERRAFORM) == {Identity("a"): label}
    with pytest.raises(ExporterError) as raised:
        load(text, WHERE, LOGICAL_ID)
    assert raised.value.what == (
        f"'{label}' cannot be the name of 'a': it must be 1 to 255 letters and digits, and not a "
        "name that CDK keeps for itself"
    )


def test_sets_and_destinations_share_logical_ids_but_not_terraform_labels() -> None:
    text = '[configuration_sets]\na = "x"\n[event_destinations.a]\nb = "x"\n'
    assert len(load(text, WHERE, TERRAFORM)) == 2
    with pytest.raises(ExporterError, match="'a' and 'a/b' have one name, 'x'"):
        load(text, WHERE, LOGICAL_ID)


@examples(40)
@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(ExporterError, match="not valid TOML"):
            load(text, WHERE, TERRAFORM)
