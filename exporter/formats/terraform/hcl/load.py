"""Terraform code that other people wrote to what it describes, without running Terraform.

What the code alone does not tell is ``Unknown`` at its place, never a guess.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exporter.formats.code_resource import CodeResource, Loaded, Unknown
from exporter.formats.terraform.hcl.arguments import (
    META_ARGUMENTS,
    META_BLOCKS,
    blocks,
    tags,
    to_api,
)
from exporter.formats.terraform.hcl.module import NAME_ARGUMENTS, Instance, Module, read
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.hcl.types import Value, to_string
from exporter.formats.terraform.names import SET_TYPE
from exporter.formats.unresolved import NamePattern, Reach, Unresolved, a_destination, a_set
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from exporter.support.errors import ExporterError

_HINT = "compare the output of `terraform show -json` to see it"
_META = META_ARGUMENTS | META_BLOCKS


@dataclass(frozen=True)
class _Provider:
    """A configuration of the AWS provider: ``aws``, or ``aws.alias``."""

    name: str
    region: str | None = None
    account_id: str | None = None
    default_tags: Value = None


def load(files: Mapping[str, str], place: Scope | None = None) -> Loaded:
    """What the files of one directory describe.

    Args:
        files: The path as the user sees it -> the text, of ``*.tf`` and of the ``*.tfvars`` that
            hold.
        place: The account and region that data sources look things up in, where an export says it.

    Returns:
        The resources of one provider configuration: of the default one, or, when no SES resource
        uses that, of the first that one uses. Those of others are named in ``unknown``.

    Raises:
        ExporterError: when a file is no Terraform code or too large, or when something stands
            twice.
    """
    module = read(files, place)
    providers = _providers(module)
    used = {address: _provider_of(block) for address, block in module.resources.items()}
    names = dict.fromkeys(used.values())
    chosen = "aws" if not names or "aws" in names else next(iter(names))
    provider = providers.get(chosen, _Provider(chosen))
    found: dict[Identity, CodeResource] = {}
    unresolved = list(module.unread)
    for address in module.resources:
        if used[address] != chosen:
            unresolved.append(_of_another(module, address, used[address], chosen))
            continue
        for each in _described(module, address, provider):
            if isinstance(each, Unresolved):
                unresolved.append(each)
            else:
                _refuse_second(found.get(each.identity), each)
                found[each.identity] = each
    unresolved += [
        Unresolved(
            block.where, f"module.{'.'.join(block.labels)}", "what it holds is not read", _HINT
        )
        for block in module.modules
    ]
    return Loaded(tuple(found.values()), tuple(unresolved), provider.account_id, provider.region)


def _of_another(module: Module, address: str, used: str, chosen: str) -> Unresolved:
    reason = f"it is of the provider {used}, not of {chosen}"
    return _unresolved(module.resources[address], address, reason)


def _refuse_second(first: CodeResource | None, second: CodeResource) -> None:
    if first is not None:
        raise ExporterError(
            f"{second.address} and {first.address} (at {first.where}) both describe "
            f"{second.identity}",
            where=second.where,
            hint="remove one of the two",
        )


# Providers
# ------------------------------------------------------------------------------------------


def _providers(module: Module) -> dict[str, _Provider]:
    found: dict[str, _Provider] = {}
    for block in module.providers:
        provider = _provider(module, block)
        if provider.name in found:
            raise ExporterError(
                f"the provider {provider.name} is configured twice",
                where=block.where,
                hint="give one of the two another alias",
            )
        found[provider.name] = provider
    return found


def _provider(module: Module, block: Block) -> _Provider:
    attributes = block.body.attributes
    values = {
        name: module.value(attributes[name], {})
        for name in ("alias", "region", "allowed_account_ids")
        if name in attributes
    }
    alias, region = values.get("alias"), values.get("region")
    accounts = values.get("allowed_account_ids")
    name = f"aws.{alias}" if isinstance(alias, str) else "aws"
    if "provider.aws" in module.overrides:
        reason = f"{module.overrides['provider.aws']} overrides the provider"
        return _Provider(name, default_tags=Unknown(reason))
    account = to_string(accounts[0]) if isinstance(accounts, list) and len(accounts) == 1 else None
    return _Provider(
        name,
        region if isinstance(region, str) else None,
        account if isinstance(account, str) else None,
        _default_tags(module, block),
    )


def _default_tags(module: Module, block: Block) -> Value:
    found = blocks(module, block.body, {}, frozenset()).get("default_tags", [])
    if isinstance(found, Unknown):
        return found
    maps = [
        module.value(body.attributes["tags"], names)
        for body, names in found
        if "tags" in body.attributes
    ]
    return maps[0] if maps else None


def _provider_of(block: Block) -> str:
    """The name of the provider's configuration that a resource is of."""
    expression = block.body.attributes.get("provider")
    if expression is None:
        return "aws"
    return expression.source.text_of(expression.node).strip('"')


