"""What stands for targets in Terraform: data sources, variables, texts with interpolations."""

from dataclasses import dataclass

from exporter.formats.labels import TERRAFORM, assign
from exporter.formats.reference_labels import bare_name, description, label_targets
from exporter.formats.references import Expression, ReferenceMode, ReferenceOptions, References
from exporter.model.arns import Arn, TargetArn, parse
from exporter.model.identities import Identity as Name
from exporter.model.resources import Scope
from exporter.model.targets import ARN_TYPES

PARTITION = "data.aws_partition.current.partition"
# Version 5 of the provider has `id` and no `region`, version 6 has `region` and warns of `id`.
REGION = "local.region"
LOOKED_UP_REGION = REGION
ACCOUNT = "data.aws_caller_identity.current.account_id"


@dataclass(frozen=True)
class Variable:
    """A variable, with what is live as its default."""

    name: str
    description: str
    default: str


@dataclass(frozen=True)
class DataSource:
    """A data source that finds a target by its name."""

    type: str
    label: str
    name: str


@dataclass(frozen=True)
class TerraformReferences(References):
    """Beside the expressions, what they refer to.

    Attributes:
        variables: For ``variables.tf``.
        sources: For ``data.tf``.
        needs_partition: Whether an expression refers to the partition.
        needs_region: Whether one refers to the region.
        needs_account: Whether one refers to the account.
        notes: Which targets stay literal, and why.
        is_portable: Whether region and account of the provider are variables too.
    """

    variables: tuple[Variable, ...] = ()
    sources: tuple[DataSource, ...] = ()
    needs_partition: bool = False
    needs_region: bool = False
    needs_account: bool = False
    notes: tuple[str, ...] = ()
    is_portable: bool = False

    @property
    def has_data(self) -> bool:
        """Whether there is anything to say in ``data.tf``."""
        needed = self.needs_partition or self.needs_region or self.needs_account
        return bool(self.sources or self.notes or needed)


def refer(found: list[TargetArn], scope: Scope, choice: ReferenceOptions) -> TerraformReferences:
    """What stands for targets.

    Args:
        found: The targets of an export.
        scope: Its account and region.
        choice: What the person wants.
    """
    mapped = choice.mapped(found)
    own = {target: line.expression for target, line in mapped.items()}
    used = frozenset(line.pattern for line in mapped.values())
    left = [target for target in found if target not in mapped]
    if choice.mode is ReferenceMode.PORTABLE:
        return _portable(left, scope, own, used)
    if choice.mode is ReferenceMode.VARIABLES:
        return _variables(left, scope, own, used)
    if choice.mode is ReferenceMode.DATA:
        return _data(left, scope, own, used)
    return TerraformReferences(own, used)


Own = dict[TargetArn, Expression]


def _portable(
    left: list[TargetArn], scope: Scope, own: Own, used: frozenset[str]
) -> TerraformReferences:
    needed: set[str] = set()
    expressions = dict(own)
    for target in left:
        arn = parse(target)
        parts = _portable_parts(arn, scope) if arn else {}
        if arn and parts:
            needed |= {*parts.values()}
            partition, region, account = (
                f"${{{parts[name]}}}" if name in parts else getattr(arn, name)
                for name in ("partition", "region", "account")
            )
            text = f"arn:{partition}:{arn.service}:{region}:{account}:{arn.prefix}{arn.name}"
            expressions[target] = Expression(f'"{text}"')
    return TerraformReferences(
        expressions,
        used,
        needs_partition=PARTITION in needed,
        needs_region=REGION in needed,
        needs_account=ACCOUNT in needed,
        is_portable=True,
    )


def _portable_parts(arn: Arn, scope: Scope) -> dict[str, str]:
    """What stands for those parts of an ARN that are the scope's own."""
    found = {}
    if arn.partition == scope.partition:
        found["partition"] = PARTITION
    if arn.region == scope.region:
        found["region"] = REGION
    if arn.account == scope.account_id:
        found["account"] = ACCOUNT
    return found


def _variables(
    left: list[TargetArn], scope: Scope, own: Own, used: frozenset[str]
) -> TerraformReferences:
    names = label_targets(left, scope, TERRAFORM, "arn")
    variables = [
        Variable(names[target], description(target), target.arn)
        for target in sorted(left, key=names.__getitem__)
    ]
    expressions = {**own, **{t: Expression(f"var.{name}") for t, name in names.items()}}
    return TerraformReferences(expressions, used, variables=tuple(variables))


def _data(
    left: list[TargetArn], scope: Scope, own: Own, used: frozenset[str]
) -> TerraformReferences:
    expressions = dict(own)
    sources: list[DataSource] = []
    notes: list[str] = []
    for arn_type in ARN_TYPES:
        names: dict[str, TargetArn] = {}
        for target in (each for each in left if each.type == arn_type):
            why = _not_found_by_name(target, scope)
            if why:
                notes.append(f"{target.arn} is written out where it is used: {why}.")
            else:
                names[bare_name(target)] = target
        labels = assign(map(Name, names), TERRAFORM, {})
        for name, target in names.items():
            source = DataSource(arn_type.data_source, labels[Name(name)], name)
            sources.append(source)
            expressions[target] = Expression(f"data.{source.type}.{source.label}.arn")
    ordered = sorted(sources, key=lambda source: (source.type, source.label))
    return TerraformReferences(expressions, used, sources=tuple(ordered), notes=tuple(notes))


def _not_found_by_name(target: TargetArn, scope: Scope) -> str:
    """Why no data source can find a target by its name; empty when one can."""
    arn = parse(target)
    if not target.type.data_source:
        return f"no data source finds a {target.type.title} by its name"
    if arn is None:
        return f"it is no ARN of the usual form of an {target.type.title}"
    if not arn.is_at(scope):
        return "it is not known to be in this account and region"
    if arn.has_path:
        return "its name alone does not tell its path"
    return ""
