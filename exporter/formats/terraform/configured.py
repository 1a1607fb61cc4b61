"""How other people's Terraform configures the AWS provider, and whether an export fits it.

A resource is of the default configuration unless it names another. What the code alone does not
tell is said in a note: Terraform finds out.
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
    """A configuration of the provider, as far as the code tells it.

    Attributes:
        region: Its region; None where the code does not tell it.
        allowed: The only accounts that it may reach; empty for any.
        forbidden: Those that it may not.
    """

    provider: Provider
    where: str
    region: str | None
    why: str
    allowed: frozenset[str]
    forbidden: frozenset[str]

    def takes(self, account_id: str | None) -> bool:
        """Whether it may reach an account."""
        if account_id is None:
            return True
        if self.provider.account_id not in (None, account_id):
            return False
        return account_id not in self.forbidden and (not self.allowed or account_id in self.allowed)


def configured(root: Module, scope: Scope, module: str = "") -> Configured:
    """The configuration that the resources of a scope are of.

    ``module`` is the address, without ``module.``, of the module that holds them; empty for the
    root module itself.

    Raises:
        ExporterError: when two configurations have one name.
    """
    found = {each.provider.name: each for each in _candidates(root)}
    if module:
        given = _given_to(root, module)
        name = given.name if given is not None else DEFAULT
        found = {DEFAULT: found[name]} if name in found else {}
    refusal = module_call.refused(root, module) if module else None
    if refusal is not None or not found:
        return Configured(refusal=refusal)
    chosen = _chosen(found, scope)
    if chosen is None and DEFAULT not in found:
        # There is room for a default one of the export.
        return Configured()
    if chosen is None:
        return _unfit(found, scope, module)
    is_default = chosen is found.get(DEFAULT)
    tags, notes = _default_tags(chosen)
    if chosen.region is None:
        notes = (
            f"{chosen.where}: the code doesn't tell the provider's region ({chosen.why}); make "
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
    """Account ids that an argument lists; none where one of them is not known."""
    listed = _argument(root, block, name)
    texts = [to_string(each) for each in listed] if isinstance(listed, list) else []
    known = [text for text in texts if isinstance(text, str)]
    return frozenset(known if len(known) == len(texts) else ())


def _given_to(root: Module, module: str) -> Provider | None:
    """The default provider that a module is given; None where its call cannot be followed."""
    calling = root
    *above, last = (step.partition("[")[0] for step in module.split(".module."))
    for name in above:
        children = calling.children(name) if name in calling.config.calls else []
        if not isinstance(children, list) or not children:
            return None
        calling = children[0].module
    # The module's own code may not be there yet.
    block = calling.config.calls.get(last)
    return calling.passed(block).get(DEFAULT) if block else None


def _chosen(found: Mapping[str, _Candidate], scope: Scope) -> _Candidate | None:
    """The one that fits: the default one before others, and a known region before another."""
    ordered = sorted(found.values(), key=lambda each: each.provider.name)
    fitting = [each for each in ordered if each.takes(scope.account_id)]
    of_region = [each for each in fitting if each.region == scope.region]
    default = [each for each in fitting if each is found.get(DEFAULT) and each.region is None]
    return next(iter((*of_region, *default)), None)


def _unfit(found: Mapping[str, _Candidate], scope: Scope, module: str) -> Configured:
    """Why none of them fits."""
    first = found.get(DEFAULT) or next(iter(found.values()))
    advice = _ADD_TO_CALL if module else _ADD_ALIAS
    hint = advice.format(region=scope.region, module=module.rpartition(".")[2])
    of_region = [each for each in found.values() if each.region == scope.region]
    if of_region:
        what = f"the provider doesn't allow account {scope.account_id}, which was exported"
        where = of_region[0].where
        hint = "check the account; if it is the right one, add it to allowed_account_ids there"
        if of_region[0].provider.account_id not in of_region[0].allowed:
            hint = "it assumes a role in another account; check which one is right"
    elif len(found) == 1 and first.region is not None:
        where = first.where
        what = f"the provider is for {first.region}, but the export is of {scope.region}"
    else:
        where = first.where
        what = f"found no provider for {scope.region}, which was exported"
    return Configured(provider=first.where, refusal=Refusal(what, where, hint))


def _default_tags(chosen: _Candidate) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The tags that a configuration adds, as far as they are known, and what is to be said."""
    given = chosen.provider.default_tags()
    if given is None:
        return {}, ()
    unknown = {"": given} if isinstance(given, Unknown) else {}
    if isinstance(given, dict):
        unknown = {key: value for key, value in given.items() if isinstance(value, Unknown)}
    if not isinstance(given, dict):
        given = {}
    notes = tuple(
        f"{chosen.where}: the code doesn't tell the default_tags ({value.reason}); the plan shows "
        "which sets they change"
        for value in list(unknown.values())[:1]
    )
    texts = {str(key): to_string(value) for key, value in given.items()}
    return {key: value for key, value in texts.items() if isinstance(value, str)}, notes
