"""Targets in Terraform code: locals, data sources, variables, or portable ARNs."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from exporter.formats.labels import TERRAFORM, assign
from exporter.formats.reference_labels import bare_name, description, label_targets
from exporter.formats.references import Expression, ReferenceMode, ReferenceOptions, References
from exporter.model.arns import Arn, TargetArn, parse
from exporter.model.identities import Identity as Name
from exporter.model.resources import Scope
from exporter.model.targets import ARN_TYPES

PARTITION = "data.aws_partition.current.partition"
REGION = "var.region"
# Version 5 of the provider has `id` and no `region`; version 6 has `region` and deprecates `id`.
LOOKED_UP_REGION = "local.region"
ACCOUNT = "data.aws_caller_identity.current.account_id"


PREFIX = "ses_"
"""The prefix of names that other code already uses."""

IsDeclared = Callable[[str], bool]
T = TypeVar("T")

Named = tuple[tuple[str, str | Expression], ...]
"""The names and values of locals."""


@dataclass(frozen=True)
class Variable:
    """A variable, with the live value as its default."""

    name: str
    description: str
    default: str


@dataclass(frozen=True)
class DataSource:
    """A data source that looks up a target by name."""

    type: str
    label: str
    name: str


@dataclass(frozen=True)
class TerraformReferences(References):
    """The expressions for targets, and the declarations that they refer to.

    Attributes:
        locals: For ``locals.tf``: the targets that appear more than once.
        targets: All targets by their keys in the data, if sets are data.
        variables: For ``variables.tf``.
        sources: For ``data.tf``.
        needs_partition: Whether an expression refers to the partition.
        needs_region: Whether an expression refers to the region, and no variable has it.
        needs_account: Whether an expression refers to the account.
        notes: The targets that stay literal, and why.
        is_portable: Whether the provider's region and account are variables too.
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
        """Whether there is anything to write to ``data.tf``."""
        needed = self.needs_partition or self.needs_region or self.needs_account
        return bool(self.sources or self.notes or needed)


def refer(
    targets: list[TargetArn],
    scope: Scope,
    options: ReferenceOptions,
    *,
    repeated: Collection[TargetArn] = (),
    region: str = REGION,
    is_declared: IsDeclared = lambda _name: False,
) -> TerraformReferences:
    """Return the expressions for targets.

    Args:
        targets: The targets of an export.
        scope: Its account and region.
        options: How to refer to targets.
        repeated: The targets that appear more than once.
        region: The expression for the region; ``LOOKED_UP_REGION`` if no variable has it.
        is_declared: Whether other code declares a name (``local.x``), which is then not used.
    """
    mapped = options.mapped(targets)
    own = {target: line.expression for target, line in mapped.items()}
    used = frozenset(line.pattern for line in mapped.values())
    unmapped = [target for target in targets if target not in mapped]
    if options.mode is ReferenceMode.PORTABLE:
        references = _portable(unmapped, scope, own, used, region)
    elif options.mode is ReferenceMode.VARIABLES:
        return _variables(unmapped, scope, own, used, is_declared)
    elif options.mode is ReferenceMode.DATA:
        references = _data(unmapped, scope, own, used, is_declared)
    else:
        references = TerraformReferences(own, used)
    if options.in_place:
        return references
    names = _free(label_targets(targets, scope, TERRAFORM, "arn"), "local", is_declared)
    shared = {target: names[target] for target in unmapped if target in repeated}
    return _with_locals(references, shared)


def _free(names: Mapping[T, str], kind: str, is_declared: IsDeclared) -> dict[T, str]:
    """Return the names with a prefix for those that other code declares."""
    used = set(names.values())
    free: dict[T, str] = {}
    for key, name in names.items():
        new = name
        while is_declared(f"{kind}.{new}") or (new != name and new in used):
            new = f"{PREFIX}{new}"
        used.add(new)
        free[key] = new
    return free


