"""Choose the AWS provider configuration in other people's Terraform that fits an export.

A resource uses the default configuration unless it names another. Anything that can't be evaluated
becomes a note, as Terraform will find out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exporter.formats.code_beside import Configured, Refusal
from exporter.formats.code_resource import Unknown
from exporter.formats.terraform import module_call
from exporter.formats.terraform.hcl.module import Module
from exporter.formats.terraform.hcl.providers import DEFAULT, Provider
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.hcl.types import Value, to_string
from exporter.model.resources import Scope

_ADD_ALIAS = (
    'add a provider "aws" for {region} with an alias, which the export will then use, or export to '
    "another folder with --out"
)
_ADD_TO_CALL = (
    'pass the module a provider for {region}: providers = {{ aws = aws.NAME }} in module "{module}"'
)


@dataclass(frozen=True)
class _Candidate:
    """A configuration of the provider.

    Attributes:
        provider: The configuration.
        where: The file and line of its block.
        region: Its region; None if it can't be evaluated.
        why: Why the region is None.
        allowed: ``allowed_account_ids``; empty for any account.
        forbidden: ``forbidden_account_ids``.
    """

    provider: Provider
    where: str
    region: str | None
    why: str
    allowed: frozenset[str]
    forbidden: frozenset[str]

    def allows(self, account_id: str | None) -> bool:
        """Whether it may be used for an account."""
        if account_id is None:
            return True
        if self.provider.account_id not in (None, account_id):
            return False
        return account_id not in self.forbidden and (not self.allowed or account_id in self.allowed)


def configured(root: Module, scope: Scope, module: str = "") -> Configured:
    """Return the provider configuration for the resources of a scope.

    ``module`` is the address, without ``module.``, of the module that contains them; empty for the
    root module itself.

    Raises:
        ExporterError: when two configurations have the same name.
    """
    candidates = {candidate.provider.name: candidate for candidate in _candidates(root)}
    if module:
        passed = _passed_to(root, module)
        name = passed.name if passed is not None else DEFAULT
        candidates = {DEFAULT: candidates[name]} if name in candidates else {}
    refusal = module_call.refusal(root, module) if module else None
    if refusal is not None or not candidates:
        return Configured(refusal=refusal)
    chosen = _best_match(candidates, scope)
    if chosen is None and DEFAULT not in candidates:
        # The export can add a default configuration.
        return Configured()
    if chosen is None:
        return _no_match(candidates, scope, module)
    is_default = chosen is candidates.get(DEFAULT)
    tags, notes = _default_tags(chosen)
    if chosen.region is None:
        notes = (
            f"{chosen.where}: the provider's region can't be evaluated ({chosen.why}); make "
            f"sure that it is {scope.region}",
            *notes,
        )
    return Configured(
        provider=chosen.where,
        name="" if is_default else chosen.provider.name,
        default_tags=tags,
        tags_where=chosen.where if tags else "",
        notes=notes,
    )


def _candidates(root: Module) -> Iterator[_Candidate]:
    providers = root.providers
    blocks = [block for block in root.config.providers if block.labels == (DEFAULT,)]
    for block in blocks:
        alias = _argument(root, block, "alias")
        provider = providers.get(f"{DEFAULT}.{alias}" if isinstance(alias, str) else DEFAULT)
        if provider is not None:
            region = _region(root, block)
            yield _Candidate(
                provider,
                block.where,
                provider.region,
                region.reason if isinstance(region, Unknown) else "no region is set",
                _accounts(root, block, "allowed_account_ids"),
                _accounts(root, block, "forbidden_account_ids"),
            )


def _region(root: Module, block: Block) -> Value:
    override = root.overrides.get(f"provider.{DEFAULT}")
    return Unknown(f"{override} overrides it") if override else _argument(root, block, "region")


def _argument(root: Module, block: Block, name: str) -> Value:
    expression = block.body.attributes.get(name)
    return None if expression is None else root.value(expression, {})


def _accounts(root: Module, block: Block, name: str) -> frozenset[str]:
    """Return the account ids in an argument; empty if one of them is unknown."""
    listed = _argument(root, block, name)
    texts = [to_string(account) for account in listed] if isinstance(listed, list) else []
    known = [text for text in texts if isinstance(text, str)]
    return frozenset(known if len(known) == len(texts) else ())


def _passed_to(root: Module, module: str) -> Provider | None:
    """Return the default provider of a module; None if its call can't be found."""
    calling = root
    *above, last = (step.partition("[")[0] for step in module.split(".module."))
    for name in above:
        children = calling.children(name) if name in calling.config.calls else []
        if not isinstance(children, list) or not children:
            return None
        calling = children[0].module
    # The module's own code may not exist yet.
    block = calling.config.calls.get(last)
    return calling.passed(block).get(DEFAULT) if block else None


def _best_match(candidates: Mapping[str, _Candidate], scope: Scope) -> _Candidate | None:
    """Return the configuration that fits: the default first, and a known region before others."""
    ordered = sorted(candidates.values(), key=lambda candidate: candidate.provider.name)
    fitting = [candidate for candidate in ordered if candidate.allows(scope.account_id)]
    of_region = [candidate for candidate in fitting if candidate.region == scope.region]
    default = [
        candidate
        for candidate in fitting
        if candidate is candidates.get(DEFAULT) and candidate.region is None
    ]
    return next(iter((*of_region, *default)), None)


def _no_match(candidates: Mapping[str, _Candidate], scope: Scope, module: str) -> Configured:
    """Return the refusal when no configuration fits."""
    main = candidates.get(DEFAULT) or next(iter(candidates.values()))
    advice = _ADD_TO_CALL if module else _ADD_ALIAS
    hint = advice.format(region=scope.region, module=module.rpartition(".")[2])
    of_region = [candidate for candidate in candidates.values() if candidate.region == scope.region]
    if of_region:
        what = f"the provider doesn't allow account {scope.account_id}, which was exported"
        where = of_region[0].where
        hint = "check the account; if it is the right one, add it to allowed_account_ids there"
        if of_region[0].provider.account_id not in of_region[0].allowed:
            hint = "it assumes a role in another account; check which one is right"
    elif len(candidates) == 1 and main.region is not None:
        where = main.where
        what = f"the provider is for {main.region}, but the export is of {scope.region}"
    else:
        where = main.where
        what = f"found no provider for {scope.region}, which was exported"
    return Configured(provider=main.where, refusal=Refusal(what, where, hint))


def _default_tags(chosen: _Candidate) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """Return the known tags that a configuration adds, and a note about unknown ones."""
    default_tags = chosen.provider.default_tags()
    if default_tags is None:
        return {}, ()
    unknown = {"": default_tags} if isinstance(default_tags, Unknown) else {}
    if isinstance(default_tags, dict):
        unknown = {key: value for key, value in default_tags.items() if isinstance(value, Unknown)}
    if not isinstance(default_tags, dict):
        default_tags = {}
    notes = tuple(
        f"{chosen.where}: the default_tags can't be evaluated ({value.reason}); the plan shows "
        "which sets they change"
        for value in list(unknown.values())[:1]
    )
    texts = {str(key): to_string(value) for key, value in default_tags.items()}
    return {key: value for key, value in texts.items() if isinstance(value, str)}, notes
