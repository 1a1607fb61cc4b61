"""The one Jinja environment: strict, and unable to write a value that no quoting rule has seen."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from exporter.errors import ExporterError
from exporter.render import filters


def render(template: str, **data: object) -> str:
    """Render ``templates/<template>.jinja``.

    Raises:
        ExporterError: when the templates are not where the package or the repository has them.
    """
    return _environment().get_template(f"{template}.jinja").render(**data)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_template_folder()),
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
            "hcl_tags": _code(filters.hcl_tags),
            "yaml": _code(filters.yaml),
            "python": _code(filters.python),
            "python_import": _code(filters.python_import),
            "comment": _code(filters.comment),
            "camel_case": filters.camel_case,
            "label": _code(filters.label),
            "plain": _code(filters.plain),
            "shell": _code(filters.shell),
        }
    )
    return environment


def _template_folder() -> Path:
    """``exporter/templates`` in a wheel, ``templates`` beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    raise ExporterError(
        "the templates are missing from this installation",
        where=str(package),
        hint="install ses2iac again",
    )


def _code(function: Callable[..., str]) -> Callable[..., Markup]:
    """A filter whose result may be written: it is text of the output language."""

    def quoted(*args: object, **kwargs: object) -> Markup:
        return Markup(function(*args, **kwargs))  # noqa: S704 - no HTML; see _environment

    return quoted


def _only_quoted(value: object) -> object:
    if isinstance(value, Markup):
        return value
    raise ExporterError(
        f"the template writes {value!r} without a quoting filter",
        hint="pipe it through hcl, yaml, python, comment, label, plain or shell",
    )
