"""YAML of a person's own: expressions of a map, and what templates of theirs make."""

import re

from exporter.support.errors import ExporterError


def parse_expression(code: str) -> None:
    """A text or one function, in YAML with short tags.

    Raises:
        ValueError: when it is neither.
    """
    from exporter.formats.cloudformation import template_text  # noqa: PLC0415 - loads its parser

    try:
        template = template_text.read(f"Resources:\n  Value: {code}\n", "").template
    except ExporterError as error:
        raise ValueError(error.what) from None
    value = template["Resources"].get("Value")
    is_function = isinstance(value, dict) and len(value) == 1
    names = list(value) if isinstance(value, dict) else []
    if isinstance(value, str) and value:
        return
    if not is_function or not re.fullmatch(r"Ref|Fn::\w+", str(names[0])):
        raise ValueError("expected a string or a function")


def checked(path: str, text: str) -> str:
    """A template as it is.

    Raises:
        ExporterError: when it is no YAML.
    """
    from exporter.formats.cloudformation.template_text import parse  # noqa: PLC0415

    parse(text, path)
    return text
