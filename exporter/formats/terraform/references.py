"""What stands for targets in Terraform: locals, data sources, variables, portable texts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from exporter.formats.labels import TERRAFORM, assign
from exporter.formats.reference_labels import bare_name, description, label_targets
from exporter.formats.references import Expression, ReferenceMode, ReferenceOptions, References
from exporter.model.arns import Arn, TargetArn, parse
from exporter.model.identities import Identity as Name
from exporter.model.resources import Scope
from exporter.model.targets import ARN_TYPES

PARTITION = "data.aws_partition.current.partition"
REGION = "var.region"
# Version 5 of the provider has `id` and no `region`, version 6 has `region` and warns of `id`.
LOOKED_UP_REGION = "local.region"
ACCOUNT = "data.aws_caller_identity.current.account_id"


Named = tuple[tuple[str, str | Expression], ...]
"""Values of locals by their names."""


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
        locals: For ``locals.tf``: the targets that appear more than once, by name.
        targets: All of them by the keys that data has for them, where sets are data.
        variables: For ``variables.tf``.
        sources: For ``data.tf``.
        needs_partition: Whether an expression refers to the partition.
        needs_region: Whether one refers to the region, and no variable holds that.
        needs_account: Whether one refers to the account.
        notes: Which targets stay literal, and why.
        is_portable: Whether region and account of the provider are variables too.
    """

    locals: Named = ()
    targets: Named = ()
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


def refer(
    found: list[TargetArn],
    scope: Scope,
    choice: ReferenceOptions,
    *,
    repeated: Collection[TargetArn] = (),
    region: str = REGION,
) -> TerraformReferences:
    """What stands for targets.

    Args:
        found: The targets of an export.
        scope: Its account and region.
        choice: What the person wants.
        repeated: Those that appear more than once.
        region: The expression for the region; ``LOOKED_UP_REGION`` where no variable holds it.
    """
    mapped = choice.mapped(found)
    own = {target: line.expression for target, line in mapped.items()}
    used = frozenset(line.pattern for line in mapped.values())
    left = [target for target in found if target not in mapped]
    if choice.mode is ReferenceMode.PORTABLE:
        made = _portable(left, scope, own, used, region)
    elif choice.mode is ReferenceMode.VARIABLES:
        return _variables(left, scope, own, used)
    elif choice.mode is ReferenceMode.DATA:
        made = _data(left, scope, own, used)
    else:
        made = TerraformReferences(own, used)
    if choice.in_place:
        return made
    names = label_targets(found, scope, TERRAFORM, "arn")
    return _with_locals(made, {target: names[target] for target in left if target in repeated})


def _with_locals(made: TerraformReferences, names: Mapping[TargetArn, str]) -> TerraformReferences:
    """The same with a local for each of these targets that stands for no other block."""
    expressions = dict(made.expressions)
    locals_: list[tuple[str, str | Expression]] = []
    for target, name in names.items():
        written = expressions.get(target, target.arn)
        # What is found by a data source has a name already.
        if isinstance(written, str) or written.code.startswith('"'):
            locals_.append((name, written))
            expressions[target] = Expression(f"local.{name}")
    return replace(made, expressions=expressions, locals=tuple(sorted(locals_, key=lambda e: e[0])))


def by_key(
    found: list[TargetArn], scope: Scope, choice: ReferenceOptions, *, region: str = REGION
) -> tuple[TerraformReferences, dict[TargetArn, str]]:
    """What stands for targets where sets are data, which has no expressions: a key for each.

    Returns:
        The same as ``refer``, with all targets by their keys; and the keys.
    """
    made = refer(found, scope, replace(choice, in_place=True), region=region)
    keys = label_targets(found, scope, TERRAFORM)
    targets = sorted((keys[each], made.expressions.get(each, each.arn)) for each in found)
    expressions = {each: Expression(f"local.targets.{key}") for each, key in keys.items()}
    return replace(made, expressions=expressions, targets=tuple(targets)), keys


Own = dict[TargetArn, Expression]


def _portable(
    left: list[TargetArn], scope: Scope, own: Own, used: frozenset[str], region_is: str
) -> TerraformReferences:
    needed: set[str] = set()
    expressions = dict(own)
    for target in left:
        arn = parse(target)
        parts = _portable_parts(arn, scope, region_is) if arn else {}
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
        needs_region=LOOKED_UP_REGION in needed,
        needs_account=ACCOUNT in needed,
        is_portable=True,
    )


def _portable_parts(arn: Arn, scope: Scope, region: str) -> dict[str, str]:
    """What stands for those parts of an ARN that are the scope's own."""
    found = {}
    if arn.partition == scope.partition:
        found["partition"] = PARTITION
    if arn.region == scope.region:
        found["region"] = region
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
                notes.append(f"{target.arn} is written as a literal: {why}.")
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
        return f"no data source looks up a {target.type.title} by name"
    if arn is None:
        return f"it doesn't have the usual form of the ARN of a {target.type.title}"
    if not arn.is_at(scope):
        return "it may be in another account or region"
    if arn.has_path:
        return "its name doesn't include its path"
    return ""
