"""How to install a package next to ses2iac."""

import sys
from pathlib import Path


def install_command(package: str) -> str:
    """Return the command that installs a package into the environment of ses2iac.

    Args:
        package: The package as the shell takes it, with quotes around brackets.
    """
    # pipx leaves this file in the environment of each tool, where pip doesn't reach.
    if Path(sys.prefix, "pipx_metadata.json").is_file():
        return f"pipx inject ses2iac {package}"
    return f"pip install {package}"
