"""The one Jinja environment: strict, and unable to write a value that no quoting rule has seen."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from markupsafe import Markup

from exporter.errors import ExporterError
from exporter.render import catalogue, filters

_instead: ContextVar[Environment | None] = ContextVar("_instead", default=None)


def render(template: str, **data: object) -> str:
    """Render ``templates/<template>.jinja``.

    Raises:
        ExporterError: when the templates are not where the package or the repository has them.
    """
    environment = _instead.get() or _environment()
    return environment.get_template(f"{template}{catalogue.SUFFIX}").render(**data)


@contextmanager
def instead(environment: Environment) -> Iterator[None]:
    """Let ``render`` use another environment, made by ``make``."""
    token = _instead.set(environment)
    try:
        yield
    finally:
        _instead.reset(token)


@cache
def _environment() -> Environment:
    return make(Environment, loader=FileSystemLoader(catalogue.folder()))


def make(kind: Callable[..., Environment], **settings: Any) -> Environment:
    """An environment of a kind, with our rules and filters."""
    environment = kind(
        **settings,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        # Not for HTML: with it, Jinja tells text that went through a filter (Markup) from text that
        # did not.
        autoescape=True,
        finalize=_only_quoted,
        cache_size=-1,
    )
    environment.filters.update(
        {
            "hcl": _code(filters.hcl),
            "hcl_attributes": _code(filters.hcl_attributes),
            "hcl_block": _code(filters.hcl_block),
            "hcl_tags": _code(filters.hcl_tags),
            "yaml": _code(filters.yaml),
            "python": _code(filters.python),
            "python_import": _code(filters.python_import),
            "comment": _code(filters.comment),
            "camel_case": filters.camel_case,
            "dedent": _code(filters.dedent),
            "label": _code(filters.label),
            "plain": _code(filters.plain),
            "shell": _code(filters.shell),
        }
    )
    return environment


def _code(function: Callable[..., str]) -> Callable[..., Markup]:
    """A filter whose result may be written: it is text of the output language."""

    def quoted(*args: object, **kwargs: object) -> Markup:
        _refuse_undefined(args)
        return Markup(function(*args, **kwargs))  # noqa: S704 - no HTML; see _environment

    return quoted


def _only_quoted(value: object) -> object:
    if isinstance(value, Markup):
        return value
    _refuse_undefined((value,))
    raise ExporterError(
        f"the template writes {value!r} without a quoting filter",
        hint="pipe it through hcl, yaml, python, comment, label, plain or shell",
    )


def _refuse_undefined(values: Iterable[object]) -> None:
    """Name what a template uses and nobody has defined."""
    for value in values:
        if isinstance(value, Undefined):
            str(value)  # a strict one raises what says it