def _with_locals(
    references: TerraformReferences, names: Mapping[TargetArn, str]
) -> TerraformReferences:
    """Add a local for each of these targets, unless a data source already gives it a name."""
    expressions = dict(references.expressions)
    locals_: list[tuple[str, str | Expression]] = []
    for target, name in names.items():
        value = expressions.get(target, target.arn)
        if isinstance(value, str) or value.code.startswith('"'):
            locals_.append((name, value))
            expressions[target] = Expression(f"local.{name}")
    ordered = sorted(locals_, key=lambda local: local[0])
    return replace(references, expressions=expressions, locals=tuple(ordered))


def by_key(
    targets: list[TargetArn],
    scope: Scope,
    options: ReferenceOptions,
    *,
    region: str = REGION,
    is_declared: IsDeclared = lambda _name: False,
) -> tuple[TerraformReferences, dict[TargetArn, str]]:
    """Return references for sets as data: data has no expressions, so each target gets a key.

    Returns:
        The same as ``refer``, with all targets by their keys; and the keys.
    """
    in_place = replace(options, in_place=True)
    references = refer(targets, scope, in_place, region=region, is_declared=is_declared)
    keys = label_targets(targets, scope, TERRAFORM)
    values = sorted(
        (keys[target], references.expressions.get(target, target.arn)) for target in targets
    )
    expressions = {target: Expression(f"local.targets.{key}") for target, key in keys.items()}
    return replace(references, expressions=expressions, targets=tuple(values)), keys


Own = dict[TargetArn, Expression]
"""The expressions of the map."""


def _portable(
    targets: list[TargetArn], scope: Scope, own: Own, used: frozenset[str], own_region: str
) -> TerraformReferences:
    needed: set[str] = set()
    expressions = dict(own)
    for target in targets:
        arn = parse(target)
        parts = _portable_parts(arn, scope, own_region) if arn else {}
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
    """Return the expressions for the parts of an ARN that are the same as the scope's."""
    parts = {}
    if arn.partition == scope.partition:
        parts["partition"] = PARTITION
    if arn.region == scope.region:
        parts["region"] = region
    if arn.account == scope.account_id:
        parts["account"] = ACCOUNT
    return parts


def _variables(
    targets: list[TargetArn],
    scope: Scope,
    own: Own,
    used: frozenset[str],
    is_declared: IsDeclared,
) -> TerraformReferences:
    names = _free(label_targets(targets, scope, TERRAFORM, "arn"), "var", is_declared)
    variables = [
        Variable(names[target], description(target), target.arn)
        for target in sorted(targets, key=names.__getitem__)
    ]
    expressions = {**own, **{t: Expression(f"var.{name}") for t, name in names.items()}}
    return TerraformReferences(expressions, used, variables=tuple(variables))


def _data(
    targets: list[TargetArn],
    scope: Scope,
    own: Own,
    used: frozenset[str],
    is_declared: IsDeclared,
) -> TerraformReferences:
    expressions = dict(own)
    sources: list[DataSource] = []
    notes: list[str] = []
    for arn_type in ARN_TYPES:
        names: dict[str, TargetArn] = {}
        for target in (target for target in targets if target.type == arn_type):
            why = _not_found_by_name(target, scope)
            if why:
                notes.append(f"{target.arn} is written as a literal: {why}.")
            else:
                names[bare_name(target)] = target
        labels = assign(map(Name, names), TERRAFORM, {})
        labels = _free(labels, f"data.{arn_type.data_source}", is_declared)
        for name, target in names.items():
            source = DataSource(arn_type.data_source, labels[Name(name)], name)
            sources.append(source)
            expressions[target] = Expression(f"data.{source.type}.{source.label}.arn")
    ordered = sorted(sources, key=lambda source: (source.type, source.label))
    return TerraformReferences(expressions, used, sources=tuple(ordered), notes=tuple(notes))


def _not_found_by_name(target: TargetArn, scope: Scope) -> str:
    """Return why no data source can look up a target by name; empty if one can."""
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
