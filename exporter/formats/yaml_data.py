"""Data as YAML that every reader takes for the same values, and a person likes to read.

The style is YAML 1.2's (https://yaml.org/spec/1.2.2/) as far as YAML 1.1 reads it alike: a text
that one of the two could take for anything else is quoted (``filters.yaml_string``).
"""

from collections.abc import Iterator, Mapping, Sequence

from exporter.formats import filters

_WIDTH = 100
LONGEST_KEY = 1000
"""Characters of a key as it is written: parsers take 1,024 before the colon."""

_MERGE = "<<"
"""No key for Terraform: it merges the value into the mapping even where the key is quoted.
PyYAML does not."""

Data = Mapping[str, object]
"""Texts, numbers, booleans, and lists and mappings of them; no null."""


def is_short_key(text: str) -> bool:
    """Whether a text is short enough for a key of a mapping."""
    return len(filters.yaml_string(text)) <= LONGEST_KEY


def is_yaml_key(text: str) -> bool:
    """Whether every reader takes a text for a key of a mapping."""
    return text != _MERGE and is_short_key(text)


def yaml_key(text: str) -> str:
    """A key of a mapping.

    Raises:
        ValueError: when no reader takes it for one.
    """
    written = filters.yaml_string(text)
    if len(written) > LONGEST_KEY:
        raise ValueError(f"no key of a mapping: {text[:40]!r}")
    return written


def yaml_mapping(data: Data, indent: int) -> str:
    """The lines of a non-empty mapping; one line for each that has only plain values.

    Raises:
        ValueError: when no reader takes a key for one.
    """
    return "\n".join(_lines(data, indent))


def _lines(data: Data, indent: int) -> Iterator[str]:
    for name, value in data.items():
        yield from _led(f"{' ' * indent}{yaml_key(name)}:", value, indent)


def _led(head: str, value: object, indent: int) -> Iterator[str]:
    """A value behind what leads to it, on its line or below it."""
    if _is_short(head, value):
        yield f"{head} {_flow(value)}"
    else:
        yield head
        yield from _below(value, indent + 2)


def _below(value: object, indent: int) -> Iterator[str]:
    """The lines of a mapping or of a list."""
    if isinstance(value, Mapping):
        yield from _lines(value, indent)
    elif isinstance(value, Sequence):
        margin = " " * indent
        for item in value:
            if _is_short(f"{margin}-", item):
                yield f"{margin}- {_flow(item)}"
            else:
                # The first line of what it holds stands behind the dash.
                first, *rest = _below(item, indent + 2)
                yield f"{margin}- {first[indent + 2 :]}"
                yield from rest


def _is_short(head: str, value: object) -> bool:
    """Whether a value stands on one line with what leads to it."""
    if not _holds_values(value):
        return True
    return _is_flat(value) and len(head) + 1 + len(_flow(value)) <= _WIDTH


def _holds_values(value: object) -> bool:
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str) and bool(value)


def _is_flat(value: object) -> bool:
    """Whether a value may stand on one line: it is one, a list of them, or a mapping to such."""
    if isinstance(value, Mapping):
        return not any(isinstance(v, Mapping) and v for v in value.values()) and all(
            _is_flat(item) for item in value.values()
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return not any(map(_holds_values, value))
    return True


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_in_flow(name)}: {_in_flow(item)}" for name, item in value.items())
        return f"{{ {', '.join(pairs)} }}" if value else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_in_flow, value))}]"
    return filters.yaml(value)


def _in_flow(value: object) -> str:
    """A value within braces or brackets, where older parsers end a plain text at a colon."""
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        return _flow(value)
    text = filters.yaml(value)
    is_plain = isinstance(value, str) and not text.startswith('"')
    return f'"{text}"' if is_plain and ":" in text else text
