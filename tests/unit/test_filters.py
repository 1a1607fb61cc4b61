"""The quoting rules: each text comes back from its own language's parser as it went in."""

import ast
import io
import re
import tokenize
import unicodedata
from enum import StrEnum

import black
import pygohcl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats import filters
from exporter.model.resources import DimensionValueSource, EventType, Tag
from tests.readback import nfc_text
from tests.strategies import NASTY, examples, hostile_text


class Fruit(StrEnum):
    APPLE = "APPLE"
    QUOTED = 'a"b'


every_text = st.one_of(st.sampled_from(NASTY), hostile_text(), hostile_text())

# HCL
# -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", '""'),
        ("plain", '"plain"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("a\nb\r\tc", '"a\\nb\\r\\tc"'),
        ("${var.x}", '"$${var.x}"'),
        ("$${x}", '"$$${x}"'),
        ("%{ if x }", '"%%{ if x }"'),
        ("$ % { }", '"$ % { }"'),
        ("a|b", '"a|b"'),
        ("\0\x07\x7f\x85", '"\\u0000\\u0007\\u007f\\u0085"'),
        ("\u2028\ufeff\u202e", '"\\u2028\\ufeff\\u202e"'),
        ("\U0010ffff", '"\\U0010ffff"'),
        ("é日本🙂", '"é日本🙂"'),
    ],
)
def test_hcl_strings(text: str, expected: str) -> None:
    assert filters.hcl_string(text) == expected


@examples(150)
@given(every_text)
def test_hcl_reads_a_string_as_it_was(text: str) -> None:
    written = filters.hcl_string(text)
    assert nfc_text(pygohcl.loads(f"x = {written}\n")["x"]) == nfc_text(text)
    assert written.isprintable()


@examples(100)
@given(st.lists(every_text, max_size=4))
def test_hcl_reads_a_list_as_it_was(texts: list[str]) -> None:
    found = pygohcl.loads(f"x = {filters.hcl(tuple(texts))}\n")["x"]
    assert [nfc_text(text) for text in found] == [nfc_text(text) for text in texts]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("team", "team"),
        ("_a1", "_a1"),
        ("cost-centre", '"cost-centre"'),
        ("cost:centre", '"cost:centre"'),
        ("1st", '"1st"'),
        ("", '""'),
        ("for", '"for"'),
        ("null", '"null"'),
        ("${x}", '"$${x}"'),
        ("ÅÄÖ", '"ÅÄÖ"'),
        # `terraform fmt` counts columns; these take two, or none.
        ("日本", '"\\u65e5\\u672c"'),
        ("🙂", '"\\U0001f642"'),
        ("a\u0301", '"a\\u0301"'),
    ],
)
def test_hcl_keys(key: str, expected: str) -> None:
    assert filters.hcl_key(key) == expected


@examples(100)
@given(st.dictionaries(every_text.map(nfc_text), every_text, max_size=4))
def test_hcl_reads_tags_as_they_were(values: dict[str, str]) -> None:
    tags = [Tag(key=key, value=value) for key, value in values.items()]
    found = pygohcl.loads("tags = {\n" + filters.hcl_tags(tags, 2) + "\n}\n")["tags"]
    assert {nfc_text(key): nfc_text(value) for key, value in found.items()} == {
        key: nfc_text(value) for key, value in values.items()
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-3, "-3"),
        (Fruit.QUOTED, '"a\\"b"'),
        ((), "[]"),
        ((Fruit.APPLE, "x", 1), '["APPLE", "x", 1]'),
    ],
)
def test_hcl_values(value: object, expected: str) -> None:
    assert filters.hcl(value) == expected


def test_attributes_are_aligned_as_terraform_fmt_does() -> None:
    pairs = [("a", 1), ("long_name", "x"), ("absent", None), ("b", False)]
    assert (
        filters.hcl_attributes(pairs, 2)
        == '  a         = 1\n  long_name = "x"\n  b         = false'
    )
    assert filters.hcl_attributes([("absent", None)], 2) == ""
    tags = [Tag(key="a", value="1"), Tag(key="b c", value="")]
    assert filters.hcl_tags(tags, 4) == '    a     = "1"\n    "b c" = ""'


