"""Exports back to models, each with its format's own parser and with none of our filters.

What a rendered export says must be what the gate let through:

    assessment = assess(scope, format_.judge, configuration_sets=True)
    assert read_cloudformation(files) == written(assessment.scope)

The readers take an export apart strictly: an argument, attribute or statement that they do not
expect raises ``ReadbackError``, so that nothing in a file goes unnoticed.
"""

import ast
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeVar

import pygohcl
import yaml
from msgspec.structs import replace

from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import ConfigurationSet, Model, Scope, without_empty

Files = Mapping[str, str]
Json = Any


class ReadbackError(AssertionError):
    """An export holds something that nobody expects in it."""


# What to compare with
# ------------------------------------------------------------------------------


def written(scope: Scope, *, keeps_empty: bool = False) -> tuple[ConfigurationSet, ...]:
    """What must be found in the code, of what the gate let through.

    The time of the last fresh start is state and never written. A set that is not written itself
    leaves a trace only in its destinations. Only some formats write options that say nothing.
    """
    found = []
    for configuration_set in scope.configuration_sets:
        reputation = configuration_set.reputation_options
        if reputation is not None:
            reputation = replace(reputation, last_fresh_start=None)
        if configuration_set.options_known or configuration_set.event_destinations:
            bare = replace(configuration_set, reputation_options=reputation)
            found.append(bare if keeps_empty else without_empty(bare))
    return tuple(found)


M = TypeVar("M", bound=Model)


def nfc(models: Iterable[M]) -> tuple[M, ...]:
    """The same models with every string in the normal form in which Terraform reads its files."""
    return tuple(codec.decode(_nfc(codec.encode(model)), type(model)) for model in models)


def nfc_text(value: str) -> str:
    """A text in the normal form of HCL's library."""
    # After 30 combining marks in a row, the library puts a U+034F (Unicode's stream-safe form);
    # Terraform 1.11 does the same.
    bare = value.replace("\u034f", "")
    marks = (unicodedata.combining(char) > 0 for char in unicodedata.normalize("NFD", bare))
    longest = max((len(list(run)) for is_mark, run in groupby(marks) if is_mark), default=0)
    return unicodedata.normalize("NFC", bare if longest > 30 else value)


def _nfc(value: Json) -> Json:
    if isinstance(value, str):
        return nfc_text(value)
    if isinstance(value, list):
        return [_nfc(item) for item in value]
    if isinstance(value, dict):
        return {name: _nfc(item) for name, item in value.items()}
    return value


# A format's own spelling to the API's
# ----------------------------------------------------------------

Tree = Mapping[str, "Tree | None"]
"""What a format's object may have, by the format's names; None where no object is below."""


def _leaves(names: str) -> Tree:
    return dict.fromkeys(names.split())


def _to_api(value: Json, tree: Tree, spell: Callable[[str], str], where: str) -> dict[str, Json]:
    """An object of a format as the API would answer it."""
    _expect(isinstance(value, dict), f"{where}: no object but {value!r}")
    result: dict[str, Json] = {}
    for name, item in value.items():
        _expect(name in tree, f"{where}: unexpected {name!r}")
        items = item if isinstance(item, list) else [item]
        found = [_one(one, tree[name], spell, f"{where}.{name}") for one in items]
        result[spell(name)] = found if isinstance(item, list) else found[0]
    return result


def _one(value: Json, tree: Tree | None, spell: Callable[[str], str], where: str) -> Json:
    if tree is not None:
        return _to_api(value, tree, spell, where)
    _expect(isinstance(value, str | int | bool), f"{where}: no literal but {value!r}")
    return value


def _expect(holds: object, otherwise: str) -> None:
    if not holds:
        raise ReadbackError(otherwise)


