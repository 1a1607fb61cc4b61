"""Read CloudFormation templates, whoever wrote them.

Properties are those of the resource schemas of ``AWS::SES::ConfigurationSet`` and
``AWS::SES::ConfigurationSetEventDestination``. Values have the API's spelling; a value that can't
be evaluated is ``Unknown``.
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
    """Return what a template and its nested templates describe.

    Args:
        text: YAML or JSON.
        where: Its file, for messages.
        given: Values of its parameters by name, including pseudo parameters (``AWS::StackName``).
        account_id: The account that it is for, if known.
        region: The region that it is for, if known.
        around: What else is known about it; the arguments above take precedence.
        is_own: Whether ses2iac exported it, so that all names are valid names of SES.

    Raises:
        ExporterError: when it isn't a template, is too large, describes a resource twice, or
            describes an invalid one; with file and, for YAML, line.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > BYTES_LIMIT:
        what = f"{size:,} bytes, and CloudFormation allows at most {BYTES_LIMIT:,}"
        raise ExporterError(what, where=where, hint=_INSTEAD)
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
    loaded = Loaded(
        tuple(reader.resources),
        tuple(reader.unresolved),
        around.account_id,
        around.region,
        tuple(reader.notes),
    )
    return joined([loaded])


def joined(parts: Iterable[Loaded]) -> Loaded:
    """Join the templates of one account and region.

    Of resources with one identity, those whose name was only inferred become unresolved.

    Raises:
        ExporterError: when two resources describe the same set or destination.
    """
    templates = list(parts)
    by_identity: dict[Identity, list[CodeResource]] = defaultdict(list)
    for resource in (each for part in templates for each in part.resources):
        by_identity[resource.identity].append(resource)
    resources: list[CodeResource] = []
    unresolved = [each for part in templates for each in part.unresolved]
    for identity, candidates in by_identity.items():
        inferred = [each for each in candidates if each.is_inferred]
        if len(candidates) == 1 or not inferred:
            resources.append(_only(candidates))
            continue
        unresolved += [_mistaken(each, identity) for each in inferred]
        named = [each for each in candidates if not each.is_inferred]
        resources += [_only(named)] if named else []
    return Loaded(
        resources=tuple(resources),
        unresolved=tuple(unresolved),
        account_id=next((part.account_id for part in templates), None),
        region=next((part.region for part in templates), None),
        notes=tuple(dict.fromkeys(note for part in templates for note in part.notes)),
    )


def _only(candidates: list[CodeResource]) -> CodeResource:
    """The only resource with an identity.

    Raises:
        ExporterError: when there are two.
    """
    first, *others = candidates
    for other in others:
        named = f"{first.address} ({first.where}) and {other.address}"
        raise ExporterError(
            f"{other.identity} is described twice, by {named}",
            where=other.where,
            hint=_ONCE if other.where.partition(":")[0] == first.where.partition(":")[0] else _COPY,
        )
    return first


def _mistaken(resource: CodeResource, identity: Identity) -> Unresolved:
    """A resource whose inferred name belongs to other code."""
    reason = "its name is unknown: it was recognized as one that other code describes too"
    return Unresolved(resource.where, resource.address, reason, reach=Reach.of(identity))
