"""How CDK code refers to targets: constants, tokens of the stack, a configuration, imports."""

import ast
import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter, itemgetter

from exporter.formats.cdk import python_names
from exporter.formats.labels import LOGICAL_ID
from exporter.formats.reference_labels import label_targets
from exporter.formats.references import Expression, ReferenceMode, ReferenceOptions, References
from exporter.model.arns import TargetArn, parse
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.model.targets import CdkImport


@dataclass(frozen=True)
class Names:
    """How expressions refer to the stack and to targets.

    Attributes:
        stack: The variable of the stack.
        fields: The prefix of fields of the configuration dataclass.
        imported: The prefix of variables of imported resources.
        private: What such a variable's name begins with.
    """

    stack: str
    fields: str
    imported: str
    private: str


IN_STACKS = Names("self", "self._targets.", "self.", "_")
"""For code in methods of the stack."""
IN_MODULES = Names("stack", "targets.", "targets.", "")
"""For code in functions that take the stack and its targets."""


@dataclass(frozen=True)
class ImportedTarget:
    """A resource that the stack imports."""

    target: TargetArn
    call: CdkImport
    variable: str
    construct_id: str


@dataclass(frozen=True)
class TargetField:
    """A field of the configuration dataclass; its default is the live ARN."""

    name: str
    default: str


@dataclass(frozen=True)
class Constant:
    """A constant of a module, and its ARN."""

    name: str
    arn: str


@dataclass(frozen=True)
class CdkReferences(References):
    """Expressions for targets, and the definitions that they refer to.

    Attributes:
        fields: The fields of the configuration dataclass.
        imported: The resources that stacks import, by target.
        is_portable: Take account and region from the app's context if it has them.
        modules: Import statements that expressions of ``--map`` need, by target.
        named: The targets with a field.
        names: The name of a constant for each target whose ARN is written out.
        constants: The constants of one module, by target.
        portable: The name of an attribute of the stack for each portable ARN.
        attributes: The attributes of one stack: their names and values.
    """

    fields: tuple[TargetField, ...] = ()
    imported: Mapping[TargetArn, ImportedTarget] | None = None
    is_portable: bool = False
    modules: Mapping[TargetArn, tuple[str, ...]] | None = None
    named: frozenset[TargetArn] = frozenset()
    names: Mapping[TargetArn, str] = field(default_factory=dict)
    constants: Mapping[TargetArn, Constant] = field(default_factory=dict)
    portable: Mapping[TargetArn, str] = field(default_factory=dict)
    attributes: tuple[tuple[str, Expression], ...] = ()

    def sharing(self, repeated: Collection[TargetArn]) -> "CdkReferences":
        """Return the references for code that uses these targets more than once."""
        names = {target: name for target, name in self.names.items() if target in repeated}
        shared = {target: name for target, name in self.portable.items() if target in repeated}
        expressions = dict(self.expressions)
        expressions |= {target: Expression(name) for target, name in names.items()}
        expressions |= {target: Expression(f"self.{name}") for target, name in shared.items()}
        attributes = [(name, self.expressions[target]) for target, name in shared.items()]
        return replace(
            self,
            expressions=expressions,
            constants={target: Constant(name, target.arn) for target, name in names.items()},
            attributes=tuple(sorted(attributes, key=itemgetter(0))),
        )

    def constants_of(self, targets: Collection[TargetArn]) -> list[Constant]:
        """Return the constants for targets, in isort's order."""
        constants = [each for target, each in self.constants.items() if target in targets]
        return sorted(constants, key=lambda each: python_names.natural(each.name))

    @property
    def all_constants(self) -> list[Constant]:
        """All constants, in isort's order."""
        return self.constants_of(self.constants.keys())

    def imported_of(self, targets: list[TargetArn]) -> list[ImportedTarget]:
        """Return what a stack with these targets imports, by variable."""
        known = self.imported or {}
        return sorted((known[t] for t in targets if t in known), key=attrgetter("variable"))

    def modules_of(self, targets: list[TargetArn]) -> list[str]:
        """Return the import statements that expressions for these targets need."""
        return [line for t in targets for line in (self.modules or {}).get(t, ())]

    def has_named(self, targets: list[TargetArn]) -> bool:
        """Whether any of these targets has a field or is an imported resource."""
        return any(target in (self.imported or {}) or target in self.named for target in targets)

    @property
    def all_imported(self) -> list[ImportedTarget]:
        """All imported resources, by variable."""
        return self.imported_of(list(self.imported or {}))

    @property
    def classes(self) -> list[str]:
        """The import statements of the classes of imported resources."""
        return sorted({each.call.statement for each in self.all_imported})


