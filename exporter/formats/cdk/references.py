"""What stands for targets in CDK: constants, the stack's tokens, a configuration, imports."""

import ast
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

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
    """How expressions name what they refer to.

    Attributes:
        fields: What holds the fields of the configuration dataclass.
        imported: What holds the variables of imported resources.
        private: What such a variable begins with.
    """

    stack: str
    fields: str
    imported: str
    private: str


IN_STACKS = Names("self", "self._targets.", "self.", "_")
"""Where the stack's class holds all code."""
IN_MODULES = Names("stack", "targets.", "targets.", "")
"""Where functions in modules of their own are given the stack, and what they refer to."""


@dataclass(frozen=True)
class ImportedTarget:
    """A resource that the stack imports."""

    target: TargetArn
    call: CdkImport
    variable: str
    construct_id: str


@dataclass(frozen=True)
class TargetField:
    """A field of the configuration dataclass, with what is live as its default."""

    name: str
    default: str


@dataclass(frozen=True)
class Constant:
    """A constant of a module, with the ARN that it is."""

    name: str
    arn: str


@dataclass(frozen=True)
class CdkReferences(References):
    """Beside the expressions, what they refer to.

    Attributes:
        names: What constants for those targets are called that stand for themselves.
        constants: Those of one module, by target.
        portable: What attributes of the stack for portable ARNs are called.
        attributes: Those of one stack: their names and what they are.
        is_portable: Whether the app's environment can be chosen.
        modules: Import statements that expressions of the map need, by target.
        named: The targets that fields stand for.
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
        """The same for code in which these targets appear more than once."""
        names = {of: name for of, name in self.names.items() if of in repeated}
        shared = {of: name for of, name in self.portable.items() if of in repeated}
        expressions = dict(self.expressions)
        expressions |= {of: Expression(name) for of, name in names.items()}
        expressions |= {of: Expression(f"self.{name}") for of, name in shared.items()}
        return replace(
            self,
            expressions=expressions,
            constants={of: Constant(name, of.arn) for of, name in names.items()},
            attributes=tuple(sorted(_written(shared, self.expressions), key=lambda e: e[0])),
        )

    def constants_of(self, found: Collection[TargetArn]) -> list[Constant]:
        """The constants for these targets, in the order in which isort puts them."""
        known = [each for of, each in self.constants.items() if of in found]
        return sorted(known, key=lambda each: python_names.natural(each.name))

    @property
    def all_constants(self) -> list[Constant]:
        """All of them, in order of names."""
        return self.constants_of(self.constants.keys())

    def imported_of(self, found: list[TargetArn]) -> list[ImportedTarget]:
        """What a stack with these targets imports, in order of names."""
        known = self.imported or {}
        return sorted((known[t] for t in found if t in known), key=lambda each: each.variable)

    def modules_of(self, found: list[TargetArn]) -> list[str]:
        """The import statements that expressions for these targets need."""
        return [line for t in found for line in (self.modules or {}).get(t, ())]

    def has_named(self, found: list[TargetArn]) -> bool:
        """Whether a field or an imported resource stands for one of these targets."""
        return any(target in (self.imported or {}) or target in self.named for target in found)

    @property
    def all_imported(self) -> list[ImportedTarget]:
        """Everything that is imported, in order of names."""
        return self.imported_of(list(self.imported or {}))

    @property
    def classes(self) -> list[str]:
        """The import statements of the classes of all that is imported."""
        return sorted({each.call.statement for each in self.all_imported})


def refer(
    found: list[TargetArn],
    scope: Scope,
    choice: ReferenceOptions,
    taken: Mapping[Identity, str],
    names: Names = IN_STACKS,
) -> CdkReferences:
    """What stands for targets."""
    mapped = choice.mapped(found)
    own = {target: _renamed(line.expression, names) for target, line in mapped.items()}
    used = frozenset(line.pattern for line in mapped.values())
    modules = {t: tuple(modules_of(line.expression.code)) for t, line in mapped.items()}
    left = [target for target in found if target not in mapped]
    if choice.mode is ReferenceMode.PORTABLE:
        portable = _portable(left, scope, names.stack)
        return CdkReferences(
            {**own, **portable},
            used,
            is_portable=True,
            modules=modules,
            names=_constant_names([t for t in left if t not in portable], scope, choice),
            portable=_attribute_names([*portable], scope, choice) if names.private else {},
        )
    if choice.mode is ReferenceMode.VARIABLES:
        names_in_full = label_targets(left, scope, python_names.TARGETS, "arn")
        labels = {target: _short(target, name) for target, name in names_in_full.items()}
        fields = [TargetField(label, target.arn) for target, label in labels.items()]
        fields.sort(key=lambda each: each.name)
        referring = {t: Expression(f"{names.fields}{label}") for t, label in labels.items()}
        return CdkReferences(
            {**own, **referring}, used, tuple(fields), modules=modules, named=frozenset(labels)
        )
    if choice.mode is ReferenceMode.DATA:
        imported = _imported(left, scope, taken, names.private)
        expressions = {
            target: Expression(f"{names.imported}{each.variable}.{each.call.attribute}")
            for target, each in imported.items()
        }
        return CdkReferences({**own, **expressions}, used, imported=imported, modules=modules)
    constants = _constant_names(left, scope, choice)
    return CdkReferences(own, used, modules=modules, names=constants)


def _written(
    names: Mapping[TargetArn, str], expressions: Mapping[TargetArn, Expression]
) -> Iterator[tuple[str, Expression]]:
    for of, name in names.items():
        yield name, expressions[of]


def _attribute_names(
    portable: list[TargetArn], scope: Scope, choice: ReferenceOptions
) -> dict[TargetArn, str]:
    names = _constant_names(portable, scope, choice)
    return {target: f"_{name.lower()}" for target, name in names.items()}


def _constant_names(
    left: list[TargetArn], scope: Scope, choice: ReferenceOptions
) -> dict[TargetArn, str]:
    if choice.in_place:
        return {}
    names = label_targets(left, scope, python_names.TARGETS, "arn")
    return {target: _short(target, name).upper() for target, name in names.items()}


def _renamed(expression: Expression, names: Names) -> Expression:
    """An expression of a map, in which ``self`` is the stack, with the stack's name."""
    if names.stack == "self":
        return expression
    tree = ast.parse(expression.code, mode="eval")
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "self"]
    for node in found:
        node.id = names.stack
    for argument in (node for node in ast.walk(tree) if isinstance(node, ast.arg)):
        # A function within the expression may use the name for something else.
        argument.arg = names.stack if argument.arg == "self" else argument.arg
    return Expression(ast.unparse(tree)) if found else expression


