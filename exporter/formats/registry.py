"""The table of formats."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FormatName(StrEnum):
    """The formats, as the command line names them."""

    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"
    CDK = "cdk"


@dataclass(frozen=True)
class FormatRow:
    """What must be known about a format before it is loaded.

    Attributes:
        module: The module with its ``FORMAT``; a name, so that the command line can list the
            formats without loading Jinja.
        files: Patterns of the files that it writes into a scope's folder. A manifest that lists
            any other file was edited and is refused.
    """

    module: str
    files: tuple[str, ...]


_STACK = r"(?:-[0-9]+)?"

FORMATS: Mapping[FormatName, FormatRow] = {
    FormatName.TERRAFORM: FormatRow(
        "exporter.formats.terraform.render",
        (r"\w[\w-]*\.tf", r"configuration_sets\.yaml", r"(?:ses_)*MIGRATE\.md"),
    ),
    FormatName.CLOUDFORMATION: FormatRow(
        "exporter.formats.cloudformation.render",
        (
            rf"(?:import-)?template{_STACK}\.yaml",
            rf"resources-to-import{_STACK}\.json",
            r"IMPORT\.md",
            r"ADOPT\.md",
        ),
    ),
    FormatName.CDK: FormatRow(
        "exporter.formats.cdk.render",
        (
            r"app\.py",
            r"__init__\.py",
            r"ses_targets\.py",
            r"ses_data\.py",
            rf"configuration_sets{_STACK}\.yaml",
            r"ses_stack(?:_[0-9]+)?\.py",
            r"configuration_sets/\w+\.py",
            r"cdk\.json",
            r"requirements\.txt",
            rf"resource-mapping{_STACK}\.json",
            r"IMPORT\.md",
            r"ADOPT\.md",
        ),
    ),
}
