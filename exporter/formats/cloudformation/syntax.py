"""Check YAML from users: expressions of ``--map``, and the output of custom templates."""

import re

from exporter.support.errors import ExporterError


def parse_expression(code: str) -> None:
    """Check that code is a string or one function, in YAML with short tags.

    Raises:
        ValueError: when it isn't.
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
    """Return a template unchanged.

    Raises:
        ExporterError: when it isn't a template.
    """
    from exporter.formats.cloudformation.template_text import parse  # noqa: PLC0415

    parse(text, path)
    return text
