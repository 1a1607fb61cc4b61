"""Rendering with a person's own templates: in Jinja's sandbox, in a process that can be ended.

The sandbox keeps a template from attributes that lead out of it and from changing the data; it
reads no file, as its loader knows the templates alone. The process has limits of time and memory,
as no sandbox sees every way to take for ever.
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
"""How long an export of no resource may take; every resource adds to it."""
SECONDS_EACH = 0.05
MEMORY = 4 * 1024**3
"""Bytes that the process may take, where the system can hold it to that."""
STEPS = 1_000_000
"""Numbers that all calls of ``range`` together may give; every resource adds to it."""
STEPS_EACH = 1_000

_START = f"import sys; from {__name__} import main; main(*sys.argv[1:])"
_ADVICE = "'ses2iac templates show NAME' prints the built-in template"


@dataclass(frozen=True)
class _Task:
    """What the process is given.

    Attributes:
        make: Makes the files; a function of a module and what it is given.
        resources: How many resources that is about.
    """

    format_: FormatName
    own: OwnTemplates
    make: partial[Rendering]
    resources: int
    seconds: float


class _Answer(msgspec.Struct, frozen=True):
    """What the process says: a rendering without types of ours, or what went wrong."""

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
    """A format's rendering, with a person's templates in the place of ours.

    Raises:
        ExporterError: when a template is wrong, takes too long, or makes what is no code of the
            format; it names the template and its line.
    """
    make = partial(_of_scope, format_, plan, inputs)
    return _ended(_task(format_, own, make, len(plan.identities)))


def join_with(
    own: OwnTemplates, format_: FormatName, records: Iterable[ScopeRecord], paths: Collection[str]
) -> list[RenderedFile]:
    """The files that several accounts and regions share, with a person's templates.

    Raises:
        ExporterError: as for ``render_with``.
    """
    known = tuple(records)
    if not load_format(format_).join(known, paths):
        return []
    make = partial(_shared, format_, known, frozenset(paths))
    return [*_ended(_task(format_, own, make, sum(len(of.resources) for of in known))).files]


def _task(
    format_: FormatName, own: OwnTemplates, make: partial[Rendering], resources: int
) -> _Task:
    return _Task(format_, own, make, resources, SECONDS + SECONDS_EACH * resources)


def _of_scope(format_: FormatName, plan: RenderContext, inputs: RenderInputs) -> Rendering:
    return load_format(format_).render(plan, inputs)


def _shared(
    format_: FormatName, records: tuple[ScopeRecord, ...], paths: frozenset[str]
) -> Rendering:
    return Rendering(tuple(load_format(format_).join(records, paths)), {}, ())


def _ended(task: _Task) -> Rendering:
    """What the process makes of its task."""
    # Loaded here, as it is of no use to the process itself.
    from exporter.support import processes  # noqa: PLC0415

    own, seconds = task.own, task.seconds
    package = Path(__file__).resolve().parent.parent.parent
    paths = ":".join if sys.platform != "win32" else ";".join
    with tempfile.TemporaryDirectory(prefix="ses2iac-") as name:
        place = Path(name)
        (place / "task").write_bytes(pickle.dumps(task))
        # What stands on sys.path here stands there, however this process was started.
        environ = processes.environment(PYTHONPATH=paths([str(package), *filter(None, sys.path)]))
        command = [sys.executable, "-c", _START, "task", "answer"]
        try:
            # The process ends itself in time, and says where it was; this is for one that cannot.
            ran = processes.run(command, place, seconds + 5, environ, name="rendering")
            answer = msgspec.json.decode((place / "answer").read_bytes(), type=_Answer)
        except processes.EngineError as error:
            said = _slow(seconds) if error.is_slow else str(error)
            raise ExporterError(said, where=_places(own), hint=_ADVICE) from None
        except (OSError, msgspec.DecodeError):
            last = ran.err.strip().splitlines()[-1:]
            said = f"rendering ended with exit code {ran.code}: {''.join(last)}"
            raise ExporterError(said, where=_places(own), hint=_ADVICE) from None
    if answer.what:
        raise ExporterError(answer.what, where=answer.where, hint=answer.hint)
    return Rendering(
        tuple(answer.files),
        dict(answer.addresses),
        tuple(answer.next_steps),
        answer.stacks,
        dict(answer.former),
        frozenset(answer.keyed),
        frozenset(answer.imported),
        answer.mapped_by,
        answer.notes,
        answer.warnings,
    )


def _slow(seconds: float) -> str:
    return f"the templates did not finish within {seconds:g} s"


def _places(own: OwnTemplates) -> str:
    return ", ".join(template.path for template in own.values())


# In the process
# --------------------------------------------------------------------------------------


class _TooLongError(BaseException):
    """The time is up; no template can catch it."""


def main(task_file: str, answer_file: str) -> None:
    """Do the task in a file; write the answer to another."""
    task: _Task = pickle.loads(Path(task_file).read_bytes())  # noqa: S301 - the parent wrote it
    _limit_memory()
    try:
        with _time_limit(task.seconds):
            answer = _render(task)
    except ExporterError as error:
        answer = _Answer(what=error.what, where=error.where, hint=error.hint)
    Path(answer_file).write_bytes(msgspec.json.encode(answer))


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise when the time is up, where the system can; the parent waits a little longer."""
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


