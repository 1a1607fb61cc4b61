"""Options of ``export`` for code that becomes part of existing Terraform code."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exporter.support.errors import UsageError

if TYPE_CHECKING:
    from exporter.formats.base import Format
    from exporter.formats.manifest import Manifest

PANEL = "Existing Terraform code"

_STEP = r'[A-Za-z_][A-Za-z0-9_-]*(\[\d+\]|\["[A-Za-z0-9_ /:@+-]+"\])?'
_MODULE = re.compile(rf"{_STEP}(\.module\.{_STEP})*")


@dataclass(frozen=True)
class ModuleOptions:
    """The module that the code becomes part of, and its root module."""

    fragment: Annotated[
        bool,
        typer.Option(
            "--fragment/--no-fragment",
            help="Terraform: omit provider and version blocks; the code goes into an existing "
            "module.",
            rich_help_panel=PANEL,
            show_default=False,
        ),
    ] = False
    module: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Terraform: the code is the module NAME; import, moved and removed blocks go "
            "into its root module.",
            rich_help_panel=PANEL,
            show_default=False,
        ),
    ] = None
    root: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The root module's folder; by default the parent of --out.",
            rich_help_panel=PANEL,
            show_default=False,
        ),
    ] = None
    replaces: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Terraform: move the SES API v1 resources in DIR's code to v2; MIGRATE.md "
            "lists what to delete and rename there.",
            rich_help_panel=PANEL,
            show_default=False,
        ),
    ] = None

    def check(self, format_: "Format", out: Path) -> None:
        """Refuse options that don't apply or can't be combined.

        Raises:
            UsageError: if the format has no modules, the name is invalid, ``--root`` has no module,
                or ``--replaces`` is the module itself.
        """
        flags = {
            "--fragment": self.fragment,
            "--module": self.module,
            "--root": self.root,
            "--replaces": self.replaces,
        }
        flag = next((flag for flag, value in flags.items() if value), None)
        if flag and not format_.can_move:
            raise UsageError(f"{flag} does not apply to {format_.title}", hint="drop it")
        if self.root is not None and not self.module:
            raise UsageError("--root needs --module", hint="pass the module with --module NAME")
        if self.module and not _MODULE.fullmatch(self.module):
            raise UsageError(
                f"--module {self.module!r} is not a module address",
                hint="use NAME for module.NAME, NAME.module.INNER for a nested module, or "
                'NAME[0] or NAME["KEY"] for an instance',
            )
        if self.module and self.replaces and self.replaces.resolve() == out.resolve():
            raise UsageError(
                "--replaces points to the module itself, which has no state",
                hint="pass the folder of the root module that calls it",
            )

    def root_for(self, out: Path, manifest: "Manifest | None") -> Path | None:
        """Return the root module's folder; None if the code isn't a module.

        Raises:
            UsageError: if that folder can't be the root module, or only the manifest names it.
        """
        if not self.module:
            return None
        from exporter.export import module_root  # noqa: PLC0415 - --help does not need it

        if self.root is None and manifest and manifest.options.module:
            module_root.refuse_unknown(out, manifest)
        root = self.root or module_root.above(out)
        module_root.check(out, root)
        return root
