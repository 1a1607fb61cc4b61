"""The Jinja environment: strict, and it refuses to write a value that no filter has quoted.

Jinja marks text that is safe to write with ``Markup``. That means safe in HTML, and filters set it
(``tojson``, ``urlize``) or keep it (``replace``, ``trim``), and operators spread it (``~``). So it
is ignored here: only ``Code`` is written. The quoting filters return ``Code``, and any change turns
it into plain text again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, NoReturn

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import BlockReference, Context, LoopContext, Macro

from exporter.formats import catalogue, filters, yaml_data
from exporter.model.resources import EventDestination
from exporter.support.errors import ExporterError

_ADVICE = "pipe it through hcl, yaml, python, comment, label, plain or shell"

_instead: ContextVar[Environment | None] = ContextVar("_instead", default=None)


def render(template: str, **data: object) -> str:
    """Render ``templates/<template>.jinja``.

    Raises:
        ExporterError: if the templates are missing from the installation, or one writes a value
            without a quoting filter.
    """
    environment = _instead.get() or _environment()
    return environment.get_template(f"{template}{catalogue.SUFFIX}").render(**data)


@contextmanager
def instead(environment: Environment) -> Iterator[None]:
    """Make ``render`` use another environment, made by ``make``."""
    token = _instead.set(environment)
    try:
        yield
    finally:
        _instead.reset(token)


@cache
def _environment() -> Environment:
    return make(Environment, loader=FileSystemLoader(catalogue.folder()))


class Code(str):
    """Text of the output language. Any change makes it a plain string again."""

    __slots__ = ()


_CODE: dict[str, Callable[..., str]] = {
    "hcl": filters.hcl,
    "hcl_attributes": filters.hcl_attributes,
    "hcl_block": filters.hcl_block,
    "hcl_map": filters.hcl_map,
    "hcl_tags": filters.hcl_tags,
    "yaml": filters.yaml,
    "yaml_key": yaml_data.yaml_key,
    "yaml_mapping": yaml_data.yaml_mapping,
    "python": filters.python,
    "python_import": filters.python_import,
    "comment": filters.comment,
    "label": filters.label,
    "code_span": filters.code_span,
    "hcl_address": filters.hcl_address,
    "plain": filters.plain,
    "shell": filters.shell,
}
"""The quoting filters: their results may be written, whatever they are given."""


class _Context(Context):
    """Marks the results of macros, blocks and recursive loops as code: a template wrote them."""

    def call(self, obj: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        # Jinja writes the result of ``{% call %}`` unchecked.
        if "caller" in kwargs and not isinstance(obj, Macro):
            raise ExporterError("the template uses {% call %} with something that isn't a macro")
        result = super().call(obj, *args, **kwargs)
        if isinstance(obj, _WRITERS) and isinstance(result, str):
            return Code(result)
        # The sandbox's ``format`` gives its result the type of what it formats.
        return str(result) if isinstance(result, Code) else result


_WRITERS = (Macro, BlockReference, LoopContext)


class _Generator(CodeGenerator):
    """Checks ``{% filter %}`` blocks, whose result Jinja writes unchecked."""

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802
        """Refuse the block unless its last filter quotes."""
        if node.filter.name not in _CODE:
            self.fail(f"{{% filter {node.filter.name} %}} is not a quoting filter", node.lineno)
        super().visit_FilterBlock(node, frame)


def make(kind: Callable[..., Environment], **settings: Any) -> Environment:
    """Make an environment of this class, with our rules and filters."""
    environment = kind(
        **settings,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        # With it, Jinja would escape for HTML and make Markup.
        autoescape=False,
        finalize=_only_quoted,
        cache_size=-1,
    )
    environment.context_class = _Context
    environment.code_generator_class = _Generator
    environment.filters.update({name: _code(function) for name, function in _CODE.items()})
    environment.globals["unsupported"] = _unsupported
    environment.filters.update({"camel_case": filters.camel_case, "dedent": _dedent})
    return environment


def _code(function: Callable[..., str]) -> Callable[..., Code]:
    """Return the filter with its result marked as code."""

    def quoted(*args: object, **kwargs: object) -> Code:
        _refuse_undefined(args)
        return Code(function(*args, **kwargs))

    quoted.__doc__ = function.__doc__
    return quoted


def _unsupported(destination: EventDestination) -> NoReturn:
    """Raise ``ExporterError``: the template has no branch for a destination's target."""
    target = destination.target
    kind = f"targets of the kind {target.kind}" if target else "its target"
    raise ExporterError(
        f"the template writes {destination.name!r} without its target: it has no branch for {kind}",
        hint="add one to the template; 'ses2iac templates eject' copies the built-in one",
    )


def _dedent(text: object, by: int) -> Code:
    return Code(filters.dedent(_only_quoted(text), by))


def _only_quoted(value: object) -> Code:
    if isinstance(value, Code):
        return value
    _refuse_undefined((value,))
    shown = str(value) if isinstance(value, str) else value
    raise ExporterError(f"the template writes {shown!r} without a quoting filter", hint=_ADVICE)


def _refuse_undefined(values: Iterable[object]) -> None:
    """Raise Jinja's ``UndefinedError`` for a name that the template uses without defining it."""
    for value in values:
        if isinstance(value, Undefined):
            str(value)  # StrictUndefined raises
