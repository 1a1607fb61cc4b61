"""What to do about a difference: update the code, or revert the account."""

import dataclasses
import shlex
from collections.abc import Iterator

from exporter.cli.options.diff import TypeOptions
from exporter.cli.options.sources import AccountOptions
from exporter.diff.detect import SideKind, recognise
from exporter.diff.side import Side
from exporter.sources.read import LIVE

_UPDATES = {
    SideKind.CDK: "change the CDK app and run 'cdk synth'",
    SideKind.STACK: "change the stack's template and deploy it",
    SideKind.TERRAFORM_JSON: "change the Terraform code",
    SideKind.TFSTATE: "change the Terraform code",
}
"""How to update code that can't be edited where it was read."""

_SELECTION = ("include", "exclude")


def next_steps(
    names: tuple[str, str], sides: tuple[Side, Side], account: AccountOptions, types: TypeOptions
) -> Iterator[tuple[str, str]]:
    """Yield what the user may do next, each with its command.

    Args:
        names: The sides as given on the command line.
        sides: The same, loaded.
        account: The options of the account, to be repeated in the command.
        types: The options of the sides, to be repeated in the command.
    """
    (old, new), (before, after) = names, sides
    if after.is_code:
        return
    if before.exported_as is not None:
        # An export remembers its selection; a narrower one here would remove sets from it.
        flags = _flags(account, without=_SELECTION)
        source = () if new == LIVE else ("--from", new)
        export = ("export", before.exported_as, *source, *flags, "--out", old)
        yield "to keep it, update the code", _command(*export)
    elif before.snapshot is not None and after.is_live and not before.is_live:
        flags = _flags(account, without=_SELECTION)
        yield "to keep it, update the snapshot", _command("diff", old, new, *flags, "--update")
    elif before.is_code:
        kind = types.old_type or recognise(old)
        yield "to keep it, update the code", _UPDATES.get(kind, "edit it at the lines shown above")
    if not before.is_live:
        undo = ("diff", old, new, *_flags(account), *_flags(types), "--output", "commands")
        yield "to undo it, revert the account", _command(*undo)


def _command(*words: str) -> str:
    return shlex.join(("ses2iac", *words))


def _flags(options: AccountOptions | TypeOptions, without: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield options as they were given."""
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        flag = f"--{field.name.replace('_', '-')}"
        if field.name in without or value in (None, False):
            continue
        if value is True:
            yield flag
            continue
        for item in value if isinstance(value, list) else [value]:
            yield from (flag, str(item))
