"""A command that takes the defaults of its options from ``ses2iac.toml``."""

from pathlib import Path
from typing import Any

from typer.core import TyperCommand

from exporter.cli import console


class ConfiguredCommand(TyperCommand):
    """Obeys the ``[export]`` table of the configuration file; flags win."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, with what the file says in place of the options' own defaults.

        Raises:
            ExporterError: when the configuration file is wrong.
        """
        if not {"--help", "-h"} & set(args) and not ctx.resilient_parsing:
            ctx.default_map = _defaults(*self._named(ctx, args))
        return super().parse_args(ctx, args)

    def _named(self, ctx: Any, args: list[str]) -> tuple[str | None, str]:
        """The file that the arguments name, if any, and the format."""
        options, _, _ = self.make_parser(ctx).parse_args(list(args))
        named = options.get("config")
        return named if isinstance(named, str) else None, str(options.get("format_"))


def _defaults(named: str | None, format_: str) -> dict[str, Any]:
    from exporter import config, settings  # noqa: PLC0415 - --help needs neither

    file = Path(named) if named is not None else config.find(Path.cwd())
    given = config.load(file).export if file is not None else {}
    found = {}
    for key, each in given.items():
        setting = settings.BY_KEY[key]
        if setting.is_for(format_):
            found[setting.parameter] = each.value
        else:
            # The file is for every format.
            console.note(f"{file}:{each.line}: {key} is not for {format_}, and not used")
    return found
