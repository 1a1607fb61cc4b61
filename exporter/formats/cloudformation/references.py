"""How a template refers to targets: pseudo parameters, parameters, and a mapping."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter

from exporter.formats.labels import LOGICAL_ID
from exporter.formats.reference_labels import description, label_targets
from exporter.formats.references import Expression, ReferenceMode, ReferenceOptions, References
from exporter.model.arns import TargetArn, parse
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError

PARAMETERS_LIMIT = 200
"""Parameters in a template (CloudFormation quotas)."""
MAPPING_LIMIT = 200
"""Attributes in a mapping (CloudFormation quotas)."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a template; its default is the live ARN."""

    name: str
    description: str
    default: str


@dataclass(frozen=True)
class CloudFormationReferences(References):
    """Expressions for targets, and the definitions that they refer to.

    Attributes:
        parameters: The parameters by target.
        keys: The mapping's key for each target whose ARN is written out.
        mapping: The mapping of one template: its keys and ARNs.
    """

    parameters: Mapping[TargetArn, Parameter] | None = None
    keys: Mapping[TargetArn, str] = field(default_factory=dict)
    mapping: tuple[tuple[str, str], ...] = ()

    def sharing(self, repeated: Collection[TargetArn]) -> "CloudFormationReferences":
        """Return the references for a template that uses these targets more than once.

        They go into a mapping, not into parameters: a stack keeps the value of a parameter if only
        its default changes ('aws cloudformation deploy', the console). ARNs over the limit of a
        mapping, and functions, which it can't have, are repeated.
        """
        shared = sorted((key, target) for target, key in self.keys.items() if target in repeated)
        shared = shared[:MAPPING_LIMIT]
        lookups = {
            target: Expression(f"!FindInMap [Targets, {key}, Arn]") for key, target in shared
        }
        return replace(
            self,
            expressions={**self.expressions, **lookups},
            mapping=tuple((key, target.arn) for key, target in shared),
        )

    def parameters_of(self, targets: list[TargetArn]) -> list[Parameter]:
        """Return the parameters that a template with these targets needs, by name.

        Raises:
            ExporterError: when they are more than a template can have.
        """
        known = self.parameters or {}
        parameters = sorted((known[t] for t in targets if t in known), key=attrgetter("name"))
        if len(parameters) > PARAMETERS_LIMIT:
            raise ExporterError(
                f"a template can have {PARAMETERS_LIMIT} parameters, and this one needs "
                f"{len(parameters)}",
                hint="choose --references=portable, or export fewer sets (--include)",
            )
        return parameters


def refer(
    targets: list[TargetArn], scope: Scope, choice: ReferenceOptions, taken: Mapping[Identity, str]
) -> CloudFormationReferences:
    """Return the references to targets.

    Args:
        targets: All targets of a scope.
        scope: Its account and region.
        choice: The mode of references, and the map.
        taken: The logical ids in use; parameters share their namespace.
    """
    mapped = choice.mapped(targets)
    expressions = {target: line.expression for target, line in mapped.items()}
    used = frozenset(line.pattern for line in mapped.values())
    unmapped = [target for target in targets if target not in mapped]
    parameters: dict[TargetArn, Parameter] = {}
    if choice.mode is ReferenceMode.PORTABLE:
        expressions |= _portable(unmapped, scope)
    elif choice.mode is ReferenceMode.VARIABLES:
        names = label_targets(unmapped, scope, LOGICAL_ID, "arn", taken)
        for target, name in names.items():
            parameters[target] = Parameter(name, description(target), target.arn)
            expressions[target] = Expression(f"!Ref {name}")
    literal = [] if choice.in_place else [t for t in unmapped if t not in expressions]
    keys = label_targets(literal, scope, LOGICAL_ID)
    return CloudFormationReferences(expressions, used, parameters, keys)


def _portable(targets: list[TargetArn], scope: Scope) -> dict[TargetArn, Expression]:
    expressions: dict[TargetArn, Expression] = {}
    for target in targets:
        arn = parse(target)
        if arn is None:
            continue
        partition = "${AWS::Partition}" if arn.partition == scope.partition else arn.partition
        region = "${AWS::Region}" if arn.region == scope.region else arn.region
        account = "${AWS::AccountId}" if arn.account == scope.account_id else arn.account
        text = f"arn:{partition}:{arn.service}:{region}:{account}:{arn.prefix}{arn.name}"
        if text != target.arn:
            expressions[target] = Expression(f"!Sub {text}")
    return expressions
