"""A module of Terraform code, once for each time that it is called: names lead to values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl import file_functions, providers, targets
from exporter.formats.terraform.hcl.config import Config
from exporter.formats.terraform.hcl.constraints import constraint
from exporter.formats.terraform.hcl.instances import (
    Instance,
    doubted,
    doubtful,
    instances,
    keyed,
    repeated,
)
from exporter.formats.terraform.hcl.providers import DEFAULT, Provider
from exporter.formats.terraform.hcl.run import HINT, Missing, Run
from exporter.formats.terraform.hcl.syntax import Block, Expression
from exporter.formats.terraform.hcl.types import (
    MAX_ITEMS,
    TOO_MUCH,
    Partial,
    Value,
    size,
    to_string,
)
from exporter.formats.terraform.hcl.values import evaluate
from exporter.formats.terraform.hcl.variables import Given
from exporter.formats.terraform.hcl.world import Names
from exporter.formats.terraform.names import NAME_ARGUMENTS
from exporter.support.errors import ExporterError

META_ARGUMENTS: Final = frozenset({"count", "depends_on", "for_each", "provider", "region"})
_CALL_ARGUMENTS: Final = frozenset(
    {"count", "depends_on", "for_each", "providers", "source", "version"}
)

Thunk = Callable[[], Value]
"""An argument of a call, evaluated when its variable is asked for."""


@dataclass
class Module:
    """One instance of a module.

    Attributes:
        run: What all modules share.
        config: What its folder declares.
        folder: The folder, from the root module.
        address: Its address; empty for the root module.
        calls: The names of the calls that lead to it.
        folders: The folders of the modules that they lead through, with its own.
        doubt: Why it is not known whether, or under which keys, there is this instance; a sentence,
            empty when it is known.
    """

    run: Run
    config: Config
    folder: str = "."
    address: str = ""
    calls: tuple[str, ...] = ()
    folders: tuple[str, ...] = (".",)
    doubt: str = ""
    _given: Mapping[str, Expression | Given | Thunk] = field(default_factory=dict)
    _inherited: Mapping[str, Provider] = field(default_factory=dict)
    _values: dict[str, Value] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _children: dict[str, list["Child"] | Missing] = field(default_factory=dict)
    _providers: Mapping[str, Provider] | None = None

    @property
    def overrides(self) -> Mapping[str, str]:
        """Where something is overridden, by its address."""
        return self.config.overrides

    def value(self, expression: Expression, names: Names) -> Value:
        """The value of an expression that stands in this code."""
        return evaluate(expression, names, self, self.run.effort)

    def call(self, name: str, given: list[Value]) -> Value:
        """The value of a function that reads files; any other cannot be evaluated."""
        return file_functions.call(name, given, self.run.tree, self.run.effort)

    def lookup(self, root: str, name: str, shown: str, wanted: str | None) -> Value:
        """What ``root.name`` stands for, or of it what is wanted."""
        key = f"{root}.{name}"
        if root in _ROOTS:
            part = wanted if root in ("module", "data") else None
            return self._once(
                f"{key}.{part}" if part else key, lambda: _ROOTS[root](self, name, part), key
            )
        if key in self.config.resources:
            return self._once(f"{key}.{wanted}", lambda: self._resource(key, wanted), key)
        return Unknown(f"{shown} is not in this code")

    def _once(self, what: str, work: Callable[[], Value], of: str) -> Value:
        if what in self._busy:
            return Unknown(f"{of} refers to itself")
        if of in self.overrides:
            return Unknown(f"{self.overrides[of]} overrides {of}")
        if what not in self._values:
            self._busy.add(what)
            try:
                found = work()
            finally:
                self._busy.discard(what)
            weight = size(found)
            exceeded = self.run.effort.spend(weight)
            self._values[what] = exceeded or (TOO_MUCH if weight > MAX_ITEMS else found)
        return self._values[what]

    # Variables, locals, settings of Terraform

    def _variable(self, name: str, _wanted: str | None) -> Value:
        block = self.config.variables.get(name)
        if block is None:
            return Unknown(f"var.{name} is not in this code")
        attributes = block.body.attributes
        given = self._given.get(name, attributes.get("default"))
        if given is None:
            help_ = f"; give it with --var {name}=..." if not self.calls else ""
            return Unknown(f"var.{name} has no value{help_}")
        value = self._of(given)
        default = attributes.get("default")
        if value is None and "nullable" in attributes and default is not None:
            nullable = self.value(attributes["nullable"], {})
            value = value if nullable is True else self.value(default, {})
        if "type" not in attributes:
            return value
        convert = constraint(attributes["type"], lambda default: self.value(default, {}))
        converted = convert if isinstance(convert, Unknown) else convert(value)
        if isinstance(converted, Unknown) and not isinstance(value, Unknown):
            return Unknown(f"var.{name} cannot be evaluated: {converted.reason}")
        return converted

    def _of(self, given: Expression | Given | Thunk) -> Value:
        if isinstance(given, Given):
            return given.value
        return self.value(given, {}) if isinstance(given, Expression) else given()

    def _local(self, name: str, _wanted: str | None) -> Value:
        found = self.config.locals.get(name)
        return (
            Unknown(f"local.{name} is not in this code") if found is None else self.value(found, {})
        )

    def _terraform(self, name: str, _wanted: str | None) -> Value:
        if name == "workspace":
            return self.run.workspace
        return Unknown(f"terraform.{name} cannot be evaluated")

    def _path(self, name: str, _wanted: str | None) -> Value:
        known = {"module": self.folder, "root": "."}
        return known.get(name) or Unknown(f"path.{name} is not known")

    # Providers

    @property
    def providers(self) -> Mapping[str, Provider]:
        """The provider configurations that its resources can name.

        Raises:
            ExporterError: when two of them have one name.
        """
        if self._providers is None:
            # What a block is made of may look something up, and so ask for a provider.
            self._providers = self._inherited
            own = providers.configured(self, self.config.providers)
            self._providers = {**self._inherited, **own}
            of_aws = [own[name] for name in own if name.partition(".")[0] == DEFAULT]
            self.run.accesses |= {each.access for each in of_aws}
        return self._providers

    def provider_of(self, block: Block, names: Names) -> Provider:
        """The provider configuration of a resource, in the region that the resource names."""
        attributes = block.body.attributes
        name = providers.named_by(attributes.get("provider"))
        found = self.providers.get(name, Provider(name))
        if "region" not in attributes:
            return found
        region = self.value(attributes["region"], names)
        if region is None:
            return found
        return found.in_region(region if isinstance(region, str) else None)

    def place_of(self, block: Block, names: Names) -> CodeInputs:
        """Where a resource is, or a data source looks."""
        provider = self.provider_of(block, names)
        is_only = len(self.run.accesses) <= 1
        return provider.place(self.run.inputs, is_only_account=is_only)

    # Resources and data sources

    def instances(self, block: Block, address: str) -> list[Instance]:
        """What a block stands for."""
        if address in self.overrides:
            return doubted(Unknown(f"{self.overrides[address]} overrides it"))
        attributes = block.body.attributes
        how = repeated(attributes)
        return instances(how, self.value(attributes[how], {}) if how else None)

    def _each(self, block: Block, address: str, one: Callable[[Names], Value]) -> Value:
        """What references to a block give: a value, or one for each instance."""
        found = self.instances(block, address)
        if found and found[0].doubt:
            return doubtful(found[0], one(found[0].names))
        values = [one(each.names) for each in found]
        return keyed(repeated(block.body.attributes), found, values)

    def _resource(self, address: str, wanted: str | None) -> Value:
        block = self.config.resources[address]
        kind = block.labels[0]
        if kind in NAME_ARGUMENTS:
            return self._each(block, address, lambda names: self._ses(block, names, wanted))
        written = [n for n in block.body.attributes if n not in META_ARGUMENTS - {"region"}]

        def attributes(names: Names) -> Value:
            return targets.of_resource(
                kind,
                written,
                lambda name: self._argument(block, name, names),
                self.place_of(block, names),
                wanted,
            )

        return self._each(block, address, attributes)

    def _argument(self, block: Block, name: str, names: Names) -> Value:
        expression = block.body.attributes.get(name)
        return None if expression is None else self.value(expression, names)

    def _ses(self, block: Block, names: Names, wanted: str | None) -> Value:
        arguments = NAME_ARGUMENTS[block.labels[0]]
        known = {name: self.name(block, name, names) for name in arguments}
        if wanted not in (None, "arn", "id", *known) and wanted in block.body.attributes:
            known[wanted] = self._argument(block, wanted, names)
        return targets.of_ses(block.labels[0], known, self.place_of(block, names), wanted)

    def name(self, block: Block, argument: str, names: Names) -> Value:
        """A name that SES knows something by: a text, or unknown."""
        value = self._argument(block, argument, names)
        return Unknown(f"{argument} is not given") if value in (None, "") else to_string(value)

    def _data(self, kind: str, wanted: str | None) -> Value:
        """What the data sources of a type find, by label."""
        found: dict[str, Value] = {}
        for address, block in self.config.data.items():
            if block.labels[0] != kind or wanted not in (None, block.labels[1]):
                continue
            if f"data.{address}" in self.overrides:
                continue
            found[block.labels[1]] = self._each(block, f"data.{address}", self._found_by(block))
        return Partial(found)

    def _found_by(self, block: Block) -> Callable[[Names], Value]:
        def one(names: Names) -> Value:
            skipped = META_ARGUMENTS - {"region"}
            arguments = [name for name in block.body.attributes if name not in skipped]
            values = {name: self._argument(block, name, names) for name in arguments}
            return targets.of_data(block.labels[0], values, self.place_of(block, names))

        return one

    # Modules

    def children(self, name: str) -> "list[Child] | Missing":
        """The instances of a module that it calls; or why its code cannot be read.

        Raises:
            ExporterError: when the module calls itself.
        """
        if name not in self._children:
            self._children[name] = self._called(name)
        return self._children[name]

    def _called(self, name: str) -> "list[Child] | Missing":
        block = self.config.calls[name]
        calls = (*self.calls, name)
        folder = self.run.source_of(block, self.folder, calls)
        if isinstance(folder, Missing):
            return folder
        if folder in self.folders:
            raise ExporterError(
                f"module.{name} calls the module that contains it",
                where=block.where,
                hint="remove the call; Terraform refuses it too",
            )
        config = self.run.config(folder)
        assert config is not None
        exceeded = self.run.effort.spend(10)
        if exceeded:
            return Missing(exceeded.reason, HINT)
        prefix = f"{self.address}." if self.address else ""
        return [
            Child(
                each,
                Module(
                    self.run,
                    config,
                    folder,
                    each.address(f"{prefix}module.{name}"),
                    calls,
                    (*self.folders, folder),
                    each.said or self.doubt,
                    self._arguments(block, each.names),
                    self.passed(block),
                ),
            )
            for each in self.instances(block, f"module.{name}")
        ]

    def _arguments(self, block: Block, names: Names) -> dict[str, Thunk]:
        def thunk(expression: Expression) -> Thunk:
            return lambda: self.value(expression, names)

        return {
            name: thunk(expression)
            for name, expression in block.body.attributes.items()
            if name not in _CALL_ARGUMENTS
        }

    def passed(self, block: Block) -> dict[str, Provider]:
        """The provider configurations of a called module: the default ones, or those given."""
        expression = block.body.attributes.get("providers")
        if expression is None:
            return {name: each for name, each in self.providers.items() if "." not in name}
        passed = providers.mapping(expression)
        return {inner: self.providers.get(own, Provider(own)) for inner, own in passed.items()}

    def _module(self, name: str, wanted: str | None) -> Value:
        """The outputs of a module that it calls."""
        if name not in self.config.calls:
            return Unknown(f"module.{name} is not in this code")
        found = self.children(name)
        if isinstance(found, Missing):
            return Unknown(f"module.{name} cannot be read: {found.reason}")
        if found and found[0].instance.doubt:
            outputs = found[0].module.outputs(wanted)
            return doubtful(found[0].instance, outputs)
        values = [child.module.outputs(wanted) for child in found]
        how = repeated(self.config.calls[name].body.attributes)
        return keyed(how, [child.instance for child in found], values)

    def outputs(self, wanted: str | None) -> Value:
        """Its outputs, or the one that is wanted."""
        names = list(self.config.outputs) if wanted is None else [wanted]
        return Partial({name: self._output(name) for name in names if name in self.config.outputs})

    def _output(self, name: str) -> Value:
        expression = self.config.outputs[name].body.attributes.get("value")
        if expression is None:
            return Unknown(f"output.{name} has no value")
        return self._once(f"output.{name}", lambda: self.value(expression, {}), f"output.{name}")


@dataclass(frozen=True)
class Child:
    """A called module, and which instance it is."""

    instance: Instance
    module: Module


_ROOTS: Final[Mapping[str, Callable[[Module, str, str | None], Value]]] = {
    "data": Module._data,
    "local": Module._local,
    "module": Module._module,
    "path": Module._path,
    "terraform": Module._terraform,
    "var": Module._variable,
}
