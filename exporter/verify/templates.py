"""Check templates for what cfn-lint doesn't: the manifest, imports, policies and limits.

The limits are CloudFormation's quotas. Its user guide says that an import needs all resources
listed, each with a ``DeletionPolicy``.
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
"""Maximum number of resources in a template."""

_NOT_TOLD = "--map expressions have values only after a deployment"

Json = Any


@dataclass(frozen=True)
class Template:
    """One template of an export.

    Attributes:
        file: The name of its file.
        size: Its size in bytes.
        declared: Its ``Resources``, as parsed.
        code: The sets and destinations in it.
        wrong: Its faults, a line each.
        is_known: Whether all targets can be evaluated before a deployment.
    """

    file: str
    size: int
    declared: Mapping[str, Json]
    code: tuple[CodeResource, ...]
    wrong: tuple[str, ...] = ()
    is_known: bool = True


def load(path: Path, record: ScopeRecord | None = None) -> Template:
    """Read a template, YAML or JSON; an invalid one has nothing but ``wrong``.

    ``record`` gives its account and region, to evaluate targets that aren't literal ARNs.
    """
    data = path.read_bytes()
    is_known = True
    try:
        parsed = template_text.parse(decoded(data, path.name), path.name)
        if record and (record.references or record.is_mapped or "Mappings" in parsed):
            is_known = _evaluate(parsed, path.name, record)
    except ExporterError as error:
        return Template(path.name, len(data), {}, (), (str(error),))
    code, wrong = template_text.resources(parsed, path.name)
    declared = parsed["Resources"]
    faults_ = tuple(map(str, wrong))
    return Template(path.name, len(data), declared, tuple(code), faults_, is_known=is_known)


def _evaluate(template: dict[str, Json], where: str, record: ScopeRecord) -> bool:
    """Replace functions with values; return whether all have one before a deployment."""
    surroundings = Surroundings(account_id=record.account_id, region=record.region)
    context = context_of(template, where, surroundings)
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
        # Only in the destination: the reference to its set is compared as it is.
        inner = resource.get("Properties") if isinstance(resource, dict) else None
        if isinstance(inner, dict) and "EventDestination" in inner:
            inner["EventDestination"] = without_unknown(resolve(inner["EventDestination"], context))
    return is_known


def values(templates: Iterable[Template], context: Context, judge: Judge) -> CheckFinding:
    """Check that the templates of a scope have the live values."""
    all_templates = list(templates)
    if not all(template.is_known for template in all_templates):
        return live.gone(context.record, context.live) or not_run(_NOT_TOLD)
    code = [resource for template in all_templates for resource in template.code]
    return live.compare(code, context.record, context.live, judge)


def faults(templates: Iterable[Template], record: ScopeRecord) -> list[str]:
    """Return the faults of the templates of a scope, a line each."""
    all_templates = list(templates)
    lines: list[str] = []
    for template in all_templates:
        lines += template.wrong
        lines += _limits(template)
        lines += policy_faults(template)
        lines += _others(template)
    code = [resource for template in all_templates for resource in template.code]
    lines += _duplicates(code)
    if not any(template.wrong for template in all_templates):
        absent, more = live.missing_from(code, record)
        lines += [*absent, *more]
    return [*lines, *imports.faults(record)]


def _limits(template: Template) -> Iterator[str]:
    number = len(template.declared)
    if number > RESOURCES_LIMIT:
        yield f"{template.file}: {number} resources, but a template takes at most {RESOURCES_LIMIT}"
    if template.size > BYTES_LIMIT:
        yield f"{template.file}: {template.size} bytes, but a template takes at most {BYTES_LIMIT}"


def _others(template: Template) -> Iterator[str]:
    """Yield a line for each resource that is neither a set nor a destination."""
    known = {resource.address for resource in template.code}
    wrong = {line.partition(": ")[2].partition(": ")[0] for line in template.wrong}
    for logical_id in template.declared:
        if logical_id not in known and logical_id not in wrong:
            yield f"{template.file}: {logical_id}: neither a set nor a destination"


def policy_faults(template: Template) -> Iterator[str]:
    """Yield a line for each resource that would be deleted with its stack."""
    for logical_id, resource in template.declared.items():
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            value = resource.get(policy) if isinstance(resource, dict) else None
            if value is None:
                yield f"{template.file}: {logical_id}: no {policy}"
            elif value != "Retain":
                yield f"{template.file}: {logical_id}: its {policy} is {value}, not Retain"


def _duplicates(code: list[CodeResource]) -> Iterator[str]:
    for identity, number in Counter(resource.identity for resource in code).items():
        if number > 1:
            same = ", ".join(r.address for r in code if r.identity == identity)
            yield f"{identity}: described {number} times ({same})"


def import_faults(path: Path, template: Template, record: ScopeRecord) -> list[str]:
    """Return the faults of a template's list for ``--resources-to-import``, a line each."""
    if template.wrong and not template.declared:
        # The template itself is a fault: there is nothing to compare with.
        return []
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[_Entry])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return [f"{path.name}: not a list of resources to import: {error}"]
    code = {resource.address: resource for resource in template.code}
    # A stack keeps resources that have left the code until it is updated.
    in_stack = {resource.identity for resource in record.resources if resource.imported}
    in_stack |= {resource.identity for resource in record.departed}
    pending = {id_ for id_, resource in code.items() if resource.identity not in in_stack}
    lines = [
        f"{path.name}: {id_} is listed {number} times"
        for id_, number in Counter(entry.logical_id for entry in entries).items()
        if number > 1
    ]
    for entry in entries:
        known = code.get(entry.logical_id)
        if known is None and entry.logical_id in template.declared:
            # Its faults are reported with the template.
            continue
        if known is None:
            lines.append(f"{path.name}: {entry.logical_id} is not in {template.file}")
        elif entry.logical_id not in pending:
            lines.append(f"{path.name}: {entry.logical_id} was imported already")
        elif entry != _Entry.of(known):
            lines.append(f"{path.name}: {entry.logical_id}: its type or identifier is wrong")
    missing = pending - {entry.logical_id for entry in entries}
    # Those that no export has imported are a fault of the export, not of this list.
    missing -= {resource.address for resource in imports.never_handed_out(record)}
    lines += [f"{path.name}: {id_} is missing; an import needs all" for id_ in sorted(missing)]
    if len(entries) > FIRST_LIMIT:
        lines.append(
            f"{path.name}: {len(entries)} resources, but one import takes at most {FIRST_LIMIT}"
        )
    return lines


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of ``--resources-to-import`` (API reference, CreateChangeSet)."""

    type: str = msgspec.field(name="ResourceType")
    logical_id: str = msgspec.field(name="LogicalResourceId")
    identifier: dict[str, str] = msgspec.field(name="ResourceIdentifier")

    @classmethod
    def of(cls, resource: CodeResource) -> "_Entry":
        identity = resource.identity
        return cls(resource_type(identity), resource.address, resource_identifier(identity))
