"""A command that takes the defaults of its options from ``ses2iac.toml`` and a previous export."""

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
    """What stands in place of the options' own defaults.

    Attributes:
        repeated: Those that come from the previous export, by parameter.
        outside: Flags of the previous export that are not repeated.
        manifest_file: The manifest of the previous export, as far as it was read.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    repeated: "Mapping[str, Repeated]" = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    manifest_file: "ManifestFile | None" = None


class ConfiguredCommand(TyperCommand):
    """Obeys flags, then the ``[export]`` table of the configuration file, then the manifest."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, with what the files say in place of the options' own defaults.

        Raises:
            ExporterError: when the configuration file is wrong.
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
    """What is known of an export's options once they are parsed.

    Attributes:
        notes: What is to be said of them, once it is known how much is said.
        warnings: The same.
        manifest_file: The manifest in DIR, which was read for its options; a large one takes a
            while to load, so that it is loaded once. None when it was not, or is not there.
    """

    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    manifest_file: "ManifestFile | None" = None

    @property
    def manifest(self) -> "Manifest | None":
        """What that manifest says."""
        return self.manifest_file.manifest if self.manifest_file else None

    def say(self) -> None:
        """Say which options of the previous export apply again, and how to reset them."""
        for note in self.notes:
            console.note(note)
        for warning in self.warnings:
            console.warn(warning)


CONFIGURED: ContextVar[Configured] = ContextVar("configured", default=Configured())  # noqa: B039
"""Of the command that is running."""


def _configured(ctx: Any, defaults: _Defaults) -> Configured:
    out = ctx.params.get("out")
    notes = list(defaults.notes)
    held = [
        each
        for parameter, each in defaults.repeated.items()
        # By its name, as Typer brings a Click of its own.
        if ctx.get_parameter_source(parameter).name == "DEFAULT_MAP"
    ]
    if held:
        flags = " ".join(each.flags for each in held)
        notes.append(
            f"{out}: reusing options of the last export: {flags} (--reset-options drops them)"
        )
    notes += [each.note for each in held if each.note]
    warnings = [
        f"{out}: the last export had {flag} with a path outside this folder, which is not "
        "reused: pass it again, or put it in ses2iac.toml"
        for flag in defaults.outside
        if not ctx.params.get(_parameter(flag))
    ]
    return Configured(tuple(notes), tuple(warnings), defaults.manifest_file)


def _parameter(flag: str) -> str:
    from exporter.sources import settings  # noqa: PLC0415 - --help does not need them

    return settings.BY_KEY[flag.removeprefix("--")].parameter


def _defaults(options: Mapping[str, Any]) -> _Defaults:
    from exporter.sources import settings, trusted_config  # noqa: PLC0415 - --help needs neither

    named = options.get("config")
    file = trusted_config.chosen(Path(named) if isinstance(named, str) else None)
    where = file.path if file is not None else None
    given = file.export if file is not None else {}
    format_ = str(options.get("format_"))
    notes = []
    found = {}
    for key, each in given.items():
        setting = settings.BY_KEY[key]
        if setting.is_for(format_):
            found[setting.parameter] = each.value
        else:
            # The file is for every format.
            notes.append(f"{where}:{each.line}: {key} does not apply to {format_}; ignored")
    repeated, outside, manifest_file = _of_previous(options, format_)
    held = {name: each for name, each in repeated.items() if name not in found}
    values = {**{name: each.value for name, each in held.items()}, **found}
    return _Defaults(values, held, outside, tuple(notes), manifest_file)


def _of_previous(
    options: Mapping[str, Any], format_: str
) -> "tuple[dict[str, Repeated], tuple[str, ...], ManifestFile | None]":
    """What the export in DIR had, by parameter, the flags that are not repeated, its manifest."""
    from exporter.export import repeated_options  # noqa: PLC0415
    from exporter.formats import manifest  # noqa: PLC0415
    from exporter.sources import settings  # noqa: PLC0415
    from exporter.support.errors import ExporterError  # noqa: PLC0415

    out = options.get("out")
    if not isinstance(out, str) or options.get("reset_options"):
        return {}, (), None
    file = None
    # What is wrong with it the command says.
    with suppress(ExporterError):
        file = manifest.read(Path(out))
    if file is None or file.manifest.format != format_:
        return {}, (), file
    found = repeated_options.of(Path(out), file.manifest)
    by_parameter = {settings.BY_KEY[each.key].parameter: each for each in found}
    return by_parameter, tuple(repeated_options.outside(Path(out), file.manifest)), file
