"""Configurations of the AWS provider: the account, region and tags of their resources."""

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
        name: ``aws``, or ``aws.ALIAS``.
        account_id: Its account, if the code says it.
        region: Its region, if the code says it.
        access: The code that says how to reach the account; if two differ, so may the accounts.
        default_tags: Returns the tags that it adds, which may depend on its region.
        ignored_tags: Returns the list of tag keys that it leaves unchanged.
    """

    name: str = DEFAULT
    account_id: str | None = None
    region: str | None = None
    access: str = ""
    default_tags: Callable[[], Value] = field(default=_no_tags, compare=False)
    ignored_tags: Callable[[], Value] = field(default=_no_tags, compare=False)

    def in_region(self, region: str | None) -> "Provider":
        """Return it for a resource with its own ``region``."""
        return replace(self, region=region)

    def inputs_for(self, inputs: CodeInputs, *, is_only_account: bool) -> CodeInputs:
        """Return the inputs for its account and region.

        Args:
            inputs: The inputs for the account and region of the other side, used as defaults.
            is_only_account: Whether all configurations reach one account. If not, the other side's
                account may be any of them.
        """
        region = self.region or inputs.region
        account = self.account_id or (inputs.account_id if is_only_account else None)
        partition = partition_of(region) if region else inputs.partition
        return replace(inputs, account_id=account, region=region, partition=partition)


class Code(Resolver, Protocol):
    """The module that contains a provider block."""

    @property
    def overrides(self) -> Mapping[str, str]:
        """The file and line of each override, by the overridden address."""
        ...

    def value(self, expression: Expression, names: Mapping[str, Value]) -> Value:
        """Return the value of an expression."""
        ...


def configured(module: Code, provider_blocks: list[Block]) -> dict[str, Provider]:
    """Return the provider configurations of a module, by name.

    Raises:
        ExporterError: when two of them have the same name.
    """
    providers: dict[str, Provider] = {}
    for block in provider_blocks:
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
        account if isinstance(account, str) else _assumed_account(module, block),
        region if isinstance(region, str) and region else None,
        _access(block),
        lambda: _tags_argument(module, block, "default_tags", "tags"),
        lambda: _ignored_tags(module, block),
    )


def _access(block: Block) -> str:
    body = block.body
    arguments = [
        f"{name}={expression.source.text_of(expression.node)}"
        for name, expression in body.attributes.items()
        if name in _ACCESS
    ]
    nested = [inner for inner in body.blocks if inner.type in _ACCESS_BLOCKS]
    return "\n".join([*arguments, *(inner.source.text_of(inner.node) for inner in nested)])


def _assumed_account(module: Code, block: Block) -> str | None:
    """Return the account of the role that is assumed last."""
    roles = [inner for inner in block.body.blocks if inner.type in _ACCESS_BLOCKS]
    if not roles or "role_arn" not in roles[-1].body.attributes:
        return None
    role = arns.split(module.value(roles[-1].body.attributes["role_arn"], {}))
    return role.account if role and role.account else None


def _tags_argument(module: Code, block: Block, name: str, argument: str) -> Value:
    """Return an argument of a block in a provider; None if it isn't set."""
    tag_blocks = blocks(module, block.body, {}, frozenset()).get(name, [])
    if isinstance(tag_blocks, Unknown):
        return tag_blocks
    values = [
        module.value(body.attributes[argument], names)
        for body, names in tag_blocks
        if argument in body.attributes
    ]
    return values[0] if values else None


def _ignored_tags(module: Code, block: Block) -> Value:
    if _tags_argument(module, block, "ignore_tags", "key_prefixes") is not None:
        return Unknown("the provider ignores tags by their prefix (ignore_tags)")
    return _tags_argument(module, block, "ignore_tags", "keys")


def parse_mapping(expression: Expression) -> dict[str, str]:
    """Parse ``providers = { aws.inner = aws.outer }`` to inner names with their outer names."""
    text = expression.source.text_of(expression.node)
    without_comments = re.sub(r"(#|//)[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    pairs = re.findall(r'"?([\w.-]+)"?\s*[=:]\s*"?([\w.-]+)"?', without_comments)
    return dict(pairs)


def configuration_name(expression: Expression | None) -> str:
    """Return the name of the configuration in a ``provider`` argument."""
    if expression is None:
        return DEFAULT
    return expression.source.text_of(expression.node).strip('"').replace(" ", "")
