"""Access to deployed stacks, for ``stack:NAME`` and for templates that depend on their stack."""

from typing import TYPE_CHECKING

from exporter.formats.code_inputs import Deployment
from exporter.sources.read import Source
from exporter.support.errors import UsageError

if TYPE_CHECKING:
    from exporter.aws.deployed import DeployedStacks
    from exporter.aws.session import Access


def access_of(name: str, source: Source) -> "Access":
    """Return the access to the account and region of a stack.

    Args:
        name: The side as given on the command line, for messages.
        source: The source from the options.

    Raises:
        UsageError: if the options give several accounts or regions.
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
        """Return a stack, which may not exist; None if its account isn't that of the source.

        Raises:
            ExporterError: if AWS can't be reached.
        """
        stacks = self._stacks(account_id, region)
        return stacks.find(name) if stacks is not None else None

    def imported(self, name: str, account_id: str | None, region: str | None) -> str | None:
        """Return the value of a stack export; None as for ``find``.

        Raises:
            ExporterError: if AWS can't be reached.
        """
        stacks = self._stacks(account_id, region)
        return stacks.exports.get(name) if stacks is not None else None

    def _stacks(self, account_id: str | None, region: str | None) -> "DeployedStacks | None":
        if region is None or account_id is None or not self._is_one_account():
            return None
        if region not in self._regions:
            from exporter.aws.deployed import DeployedStacks  # noqa: PLC0415 - loads boto3

            self._regions[region] = DeployedStacks(_access(self._source, region))
        stacks = self._regions[region]
        return stacks if stacks.account_id == account_id else None

    @property
    def notes(self) -> list[str]:
        """Notes on what could not be read so far."""
        return [note for stacks in self._regions.values() for note in stacks.notes]

    def _is_one_account(self) -> bool:
        targets = self._source.targets()
        return (
            len(targets) == 1
            and len(targets[0].role_arns) <= 1
            and not targets[0].organization_role
        )
