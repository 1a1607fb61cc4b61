"""Render with custom templates: in Jinja's sandbox, in a process of its own that can be killed.

The sandbox keeps a template from reaching attributes outside of it and from changing the data. The
loader knows only the templates, so it reads no other file. The process has limits on time and
memory, because a sandbox can't detect every template that never ends.
"""

import pickle
import signal
import sys
import tempfile
import traceback
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import msgspec
from jinja2 import Environment, FunctionLoader, TemplateNotFound, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range

from exporter.formats import catalogue, environment
from exporter.formats.base import RenderedFile, Rendering, RenderInputs
from exporter.formats.catalogue import OwnTemplates
from exporter.formats.loading import load_format
from exporter.formats.manifest import ScopeRecord
from exporter.formats.registry import FormatName
from exporter.formats.render_context import RenderContext
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError

SECONDS = 20.0
"""Time limit of an export without resources; every resource adds to it."""
SECONDS_EACH = 0.05
MEMORY = 4 * 1024**3
"""Bytes of memory that the process may use, if the system can limit it."""
STEPS = 1_000_000
"""Numbers that all calls of ``range`` together may return; every resource adds to it."""
STEPS_EACH = 1_000

_START = f"import sys; from {__name__} import main; main(*sys.argv[1:])"
_ADVICE = "'ses2iac templates show NAME' prints the built-in template"


@dataclass(frozen=True)
class _Task:
    """What the process is to render.

    Attributes:
        make: Makes the files; a function of a module with its arguments, so that it can be
            pickled.
        resources: The number of resources in them.
    """

    format_: FormatName
    own: OwnTemplates
    make: partial[Rendering]
    resources: int
    seconds: float


class _Result(msgspec.Struct, frozen=True):
    """What the process returns: a rendering as plain JSON, or an error."""

    files: list[RenderedFile] = []
    addresses: list[tuple[Identity, str]] = []
    next_steps: list[str] = []
    stacks: dict[str, int] = {}
    former: list[tuple[Identity, tuple[str, ...]]] = []
    keyed: list[Identity] = []
    imported: list[Identity] = []
    mapped_by: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    what: str = ""
    where: str = ""
    hint: str = ""


def render_with(
    own: OwnTemplates, format_: FormatName, plan: RenderContext, inputs: RenderInputs
) -> Rendering:
    """Render a scope, with custom templates in place of the built-in ones.

    Raises:
        ExporterError: if a template fails, takes too long, or writes something that isn't code of
            the format; with the template and its line.
    """
    make = partial(_render_scope, format_, plan, inputs)
    return _run(_task(format_, own, make, len(plan.identities)))


def join_with(
    own: OwnTemplates, format_: FormatName, records: Iterable[ScopeRecord], paths: Collection[str]
) -> list[RenderedFile]:
    """Render the files that several accounts and regions share, with custom templates.

    Raises:
        ExporterError: as for ``render_with``.
    """
    scopes = tuple(records)
    if not load_format(format_).join(scopes, paths):
        return []
    make = partial(_render_shared, format_, scopes, frozenset(paths))
    resources = sum(len(record.resources) for record in scopes)
    return [*_run(_task(format_, own, make, resources)).files]


def _task(
    format_: FormatName, own: OwnTemplates, make: partial[Rendering], resources: int
) -> _Task:
    return _Task(format_, own, make, resources, SECONDS + SECONDS_EACH * resources)


def _render_scope(format_: FormatName, plan: RenderContext, inputs: RenderInputs) -> Rendering:
    return load_format(format_).render(plan, inputs)


def _render_shared(
    format_: FormatName, records: tuple[ScopeRecord, ...], paths: frozenset[str]
) -> Rendering:
    return Rendering(tuple(load_format(format_).join(records, paths)), {}, ())


def _run(task: _Task) -> Rendering:
    """Do a task in a process and return its rendering."""
    # Imported here, because the process itself doesn't need it.
    from exporter.support import processes  # noqa: PLC0415

    own, seconds = task.own, task.seconds
    package = Path(__file__).resolve().parent.parent.parent
    joined = ":".join if sys.platform != "win32" else ";".join
    with tempfile.TemporaryDirectory(prefix="ses2iac-") as name:
        work_dir = Path(name)
        (work_dir / "task").write_bytes(pickle.dumps(task))
        # The process gets our sys.path, however we were started.
        environ = processes.environment(PYTHONPATH=joined([str(package), *filter(None, sys.path)]))
        command = [sys.executable, "-c", _START, "task", "result"]
        try:
            # The process stops itself and reports the line; this limit is for when it can't.
            ran = processes.run(command, work_dir, seconds + 5, environ, name="rendering")
            result = msgspec.json.decode((work_dir / "result").read_bytes(), type=_Result)
        except processes.EngineError as error:
            what = _slow(seconds) if error.is_slow else str(error)
            raise ExporterError(what, where=_paths(own), hint=_ADVICE) from None
        except (OSError, msgspec.DecodeError):
            last = ran.err.strip().splitlines()[-1:]
            what = f"rendering ended with exit code {ran.code}: {''.join(last)}"
            raise ExporterError(what, where=_paths(own), hint=_ADVICE) from None
    if result.what:
        raise ExporterError(result.what, where=result.where, hint=result.hint)
    return Rendering(
        tuple(result.files),
        dict(result.addresses),
        tuple(result.next_steps),
        result.stacks,
        dict(result.former),
        frozenset(result.keyed),
        frozenset(result.imported),
        result.mapped_by,
        result.notes,
        result.warnings,
    )