# YAML
# ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "arn:aws:sns:eu-west-1:123456789012:mail-bounces",
        "arn:aws:iam::123456789012:role/ses",
        "links.example.com",
        "a_b-c.d/e*f+g",
        "None",
    ],
)
def test_yaml_writes_plain_what_every_parser_reads_as_text(text: str) -> None:
    assert filters.yaml_string(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "yes", "No", "ON", "off", "y", "N", "true", "False", "null", "Null", "~"),
        *("0123", "1e3", "0x1f", "0o7", "1_000", "12:30:45", "2024-01-01", ".inf", "-1", "+1", "="),
        *("a: b", "a:", "a #b", "#a", "- a", "-", "?", "!Ref", "&a", "*a", "<<", "@a", "`a", "%a"),
        *("{a}", "[a]", "a, b", "|", ">", "'a'", '"a"', "a\nb", "a\tb", " a", "a ", "é", "\ufeffa"),
    ],
)
def test_yaml_quotes_what_some_parser_reads_otherwise(text: str) -> None:
    assert filters.yaml_string(text).startswith('"')


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader])
@examples(150)
@given(every_text)
def test_yaml_reads_a_string_as_it_was(loader: type[yaml.SafeLoader], text: str) -> None:
    written = filters.yaml_string(text)
    assert written.isprintable()
    document = f"a:\n  b: {written}\n  c:\n    - {written}\n    - d: {written}\n"
    assert yaml.load(document, Loader=loader) == {"a": {"b": text, "c": [text, {"d": text}]}}


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader])
@examples(100)
@given(st.text("0123456789ENOSYaeflnorstuxy", min_size=1, max_size=6))
def test_yaml_reads_a_key_as_it_was(loader: type[yaml.SafeLoader], key: str) -> None:
    assert yaml.load(f"{filters.yaml_string(key)}:\n  a: 1\n", Loader=loader) == {key: {"a": 1}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, "true"), (False, "false"), (300, "300"), (Fruit.APPLE, "APPLE"), ("1", '"1"')],
)
def test_yaml_values(value: object, expected: str) -> None:
    assert filters.yaml(value) == expected


# Python
# --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", '""'),
        ("it's", '"it\'s"'),
        ('say "hi"', "'say \"hi\"'"),
        ('it\'s "hi"', "'it\\'s \"hi\"'"),
        ("'\"", '"\'\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("a\nb\r\t", '"a\\nb\\r\\t"'),
        ("\0\x7f\x85\u2028", '"\\u0000\\u007f\\u0085\\u2028"'),
        ("\U0010ffff", '"\\U0010ffff"'),
        ("é日本🙂{}", '"é日本🙂{}"'),
    ],
)
def test_python_strings(text: str, expected: str) -> None:
    assert filters.python_string(text) == expected


@examples(150)
@given(every_text)
def test_python_reads_a_string_as_it_was(text: str) -> None:
    written = filters.python_string(text)
    assert ast.literal_eval(written) == text
    assert written.isprintable()


@examples(100)
@given(st.one_of(st.text("\"'\\ax\n\x85", max_size=8), every_text))
def test_black_leaves_a_string_as_it_is(text: str) -> None:
    code = f"x = {filters.python_string(text)}\n"
    assert black.format_str(code, mode=black.Mode()) == code


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, "True"), (False, "False"), (300, "300"), (Fruit.APPLE, '"APPLE"')],
)
def test_python_values(value: object, expected: str) -> None:
    assert filters.python(value) == expected


@pytest.mark.parametrize("quote", [filters.hcl, filters.yaml, filters.python])
@pytest.mark.parametrize(
    "value", [None, 1.5, {"a": 1}, pytest.param(object(), id="object")], ids=repr
)
def test_what_has_no_rule_is_not_written(quote: object, value: object) -> None:
    assert callable(quote)
    with pytest.raises(TypeError, match=r"^no "):
        quote(value)


# Comments
# ------------------------------------------------------------------------------------------


