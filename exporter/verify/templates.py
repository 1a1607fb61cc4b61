"""What cfn-lint does not see in a template, and the limits of CloudFormation.

Limits are those of the CloudFormation quotas; that an import needs every resource listed and each
with a ``DeletionPolicy`` is from its user guide.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from exporter.formats.cloudformation import template_text
from exporter.formats.cloudformation.intrinsics import resolve
from exporter.formats.cloudformation.names import resource_type
from exporter.formats.cloudformation.template_context import Surroundings, context_of
from exporter.formats.code_resource import CodeResource, Unknown
from exporter.formats.fidelity import Judge
from exporter.formats.manifest import ScopeRecord
from exporter.formats.stacks import BYTES_LIMIT, FIRST_LIMIT, resource_identifier
from exporter.support.errors import ExporterError
from exporter.support.regular_files import decoded
from exporter.verify import imports, live
from exporter.verify.checks import Context
from exporter.verify.results import CheckFinding, not_run

RESOURCES_LIMIT = 500
"""Resources of a template."""

_NOT_TOLD = "--map expressions have values only after a deployment"

Json = Any


@dataclass(frozen=True)
class Template:
    """One template of an export.

    Attributes:
        declared: Its ``Resources``, as parsed.
        code: Those that are sets and destinations.
        is_known: Whether the template alone tells every target.
    """

    file: str
    size: int
    declared: Mapping[str, Json]
    code: tuple[CodeResource, ...]
    wrong: tuple[str, ...] = ()
    is_known: bool = True


def load(path: Path, record: ScopeRecord | None = None) -> Template:
    """Read a template, YAML or JSON; one that is none has only something wrong.

    ``record`` is the account and region that it is for, and tells whether it refers to targets
    otherwise than by their ARNs.
    """
    data = path.read_bytes()
    is_known = True
    try:
        parsed = template_text.parse(decoded(data, path.name), path.name)
        if record and (record.references or record.is_mapped):
            is_known = _work_out(parsed, path.name, record)
    except ExporterError as error:
        return Template(path.name, len(data), {}, (), (str(error),))
    code, wrong = template_text.resources(parsed, path.name)
    declared = parsed["Resources"]
    faults_ = tuple(map(str, wrong))
    return Template(path.name, len(data), declared, tuple(code), faults_, is_known=is_known)


def _work_out(template: dict[str, Json], where: str, record: ScopeRecord) -> bool:
    """Put values in the place of functions; whether each has one before a deployment."""
    place = Surroundings(account_id=record.account_id, region=record.region)
    context = context_of(template, where, place)
    is_known = True

    def without_unknown(value: Json) -> Json:
        nonlocal is_known
        if isinstance(value, Unknown):
            is_known = False
            return f"({value.reason})"
        if isinstance(value, dict):
            return {name: without_unknown(item) for name, item in value.items()}
        return [without_unknown(item) for item in value] if isinstance(value, list) else value

    for resource in template["Resources"].values():
        # Not the reference to a set, which is judged as it is.
        inner = resource.get("Properties") if isinstance(resource, dict) else None
        if isinstance(inner, dict) and "EventDestination" in inner:
            inner["EventDestination"] = without_unknown(resolve(inner["EventDestination"], context))
    return is_known


def values(templates: Iterable[Template], context: Context, judge: Judge) -> CheckFinding:
    """Whether the templates of a scope say what is live."""
    together = list(templates)
    if not all(template.is_known for template in together):
        return live.gone(context.record, context.live) or not_run(_NOT_TOLD)
    code = [resource for template in together for resource in template.code]
    return live.compare(code, context.record, context.live, judge)


def faults(templates: Iterable[Template], record: ScopeRecord) -> list[str]:
    """What is wrong with the templates of a scope, a line each."""
    together = list(templates)
    found: list[str] = []
    for template in together:
        found += template.wrong
        found += _limits(template)
        found += policy_faults(template)
        found += _others(template)
    code = [resource for template in together for resource in template.code]
    found += _twice(code)
    if not any(template.wrong for template in together):
        absent, more = live.missing_from(code, record)
        found += [*absent, *more]
    return [*found, *imports.faults(record)]


def _limits(template: Template) -> Iterator[str]:
    number = len(template.declared)
    if number > RESOURCES_LIMIT:
        yield f"{template.file}: {number} resources, but a template takes at most {RESOURCES_LIMIT}"
    if template.size > BYTES_LIMIT:
        yield f"{template.file}: {template.size} bytes, but a template takes at most {BYTES_LIMIT}"


def _others(template: Template) -> Iterator[str]:
    """What is declared beside sets and destinations."""
    known = {resource.address for resource in template.code}
    wrong = {line.partition(": ")[2].partition(": ")[0] for line in template.wrong}
    for logical_id in template.declared:
        if logical_id not in known and logical_id not in wrong:
            yield f"{template.file}: {logical_id}: neither a set nor a destination"


def policy_faults(template: Template) -> Iterator[str]:
    """Resources that would not outlive their stack."""
    for logical_id, resource in template.declared.items():
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            value = resource.get(policy) if isinstance(resource, dict) else None
            if value is None:
                yield f"{template.file}: {logical_id}: no {policy}"
            elif value != "Retain":
                yield f"{template.file}: {logical_id}: its {policy} is {value}, not Retain"


def _twice(code: list[CodeResource]) -> Iterator[str]:
    for what, number in Counter(resource.identity for resource in code).items():
        if number > 1:
            at = ", ".join(resource.address for resource in code if resource.identity == what)
            yield f"{what}: described {number} times ({at})"


def import_faults(path: Path, template: Template, record: ScopeRecord) -> list[str]:
    """What is wrong with the list of resources to import that belongs to a template.

    The list is what ``--resources-to-import`` takes.
    """
    if template.wrong and not template.declared:
        # No template to compare with, which was said.
        return []
    try:
        listed = msgspec.json.decode(path.read_bytes(), type=list[_Listed])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return [f"{path.name}: not a list of resources to import: {error}"]
    code = {resource.address: resource for resource in template.code}
    # A stack keeps what left the code until it is updated.
    held = {each.identity for each in record.resources if each.imported}
    held |= {each.identity for each in record.departed}
    pending = {at for at, resource in code.items() if resource.identity not in held}
    found = [
        f"{path.name}: {at} is listed {number} times"
        for at, number in Counter(entry.logical_id for entry in listed).items()
        if number > 1
    ]
    for entry in listed:
        known = code.get(entry.logical_id)
        if known is None and entry.logical_id in template.declared:
            # What is wrong with it in the template was said.
            continue
        if known is None:
            found.append(f"{path.name}: {entry.logical_id} is not in {template.file}")
        elif entry.logical_id not in pending:
            found.append(f"{path.name}: {entry.logical_id} was imported already")
        elif entry != _Listed.of(known):
            found.append(f"{path.name}: {entry.logical_id}: its type or identifier is wrong")
    missing = pending - {entry.logical_id for entry in listed}
    # What no list ever held is said of the export, not of this list.
    missing -= {each.address for each in imports.never_handed_out(record)}
    found += [f"{path.name}: {at} is missing; an import needs all" for at in sorted(missing)]
    if len(listed) > FIRST_LIMIT:
        found.append(
            f"{path.name}: {len(listed)} resources, but one import takes at most {FIRST_LIMIT}"
        )
    return found


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of ``--resources-to-import`` (API reference, CreateChangeSet)."""

    type: str = msgspec.field(name="ResourceType")
    logical_id: str = msgspec.field(name="LogicalResourceId")
    identifier: dict[str, str] = msgspec.field(name="ResourceIdentifier")

    @classmethod
    def of(cls, resource: CodeResource) -> "_Listed":
        who = resource.identity
        return cls(resource_type(who), resource.address, resource_identifier(who))
