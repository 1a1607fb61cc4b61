"""Models to files: one module a format, and the registry that names them."""

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporter.formats.base import Format


class FormatName(StrEnum):
    """The formats, as the command line names them."""

    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"
    CDK = "cdk"


# Modules by name, so that the command line can list the formats without loading Jinja.
_MODULES: dict[FormatName, str] = {
    FormatName.TERRAFORM: "exporter.formats.terraform.render",
    FormatName.CLOUDFORMATION: "exporter.formats.cloudformation.render",
    FormatName.CDK: "exporter.formats.cdk.render",
}


def load_format(name: FormatName) -> "Format":
    """The format of a name."""
    found: Format = import_module(_MODULES[name]).FORMAT
    return found