@examples(150)
@given(every_text, st.sampled_from((0, 2, 8)))
def test_a_comment_is_lines_of_printable_ascii(text: str, indent: int) -> None:
    written = filters.comment(text, indent)
    for line in written.split("\n") if written else []:
        assert line.startswith(" " * indent + "# ")
        assert line.isascii()
        assert line.isprintable()
        assert line == line.rstrip()
        # One word may be longer than a line.
        assert len(line) <= 88 or " " not in line[indent + 2 :]


@pytest.mark.parametrize(
    "end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
)
def test_no_line_end_of_any_language_ends_a_comment(end: str) -> None:
    written = filters.comment(f"a{end}b = 1")
    assert written.splitlines() == [written]
    assert yaml.load(f"{written}\n", Loader=yaml.SafeLoader) is None
    assert pygohcl.loads(f"{written}\n") == {}
    tokens = tokenize.generate_tokens(io.StringIO(f"{written}\n").readline)
    assert [token.string for token in tokens if token.type == tokenize.COMMENT] == [written]


def test_a_comment_is_wrapped_between_words() -> None:
    words = " ".join(["word"] * 30)
    lines = filters.comment(words, 4).split("\n")
    assert len(lines) == 2
    assert [len(line) for line in lines] == [85, 75]
    assert " ".join(line.removeprefix("    # ") for line in lines) == words
    assert filters.comment("Left out: é\n.") == "# Left out: \\u00e9\\u000a."
    assert filters.comment("") == ""


# The rest
# ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (EventType.SEND, "send"),
        (EventType.RENDERING_FAILURE, "renderingFailure"),
        (EventType.DELIVERY_DELAY, "deliveryDelay"),
        (DimensionValueSource.MESSAGE_TAG, "messageTag"),
        (DimensionValueSource.EMAIL_HEADER, "emailHeader"),
        (DimensionValueSource.LINK_TAG, "linkTag"),
    ],
)
def test_camel_case_is_cloudformation_s_spelling(text: str, expected: str) -> None:
    assert filters.camel_case(text) == expected


@pytest.mark.parametrize("text", ["a", "_a", "a-b", "A1", "-"])
def test_labels_are_written_as_they_are(text: str) -> None:
    assert filters.label(text) == text


@pytest.mark.parametrize("text", ["", "a b", "a.b", 'a"', "é", "a\n", "\na", "${a}"])
def test_what_is_no_label_is_not_written(text: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        filters.label(text)


@pytest.mark.parametrize("value", ["", "a, b: c/d.e_f-g", 3, "account 123456789012"])
def test_plain_text_is_written_as_it_is(value: object) -> None:
    assert filters.plain(value) == str(value)


@pytest.mark.parametrize(
    "text", ["`a`", "$a", "a\n", "<a>", "*a*", "[a]", "a;b", "a|b", "a&b", "é"]
)
def test_what_markdown_or_a_shell_would_obey_is_not_written(text: str) -> None:
    with pytest.raises(ValueError, match="not plain text"):
        filters.plain(text)


def test_the_letters_that_keys_show_take_one_column() -> None:
    # Else `terraform fmt` would align a map otherwise; the rule is made of categories, so hold it
    # against the widths of the Unicode database.
    for code in range(0x80, 0x3000):
        char = chr(code)
        if filters.hcl_key(char) == f'"{char}"':
            assert unicodedata.east_asian_width(char) not in ("W", "F")
            assert not unicodedata.combining(char)
            assert not re.fullmatch(r"\s", char)


@pytest.mark.parametrize(
    ("text", "span"),
    [("a.b", "`a.b`"), ("a`b", "`` a`b ``"), ("a\nb", "`a\\u000ab`"), ("``", "``` `` ```")],
)
def test_a_code_span_ends_where_its_text_does(text: str, span: str) -> None:
    assert filters.code_span(text) == span


@pytest.mark.parametrize(
    ("text", "is_address"),
    [
        ("aws_x.y", True),
        ('module.a["b c"].module.d[0].aws_x.y["k\\"\\\\"]', True),
        ("aws_x", False),
        ('aws_x.y["${z}"]', False),
        ('aws_x.y["a"b"]', False),
        ("aws_x.y[z]", False),
        ("aws_x.y\n", False),
        ("aws_x.y.z", False),
    ],
)
def test_an_address_is_nothing_else(text: str, *, is_address: bool) -> None:
    assert filters.is_hcl_address(text) is is_address
