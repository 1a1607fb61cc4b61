"""Data as YAML: PyYAML (1.1) and the reader of Terraform's ``yamldecode`` give the values back."""

import unicodedata
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from exporter.formats.terraform.hcl.functions import call
from exporter.formats.yaml_data import LONGEST_KEY, is_yaml_key, yaml_key, yaml_mapping
from tests.strategies import examples, hostile_text

TEXTS = [
    *("", " ", " a", "a ", "a\tb", "a\nb", "\r", "'", '"', "\\", "\\n"),
    *("yes", "no", "on", "off", "y", "n", "Y", "true", "True", "null", "~", "Null", "NO", "On"),
    *(
        "0",
        "1",
        "-1",
        "+1",
        "010",
        "0o7",
        "0x1F",
        "1_000",
        "1:30",
        "1e3",
        "1.5",
        ".5",
        "5.",
        ".inf",
    ),
    *(".NaN", "2026-11-28", "2026-11-28T01:00:00Z", "=", "<<", "-", "?", ":", "- a", "? a", "a: b"),
    *("a:b", "a:", ":a", "a #b", "#a", "a,b", "[a]", "{a}", "a]", "a}", "&a", "*a", "!a", "|", ">"),
    *("%a", "@a", "`a", "---", "...", "a\n---\n", "é", "e\u0301", "日本", "😀", "\u2028", "\u0085"),
    *("\ufeff", "\x00", "\x1b[2J", "\u200b", "${a}", "%{ if }", "a" * 300),
]
"""What one parser or another may take for something else."""

texts = st.sampled_from(TEXTS) | hostile_text()
scalars: st.SearchStrategy[Any] = texts | st.booleans() | st.integers(-(10**9), 10**9)
keys = texts.filter(lambda text: is_yaml_key(text) and unicodedata.is_normalized("NFC", text))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


def normalized(value: Any) -> Any:
    """The same in NFC, as Terraform's values are."""
    if isinstance(value, dict):
        return {normalized(key): normalized(item) for key, item in value.items()}
    if isinstance(value, list):
        return [normalized(item) for item in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def decoded(text: str) -> Any:
    """What Terraform's yamldecode gives, by our reader of Terraform code."""
    return call("yamldecode", [text])


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_stays_one_wherever_it_stands(text: str) -> None:
    key = text if is_yaml_key(text) else "key"
    data = {key: text, "list": [text, text], "flow": {"of": text}, "below": {key: {key: [text]}}}
    written = yaml_mapping(data, 0)
    assert yaml.safe_load(written) == data
    assert decoded(written) == normalized(data)


@examples(300)
@given(st.dictionaries(keys, values, min_size=1, max_size=4), st.integers(0, 3))
def test_every_reader_gives_back_what_was_written(data: dict[str, Any], indent: int) -> None:
    written = yaml_mapping(data, indent)
    assert yaml.safe_load(written) == data
    assert decoded(written) == normalized(data)
    assert all(line.isprintable() for line in written.split("\n"))


def test_what_is_short_stands_on_one_line() -> None:
    data = {
        "types": ["BOUNCE", "COMPLAINT"],
        "sns_destination": {"topic": "bounces_topic"},
        "none": [],
        "empty": {},
        "dimensions": [{"name": "a", "source": "LINK_TAG"}, {"name": "b" * 80, "source": "X"}],
        "long": ["a" * 60, "b" * 60],
    }
    assert yaml_mapping(data, 2) == f"""\
  types: [BOUNCE, COMPLAINT]
  sns_destination: {{ topic: bounces_topic }}
  none: []
  empty: {{}}
  dimensions:
    - {{ name: a, source: LINK_TAG }}
    - name: {"b" * 80}
      source: X
  long:
    - {"a" * 60}
    - {"b" * 60}"""


def test_a_key_that_no_parser_takes_is_refused() -> None:
    assert yaml.safe_load(f"{yaml_key('a' * LONGEST_KEY)}: 1") == {"a" * LONGEST_KEY: 1}
    with pytest.raises(ValueError, match="too long for a key"):
        yaml_key("a" * (LONGEST_KEY + 1))


def test_the_key_that_terraform_merges_is_one_for_pyyaml() -> None:
    assert not is_yaml_key("<<")
    written = f"{yaml_key('<<')}: 1"
    assert written == '"<<": 1'
    assert yaml.safe_load(written) == {"<<": 1}