def refer(
    targets: list[TargetArn],
    scope: Scope,
    choice: ReferenceOptions,
    taken: Mapping[Identity, str],
    names: Names = IN_STACKS,
) -> CdkReferences:
    """Return the references to targets.

    Args:
        targets: All targets of a scope.
        scope: Its account and region.
        choice: The mode of references, and the map.
        taken: The logical ids in use.
        names: How expressions refer to the stack and to targets.
    """
    mapped = choice.mapped(targets)
    from_map = {target: _renamed(line.expression, names) for target, line in mapped.items()}
    used = frozenset(line.pattern for line in mapped.values())
    modules = {t: tuple(modules_of(line.expression.code)) for t, line in mapped.items()}
    unmapped = [target for target in targets if target not in mapped]
    if choice.mode is ReferenceMode.PORTABLE:
        portable = _portable(unmapped, scope, names.stack)
        return CdkReferences(
            {**from_map, **portable},
            used,
            is_portable=True,
            modules=modules,
            names=_constant_names([t for t in unmapped if t not in portable], scope, choice),
            portable=_attribute_names([*portable], scope, choice) if names.private else {},
        )
    if choice.mode is ReferenceMode.VARIABLES:
        names_in_full = label_targets(unmapped, scope, python_names.TARGETS, "arn")
        labels = {target: _short(target, name) for target, name in names_in_full.items()}
        fields = [TargetField(label, target.arn) for target, label in labels.items()]
        fields.sort(key=attrgetter("name"))
        referring = {t: Expression(f"{names.fields}{label}") for t, label in labels.items()}
        return CdkReferences(
            {**from_map, **referring}, used, tuple(fields), modules=modules, named=frozenset(labels)
        )
    if choice.mode is ReferenceMode.DATA:
        imported = _imported(unmapped, scope, taken, names.private)
        expressions = {
            target: Expression(f"{names.imported}{each.variable}.{each.call.attribute}")
            for target, each in imported.items()
        }
        return CdkReferences({**from_map, **expressions}, used, imported=imported, modules=modules)
    constants = _constant_names(unmapped, scope, choice)
    return CdkReferences(from_map, used, modules=modules, names=constants)


def _attribute_names(
    portable: list[TargetArn], scope: Scope, choice: ReferenceOptions
) -> dict[TargetArn, str]:
    names = _constant_names(portable, scope, choice)
    return {target: f"_{name.lower()}" for target, name in names.items()}


def _constant_names(
    targets: list[TargetArn], scope: Scope, choice: ReferenceOptions
) -> dict[TargetArn, str]:
    if choice.in_place:
        return {}
    names = label_targets(targets, scope, python_names.TARGETS, "arn")
    return {target: _short(target, name).upper() for target, name in names.items()}


def _renamed(expression: Expression, names: Names) -> Expression:
    """An expression of a map, where ``self`` is the stack, with the stack's variable."""
    if names.stack == "self":
        return expression
    tree = ast.parse(expression.code, mode="eval")
    selves = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "self"]
    for node in selves:
        node.id = names.stack
    for argument in (node for node in ast.walk(tree) if isinstance(node, ast.arg)):
        # A function within the expression may use the name for something else.
        argument.arg = names.stack if argument.arg == "self" else argument.arg
    return Expression(ast.unparse(tree)) if selves else expression


def _portable(targets: list[TargetArn], scope: Scope, stack: str) -> dict[TargetArn, Expression]:
    expressions: dict[TargetArn, Expression] = {}
    for target in targets:
        arn = parse(target)
        if arn is None:
            continue
        partition = f"{{{stack}.partition}}" if arn.partition == scope.partition else arn.partition
        region = f"{{{stack}.region}}" if arn.region == scope.region else arn.region
        account = f"{{{stack}.account}}" if arn.account == scope.account_id else arn.account
        text = f"arn:{partition}:{arn.service}:{region}:{account}:{arn.prefix}{arn.name}"
        if text != target.arn:
            expressions[target] = Expression(f'f"{text}"')
    return expressions


def _imported(
    targets: list[TargetArn], scope: Scope, taken: Mapping[Identity, str], private: str
) -> dict[TargetArn, ImportedTarget]:
    """The targets that CDK can import by their ARN, in whatever account they are."""
    calls = {t: t.type.cdk_import for t in targets if t.type.cdk_import and parse(t)}
    importable = list(calls)
    variables = {
        # A line of 88 characters also has "        self._", " = ", "." and "(".
        t: _short(t, name, 88 - 19 - len(calls[t].class_name) - len(calls[t].method))
        for t, name in label_targets(importable, scope, python_names.TARGETS).items()
    }
    ids = label_targets(importable, scope, LOGICAL_ID, taken=taken)
    if private:
        variables = {t: f"{private}{name}" for t, name in variables.items()}
    return {
        target: ImportedTarget(target, call, variables[target], ids[target])
        for target, call in calls.items()
    }


_LONGEST_NAME = 60


def _short(target: TargetArn, name: str, longest: int = _LONGEST_NAME) -> str:
    """A name short enough that Black wraps no line for it; a cut one ends with a hash."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(target.arn.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name[: longest - 9].rstrip('_')}_{digest[:8]}"


# Expressions of a map
# --------------------------------------------------------------------------------------------


def modules_of(code: str) -> list[str]:
    """Return the import statements that an expression of a map needs.

    Raises:
        ValueError: when it has a name that the stack's module can't import.
    """
    imports = set()
    tree = ast.parse(code, mode="eval")
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {name.id for name in names if isinstance(name.ctx, ast.Store)} | {"self"}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    for node in names:
        if node.id in bound:
            continue
        if node.id == "cdk":
            imports.add("import aws_cdk as cdk")
        elif re.fullmatch(r"aws_[a-z0-9]+", node.id):
            imports.add(f"from aws_cdk import {node.id}")
        else:
            raise ValueError(
                f"the stack's module doesn't have the name {node.id!r}; use self, cdk or a "
                "module of aws_cdk, such as aws_sns"
            )
    return sorted(imports)
