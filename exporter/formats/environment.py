"""The one Jinja environment: strict, and unable to write a value that no quoting rule has seen.

Jinja's own mark for text that may be written, ``Markup``, means HTML, and is set by filters
(``tojson``, ``urlize``), kept by others (``replace``, ``trim``) and spread by operators (``~``). So
it counts for nothing here: only ``Code`` is written, which our quoting filters make, and which any
change turns into plain text again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, NoReturn

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import BlockReference, Context, LoopContext, Macro

from exporter.formats import catalogue, filters
from exporter.model.resources import EventDestination
from exporter.support.errors import ExporterError

_ADVICE = "pipe it through hcl, yaml, python, comment, label, plain or shell"

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


class Code(str):
    """Text of the output language. What is cut, joined or changed is a plain string again."""

    __slots__ = ()


_CODE: dict[str, Callable[..., str]] = {
    "hcl": filters.hcl,
    "hcl_attributes": filters.hcl_attributes,
    "hcl_block": filters.hcl_block,
    "hcl_map": filters.hcl_map,
    "hcl_tags": filters.hcl_tags,
    "yaml": filters.yaml,
    "python": filters.python,
    "python_import": filters.python_import,
    "comment": filters.comment,
    "label": filters.label,
    "code_span": filters.code_span,
    "hcl_address": filters.hcl_address,
    "plain": filters.plain,
    "shell": filters.shell,
}
"""The quoting filters: what they return may be written, whatever they are given."""


class _Context(Context):
    """What a macro, a block or a recursive loop returns was written already, and so is code."""

    def call(self, obj: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        # Jinja writes the result of ``{% call %}`` as it is.
        if "caller" in kwargs and not isinstance(obj, Macro):
            raise ExporterError("the template uses {% call %} with something that is no macro")
        result = super().call(obj, *args, **kwargs)
        if isinstance(obj, _WRITERS) and isinstance(result, str):
            return Code(result)
        # The sandbox's ``format`` gives its result the type of what it formats.
        return str(result) if isinstance(result, Code) else result


_WRITERS = (Macro, BlockReference, LoopContext)


class _Generator(CodeGenerator):
    """Jinja writes the result of a ``{% filter %}`` block as it is."""

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:  # noqa: N802
        """Refuse the block unless its last filter quotes."""
        if node.filter.name not in _CODE:
            self.fail(f"{{% filter {node.filter.name} %}} is not a quoting filter", node.lineno)
        super().visit_FilterBlock(node, frame)


def make(kind: Callable[..., Environment], **settings: Any) -> Environment:
    """An environment of a kind, with our rules and filters."""
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
    """A filter whose result may be written: it is text of the output language."""

    def quoted(*args: object, **kwargs: object) -> Code:
        _refuse_undefined(args)
        return Code(function(*args, **kwargs))

    quoted.__doc__ = function.__doc__
    return quoted


def _unsupported(destination: EventDestination) -> NoReturn:
    """End the export where a template has no branch for a destination's target."""
    target = destination.target
    kind = f"targets of the kind {target.kind}" if target else "its target"
    raise ExporterError(
        f"the template writes {destination.name!r} without its target: it has no branch for {kind}",
        hint="add one to the template; 'ses2iac templates eject' writes ours",
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
    """Name what a template uses and nobody has defined."""
    for value in values:
        if isinstance(value, Undefined):
            str(value)  # a strict one raises what says it
