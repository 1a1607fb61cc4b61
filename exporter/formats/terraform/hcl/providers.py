"""Configurations of the AWS provider: the account, the region and the tags of what is theirs."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl.blocks import blocks
from exporter.formats.terraform.hcl.resolver import Resolver
from exporter.formats.terraform.hcl.syntax import Block, Expression
from exporter.formats.terraform.hcl.types import Value, to_string
from exporter.model import arns
from exporter.model.resources import partition_of
from exporter.support.errors import ExporterError

DEFAULT = "aws"

_ACCESS = ("access_key", "profile", "shared_config_files", "shared_credentials_files")
_ACCESS_BLOCKS = ("assume_role", "assume_role_with_web_identity")


def _no_tags() -> Value:
    return None


@dataclass(frozen=True)
class Provider:
    """A configuration of the provider.

    Attributes:
        name: ``aws``, or ``aws.alias``.
        account_id: Its account, where its code says it.
        region: Its region, where its code says it.
        access: How it reaches the account, as it is written: two that differ may be two accounts.
        default_tags: Gives the tags that it adds; they may depend on its region.
        ignored_tags: Gives the keys of the tags that it leaves as they are, as a list.
    """

    name: str = DEFAULT
    account_id: str | None = None
    region: str | None = None
    access: str = ""
    default_tags: Callable[[], Value] = field(default=_no_tags, compare=False)
    ignored_tags: Callable[[], Value] = field(default=_no_tags, compare=False)

    def in_region(self, region: str | None) -> "Provider":
        """The same for a resource that names its region itself."""
        return replace(self, region=region)

    def inputs_for(self, inputs: CodeInputs, *, is_only_account: bool) -> CodeInputs:
        """Where its resources are, as far as the code or the other side says it.

        Args:
            inputs: What the other side says.
            is_only_account: Whether all configurations reach one account; of several, nobody knows
                which is that of the other side.
        """
        region = self.region or inputs.region
        account = self.account_id or (inputs.account_id if is_only_account else None)
        partition = partition_of(region) if region else inputs.partition
        return replace(inputs, account_id=account, region=region, partition=partition)


class Code(Resolver, Protocol):
    """The module that a provider block stands in."""

    @property
    def overrides(self) -> Mapping[str, str]:
        """Where something is overridden, by its address."""
        ...

    def value(self, expression: Expression, names: Mapping[str, Value]) -> Value:
        """The value of an expression."""
        ...


def configured(module: Code, found: list[Block]) -> dict[str, Provider]:
    """The configurations of the AWS provider in a module, by name.

    Raises:
        ExporterError: when two of them have one name.
    """
    providers: dict[str, Provider] = {}
    for block in found:
        provider = _provider(module, block)
        if provider.name in providers:
            raise ExporterError(
                f"the provider {provider.name} is configured twice",
                where=block.where,
                hint="use another alias for one of the two",
            )
        providers[provider.name] = provider
    return providers


def _provider(module: Code, block: Block) -> Provider:
    attributes = block.body.attributes
    values = {
        name: module.value(attributes[name], {})
        for name in ("alias", "region", "allowed_account_ids")
        if name in attributes
    }
    label, alias, region = block.labels[0], values.get("alias"), values.get("region")
    name = f"{label}.{alias}" if isinstance(alias, str) else label
    if f"provider.{label}" in module.overrides:
        reason = Unknown(f"{module.overrides[f'provider.{label}']} overrides the provider")
        return Provider(name, default_tags=lambda: reason)
    accounts = values.get("allowed_account_ids")
    account = to_string(accounts[0]) if isinstance(accounts, list) and len(accounts) == 1 else None
    return Provider(
        name,
        account if isinstance(account, str) else _assumed(module, block),
        region if isinstance(region, str) and region else None,
        _access(block),
        lambda: _of_tags(module, block, "default_tags", "tags"),
        lambda: _ignored_tags(module, block),
    )


def _access(block: Block) -> str:
    body = block.body
    texts = [
        f"{name}={each.source.text_of(each.node)}"
        for name, each in body.attributes.items()
        if name in _ACCESS
    ]
    inner = [each for each in body.blocks if each.type in _ACCESS_BLOCKS]
    return "\n".join([*texts, *(each.source.text_of(each.node) for each in inner)])


def _assumed(module: Code, block: Block) -> str | None:
    """The account of the role that is assumed last."""
    roles = [each for each in block.body.blocks if each.type in _ACCESS_BLOCKS]
    if not roles or "role_arn" not in roles[-1].body.attributes:
        return None
    role = arns.split(module.value(roles[-1].body.attributes["role_arn"], {}))
    return role.account if role and role.account else None


def _of_tags(module: Code, block: Block, name: str, argument: str) -> Value:
    """An argument of a block of a provider; None where it is not written."""
    found = blocks(module, block.body, {}, frozenset()).get(name, [])
    if isinstance(found, Unknown):
        return found
    values = [
        module.value(body.attributes[argument], names)
        for body, names in found
        if argument in body.attributes
    ]
    return values[0] if values else None


def _ignored_tags(module: Code, block: Block) -> Value:
    if _of_tags(module, block, "ignore_tags", "key_prefixes") is not None:
        return Unknown("the provider ignores tags by their prefix (ignore_tags)")
    return _of_tags(module, block, "ignore_tags", "keys")


def mapping(expression: Expression) -> dict[str, str]:
    """The names in ``providers = { aws.inner = aws.outer }``: inner to outer."""
    text = expression.source.text_of(expression.node)
    without_comments = re.sub(r"(#|//)[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    pairs = re.findall(r'"?([\w.-]+)"?\s*[=:]\s*"?([\w.-]+)"?', without_comments)
    return dict(pairs)


def named_by(expression: Expression | None) -> str:
    """The name of the configuration that an argument ``provider`` names."""
    if expression is None:
        return DEFAULT
    return expression.source.text_of(expression.node).strip('"').replace(" ", "")
