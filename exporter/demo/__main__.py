"""``python -m exporter.demo COMMAND...``: run any command in the demo account.

The emulator serves the account while the command runs, so Terraform or a whole shell can use it,
not only ses2iac. The user's own credentials are not used.
"""

import sys

from exporter.demo import running
from exporter.support.errors import ExitCode, ExporterError


def main(command: list[str]) -> int:
    """Run a command in the account, and return its exit code.

    2 if there is no command, 127 if there is no such program.
    """
    if not command:
        sys.stderr.write("usage: python -m exporter.demo COMMAND [ARGUMENT]...\n")
        return ExitCode.USAGE
    try:
        return running.run(command)
    except ExporterError as error:
        sys.stderr.write(f"error: {error}\n" + (f"hint: {error.hint}\n" if error.hint else ""))
        return error.code if isinstance(error, running.ProgramError) else ExitCode.FAILED
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