def _portable(left: list[TargetArn], scope: Scope, stack: str) -> dict[TargetArn, Expression]:
    found: dict[TargetArn, Expression] = {}
    for target in left:
        arn = parse(target)
        if arn is None:
            continue
        partition = f"{{{stack}.partition}}" if arn.partition == scope.partition else arn.partition
        region = f"{{{stack}.region}}" if arn.region == scope.region else arn.region
        account = f"{{{stack}.account}}" if arn.account == scope.account_id else arn.account
        text = f"arn:{partition}:{arn.service}:{region}:{account}:{arn.prefix}{arn.name}"
        if text != target.arn:
            found[target] = Expression(f'f"{text}"')
    return found


def _imported(
    left: list[TargetArn], scope: Scope, taken: Mapping[Identity, str], private: str
) -> dict[TargetArn, ImportedTarget]:
    """The resources that CDK can import; it does so by any ARN, whatever the account."""
    calls = {t: t.type.cdk_import for t in left if t.type.cdk_import and parse(t)}
    able = list(calls)
    variables = {
        # A line of 88 has "        self._", " = ", "." and "(" too.
        t: _short(t, name, 88 - 19 - len(calls[t].class_name) - len(calls[t].method))
        for t, name in label_targets(able, scope, python_names.TARGETS).items()
    }
    ids = label_targets(able, scope, LOGICAL_ID, taken=taken)
    if private:
        variables = {t: f"{private}{name}" for t, name in variables.items()}
    return {
        target: ImportedTarget(target, call, variables[target], ids[target])
        for target, call in calls.items()
    }


_LONGEST = 60


def _short(target: TargetArn, name: str, most: int = _LONGEST) -> str:
    """A name that does not make Black wrap what begins with it; a long one is cut, with digits."""
    if len(name) <= most:
        return name
    digest = hashlib.sha256(target.arn.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{name[: most - 9].rstrip('_')}_{digest[:8]}"


# Expressions of a map
# --------------------------------------------------------------------------------------------


def modules_of(code: str) -> list[str]:
    """The import statements that an expression of a map needs.

    Raises:
        ValueError: when it names something that a stack's module cannot import by itself.
    """
    needed = set()
    tree = ast.parse(code, mode="eval")
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    bound = {name.id for name in names if isinstance(name.ctx, ast.Store)} | {"self"}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    for node in names:
        if node.id in bound:
            continue
        if node.id == "cdk":
            needed.add("import aws_cdk as cdk")
        elif re.fullmatch(r"aws_[a-z0-9]+", node.id):
            needed.add(f"from aws_cdk import {node.id}")
        else:
            raise ValueError(
                f"the stack's module doesn't have the name {node.id!r}; use self, cdk or a "
                "module of aws_cdk, such as aws_sns"
            )
    return sorted(needed)