class _Found:
    """Collects sets and destinations, and joins them.

    Attributes:
        addresses: What stands where: by Terraform address or logical id.
    """

    def __init__(self) -> None:
        self.addresses: dict[str, Identity] = {}
        self._sets: dict[str, dict[str, Json]] = {}
        self._destinations: dict[str, list[Json]] = {}

    def add_set(self, address: str, value: dict[str, Json]) -> None:
        """A set as the API would answer it."""
        name = value["ConfigurationSetName"]
        _expect(name not in self._sets, f"two resources of the set {name!r}")
        self._sets[name] = value
        self._place(address, Identity(name))

    def add_destination(self, address: str, set_name: str, value: dict[str, Json]) -> None:
        """A destination as the API would answer it."""
        self._destinations.setdefault(set_name, []).append(value)
        self._place(address, Identity(set_name, value["Name"]))

    def _place(self, address: str, identity: Identity) -> None:
        _expect(address not in self.addresses, f"{address} stands twice")
        self.addresses[address] = identity

    def result(self) -> tuple[ConfigurationSet, ...]:
        """All sets in canonical order; those only named by their destinations without options."""
        unwritten = {
            name: {"ConfigurationSetName": name, "OptionsKnown": False}
            for name in self._destinations
        }
        sets = [
            codec.decode(
                {**value, "EventDestinations": self._destinations.get(name, [])}, ConfigurationSet
            )
            for name, value in {**unwritten, **self._sets}.items()
        ]
        return tuple(sorted(sets, key=lambda found: found.name))


# Terraform
# -----------------------------------------------------------------------------------------

_TF_SET = "aws_sesv2_configuration_set"
_TF_DESTINATION = "aws_sesv2_configuration_set_event_destination"

_TF_SET_TREE: Final[Tree] = {
    **_leaves("configuration_set_name"),
    "delivery_options": _leaves("max_delivery_seconds sending_pool_name tls_policy"),
    "reputation_options": _leaves("reputation_metrics_enabled"),
    "sending_options": _leaves("sending_enabled"),
    "suppression_options": _leaves("suppressed_reasons"),
    "tracking_options": _leaves("custom_redirect_domain https_policy"),
    "vdm_options": {
        "dashboard_options": _leaves("engagement_metrics"),
        "guardian_options": _leaves("optimized_shared_delivery"),
    },
}
_TF_DESTINATION_TREE: Final[Tree] = {
    **_leaves("enabled matching_event_types"),
    "cloud_watch_destination": {
        "dimension_configuration": _leaves(
            "default_dimension_value dimension_name dimension_value_source"
        ),
    },
    "event_bridge_destination": _leaves("event_bus_arn"),
    "kinesis_firehose_destination": _leaves("delivery_stream_arn iam_role_arn"),
    "pinpoint_destination": _leaves("application_arn"),
    "sns_destination": _leaves("topic_arn"),
}


def _tf_spelling(name: str) -> str:
    if name == "dimension_configuration":
        return "DimensionConfigurations"
    return "".join(word.capitalize() for word in name.split("_"))


def read_terraform(files: Files) -> tuple[ConfigurationSet, ...]:
    """The sets that the ``.tf`` files describe; every string as HCL reads it (see ``nfc``).

    The parser gives a reference as the text of its address. A set whose name is the address of
    another one would be mistaken for it, which no account can hold.
    """
    return _terraform(files).result()


def terraform_addresses(files: Files) -> dict[str, Identity]:
    """What each address of the ``.tf`` files is."""
    return _terraform(files).addresses


def terraform_imports(files: Files) -> dict[str, Identity]:
    """What the ``import`` blocks take each address for."""
    blocks = pygohcl.loads(files.get("imports.tf", "")).get("import", [])
    blocks = [blocks] if isinstance(blocks, dict) else blocks
    imports = {block["to"]: Identity(*block["id"].split("|")) for block in blocks}
    _expect(len(imports) == len(blocks), "an address is imported twice")
    return imports