def _render(task: _Task) -> _Answer:
    own = task.own
    try:
        with environment.instead(sandbox(own, task.resources)):
            rendering = task.make()
    except (Exception, _TooLongError) as error:  # noqa: BLE001 - a template may raise anything
        raise _said(error, own, task.seconds) from None
    try:
        files = [replace(file, text=_finished(file, task)) for file in rendering.files]
    except _TooLongError:
        raise ExporterError(_slow(task.seconds), where=_places(own), hint=_ADVICE) from None
    return _Answer(
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
    """The environment of a person's templates, and of ours beside them."""
    made = environment.make(
        ImmutableSandboxedEnvironment, loader=FunctionLoader(partial(_source, own))
    )
    made.globals["range"] = _Range(STEPS + STEPS_EACH * resources)
    return made


class _Range:
    """Jinja's ``range``, with a limit on all calls together: loops in loops multiply."""

    def __init__(self, steps: int) -> None:
        self._steps = steps

    def __call__(self, *arguments: int) -> range:
        found = safe_range(*arguments)
        self._steps -= len(found)
        if self._steps < 0:
            raise OverflowError("the loops over range() have too many steps")
        return found


def _source(own: OwnTemplates, name: str) -> tuple[str, str, None] | None:
    """A template's text and where it stands; only what has the name of one of ours is any."""
    if name in own:
        return own[name].text, own[name].path, None
    if name in catalogue.names():
        return catalogue.text(name), str(catalogue.folder() / name), None
    return None


def _said(error: BaseException, own: OwnTemplates, seconds: float) -> ExporterError:
    hint = _ADVICE
    if isinstance(error, TemplateSyntaxError):
        where = f"{error.filename or error.name}:{error.lineno}"
        return ExporterError(error.message or "a syntax error", where=where, hint=hint)
    where = _place(error, own)
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


def _place(error: BaseException, own: OwnTemplates) -> str:
    """The line of a template that an error comes from, a person's own before ours."""
    frames = list(traceback.walk_tb(error.__traceback__))[::-1]
    paths = {template.path for template in own.values()}
    ours = str(catalogue.folder())
    for is_wanted in (paths.__contains__, lambda file: file.startswith(ours)):
        for frame, line in frames:
            if is_wanted(frame.f_code.co_filename):
                return f"{frame.f_code.co_filename}:{line}"
    return _places(own)


def _finished(file: RenderedFile, task: _Task) -> str:
    """A file's text, once it is known to be code; Python as Black formats it."""
    suffix = Path(file.path).suffix
    if not any(name.endswith(f"{suffix}{catalogue.SUFFIX}") for name in task.own):
        return file.text
    format_ = load_format(task.format_)
    try:
        if suffix == format_.read_back.suffix:
            return format_.checked(file.path, file.text)
        data = {".json": _json, ".yaml": _yaml}.get(suffix)
        return data(file.path, file.text) if data else file.text
    except ExporterError as error:
        from_ = [
            template.path
            for name, template in task.own.items()
            if name.endswith(f"{suffix}{catalogue.SUFFIX}")
        ]
        hint = error.hint or f"it is made with {', '.join(from_)}"
        raise ExporterError(error.what, where=error.where, hint=hint) from None


def _yaml(path: str, text: str) -> str:
    import yaml  # noqa: PLC0415 - few formats have data of their own

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
