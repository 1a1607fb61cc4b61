"""What to do about a difference: take it over into the code, or undo it in the account."""

import dataclasses
import shlex
from collections.abc import Iterator

from exporter.cli.options.diff import TypeOptions
from exporter.cli.options.sources import AccountOptions
from exporter.diff.side import Side
from exporter.sources.read import LIVE

_SELECTION = ("include", "exclude")


def next_steps(
    names: tuple[str, str], sides: tuple[Side, Side], account: AccountOptions, types: TypeOptions
) -> Iterator[tuple[str, str]]:
    """What may be done, and the command for it.

    Args:
        names: The sides as the command line names them.
        sides: The same, loaded.
        account: The options of the account; a command that goes there needs them again.
        types: What was said of the sides; a command that reads them needs it again.
    """
    (old, new), (before, after) = names, sides
    if after.is_code:
        return
    if before.exported_as is not None:
        # What is selected stays with an export: less of it here would be less of it there.
        flags = _flags(account, without=_SELECTION)
        source = () if new == LIVE else ("--from", new)
        export = ("export", before.exported_as, *source, *flags, "--out", old)
        yield "to keep it, update the code", _command(*export)
    elif before.snapshot is not None and after.is_live and not before.is_live:
        flags = _flags(account, without=_SELECTION)
        yield "to keep it, update the snapshot", _command("diff", old, new, *flags, "--update")
    elif before.is_code:
        yield "to keep it, update the code", "edit it at the lines shown above"
    if not before.is_live:
        undo = ("diff", old, new, *_flags(account), *_flags(types), "--output", "commands")
        yield "to undo it, revert the account", _command(*undo)


def _command(*words: str) -> str:
    return shlex.join(("ses2iac", *words))


def _flags(given: AccountOptions | TypeOptions, without: tuple[str, ...] = ()) -> Iterator[str]:
    """Options as they were given."""
    for field in dataclasses.fields(given):
        value = getattr(given, field.name)
        flag = f"--{field.name.replace('_', '-')}"
        if field.name in without or value in (None, False):
            continue
        if value is True:
            yield flag
            continue
        for each in value if isinstance(value, list) else [value]:
            yield from (flag, str(each))
