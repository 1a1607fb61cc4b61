"""What stands for targets in CloudFormation: pseudo parameters, parameters, and a mapping."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from exporter.formats.labels import LOGICAL_ID
from exporter.formats.reference_labels import description, label_targets
from exporter.formats.references import Expression, ReferenceMode, ReferenceOptions, References
from exporter.model.arns import TargetArn, parse
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError

PARAMETERS_LIMIT = 200
"""Parameters of a template (CloudFormation quotas)."""
MAPPING_LIMIT = 200
"""Attributes of a mapping (CloudFormation quotas)."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a template, with what is live as its default."""

    name: str
    description: str
    default: str


@dataclass(frozen=True)
class CloudFormationReferences(References):
    """Beside the expressions, what they refer to.

    Attributes:
        parameters: The parameters by target.
        keys: What the mapping of a template calls each target that stands for itself.
        mapping: That of one template: its keys and ARNs.
    """

    parameters: Mapping[TargetArn, Parameter] | None = None
    keys: Mapping[TargetArn, str] = field(default_factory=dict)
    mapping: tuple[tuple[str, str], ...] = ()

    def sharing(self, repeated: Collection[TargetArn]) -> "CloudFormationReferences":
        """The same for a template in which these targets appear more than once.

        They go into a mapping and not into parameters: a stack keeps the value of a parameter when
        only its default changes ('aws cloudformation deploy', the console). What is over the limit
        stays where it is used; so does a function, which no mapping holds.
        """
        shared = sorted((key, of) for of, key in self.keys.items() if of in repeated)
        shared = shared[:MAPPING_LIMIT]
        found = {of: Expression(f"!FindInMap [Targets, {key}, Arn]") for key, of in shared}
        return replace(
            self,
            expressions={**self.expressions, **found},
            mapping=tuple((key, of.arn) for key, of in shared),
        )

    def parameters_of(self, found: list[TargetArn]) -> list[Parameter]:
        """The parameters that a template with these targets needs, sorted.

        Raises:
            ExporterError: when they are more than a template takes.
        """
        known = self.parameters or {}
        needed = sorted((known[t] for t in found if t in known), key=lambda each: each.name)
        if len(needed) > PARAMETERS_LIMIT:
            raise ExporterError(
                f"a template can have {PARAMETERS_LIMIT} parameters, and this one needs "
                f"{len(needed)}",
                hint="choose --references=portable, or export fewer sets (--include)",
            )
        return needed


def refer(
    found: list[TargetArn], scope: Scope, choice: ReferenceOptions, taken: Mapping[Identity, str]
) -> CloudFormationReferences:
    """What stands for targets.

    Args:
        found: The targets of an export.
        scope: Its account and region.
        choice: What the person wants; data sources do not exist here.
        taken: The logical ids, with which parameters share a namespace.
    """
    mapped = choice.mapped(found)
    expressions = {target: line.expression for target, line in mapped.items()}
    used = frozenset(line.pattern for line in mapped.values())
    left = [target for target in found if target not in mapped]
    parameters: dict[TargetArn, Parameter] = {}
    if choice.mode is ReferenceMode.PORTABLE:
        expressions |= _portable(left, scope)
    elif choice.mode is ReferenceMode.VARIABLES:
        names = label_targets(left, scope, LOGICAL_ID, "arn", taken)
        for target, name in names.items():
            parameters[target] = Parameter(name, description(target), target.arn)
            expressions[target] = Expression(f"!Ref {name}")
    bare = [] if choice.in_place else [target for target in left if target not in expressions]
    keys = label_targets(bare, scope, LOGICAL_ID)
    return CloudFormationReferences(expressions, used, parameters, keys)


def _portable(left: list[TargetArn], scope: Scope) -> dict[TargetArn, Expression]:
    found: dict[TargetArn, Expression] = {}
    for target in left:
        arn = parse(target)
        if arn is None:
            continue
        partition = "${AWS::Partition}" if arn.partition == scope.partition else arn.partition
        region = "${AWS::Region}" if arn.region == scope.region else arn.region
        account = "${AWS::AccountId}" if arn.account == scope.account_id else arn.account
        text = f"arn:{partition}:{arn.service}:{region}:{account}:{arn.prefix}{arn.name}"
        if text != target.arn:
            found[target] = Expression(f"!Sub {text}")
    return found
