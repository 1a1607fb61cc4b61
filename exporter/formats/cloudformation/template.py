"""CloudFormation templates that anybody wrote to what they describe, perhaps not wholly.

Properties are those of the resource schemas of ``AWS::SES::ConfigurationSet`` and
``AWS::SES::ConfigurationSetEventDestination``; values come in the API's spelling, and a value that
a template alone does not tell is ``Unknown``.
"""

import types
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from exporter.formats.cloudformation.nested import Templates
from exporter.formats.cloudformation.resource_reader import ResourceReader
from exporter.formats.cloudformation.template_context import Surroundings
from exporter.formats.code_resource import CodeResource, Loaded
from exporter.formats.unresolved import Reach, Unresolved
from exporter.model.identities import Identity
from exporter.support.errors import ExporterError

Json = Any

BYTES_LIMIT = 1_000_000
"""Bytes of a template (CloudFormation quotas)."""

_ONCE = "SES can have it only once: remove or rename one of the two"
_COPY = f"pass only the template that is deployed, if one is a version of the other; {_ONCE}"

_INSTEAD = (
    "compare with what is deployed instead: stack:NAME, or a file that 'ses2iac snapshot' writes"
)


def load(
    text: str,
    where: str,
    given: Mapping[str, str] = types.MappingProxyType({}),
    account_id: str | None = None,
    region: str | None = None,
    *,
    around: Surroundings | None = None,
    is_own: bool = False,
) -> Loaded:
    """What a template describes, and the templates that are nested in it.

    Args:
        text: YAML or JSON.
        where: Its file, for messages.
        given: Values of its parameters by name; those of pseudo parameters (``AWS::StackName``)
            count too.
        account_id: The account that it is for, if known.
        region: The region that it is for, if known.
        around: What else is known of it; ``given`` and the place go before what it says of them.
        is_own: Whether it is an export of ours, whose names SES has answered.

    Raises:
        ExporterError: when it is no template, is too large, describes one thing twice, or what is
            no set or destination, with file and, for YAML, line.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > BYTES_LIMIT:
        said = f"{size:,} bytes, and CloudFormation allows at most {BYTES_LIMIT:,}"
        raise ExporterError(said, where=where, hint=_INSTEAD)
    around = around or Surroundings()
    around = replace(
        around,
        given={**around.given, **given},
        account_id=account_id or around.account_id,
        region=region or around.region,
        above=(where,),
    )
    templates = Templates()
    reader = ResourceReader(templates, is_own=is_own)
    reader.read(templates.parsed(text, where, around))
    found = Loaded(
        tuple(reader.resources),
        tuple(reader.unresolved),
        around.account_id,
        around.region,
        tuple(reader.notes),
    )
    return joined([found])


def joined(parts: Iterable[Loaded]) -> Loaded:
    """The templates of one account and region as one.

    Raises:
        ExporterError: when two resources describe one set or destination.
    """
    together = list(parts)
    resources: dict[Identity, list[CodeResource]] = defaultdict(list)
    for resource in (each for part in together for each in part.resources):
        resources[resource.identity].append(resource)
    kept: list[CodeResource] = []
    unresolved = [each for part in together for each in part.unresolved]
    for who, described in resources.items():
        inferred = [each for each in described if each.is_inferred]
        if len(described) == 1 or not inferred:
            kept.append(_only(described))
            continue
        unresolved += [_mistaken(each, who) for each in inferred]
        kept += [_only(sure)] if (sure := [e for e in described if not e.is_inferred]) else []
    return Loaded(
        resources=tuple(kept),
        unresolved=tuple(unresolved),
        account_id=next((part.account_id for part in together), None),
        region=next((part.region for part in together), None),
        notes=tuple(dict.fromkeys(note for part in together for note in part.notes)),
    )


def _only(described: list[CodeResource]) -> CodeResource:
    """The one resource that describes something.

    Raises:
        ExporterError: when there are two.
    """
    first, *others = described
    for other in others:
        named = f"{first.address} ({first.where}) and {other.address}"
        raise ExporterError(
            f"{other.identity} is described twice, by {named}",
            where=other.where,
            hint=_ONCE if other.where.partition(":")[0] == first.where.partition(":")[0] else _COPY,
        )
    return first


def _mistaken(resource: CodeResource, who: Identity) -> Unresolved:
    """What was taken for something that other code describes too."""
    said = "its name is unknown: what it was recognized as is described by other code too"
    return Unresolved(resource.where, resource.address, said, reach=Reach.of(who))
