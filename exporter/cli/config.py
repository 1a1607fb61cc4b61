"""``ses2iac config``."""

import json
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from exporter.cli.options.grouping import grouped
from exporter.cli.terminal import console
from exporter.export import repeated_options
from exporter.formats import manifest as manifests
from exporter.formats.manifest import MANIFEST_FILE
from exporter.model.account_query import KEYS, AccountQuery
from exporter.sources import config as configs
from exporter.sources import settings, trusted_config
from exporter.support.errors import ExporterError
from exporter.support.redaction import know_url, redacted
from exporter.support.text import printable

Row = tuple[str, Any, str]
"""A setting, its value, and where the value comes from."""

_HIDDEN = frozenset({"external_id"})
"""The keys whose values are shared secrets."""

_DEFAULT = "default"


class Output(StrEnum):
    """How settings are printed."""

    TEXT = "text"
    JSON = "json"


@grouped
def config() -> None:
    """Show the options that ses2iac.toml and an earlier export set."""


@grouped
def show(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR",
            help="An export's folder, whose options the next export reuses.",
            show_default=False,
        ),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Configuration file; by default the nearest ses2iac.toml."
        ),
    ] = None,
    output: Annotated[Output, typer.Option("--output", "-o", help="Output format.")] = Output.TEXT,
) -> None:
    """Print the effective settings and where each comes from. Flags override them."""
    configuration = trusted_config.chosen(Path(config) if config is not None else None)
    file = configuration.path if configuration is not None else None
    rows = [*_export(configuration, folder), *_targets(configuration)]
    if output is Output.JSON:
        document = {
            "FormatVersion": 1,
            "File": str(file) if file is not None else None,
            "Settings": [{"Setting": n, "Value": v, "Origin": origin} for n, v, origin in rows],
        }
        console.result(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return
    if file is None:
        console.note("no ses2iac.toml in this folder or any parent folder")
    console.result(_table([(name, _shown(value), origin) for name, value, origin in rows]))


SUBCOMMANDS = {"show": show}


def _export(config: configs.Config | None, folder: Path | None) -> list[Row]:
    repeated = _repeated(folder) if folder is not None else {}
    rows: list[Row] = []
    for setting in settings.SETTINGS:
        name = f"export.{setting.key}"
        entry = config.export.get(setting.key) if config else None
        if config is not None and entry is not None:
            rows.append((name, entry.value, f"{config.path}:{entry.line}"))
        elif setting.key in repeated:
            rows.append((name, repeated[setting.key], f"{folder}/{MANIFEST_FILE}"))
        else:
            rows.append((name, setting.default, _DEFAULT))
    return rows


def _repeated(folder: Path) -> dict[str, Any]:
    manifest = manifests.load(folder)
    if manifest is None:
        raise ExporterError(
            f"has no {MANIFEST_FILE}",
            where=str(folder),
            hint="pass the folder given to 'ses2iac export --out'",
        )
    return {option.key: option.value for option in repeated_options.of(folder, manifest)}


def _targets(config: configs.Config | None) -> list[Row]:
    rows: list[Row] = []
    targets = config.targets if config else ()
    for index, target in enumerate(targets):
        for field in fields(AccountQuery):
            value = getattr(target, field.name)
            key = KEYS[field.name]
            line = config.line_of("target", index, key) if config else None
            origin = f"{config.path}:{line}" if config and line else _DEFAULT
            if key in _HIDDEN and value is not None:
                value = "(hidden)"
            if key == "endpoint_url":
                know_url(value)
                value = value and redacted(value)
            rows.append((f"target[{index}].{key}", value, origin))
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ", ".join(value) or "-"
    return "-" if value is None else str(value)


def _table(rows: list[tuple[str, str, str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "".join(
        f"{printable(f'{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}')}\n"
        for name, value, origin in rows
    )
