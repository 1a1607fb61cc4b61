"""``python -m exporter.demo COMMAND...``: run any command in the demo's account.

The emulator serves the made-up account as long as the command runs, so that Terraform or a whole
shell can be tried on it, not only ses2iac. Nothing of the person's own account is used.
"""

import os
import subprocess
import sys

from exporter.demo.account import seed
from exporter.demo.emulator import Emulator

ACCOUNT_ID = "123456789012"
"""The account's id, which its ARNs hold too."""


def main(command: list[str]) -> int:
    """Run a command in the account.

    Gives its exit code; 2 when there is no command, 127 when there is no such program.
    """
    if not command:
        sys.stderr.write("usage: python -m exporter.demo COMMAND [ARGUMENT]...\n")
        return 2
    # Before the account is made: boto3 would look for a profile that the person has set.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    with Emulator(ACCOUNT_ID) as emulator:
        os.environ.update(emulator.environment())
        seed(emulator)
        try:
            return subprocess.run(command, check=False).returncode  # noqa: S603
        except FileNotFoundError:
            sys.stderr.write(f"error: {command[0]}: command not found\n")
            return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
