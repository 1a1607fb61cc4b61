"""Check Python code from users: expressions of ``--map``, and the output of custom templates."""

import ast
import importlib.util

from exporter.formats.cdk.references import modules_of
from exporter.support.errors import ExporterError
from exporter.support.installing import install_command


def parse_expression(code: str) -> None:
    """Check that code is one expression whose names the stack's module can import.

    Raises:
        ValueError: when it isn't.
    """
    try:
        ast.parse(code, mode="eval")
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(getattr(error, "msg", None) or "nested too deeply") from None
    modules_of(code)


def checked(path: str, text: str) -> str:
    """Return a module as Black formats it.

    Args:
        path: Its file, for messages.
        text: What a custom template wrote.

    Raises:
        ExporterError: when it isn't valid Python, or Black is not installed.
    """
    try:
        ast.parse(text)
    except SyntaxError as error:
        line = text.splitlines()[(error.lineno or 1) - 1 :][:1]
        what = f"the templates wrote invalid Python: {error.msg}: {''.join(line).strip()!r}"
        raise ExporterError(what, where=f"{path}:{error.lineno}") from None
    except ValueError as error:
        raise ExporterError(f"the templates wrote invalid Python: {error}", where=path) from None
    if importlib.util.find_spec("black") is None:
        raise ExporterError(
            "custom Python templates need Black, which is not installed",
            hint=install_command("black"),
        )
    import black  # noqa: PLC0415 - takes a second to load

    return black.format_str(text, mode=black.Mode())