def _terraform(files: Files) -> _Found:
    found, names, shared = _Found(), {}, _tf_locals(files)
    for label, body in _tf_resources(files, _TF_SET):
        tags = body.pop("tags", {})
        _check_lifecycle(body)
        described = _to_api(body, _TF_SET_TREE, _tf_spelling, label)
        described["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
        names[f"{_TF_SET}.{label}.configuration_set_name"] = described["ConfigurationSetName"]
        found.add_set(f"{_TF_SET}.{label}", described)
    for label, body in _tf_resources(files, _TF_DESTINATION):
        expected = {"configuration_set_name", "event_destination_name", "event_destination"}
        _expect(set(body) == expected, f"{label}: {sorted(body)}")
        of_set, inner = body["configuration_set_name"], body["event_destination"]
        metrics = inner.get("cloud_watch_destination", {})
        # One block comes as a dict, several as a list.
        if isinstance(metrics.get("dimension_configuration"), dict):
            metrics["dimension_configuration"] = [metrics["dimension_configuration"]]
        for block in inner.values():
            for name in block if isinstance(block, dict) else ():
                block[name] = shared.get(block[name], block[name]) if _is_arn(name) else block[name]
        described = _to_api(inner, _TF_DESTINATION_TREE, _tf_spelling, label)
        described["Name"] = body["event_destination_name"]
        _expect(of_set not in names.values(), f"{label} repeats the name of a set that is there")
        set_name = str(names.get(of_set, of_set))
        found.add_destination(f"{_TF_DESTINATION}.{label}", set_name, described)
    return found


def _is_arn(name: str) -> bool:
    return name.endswith("_arn")


def _tf_locals(files: Files) -> dict[str, str]:
    """What references to locals stand for; each is used more than once."""
    found = pygohcl.loads(files.get("locals.tf", "")).get("locals", {})
    for name in found:
        uses = sum(len(re.findall(rf"= local\.{name}$", t, re.MULTILINE)) for t in files.values())
        _expect(uses > 1, f"local.{name} is used {uses} times")
    return {f"local.{name}": value for name, value in found.items()}


def _check_lifecycle(body: dict[str, Json]) -> None:
    """That only options without a value are ignored, and that no domain is written as none."""
    lifecycle = body.pop("lifecycle", {"ignore_changes": ()})
    _expect(set(lifecycle) == {"ignore_changes"}, f"unexpected {lifecycle}")
    tracking = body.get("tracking_options", {})
    if tracking.get("custom_redirect_domain") == "":
        del tracking["custom_redirect_domain"]
    for name in lifecycle["ignore_changes"]:
        _expect(not body.get(name), f"{name} is ignored and written")


_TF_BLOCKS = {"terraform", "provider", "resource", "import", "locals"}


def _tf_resources(files: Files, kind: str) -> Iterator[tuple[str, dict[str, Json]]]:
    for name, text in files.items():
        if not name.endswith(".tf"):
            continue
        parsed = pygohcl.loads(text)
        _expect(set(parsed) <= _TF_BLOCKS, f"{name}: {parsed}")
        resources = parsed.get("resource", {})
        _expect(set(resources) <= {_TF_SET, _TF_DESTINATION}, f"{name}: {sorted(resources)}")
        for label, body in resources.get(kind, {}).items():
            _expect(isinstance(body, dict), f"two resources {kind}.{label}")
            yield label, body


# CloudFormation
# ------------------------------------------------------------------------------------

_CFN_SET = "AWS::SES::ConfigurationSet"
_CFN_DESTINATION = "AWS::SES::ConfigurationSetEventDestination"

_CFN_SET_TREE: Final[Tree] = {
    **_leaves("Name"),
    "ArchivingOptions": _leaves("ArchiveArn"),
    "DeliveryOptions": _leaves("MaxDeliverySeconds SendingPoolName TlsPolicy"),
    "ReputationOptions": _leaves("ReputationMetricsEnabled"),
    "SendingOptions": _leaves("SendingEnabled"),
    "SuppressionOptions": {
        **_leaves("SuppressedReasons"),
        "ValidationOptions": {
            "ConditionThreshold": {
                **_leaves("ConditionThresholdEnabled"),
                "OverallConfidenceThreshold": _leaves("ConfidenceVerdictThreshold"),
            },
        },
    },
    "Tags": _leaves("Key Value"),
    "TrackingOptions": _leaves("CustomRedirectDomain HttpsPolicy"),
    "VdmOptions": {
        "DashboardOptions": _leaves("EngagementMetrics"),
        "GuardianOptions": _leaves("OptimizedSharedDelivery"),
    },
}
_CFN_DESTINATION_TREE: Final[Tree] = {
    **_leaves("Name Enabled MatchingEventTypes"),
    "CloudWatchDestination": {
        "DimensionConfigurations": _leaves(
            "DimensionName DimensionValueSource DefaultDimensionValue"
        ),
    },
    "EventBridgeDestination": _leaves("EventBusArn"),
    "KinesisFirehoseDestination": _leaves("DeliveryStreamARN IAMRoleARN"),
    "SnsDestination": _leaves("TopicARN"),
}


def _cfn_spelling(name: str) -> str:
    return {
        "DeliveryStreamARN": "DeliveryStreamArn",
        "IAMRoleARN": "IamRoleArn",
        "TopicARN": "TopicArn",
    }.get(name, name)


def _cfn_set(properties: Json, where: str) -> dict[str, Json]:
    described = _to_api(properties, _CFN_SET_TREE, _cfn_spelling, where)
    described["ConfigurationSetName"] = described.pop("Name")
    return described


def _cfn_destination(properties: Json, where: str) -> dict[str, Json]:
    """A destination; these two enums have a spelling of their own in CloudFormation."""
    described = _to_api(properties, _CFN_DESTINATION_TREE, _cfn_spelling, where)
    types = described["MatchingEventTypes"]
    described["MatchingEventTypes"] = [_upper_case(one) for one in types]
    metrics = described.get("CloudWatchDestination", {})
    for dimension in metrics.get("DimensionConfigurations", []):
        dimension["DimensionValueSource"] = _upper_case(dimension["DimensionValueSource"])
    return described


def _upper_case(camel: str) -> str:
    _expect(re.fullmatch(r"[a-z]+([A-Z][a-z]+)*", camel), f"{camel!r} is not in camelCase")
    return re.sub(r"(?=[A-Z])", "_", camel).upper()


@dataclass(frozen=True)
class Ref:
    """A reference to another resource of the template or the app."""

    logical_id: str


class TemplateLoader(yaml.CSafeLoader):
    """YAML with ``!Ref``, and with keys that are distinct strings."""


class PureTemplateLoader(yaml.SafeLoader):
    """The same with PyYAML's other parser, which ends lines at more characters."""


def _construct_ref(_loader: yaml.Loader | yaml.CSafeLoader, node: yaml.Node) -> Ref:
    _expect(isinstance(node, yaml.ScalarNode), f"!Ref to {node.value!r}")
    return Ref(node.value)


def _construct_mapping(
    loader: yaml.SafeLoader | yaml.CSafeLoader, node: yaml.MappingNode
) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        _expect(isinstance(key, str), f"the key {key!r} is no string")
        _expect(key not in result, f"the key {key!r} stands twice")
        result[key] = loader.construct_object(value_node, deep=True)
    return result


@dataclass(frozen=True)
class InMap:
    """``!FindInMap [Targets, KEY, Arn]``."""

    key: str


def _construct_in_map(loader: yaml.SafeLoader | yaml.CSafeLoader, node: yaml.SequenceNode) -> InMap:
    targets, key, arn = loader.construct_sequence(node)
    _expect((targets, arn) == ("Targets", "Arn"), f"{targets}, {key}, {arn}")
    return InMap(key)


for _loader in (TemplateLoader, PureTemplateLoader):
    _loader.add_constructor("!Ref", _construct_ref)
    _loader.add_constructor("!FindInMap", _construct_in_map)
    _loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


def load_template(
    text: str, loader: type[TemplateLoader | PureTemplateLoader] = TemplateLoader
) -> dict[str, Json]:
    """A template as a YAML parser sees it; it must have nothing but resources.

    What is in its mapping stands where it is used, which must be more than one place.
    """
    template: dict[str, Json] = yaml.load(text, Loader=loader)
    mapping = template.pop("Mappings", {"Targets": {}})["Targets"]
    head = {"AWSTemplateFormatVersion", "Description", "Resources"}
    _expect(set(template) == head, f"a template of {sorted(template)}")
    uses: Counter[str] = Counter()
    template["Resources"] = _without_mapping(template["Resources"], mapping, uses)
    _expect(set(uses) == set(mapping), f"{sorted(mapping)}, of which {sorted(uses)} are used")
    _expect(all(number > 1 for number in uses.values()), f"used once: {uses}")
    return template


def _without_mapping(value: Json, mapping: dict[str, Json], uses: Counter[str]) -> Json:
    if isinstance(value, InMap):
        uses[value.key] += 1
        _expect(set(mapping[value.key]) == {"Arn"}, f"{value.key}: {mapping[value.key]}")
        return mapping[value.key]["Arn"]
    if isinstance(value, dict):
        return {key: _without_mapping(item, mapping, uses) for key, item in value.items()}
    return [_without_mapping(i, mapping, uses) for i in value] if isinstance(value, list) else value


def read_cloudformation(files: Files) -> tuple[ConfigurationSet, ...]:
    """The sets that the templates describe."""
    return _cloudformation(files).result()


def cloudformation_addresses(files: Files) -> dict[str, Identity]:
    """What each logical id of the templates is."""
    return _cloudformation(files).addresses


def cloudformation_imports(files: Files) -> dict[str, Identity]:
    """What the files of resources to import take each logical id for."""
    imports: dict[str, Identity] = {}
    for name, text in files.items():
        for entry in json.loads(text) if name.startswith("resources-to-import") else []:
            _expect(len(entry) == 3 and entry["LogicalResourceId"] not in imports, f"{entry}")
            identity = _identified(entry["ResourceIdentifier"])
            expected = _CFN_SET if identity.event_destination is None else _CFN_DESTINATION
            _expect(entry["ResourceType"] == expected, f"{entry}")
            imports[entry["LogicalResourceId"]] = identity
    return imports


def _identified(identifier: Mapping[str, str]) -> Identity:
    if set(identifier) == {"Name"}:
        return Identity(identifier["Name"])
    _expect(set(identifier) == {"Id", "ConfigurationSetName"}, f"{identifier}")
    return Identity(identifier["ConfigurationSetName"], identifier["Id"])


def _cloudformation(files: Files) -> _Found:
    found = _Found()
    for name, text in files.items():
        if name.endswith(".yaml"):
            _read_resources(load_template(text)["Resources"] or {}, found)
    return found


def _read_resources(resources: Mapping[str, Json], found: _Found) -> None:
    names = {}
    retained = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    for logical_id, resource in resources.items():
        rest = {key: value for key, value in resource.items() if key not in ("Type", "Properties")}
        _expect(rest == retained, f"{logical_id}: {rest}")
        if resource["Type"] == _CFN_SET:
            described = _cfn_set(resource["Properties"], logical_id)
            names[logical_id] = described["ConfigurationSetName"]
            found.add_set(logical_id, described)
    for logical_id, resource in resources.items():
        if resource["Type"] == _CFN_SET:
            continue
        _expect(resource["Type"] == _CFN_DESTINATION, f"{logical_id}: {resource['Type']}")
        properties = dict(resource["Properties"])
        of_set = properties.pop("ConfigurationSetName")
        _expect(of_set not in names.values(), f"{logical_id} repeats the name of a set there")
        set_name = names[of_set.logical_id] if isinstance(of_set, Ref) else of_set
        inner = properties.pop("EventDestination")
        _expect(not properties, f"{logical_id}: {properties}")
        found.add_destination(logical_id, set_name, _cfn_destination(inner, logical_id))


# CDK
# -----------------------------------------------------------------------------------------------

_SES = "aws_cdk.aws_ses."


@dataclass(frozen=True)
class _Construct:
    """One construct: its class, its id and its keyword arguments, with the classes of objects."""

    kind: str
    logical_id: str
    arguments: Mapping[str, Json]


def read_cdk(files: Files) -> tuple[ConfigurationSet, ...]:
    """The sets that the stacks describe which ``app.py`` makes."""
    return _cdk(files).result()


def cdk_addresses(files: Files) -> dict[str, Identity]:
    """What each construct id is."""
    return _cdk(files).addresses


def cdk_imports(files: Files) -> dict[str, Identity]:
    """What the resource mappings take each logical id for."""
    imports: dict[str, Identity] = {}
    for name, text in files.items():
        for logical_id, identifier in _entries(name, text):
            _expect(logical_id not in imports, f"{name}: {logical_id} is imported twice")
            imports[logical_id] = _identified(identifier)
    return imports


def _entries(name: str, text: str) -> Iterable[tuple[str, dict[str, str]]]:
    return json.loads(text).items() if name.startswith("resource-mapping") else ()


def _cdk(files: Files) -> _Found:
    found = _Found()
    for module, class_name in cdk_stacks(files):
        _read_resources(_cdk_resources(files[f"{module}.py"], class_name), found)
    return found


def cdk_stacks(files: Files) -> list[tuple[str, str]]:
    """Module and class of every stack that ``app.py`` makes; every stack module must be used."""
    tree = ast.parse(files["app.py"])
    imported = {
        alias.asname or alias.name: (node.module or "", alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    made = [
        imported[node.func.id]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in imported
    ]
    modules = {name.removesuffix(".py") for name in files if name.endswith(".py")} - {"app"}
    _expect(sorted(module for module, _ in made) == sorted(modules), f"{made} of {modules}")
    return made


def _cdk_resources(text: str, class_name: str) -> dict[str, Json]:
    """The resources of a stack as a template would have them."""
    tree = _Constants().visit(ast.parse(text))
    names = _imported_names(tree)
    (stack,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    _expect(stack.name == class_name, f"{stack.name} is not {class_name}")
    methods = {node.name: node for node in stack.body if isinstance(node, ast.FunctionDef)}
    count = sum(isinstance(node, ast.FunctionDef) for node in stack.body)
    _expect(len(methods) == count, f"two methods of one name in {class_name}")
    called, retains = _constructor(methods.pop("__init__"), names)
    _expect(retains, f"{class_name} retains nothing")
    _expect(sorted(called) == sorted(methods), f"{sorted(called)} called of {sorted(methods)}")
    resources: dict[str, Json] = {}
    for method in methods.values():
        for construct in _constructs(method, names):
            _expect(construct.logical_id not in resources, f"{construct.logical_id} stands twice")
            resources[construct.logical_id] = _as_resource(construct)
    return resources


class _Constants(ast.NodeTransformer):
    """Puts the constants of a module where they are used, which must be more than one place."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        values = {}
        for each in [*node.body]:
            match each:
                case ast.Assign([ast.Name(name)], ast.Constant(str()) as value) if name.isupper():
                    values[name] = value
                    node.body.remove(each)
        self._values: dict[str, ast.Constant] = values
        for name in values:
            uses = sum(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))
            _expect(uses > 1, f"{name} is used {uses} times")
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._values.get(node.id, node)


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for; a name that is not imported stands for nothing."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _constructor(method: ast.FunctionDef, names: Mapping[str, str]) -> tuple[list[str], bool]:
    """The methods that ``__init__`` calls, and whether it ends with retaining every resource."""
    called: list[str] = []
    retained = """
for resource in self.node.children:
    if isinstance(resource, CfnResource):
        resource.apply_removal_policy(RemovalPolicy.RETAIN)
"""
    start = "super().__init__(scope, construct_id, **kwargs)"
    first, *calls, last = method.body
    _expect(ast.unparse(first) == start, ast.unparse(first))
    for statement in calls:
        match = re.fullmatch(r"self\.(_add_\w+)\(\)", ast.unparse(statement))
        _expect(match, ast.unparse(statement))
        assert match is not None
        called.append(match[1])
    imported = {"aws_cdk.CfnResource", "aws_cdk.RemovalPolicy", "aws_cdk.Stack"}
    retains = ast.unparse(last) == retained.strip() and imported <= set(names.values())
    return called, retains


def _constructs(method: ast.FunctionDef, names: Mapping[str, str]) -> Iterator[_Construct]:
    """The constructs of a method, variables resolved."""
    variables: dict[str, str] = {}
    for statement in method.body:
        _expect(isinstance(statement, ast.Assign | ast.Expr), ast.unparse(statement))
        assert isinstance(statement, ast.Assign | ast.Expr)
        call = statement.value
        _expect(isinstance(call, ast.Call) and len(call.args) == 2, ast.unparse(statement))
        assert isinstance(call, ast.Call)
        _expect(ast.unparse(call.args[0]) == "self", ast.unparse(statement))
        arguments = {
            word.arg or "**": _evaluate(word.value, names, variables) for word in call.keywords
        }
        logical_id = ast.literal_eval(call.args[1])
        yield _Construct(_qualified(call.func, names), logical_id, arguments)
        if isinstance(statement, ast.Assign):
            (target,) = statement.targets
            variables[ast.unparse(target)] = logical_id


def _qualified(node: ast.expr, names: Mapping[str, str]) -> str:
    first, _, rest = ast.unparse(node).partition(".")
    _expect(first in names, f"{first} is not imported")
    return f"{names[first]}.{rest}" if rest else names[first]


def _evaluate(node: ast.expr, names: Mapping[str, str], variables: Mapping[str, str]) -> Json:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.List):
        return [_evaluate(item, names, variables) for item in node.elts]
    if isinstance(node, ast.Attribute):
        of, attribute = ast.unparse(node.value), node.attr
        _expect(attribute == "ref" and of in variables, ast.unparse(node))
        return Ref(variables[of])
    _expect(isinstance(node, ast.Call) and not node.args, ast.unparse(node))
    assert isinstance(node, ast.Call)
    arguments = {
        word.arg or "**": _evaluate(word.value, names, variables) for word in node.keywords
    }
    return _Construct(_qualified(node.func, names), "", arguments)


def _as_resource(construct: _Construct) -> dict[str, Json]:
    """A construct as the template would have it: CDK's names are the properties' in snake case."""
    trees: dict[str, tuple[str, Tree]] = {
        f"{_SES}CfnConfigurationSet": (_CFN_SET, _CFN_SET_TREE),
        f"{_SES}CfnConfigurationSetEventDestination": (
            _CFN_DESTINATION,
            {**_leaves("ConfigurationSetName"), "EventDestination": _CFN_DESTINATION_TREE},
        ),
    }
    _expect(construct.kind in trees, f"{construct.logical_id} is a {construct.kind}")
    cfn_type, tree = trees[construct.kind]
    return {
        "Type": cfn_type,
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": _properties(construct, tree, construct.kind),
    }


def _properties(construct: _Construct, tree: Tree, owner: str) -> dict[str, Json]:
    spelled = {_cdk_name(name): name for name in tree}
    properties: dict[str, Json] = {}
    for argument, value in construct.arguments.items():
        _expect(argument in spelled, f"{construct.kind}: unexpected {argument}")
        name = spelled[argument]
        below = tree[name]
        if below is None:
            properties[name] = value
        elif isinstance(value, list):
            properties[name] = [_object(item, name, below, owner) for item in value]
        else:
            properties[name] = _object(value, name, below, owner)
    return properties


def _object(value: Json, name: str, tree: Tree, owner: str) -> dict[str, Json]:
    irregular = {
        "Tags": "aws_cdk.CfnTag",
        "DimensionConfigurations": f"{owner}.DimensionConfigurationProperty",
    }
    expected = irregular.get(name, f"{owner}.{name}Property")
    _expect(isinstance(value, _Construct) and value.kind == expected, f"{name} is {value!r}")
    return _properties(value, tree, owner)


def _cdk_name(name: str) -> str:
    """CDK's name of a property: ``DeliveryStreamARN`` is ``delivery_stream_arn``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