# Resources
# ------------------------------------------------------------------------------------------


def _described(
    module: Module, address: str, provider: _Provider
) -> Iterator[CodeResource | Unresolved]:
    """The resources that a block stands for, and those that cannot be told."""
    block = module.resources[address]
    instances = module.instances(address)
    if isinstance(instances, Unknown):
        attributes = block.body.attributes
        what = next((name for name in ("count", "for_each") if name in attributes), "content")
        yield _unresolved(block, address, f"its {what} is not known: {instances.reason}")
        return
    for each in instances:
        yield _one(module, block, each, provider)


def _unresolved(block: Block, address: str, reason: str, reach: Reach | None = None) -> Unresolved:
    default = a_set() if block.labels[0] == SET_TYPE else a_destination()
    return Unresolved(block.where, address, reason, _HINT, reach or default)


def _one(
    module: Module, block: Block, each: Instance, provider: _Provider
) -> CodeResource | Unresolved:
    kind = block.labels[0]
    address = each.address(".".join(block.labels))
    attributes = block.body.attributes
    if "region" in attributes:
        region = module.value(attributes["region"], each.names)
        if region is not None and (region != provider.region or isinstance(region, Unknown)):
            return _unresolved(block, address, "it has a region of its own")
    names: list[str] = []
    for argument in NAME_ARGUMENTS[kind]:
        name = module.name(attributes.get(argument), argument, each.names)
        if isinstance(name, Unknown):
            of_set = NamePattern.of_name(names[0]) if names else None
            reach = a_destination(of_set) if of_set else None
            said = f"its {argument} is not known: {name.reason}"
            return _unresolved(block, address, said, reach)
        names.append(name)
    inner = _set if kind == SET_TYPE else _destination
    values = inner(module, block, each, provider)
    if isinstance(values, str):
        reach = Reach(True, True, *map(NamePattern.of_name, names))
        return _unresolved(block, address, values, reach)
    return CodeResource(address, block.where, Identity(*names), values)


def _set(
    module: Module, block: Block, each: Instance, provider: _Provider
) -> dict[str, Value] | str:
    body = block.body
    skip = _META | {"configuration_set_name", "tags", "tags_all"}
    values = to_api(module, body, each.names, skip)
    own = module.value(body.attributes["tags"], each.names) if "tags" in body.attributes else None
    found = tags(provider.default_tags, own)
    if found is not None:
        values["Tags"] = found
    return values


def _destination(
    module: Module, block: Block, each: Instance, _provider: _Provider
) -> dict[str, Value] | str:
    found = blocks(module, block.body, each.names, frozenset()).get("event_destination", [])
    if isinstance(found, Unknown):
        return f"its event_destination is not known: {found.reason}"
    if len(found) != 1:
        return f"it has {len(found)} blocks event_destination, not one"
    body, names = found[0]
    values = to_api(module, body, names, frozenset())
    metrics = values.get("CloudWatchDestination")
    if isinstance(metrics, dict):
        metrics.setdefault("DimensionConfigurations", [])
    return values
