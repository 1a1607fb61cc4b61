"""Write data as readable YAML that every parser reads as the same values.

It is YAML 1.2 (https://yaml.org/spec/1.2.2/) that YAML 1.1 reads the same way: text that either
could read as something else is quoted (``filters.yaml_string``).
"""

from collections.abc import Iterator, Mapping, Sequence

from exporter.formats import filters

_WIDTH = 100
LONGEST_KEY = 1000
"""Characters of a key as it is written: parsers accept 1,024 before the colon."""

_MERGE = "<<"
"""Not usable as a key: Terraform merges the value into the mapping even if the key is quoted.
PyYAML doesn't."""

Data = Mapping[str, object]
"""Texts, numbers, booleans, and lists and mappings of them; no null."""


def is_short_key(text: str) -> bool:
    """Whether a text is short enough for a key of a mapping."""
    return len(filters.yaml_string(text)) <= LONGEST_KEY


def is_yaml_key(text: str) -> bool:
    """Whether every parser accepts a text as a key of a mapping."""
    return text != _MERGE and is_short_key(text)


def yaml_key(text: str) -> str:
    """A key of a mapping.

    Raises:
        ValueError: if it is too long for parsers.
    """
    written = filters.yaml_string(text)
    if len(written) > LONGEST_KEY:
        raise ValueError(f"too long for a key: {text[:40]!r}")
    return written


def yaml_mapping(data: Data, indent: int) -> str:
    """The lines of a non-empty mapping; a value that has only plain values is on one line.

    Raises:
        ValueError: if a key is too long for parsers.
    """
    return "\n".join(_lines(data, indent))


def _lines(data: Data, indent: int) -> Iterator[str]:
    for name, value in data.items():
        yield from _entry(f"{' ' * indent}{yaml_key(name)}:", value, indent)


def _entry(head: str, value: object, indent: int) -> Iterator[str]:
    """Yield the lines of a value after its key or dash, on the same line or below it."""
    if _is_short(head, value):
        yield f"{head} {_flow(value)}"
    else:
        yield head
        yield from _below(value, indent + 2)


def _below(value: object, indent: int) -> Iterator[str]:
    """Yield the lines of a mapping or of a list."""
    if isinstance(value, Mapping):
        yield from _lines(value, indent)
    elif isinstance(value, Sequence):
        margin = " " * indent
        for item in value:
            if _is_short(f"{margin}-", item):
                yield f"{margin}- {_flow(item)}"
            else:
                # The first line of the item comes after the dash.
                first, *rest = _below(item, indent + 2)
                yield f"{margin}- {first[indent + 2 :]}"
                yield from rest


def _is_short(head: str, value: object) -> bool:
    """Whether a value fits on one line with its key or dash."""
    if not _holds_values(value):
        return True
    return _is_flat(value) and len(head) + 1 + len(_flow(value)) <= _WIDTH


def _holds_values(value: object) -> bool:
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str) and bool(value)


def _is_flat(value: object) -> bool:
    """Whether a value may be on one line: a plain value, a list of them, or a mapping to those."""
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
    """Return a value for use within braces or brackets, where older parsers end text at a colon."""
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        return _flow(value)
    text = filters.yaml(value)
    is_plain = isinstance(value, str) and not text.startswith('"')
    return f'"{text}"' if is_plain and ":" in text else text
