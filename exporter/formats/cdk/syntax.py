"""Python of a person's own: expressions of a map, and what templates of theirs make."""

import ast
import importlib.util

from exporter.formats.cdk.references import modules_of
from exporter.support.errors import ExporterError


def parse_expression(code: str) -> None:
    """One expression of which the stack's module can import what it names.

    Raises:
        ValueError: when it is none.
    """
    try:
        ast.parse(code, mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(getattr(error, "msg", None) or "nested too deeply") from None
    modules_of(code)


def checked(path: str, text: str) -> str:
    """A module as Black formats it.

    Raises:
        ExporterError: when it is no Python, or Black is not installed.
    """
    try:
        ast.parse(text)
    except SyntaxError as error:
        line = text.splitlines()[(error.lineno or 1) - 1 :][:1]
        said = f"what the templates make is no Python: {error.msg}: {''.join(line).strip()!r}"
        raise ExporterError(said, where=f"{path}:{error.lineno}") from None
    except ValueError as error:
        raise ExporterError(f"what the templates make is no Python: {error}", where=path) from None
    if importlib.util.find_spec("black") is None:
        raise ExporterError(
            "Black formats what own templates of Python make, and is not installed",
            hint="pip install black",
        )
    import black  # noqa: PLC0415 - takes a second to load

    return black.format_str(text, mode=black.Mode())