def _slow(seconds: float) -> str:
    return f"the templates did not finish within {seconds:g} s"


def _paths(own: OwnTemplates) -> str:
    return ", ".join(template.path for template in own.values())


# In the process
# --------------------------------------------------------------------------------------


class _TooLongError(BaseException):
    """The time is up; a ``BaseException``, so that no template can catch it."""


def main(task_file: str, result_file: str) -> None:
    """Do the task in one file and write the result to another."""
    task: _Task = pickle.loads(Path(task_file).read_bytes())  # noqa: S301 - the parent wrote it
    _limit_memory()
    try:
        with _time_limit(task.seconds):
            result = _render(task)
    except ExporterError as error:
        result = _Result(what=error.what, where=error.where, hint=error.hint)
    Path(result_file).write_bytes(msgspec.json.encode(result))


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise when the time is up, if the system can; the parent waits a little longer."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> NoReturn:
        raise _TooLongError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _render(task: _Task) -> _Result:
    own = task.own
    try:
        with environment.instead(sandbox(own, task.resources)):
            rendering = task.make()
    except (Exception, _TooLongError) as error:  # noqa: BLE001 - a template may raise anything
        raise _as_error(error, own, task.seconds) from None
    try:
        files = [replace(file, text=_checked_text(file, task)) for file in rendering.files]
    except _TooLongError:
        raise ExporterError(_slow(task.seconds), where=_paths(own), hint=_ADVICE) from None
    return _Result(
        files,
        list(rendering.addresses.items()),
        list(rendering.next_steps),
        dict(rendering.stacks),
        list(rendering.former.items()),
        list(rendering.keyed),
        list(rendering.imported),
        rendering.mapped_by,
        rendering.notes,
        rendering.warnings,
    )


def sandbox(own: OwnTemplates, resources: int) -> Environment:
    """Return the sandboxed environment with the custom templates and the built-in ones."""
    sandboxed = environment.make(
        ImmutableSandboxedEnvironment, loader=FunctionLoader(partial(_source, own))
    )
    sandboxed.globals["range"] = _Range(STEPS + STEPS_EACH * resources)
    return sandboxed


class _Range:
    """Jinja's ``range``, with a limit on all calls together: nested loops multiply."""

    def __init__(self, steps: int) -> None:
        self._steps = steps

    def __call__(self, *arguments: int) -> range:
        numbers = safe_range(*arguments)
        self._steps -= len(numbers)
        if self._steps < 0:
            raise OverflowError("the loops over range() have too many steps")
        return numbers


def _source(own: OwnTemplates, name: str) -> tuple[str, str, None] | None:
    """Return a template's text and path; None unless it has the name of a built-in template."""
    if name in own:
        return own[name].text, own[name].path, None
    if name in catalogue.names():
        return catalogue.text(name), str(catalogue.folder() / name), None
    return None


def _as_error(error: BaseException, own: OwnTemplates, seconds: float) -> ExporterError:
    hint = _ADVICE
    if isinstance(error, TemplateSyntaxError):
        where = f"{error.filename or error.name}:{error.lineno}"
        return ExporterError(error.message or "a syntax error", where=where, hint=hint)
    where = _template_line(error, own)
    if isinstance(error, _TooLongError):
        what = _slow(seconds)
    elif isinstance(error, TemplateNotFound):
        what = f"no template {str(error)!r}"
        hint = "a template can use only the templates of ses2iac, by name"
    elif isinstance(error, MemoryError):
        what = f"the templates take more than {MEMORY // 1024**3} GiB of memory"
    elif isinstance(error, RecursionError):
        what = "the templates call each other endlessly"
    elif isinstance(error, ExporterError):
        what, hint = error.what, error.hint
    else:
        what = f"{error}" or type(error).__name__
    return ExporterError(what, where=where, hint=hint)


def _template_line(error: BaseException, own: OwnTemplates) -> str:
    """Return the template line that an error comes from, in a custom template if possible."""
    frames = list(traceback.walk_tb(error.__traceback__))[::-1]
    custom = {template.path for template in own.values()}
    built_in = str(catalogue.folder())
    for is_template in (custom.__contains__, lambda file: file.startswith(built_in)):
        for frame, line in frames:
            if is_template(frame.f_code.co_filename):
                return f"{frame.f_code.co_filename}:{line}"
    return _paths(own)


def _checked_text(file: RenderedFile, task: _Task) -> str:
    """Return a file's text after checking that it is valid code; Python formatted with Black."""
    suffix = Path(file.path).suffix
    if not any(name.endswith(f"{suffix}{catalogue.SUFFIX}") for name in task.own):
        return file.text
    format_ = load_format(task.format_)
    try:
        if suffix == format_.read_back.suffix:
            return format_.checked(file.path, file.text)
        check = {".json": _json, ".yaml": _yaml}.get(suffix)
        return check(file.path, file.text) if check else file.text
    except ExporterError as error:
        templates = [
            template.path
            for name, template in task.own.items()
            if name.endswith(f"{suffix}{catalogue.SUFFIX}")
        ]
        hint = error.hint or f"it is made with {', '.join(templates)}"
        raise ExporterError(error.what, where=error.where, hint=hint) from None


def _yaml(path: str, text: str) -> str:
    import yaml  # noqa: PLC0415 - only YAML files need it

    try:
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ExporterError(f"the templates wrote invalid YAML: {error}", where=path) from None
    return text


def _json(path: str, text: str) -> str:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ExporterError(f"the templates wrote invalid JSON: {error}", where=path) from None
    return text
