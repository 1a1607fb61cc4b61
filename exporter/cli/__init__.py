"""The command line: the entry point; each command is a module of this package."""

import errno
import gc
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, TextIO

import typer

from exporter import __version__
from exporter.cli.commands import Commands
from exporter.cli.examples import DOCUMENTATION, FIRST_STEPS, epilog
from exporter.cli.options.grouping import grouped
from exporter.cli.terminal import console
from exporter.cli.usage_errors import explained
from exporter.support import signals, written
from exporter.support.errors import ExitCode, ExporterError, UsageError

app = typer.Typer(
    name="ses2iac",
    cls=Commands,
    help="Bring existing Amazon SES event destinations under Terraform, CloudFormation or CDK.",
    no_args_is_help=True,
    epilog=f"{epilog('First steps', FIRST_STEPS)}\n\n{DOCUMENTATION}",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(requested: bool) -> None:
    if requested:
        console.result(f"ses2iac {__version__}\n")
        raise typer.Exit


@app.callback()
@grouped
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Print the version.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """Bring existing Amazon SES event destinations under Terraform, CloudFormation or CDK."""


def main() -> None:
    """Run the command line and end the process."""
    # A large account is a million objects without reference cycles; with the default thresholds,
    # looking for them takes a third of the time.
    gc.set_threshold(200_000, 20, 20)
    signals.install()
    code = run()
    # Skip that search when the process ends, too.
    gc.freeze()
    # All output is written; a signal has nothing left to stop.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if not _is_flushed(sys.stdout):
        code = code or ExitCode.FAILED
    # A closed or full standard error must not change the exit code.
    _is_flushed(sys.stderr)
    sys.exit(code)


def _is_flushed(stream: TextIO | None) -> bool:
    """Flush a stream; return False if its reader has gone or the disk is full.

    Otherwise Python flushes at exit, prints its own error, and exits with 120.
    """
    if stream is None:
        return True
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command, with these arguments or the process's own, and return the exit code."""
    with written.recorded() as is_outermost:
        code = _run_reporting_errors(arguments)
        if is_outermost and code in _SIGNALLED:
            console.interrupted(_SIGNALLED[ExitCode(code)])
        return code


_SIGNALLED = {ExitCode.INTERRUPTED: "interrupted", ExitCode.TERMINATED: "terminated"}


def _run_reporting_errors(arguments: Sequence[str] | None) -> int:
    """Run one command; print an error instead of raising it."""
    before = replace(console.settings)
    try:
        return _run(arguments)
    except UsageError as error:
        console.error(error)
        return ExitCode.USAGE
    except ExporterError as error:
        console.error(error)
        return ExitCode.FAILED
    except (KeyboardInterrupt, signals.TerminatedError) as error:
        return signals.exit_code(error)
    except BrokenPipeError:
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - users see a message, never a bare traceback
        console.crash(error)
        return ExitCode.FAILED
    finally:
        console.restore(before)


_NO_ROOM = (errno.ENOSPC, errno.EFBIG)


def _run(arguments: Sequence[str] | None) -> int:
    code: object = ExitCode.DONE
    try:
        code = app(args=arguments, prog_name="ses2iac", standalone_mode=False)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except OSError as problem:
        # Typer failed to print something. Flushing raises the real cause, unless Python doesn't
        # buffer (PYTHONUNBUFFERED).
        console.flush()
        if problem.errno in _NO_ROOM and problem.filename is None:
            with console.writing():
                raise
        raise
    except Exception as error:
        # Recognized by attributes: some versions of Typer bundle Click, others depend on it.
        if not isinstance(getattr(error, "message", None), str) or not hasattr(error, "exit_code"):
            raise
        code = _usage_error(error)
    console.flush()
    return code if isinstance(code, int) else int(ExitCode.DONE)


def _usage_error(error: Any) -> int:
    """Raise Click's error as a ``UsageError``; a group without a command prints its help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        console.result(f"{error.message}\n")
        return int(error.exit_code)
    raise explained(error) from None
