"""The examples that ``--help`` shows: complete commands, ready to type."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "scan": (
        "ses2iac scan --profile mail --region eu-west-1",
        "ses2iac scan --include 'orders*' --include kind:sns",
        "ses2iac scan --from ses.json --output csv",
    ),
    "snapshot": (
        "ses2iac snapshot --region eu-west-1 --out ses.json",
        "ses2iac snapshot --organization-role ses2iac-reader --out fleet.json",
        "ses2iac snapshot --out ses.json --resume",
    ),
    "merge": ("ses2iac merge europe.json america.json --out fleet.json",),
    "graph": (
        "ses2iac graph --region eu-west-1 --output svg --out mail.svg",
        "ses2iac graph --from ses.json --include 'orders*'",
    ),
    "report": (
        "ses2iac report --region eu-west-1 --out report.html",
        "ses2iac report --from ses.json --against infra --out report.html",
    ),
    "lint": (
        "ses2iac lint --region eu-west-1",
        "ses2iac lint --from ses.json --ignore tls-optional --fail-on error",
        "ses2iac lint --region eu-west-1 --check-targets --output markdown",
    ),
    "export": (
        "ses2iac export terraform --region eu-west-1 --out infra",
        "ses2iac export cdk --from ses.json --layout per-set --out app",
        "ses2iac export terraform --out infra --check",
    ),
    "diff": (
        "ses2iac diff infra live",
        "ses2iac diff last-week.json live --output markdown",
        "ses2iac diff stack:SesEventDestinations infra",
    ),
    "templates": (
        "ses2iac templates list",
        "ses2iac templates eject my-templates terraform",
        "ses2iac export terraform --out infra --templates my-templates",
    ),
    "verify": ("ses2iac verify infra", "ses2iac verify infra --offline --output json"),
    "config": ("ses2iac config show", "ses2iac config show --output json"),
    "demo": ("ses2iac demo", "ses2iac demo --shell"),
}
"""By command; a test parses every line."""

FIRST_STEPS = (
    "ses2iac demo",
    "ses2iac scan --profile mail --region eu-west-1",
    "ses2iac export terraform --profile mail --region eu-west-1 --out infra",
)
"""The commands to begin with."""


DOCUMENTATION = "Documentation: docs/index.md in the source code."
"""A path, because the documentation has no address; a wheel doesn't contain it, the source does."""


def epilog(title: str, lines: tuple[str, ...]) -> str:
    """Format lines as the last section of a command's help."""
    return "\n".join([f"{title}:", *(f"  {line}" for line in lines)])
