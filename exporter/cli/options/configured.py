"""A command whose options get their defaults from ``ses2iac.toml`` and the previous export."""

from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from exporter.cli.terminal import console

if TYPE_CHECKING:
    from exporter.export.repeated_options import Repeated
    from exporter.formats.manifest import Manifest, ManifestFile


@dataclass(frozen=True)
class _Defaults:
    """Values that replace the options' own defaults.

    Attributes:
        repeated: Those from the previous export, by parameter.
        outside: Flags of the previous export that are not repeated, because they name a path
            outside its folder.
        manifest_file: The manifest of the previous export, if it was read.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    repeated: "Mapping[str, Repeated]" = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    manifest_file: "ManifestFile | None" = None


class ConfiguredCommand(TyperCommand):
    """Flags win over the configuration file's ``[export]`` table, which wins over the manifest."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, with the files' values as defaults.

        Raises:
            ExporterError: if the configuration file is invalid.
        """
        if not {"--help", "-h"} & set(args) and not ctx.resilient_parsing:
            options, _, _ = self.make_parser(ctx).parse_args(list(args))
            defaults = _defaults(options)
            ctx.default_map = dict(defaults.values)
            rest = super().parse_args(ctx, args)
            CONFIGURED.set(_configured(ctx, defaults))
            return rest
        return super().parse_args(ctx, args)


@dataclass(frozen=True)
class Configured:
    """The result of parsing an export's options.

    Attributes:
        notes: Printed by ``say``, when ``--quiet`` is known.
        warnings: The same.
        manifest_file: The manifest in DIR, if it exists and was read. Kept, because a large one
            takes a while to load.
    """

    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    manifest_file: "ManifestFile | None" = None

    @property
    def manifest(self) -> "Manifest | None":
        """The manifest in DIR."""
        return self.manifest_file.manifest if self.manifest_file else None

    def say(self) -> None:
        """Print which options of the previous export apply again, and how to reset them."""
        for note in self.notes:
            console.note(note)
        for warning in self.warnings:
            console.warn(warning)


CONFIGURED: ContextVar[Configured] = ContextVar("configured", default=Configured())  # noqa: B039
"""The result for the command that is running."""


def _configured(ctx: Any, defaults: _Defaults) -> Configured:
    out = ctx.params.get("out")
    notes = list(defaults.notes)
    applied = [
        option
        for parameter, option in defaults.repeated.items()
        # By name: some versions of Typer bundle Click, so its enumeration can't be imported.
        if ctx.get_parameter_source(parameter).name == "DEFAULT_MAP"
    ]
    if applied:
        flags = " ".join(option.flags for option in applied)
        notes.append(
            f"{out}: reusing options of the last export: {flags} (--reset-options drops them)"
        )
    notes += [option.note for option in applied if option.note]
    warnings = [
        f"{out}: the last export had {flag} with a path outside this folder, which is not "
        "reused: pass it again, or put it in ses2iac.toml"
        for flag in defaults.outside
        if not ctx.params.get(_parameter(flag))
    ]
    return Configured(tuple(notes), tuple(warnings), defaults.manifest_file)


def _parameter(flag: str) -> str:
    from exporter.sources import settings  # noqa: PLC0415 - --help does not need it

    return settings.BY_KEY[flag.removeprefix("--")].parameter


def _defaults(options: Mapping[str, Any]) -> _Defaults:
    from exporter.sources import settings, trusted_config  # noqa: PLC0415 - --help needs neither

    named = options.get("config")
    file = trusted_config.chosen(Path(named) if isinstance(named, str) else None)
    where = file.path if file is not None else None
    entries = file.export if file is not None else {}
    format_ = str(options.get("format_"))
    notes = []
    configured = {}
    for key, entry in entries.items():
        setting = settings.BY_KEY[key]
        if setting.is_for(format_):
            configured[setting.parameter] = entry.value
        else:
            # No error: one file serves all formats.
            notes.append(f"{where}:{entry.line}: {key} does not apply to {format_}; ignored")
    previous, outside, manifest_file = _of_previous(options, format_)
    repeated = {name: option for name, option in previous.items() if name not in configured}
    values = {**{name: option.value for name, option in repeated.items()}, **configured}
    return _Defaults(values, repeated, outside, tuple(notes), manifest_file)


def _of_previous(
    options: Mapping[str, Any], format_: str
) -> "tuple[dict[str, Repeated], tuple[str, ...], ManifestFile | None]":
    """Return the options of the export in DIR by parameter, flags not repeated, its manifest."""
    from exporter.export import repeated_options  # noqa: PLC0415
    from exporter.formats import manifest  # noqa: PLC0415
    from exporter.sources import settings  # noqa: PLC0415
    from exporter.support.errors import ExporterError  # noqa: PLC0415

    out = options.get("out")
    if not isinstance(out, str) or options.get("reset_options"):
        return {}, (), None
    file = None
    # The command itself reports an unreadable manifest.
    with suppress(ExporterError):
        file = manifest.read(Path(out))
    if file is None or file.manifest.format != format_:
        return {}, (), file
    repeated = repeated_options.of(Path(out), file.manifest)
    by_parameter = {settings.BY_KEY[option.key].parameter: option for option in repeated}
    return by_parameter, tuple(repeated_options.outside(Path(out), file.manifest)), file
