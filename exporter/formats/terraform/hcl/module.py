"""Evaluate references within one instance of a Terraform module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl import file_functions, providers
from exporter.formats.terraform.hcl.attributes import (
    data_attributes,
    resource_attributes,
    ses_attributes,
)
from exporter.formats.terraform.hcl.config import Config
from exporter.formats.terraform.hcl.constraints import constraint
from exporter.formats.terraform.hcl.instances import (
    Instance,
    common_value,
    instances,
    reference_value,
    repetition_argument,
    unknown_instances,
)
from exporter.formats.terraform.hcl.providers import DEFAULT, Provider
from exporter.formats.terraform.hcl.resolver import Names
from exporter.formats.terraform.hcl.run import HINT, MissingModule, Run
from exporter.formats.terraform.hcl.syntax import Block, Expression
from exporter.formats.terraform.hcl.types import (
    MAX_ITEMS,
    TOO_LARGE,
    Failed,
    Partial,
    Value,
    size,
    to_string,
)
from exporter.formats.terraform.hcl.values import evaluate
from exporter.formats.terraform.hcl.variables import LiteralValue
from exporter.formats.terraform.names import NAME_ARGUMENTS
from exporter.support.errors import ExporterError

META_ARGUMENTS: Final = frozenset({"count", "depends_on", "for_each", "provider", "region"})
_CALL_ARGUMENTS: Final = frozenset(
    {"count", "depends_on", "for_each", "providers", "source", "version"}
)

Thunk = Callable[[], Value]
"""An argument of a module call, evaluated when its variable is first used."""


@dataclass
class Module:
    """One instance of a module.

    Attributes:
        run: The state that all modules of a root share.
        config: The blocks that its folder declares.
        folder: Its folder, relative to the root module.
        address: Its address; empty for the root module.
        calls: The names of the module calls that lead to it.
        folders: The folders of its callers and its own.
        doubt: Why it isn't known whether this instance exists or which key it has, as a sentence;
            empty when that is known.
    """

    run: Run
    config: Config
    folder: str = "."
    address: str = ""
    calls: tuple[str, ...] = ()
    folders: tuple[str, ...] = (".",)
    doubt: str = ""
    _variable_values: Mapping[str, Expression | LiteralValue | Thunk] = field(default_factory=dict)
    _inherited: Mapping[str, Provider] = field(default_factory=dict)
    _values: dict[str, Value] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _children: dict[str, list["Child"] | MissingModule] = field(default_factory=dict)
    _providers: Mapping[str, Provider] | None = None

    @property
    def overrides(self) -> Mapping[str, str]:
        """The file and line of the override of each overridden address."""
        return self.config.overrides

    def value(self, expression: Expression, names: Names) -> Value:
        """Return the value of an expression in this module."""
        return evaluate(expression, names, self, self.run.budget)

    def call(self, name: str, arguments: list[Value]) -> Value:
        """Call a function that reads files; any other is ``Unknown``."""
        return file_functions.call(name, arguments, self.run.tree, self.run.budget)

    def lookup(self, root: str, name: str, shown: str, attribute: str | None) -> Value:
        """Return the value of ``root.name``; see ``Resolver``."""
        key = f"{root}.{name}"
        if root in _ROOTS:
            requested = attribute if root in ("module", "data") else None
            return self._once(
                f"{key}.{requested}" if requested else key,
                lambda: _ROOTS[root](self, name, requested),
                key,
            )
        if key in self.config.resources:
            return self._once(f"{key}.{attribute}", lambda: self._resource(key, attribute), key)
        return Unknown(f"{shown} is not in this code")

    def _once(self, key: str, compute: Callable[[], Value], address: str) -> Value:
        if key in self._busy:
            return Unknown(f"{address} refers to itself")
        if address in self.overrides:
            return Unknown(f"{self.overrides[address]} overrides {address}")
        if key not in self._values:
            self._busy.add(key)
            try:
                value = compute()
            finally:
                self._busy.discard(key)
            items = size(value)
            exceeded = self.run.budget.spend(items)
            self._values[key] = exceeded or (TOO_LARGE if items > MAX_ITEMS else value)
        return self._values[key]

    # Variables, locals, settings of Terraform

    def _variable(self, name: str, _attribute: str | None) -> Value:
        block = self.config.variables.get(name)
        if block is None:
            return Unknown(f"var.{name} is not in this code")
        attributes = block.body.attributes
        source = self._variable_values.get(name, attributes.get("default"))
        if source is None:
            help_ = f"; set it with --var {name}=..." if not self.calls else ""
            return Unknown(f"var.{name} has no value{help_}")
        value = self._source_value(source)
        default = attributes.get("default")
        if value is None and "nullable" in attributes and default is not None:
            nullable = self.value(attributes["nullable"], {})
            value = value if nullable is True else self.value(default, {})
        if "type" not in attributes:
            return value
        convert = constraint(attributes["type"], lambda default: self.value(default, {}))
        converted = convert if isinstance(convert, Unknown) else convert(value)
        if isinstance(converted, Unknown) and not isinstance(value, Unknown):
            kind = Failed if isinstance(converted, Failed) else Unknown
            return kind(f"var.{name} cannot be evaluated: {converted.reason}")
        return converted

    def _source_value(self, source: Expression | LiteralValue | Thunk) -> Value:
        if isinstance(source, LiteralValue):
            return source.value
        return self.value(source, {}) if isinstance(source, Expression) else source()

    def _local(self, name: str, _attribute: str | None) -> Value:
        expression = self.config.locals.get(name)
        return (
            Unknown(f"local.{name} is not in this code")
            if expression is None
            else self.value(expression, {})
        )

    def _terraform(self, name: str, _attribute: str | None) -> Value:
        if name == "workspace":
            return self.run.workspace
        return Unknown(f"terraform.{name} cannot be evaluated")

    def _path(self, name: str, _attribute: str | None) -> Value:
        known = {"module": self.folder, "root": "."}
        return known.get(name) or Unknown(f"path.{name} is not known")

    # Providers

    @property
    def providers(self) -> Mapping[str, Provider]:
        """The provider configurations that its resources can use, by name.

        Raises:
            ExporterError: when two of them have the same name.
        """
        if self._providers is None:
            # Evaluating a provider block may look up a resource, which needs the providers.
            self._providers = self._inherited
            configured = providers.configured(self, self.config.providers)
            self._providers = {**self._inherited, **configured}
            aws_providers = [
                configured[name] for name in configured if name.partition(".")[0] == DEFAULT
            ]
            self.run.accesses |= {provider.access for provider in aws_providers}
        return self._providers

    def provider_of(self, block: Block, names: Names) -> Provider:
        """Return the provider configuration of a resource, in the resource's own region if set."""
        attributes = block.body.attributes
        name = providers.configuration_name(attributes.get("provider"))
        provider = self.providers.get(name, Provider(name))
        if "region" not in attributes:
            return provider
        region = self.value(attributes["region"], names)
        if region is None:
            return provider
        return provider.in_region(region if isinstance(region, str) else None)

    def inputs_for(self, block: Block, names: Names) -> CodeInputs:
        """Return the inputs for the account and region of a resource or a data source."""
        provider = self.provider_of(block, names)
        is_only = len(self.run.accesses) <= 1
        return provider.inputs_for(self.run.inputs, is_only_account=is_only)

    # Resources and data sources

    def instances(self, block: Block, address: str) -> list[Instance]:
        """Return the instances of a block (``count``, ``for_each``)."""
        if address in self.overrides:
            return unknown_instances(Unknown(f"{self.overrides[address]} overrides it"))
        attributes = block.body.attributes
        repetition = repetition_argument(attributes)
        return instances(repetition, self.value(attributes[repetition], {}) if repetition else None)

    def _each(self, block: Block, address: str, evaluate_one: Callable[[Names], Value]) -> Value:
        """Return what a reference to a block evaluates to: one value, or one for each instance."""
        block_instances = self.instances(block, address)
        if block_instances and block_instances[0].doubt:
            return common_value(block_instances[0], evaluate_one(block_instances[0].names))
        values = [evaluate_one(instance.names) for instance in block_instances]
        repetition = repetition_argument(block.body.attributes)
        return reference_value(repetition, block_instances, values)

    def _resource(self, address: str, attribute: str | None) -> Value:
        block = self.config.resources[address]
        kind = block.labels[0]
        if kind in NAME_ARGUMENTS:
            return self._each(block, address, lambda names: self._ses(block, names, attribute))
        written = [n for n in block.body.attributes if n not in META_ARGUMENTS - {"region"}]

        def evaluate_one(names: Names) -> Value:
            return resource_attributes(
                kind,
                written,
                lambda name: self._argument(block, name, names),
                self.inputs_for(block, names),
                attribute,
            )

        return self._each(block, address, evaluate_one)

    def _argument(self, block: Block, name: str, names: Names) -> Value:
        expression = block.body.attributes.get(name)
        return None if expression is None else self.value(expression, names)

    def _ses(self, block: Block, names: Names, attribute: str | None) -> Value:
        arguments = NAME_ARGUMENTS[block.labels[0]]
        known = {name: self.name(block, name, names) for name in arguments}
        if attribute not in (None, "arn", "id", *known) and attribute in block.body.attributes:
            known[attribute] = self._argument(block, attribute, names)
        return ses_attributes(block.labels[0], known, self.inputs_for(block, names), attribute)

    def name(self, block: Block, argument: str, names: Names) -> Value:
        """Return an argument that names a resource in SES: a string or ``Unknown``."""
        value = self._argument(block, argument, names)
        return Unknown(f"{argument} is not given") if value in (None, "") else to_string(value)

    def _data(self, kind: str, label: str | None) -> Value:
        """Return the attributes of the data sources of a type, by label."""
        by_label: dict[str, Value] = {}
        for address, block in self.config.data.items():
            if block.labels[0] != kind or label not in (None, block.labels[1]):
                continue
            if f"data.{address}" in self.overrides:
                continue
            by_label[block.labels[1]] = self._each(
                block, f"data.{address}", self._data_source(block)
            )
        return Partial(by_label)

    def _data_source(self, block: Block) -> Callable[[Names], Value]:
        def evaluate_one(names: Names) -> Value:
            not_arguments = META_ARGUMENTS - {"region"}
            arguments = [name for name in block.body.attributes if name not in not_arguments]
            values = {name: self._argument(block, name, names) for name in arguments}
            return data_attributes(block.labels[0], values, self.inputs_for(block, names))

        return evaluate_one

    # Modules

    def children(self, name: str) -> "list[Child] | MissingModule":
        """Return the instances of a called module, or why its code can't be read.

        Raises:
            ExporterError: when the module calls itself.
        """
        if name not in self._children:
            self._children[name] = self._read_children(name)
        return self._children[name]

    def _read_children(self, name: str) -> "list[Child] | MissingModule":
        block = self.config.calls[name]
        calls = (*self.calls, name)
        folder = self.run.source_folder(block, self.folder, calls)
        if isinstance(folder, MissingModule):
            return folder
        if folder in self.folders:
            raise ExporterError(
                f"module.{name} calls the module that contains it",
                where=block.where,
                hint="remove the call; Terraform refuses it too",
            )
        config = self.run.config(folder)
        assert config is not None
        exceeded = self.run.budget.spend(10)
        if exceeded:
            return MissingModule(exceeded.reason, HINT)
        prefix = f"{self.address}." if self.address else ""
        return [
            Child(
                instance,
                Module(
                    self.run,
                    config,
                    folder,
                    instance.address(f"{prefix}module.{name}"),
                    calls,
                    (*self.folders, folder),
                    instance.doubt_sentence or self.doubt,
                    self._arguments(block, instance.names),
                    self.passed(block),
                ),
            )
            for instance in self.instances(block, f"module.{name}")
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
        """Return the provider configurations of a called module: ``providers``, or the defaults."""
        expression = block.body.attributes.get("providers")
        if expression is None:
            return {name: provider for name, provider in self.providers.items() if "." not in name}
        passed = providers.parse_mapping(expression)
        return {
            inner: self.providers.get(outer, Provider(outer)) for inner, outer in passed.items()
        }

    def _module(self, name: str, output: str | None) -> Value:
        """Return the outputs of a called module."""
        if name not in self.config.calls:
            return Unknown(f"module.{name} is not in this code")
        children = self.children(name)
        if isinstance(children, MissingModule):
            return Unknown(f"module.{name} cannot be read: {children.reason}")
        if children and children[0].instance.doubt:
            outputs = children[0].module.outputs(output)
            return common_value(children[0].instance, outputs)
        values = [child.module.outputs(output) for child in children]
        repetition = repetition_argument(self.config.calls[name].body.attributes)
        return reference_value(repetition, [child.instance for child in children], values)

    def outputs(self, output: str | None) -> Value:
        """Return all of its outputs, or one of them."""
        names = list(self.config.outputs) if output is None else [output]
        return Partial({name: self._output(name) for name in names if name in self.config.outputs})

    def _output(self, name: str) -> Value:
        expression = self.config.outputs[name].body.attributes.get("value")
        if expression is None:
            return Unknown(f"output.{name} has no value")
        return self._once(f"output.{name}", lambda: self.value(expression, {}), f"output.{name}")


@dataclass(frozen=True)
class Child:
    """An instance of a called module."""

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
