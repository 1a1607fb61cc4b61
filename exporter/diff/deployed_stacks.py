"""Deployed stacks: a side of its own, and what a template or an assembly asks of its stack."""

from typing import TYPE_CHECKING

from exporter.formats.code_inputs import Deployment
from exporter.sources.read import Source
from exporter.support.errors import UsageError

if TYPE_CHECKING:
    from exporter.aws.deployed import DeployedStacks
    from exporter.aws.session import Access


def access_of(name: str, source: Source) -> "Access":
    """How to reach the one account and region that a stack is in.

    Args:
        name: The side as the command line names it, for messages.
        source: What the options say.

    Raises:
        UsageError: when the options name several.
    """
    targets = source.targets()
    target = targets[0]
    if len(targets) > 1 or len(target.regions) > 1 or len(target.role_arns) > 1:
        raise UsageError(f"{name} is in one account and one region, but several were given")
    if target.all_regions or target.organization_role:
        raise UsageError(
            f"{name} is in one account and one region",
            hint="choose them with --region and --profile or --role-arn",
        )
    return _access(source, target.regions[0] if target.regions else None)


def _access(source: Source, region: str | None) -> "Access":
    from exporter.aws.session import Access, Role  # noqa: PLC0415 - loads boto3

    target = source.targets()[0]
    roles = [Role(a, target.external_id, target.role_session_name) for a in target.role_arns]
    return Access(target.profile, region, target.endpoint_url, roles[0] if roles else None)


class StacksOfSource:
    """The deployed stacks of the account that a comparison reads, by region."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._regions: dict[str, DeployedStacks] = {}

    def find(self, name: str, account_id: str | None, region: str | None) -> Deployment | None:
        """A stack of that account; None where the region is not known, or it is of another.

        Raises:
            ExporterError: when nobody answers.
        """
        there = self._there(account_id, region)
        return there.find(name) if there is not None else None

    def imported(self, name: str, account_id: str | None, region: str | None) -> str | None:
        """What a stack of that account exports under a name; None likewise.

        Raises:
            ExporterError: when nobody answers.
        """
        there = self._there(account_id, region)
        return there.exports.get(name) if there is not None else None

    def _there(self, account_id: str | None, region: str | None) -> "DeployedStacks | None":
        if region is None or account_id is None or not self._is_one_account():
            return None
        if region not in self._regions:
            from exporter.aws.deployed import DeployedStacks  # noqa: PLC0415 - loads boto3

            self._regions[region] = DeployedStacks(_access(self._source, region))
        found = self._regions[region]
        return found if found.account_id == account_id else None

    @property
    def notes(self) -> list[str]:
        """What could not be asked so far, and what that means."""
        return [note for stacks in self._regions.values() for note in stacks.notes]

    def _is_one_account(self) -> bool:
        targets = self._source.targets()
        return (
            len(targets) == 1
            and len(targets[0].role_arns) <= 1
            and not targets[0].organization_role
        )
