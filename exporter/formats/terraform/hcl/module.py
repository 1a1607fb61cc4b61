"""One directory of Terraform code: its variables, locals and SES resources, each by its name."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.constraints import constraint
from exporter.formats.terraform.hcl.lookups import looked_up
from exporter.formats.terraform.hcl.relevance import concerns_ses, is_override
from exporter.formats.terraform.hcl.syntax import Block, Expression, parse
from exporter.formats.terraform.hcl.types import (
    MAX_ITEMS,
    TOO_MUCH,
    Partial,
    Set,
    Value,
    size,
    to_number,
    to_string,
)
from exporter.formats.terraform.hcl.values import Budget, Names, evaluate
from exporter.formats.terraform.hcl.variables import Given, given, is_given, precedence
from exporter.formats.terraform.names import DESTINATION_TYPE, SET_TYPE, V1_TYPES
from exporter.formats.unresolved import Unresolved
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError

MAX_INSTANCES = 10_000

Key = str | int | None
"""The key of ``for_each`` or the index of ``count`` that tells an instance apart; or neither."""


@dataclass(frozen=True)
class Instance:
    """One of the resources that a block stands for."""

    key: Key
    names: Names

    def address(self, resource: str) -> str:
        """The Terraform address."""
        if self.key is None:
            return resource
        if isinstance(self.key, int):
            return f"{resource}[{self.key}]"
        escaped = self.key.replace("\\", "\\\\").replace('"', '\\"')
        return f'{resource}["{escaped}"]'


@dataclass
class Module:
    """What the files of one directory hold.

    Attributes:
        resources: The blocks of SES resources by address, in order of the files.
        providers: The blocks ``provider "aws"``, in order of the files.
        modules: The blocks ``module``.
        unread: Files and resources that were not read.
        overrides: Where something is overridden, by its address.
        place: The account and region in which data sources look things up, if known.
    """

    effort: Budget
    resources: dict[str, Block] = field(default_factory=dict)
    providers: list[Block] = field(default_factory=list)
    modules: list[Block] = field(default_factory=list)
    unread: list[Unresolved] = field(default_factory=list)
    overrides: dict[str, str] = field(default_factory=dict)
    place: Scope | None = None
    _variables: dict[str, Block] = field(default_factory=dict)
    _given: dict[str, Expression | Given] = field(default_factory=dict)
    _locals: dict[str, Expression] = field(default_factory=dict)
    _data: dict[str, Block] = field(default_factory=dict)
    _worked_out: dict[str, Value] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)

    def value(self, expression: Expression, names: Names) -> Value:
        """The value of an expression that stands in this code."""
        return evaluate(expression, names, self, self.effort)

    def lookup(self, root: str, name: str, shown: str) -> Value:
        """What ``root.name`` stands for."""
        if root == "data" and self.place is None:
            # Only of our own exports is it known where they look.
            return Unknown(f"{shown} is not in this code")
        if root in _ROOTS:
            return self._once(f"{root}.{name}", lambda: _ROOTS[root](self, name))
        address = f"{root}.{name}"
        if address in self.resources:
            return self._once(address, lambda: self._names_of(address))
        return Unknown(f"{shown} is not in this code")

    def _once(self, what: str, work: Callable[[], Value]) -> Value:
        if what in self._busy:
            return Unknown(f"{what} refers to itself")
        if what in self.overrides:
            return Unknown(f"{self.overrides[what]} overrides {what}")
        if what not in self._worked_out:
            self._busy.add(what)
            try:
                found = work()
            finally:
                self._busy.discard(what)
            weight = size(found)
            exceeded = self.effort.spend(weight)
            self._worked_out[what] = exceeded or (TOO_MUCH if weight > MAX_ITEMS else found)
        return self._worked_out[what]

    # Variables and locals

    def _variable(self, name: str) -> Value:
        block = self._variables.get(name)
        if block is None:
            return Unknown(f"var.{name} is not in this code")
        attributes = block.body.attributes
        given = self._given.get(name, attributes.get("default"))
        if given is None:
            return Unknown(f"var.{name} has no default")
        value = given.value if isinstance(given, Given) else self.value(given, {})
        if value is None and "nullable" in attributes:
            return Unknown(f"var.{name} is null")
        if "type" not in attributes:
            return value
        convert = constraint(attributes["type"], lambda default: self.value(default, {}))
        converted = convert if isinstance(convert, Unknown) else convert(value)
        if isinstance(converted, Unknown) and not isinstance(value, Unknown):
            return Unknown(f"var.{name} cannot be evaluated: {converted.reason}")
        return converted

    def _local(self, name: str) -> Value:
        found = self._locals.get(name)
        return (
            Unknown(f"local.{name} is not in this code") if found is None else self.value(found, {})
        )

    def _sources(self, kind: str) -> Value:
        """What the data sources of a type find, by label: what their names and the place tell."""
        assert self.place is not None
        found: dict[str, Value] = {}
        for address, block in self._data.items():
            if block.labels[0] != kind:
                continue
            if f"data.{address}" in self.overrides:
                continue
            arguments = block.body.attributes
            values = {name: self.value(each, {}) for name, each in arguments.items()}
            found[block.labels[1]] = Partial(looked_up(kind, values, self.place))
        return Partial(found)

    # Resources

    def instances(self, address: str) -> list[Instance] | Unknown:
        """The resources that a block stands for."""
        attributes = self.resources[address].body.attributes
        if address in self.overrides:
            return Unknown(f"{self.overrides[address]} overrides it")
        if "count" in attributes:
            return _counted(self.value(attributes["count"], {}))
        if "for_each" in attributes:
            return _for_each(self.value(attributes["for_each"], {}))
        return [Instance(None, {})]

    def _names_of(self, address: str) -> Value:
        """What other code can refer to: the names of a resource, or those of its instances."""
        found = self.instances(address)
        if isinstance(found, Unknown):
            return found
        attributes = self.resources[address].body.attributes
        values = [Partial(self._names(address, attributes, each.names)) for each in found]
        if "count" in attributes:
            return list(values)
        if "for_each" in attributes:
            return {str(each.key): value for each, value in zip(found, values, strict=True)}
        return values[0]

    def _names(
        self, address: str, attributes: Mapping[str, Expression], names: Names
    ) -> Iterator[tuple[str, Value]]:
        ids: list[Value] = []
        for argument in NAME_ARGUMENTS[address.partition(".")[0]]:
            value = self.name(attributes.get(argument), argument, names)
            yield argument, value
            ids.append(value)
        unknown = next((value for value in ids if isinstance(value, Unknown)), None)
        yield "id", unknown or "|".join(ids)

    def name(self, expression: Expression | None, argument: str, names: Names) -> str | Unknown:
        """A name that SES knows something by."""
        value = None if expression is None else self.value(expression, names)
        if value in (None, ""):
            return Unknown(f"{argument} is not given")
        text: str | Unknown = to_string(value)
        return text


NAME_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    SET_TYPE: ("configuration_set_name",),
    DESTINATION_TYPE: ("configuration_set_name", "event_destination_name"),
}
"""The arguments that name a resource, in the order of its import id."""

_ROOTS: Final[Mapping[str, Callable[[Module, str], Value]]] = {
    "var": Module._variable,
    "local": Module._local,
    "data": Module._sources,
}


def _counted(value: Value) -> list[Instance] | Unknown:
    count = to_number(value)
    if isinstance(count, Unknown):
        return count
    if not isinstance(count, int) or count < 0:
        return Unknown(f"{count} is no count")
    if count > MAX_INSTANCES:
        return Unknown(f"{count} are too many")
    return [Instance(index, {"count": {"index": index}}) for index in range(count)]


def _for_each(value: Value) -> list[Instance] | Unknown:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Set) and all(isinstance(item, str) for item in value):
        pairs = [(item, item) for item in value]
    elif isinstance(value, dict) and not isinstance(value, Partial):
        pairs = sorted(value.items())
    else:
        return Unknown("it is neither a map nor a set of texts")
    if len(pairs) > MAX_INSTANCES:
        return Unknown(f"{len(pairs)} are too many")
    return [Instance(key, {"each": {"key": key, "value": item}}) for key, item in pairs]


# Files
# ------------------------------------------------------------------------------------------


def read(files: Mapping[str, str], place: Scope | None = None) -> Module:
    """The module that some files are.

    Args:
        files: Path as the user sees it -> text.
        place: See ``Module``.

    Raises:
        ExporterError: when a file is no code, or something is declared twice.
    """
    # Real code takes a few steps a line; this bounds what is made to take forever.
    module = Module(Budget(300_000 + 20 * sum(map(len, files.values()))), place=place)
    for path, text in files.items():
        if path.endswith(".tf.json") and concerns_ses(path, text):
            said = "not read, as it is JSON; the output of `terraform show -json` has it too"
            module.unread.append(Unresolved(path, "", said))
        elif path.endswith(".tf"):
            body = parse(text, path)
            note = _note_override if is_override(path) else _declare
            for block in body.blocks:
                note(module, block)
    for path in sorted(filter(is_given, files), key=precedence):
        text = files[path]
        is_json = path.endswith(".json")
        module._given.update(given(text, path) if is_json else parse(text, path).attributes)
    return module


def _note_override(module: Module, block: Block) -> None:
    """What an override file changes is unknown: merging it is left to Terraform."""
    if block.type == "locals":
        names = [f"local.{name}" for name in block.body.attributes]
    elif block.type == "variable":
        names = ["var." + ".".join(block.labels)]
    elif block.type == "provider":
        names = ["provider." + ".".join(block.labels)]
    elif block.type == "data":
        names = ["data." + ".".join(block.labels)]
    else:
        names = [".".join(block.labels)] if block.type == "resource" else []
    for name in names:
        module.overrides[name] = block.where


def _declare(module: Module, block: Block) -> None:
    if block.type in _DECLARATIONS:
        _DECLARATIONS[block.type](module, block)


def _declare_resource(module: Module, block: Block) -> None:
    if len(block.labels) == 2 and block.labels[0] in NAME_ARGUMENTS:
        address = ".".join(block.labels)
        _refuse_second(address, module.resources.get(address), block.where)
        module.resources[address] = block
    elif block.labels[:1] and block.labels[0] in V1_TYPES:
        address = ".".join(block.labels)
        said = "resources of the SES API v1 are not read"
        module.unread.append(Unresolved(block.where, address, said))


def _declare_data(module: Module, block: Block) -> None:
    if len(block.labels) == 2:
        address = ".".join(block.labels)
        _refuse_second(f"data.{address}", module._data.get(address), block.where)
        module._data[address] = block


def _declare_variable(module: Module, block: Block) -> None:
    for name in block.labels[:1]:
        _refuse_second(f"var.{name}", module._variables.get(name), block.where)
        module._variables[name] = block


def _declare_locals(module: Module, block: Block) -> None:
    for name, expression in block.body.attributes.items():
        _refuse_second(f"local.{name}", module._locals.get(name), expression.where)
        module._locals[name] = expression


def _declare_provider(module: Module, block: Block) -> None:
    if block.labels == ("aws",):
        module.providers.append(block)


def _declare_module(module: Module, block: Block) -> None:
    module.modules.append(block)


_DECLARATIONS: Final[Mapping[str, Callable[[Module, Block], None]]] = {
    "data": _declare_data,
    "locals": _declare_locals,
    "module": _declare_module,
    "provider": _declare_provider,
    "resource": _declare_resource,
    "variable": _declare_variable,
}


def _refuse_second(what: str, first: Block | Expression | None, where: str) -> None:
    if first is not None:
        raise ExporterError(
            f"{what} is declared twice, first at {first.where}",
            where=where,
            hint="rename or remove one of the two, as Terraform would ask too",
        )
