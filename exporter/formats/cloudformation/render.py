"""CloudFormation YAML: templates, the resources to import, and the steps of the import."""

import re
from collections.abc import Mapping
from dataclasses import replace

from exporter.formats.base import (
    FileRole,
    Format,
    RenderedFile,
    Rendering,
    RenderInputs,
    no_clashes,
    no_later_effect,
    no_shared_files,
    scope_folder,
)
from exporter.formats.before_import import without_comments
from exporter.formats.cloudformation.names import resource_type
from exporter.formats.cloudformation.outputs import output_ids
from exporter.formats.cloudformation.read_back import READ_BACK
from exporter.formats.cloudformation.references import CloudFormationReferences, refer
from exporter.formats.cloudformation.syntax import checked, parse_expression
from exporter.formats.code_beside import no_code_beside
from exporter.formats.environment import render
from exporter.formats.fidelity import Verdict, common_verdict
from exporter.formats.labels import LOGICAL_ID
from exporter.formats.references import ReferenceMode
from exporter.formats.render_context import RenderContext, targets_of
from exporter.formats.stacks import (
    NOTES_FILE,
    Stack,
    assignment,
    before_import,
    cut,
    import_counts,
    import_notes,
    import_paths,
    import_remarks,
    pending,
    resource_identifier,
    stack_name,
    to_delete,
    to_recreate,
)
from exporter.formats.supported import COMMON, Supported
from exporter.model import codec
from exporter.model.identities import Identity
from exporter.model.resources import TargetKind

_INLINE_LIMIT = 51_200
"""Bytes of a template in a request (CloudFormation quotas)."""

_PINPOINT = "EventDestinations.PinpointDestination"
_NO_PROPERTY = frozenset(
    {
        _PINPOINT,
        "DeliveryOptions.SharedPoolDeliveryMode",
        "MessageSecurityOptions",
        "SuppressionOptions.SuppressionScope",
    }
)
"""Values for which the resource schemas of the two types have no property."""

_THRESHOLD = "SuppressionOptions.ValidationOptions.ConditionThreshold"
SUPPORTED = Supported(
    targets=frozenset(
        {TargetKind.SNS, TargetKind.CLOUDWATCH, TargetKind.FIREHOSE, TargetKind.EVENTBRIDGE}
    ),
    values={
        **COMMON,
        "ArchivingOptions.ArchiveArn": frozenset(),
        f"{_THRESHOLD}.ConditionThresholdEnabled": frozenset({"DISABLED", "ENABLED"}),
        f"{_THRESHOLD}.OverallConfidenceThreshold.ConfidenceVerdictThreshold": frozenset(
            {"HIGH", "MANAGED", "MEDIUM"}
        ),
    },
)
"""The values that the templates write; CDK's write the same."""

_DIMENSION = "EventDestinations.CloudWatchDestination.DimensionConfigurations"
_WORD = "letters, digits, '_' and '-'"
_PATTERNS: Mapping[str, tuple[str, str]] = {
    "ConfigurationSetName": (r"[a-zA-Z0-9_-]{1,64}", f"1 to 64 {_WORD}"),
    "EventDestinations.Name": (r"[a-zA-Z0-9_-]{0,64}", f"up to 64 {_WORD}"),
    f"{_DIMENSION}.DimensionName": (
        r"[a-zA-Z0-9_:-]{1,256}",
        "1 to 256 letters, digits, '_', ':' and '-'",
    ),
    f"{_DIMENSION}.DefaultDimensionValue": (r"[a-zA-Z0-9_-]{1,256}", f"1 to 256 {_WORD}"),
    "EventDestinations.SnsDestination.TopicArn": (
        r"(?=.{36,1024}\Z)arn:aws[a-z0-9-]*:sns:[a-z0-9-]+:[0-9]{12}:[^:]+",
        "the ARN of a topic",
    ),
    "EventDestinations.EventBridgeDestination.EventBusArn": (
        r"(?=.{36,1024}\Z)arn:aws[a-z0-9-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[^:]+",
        "the ARN of an event bus",
    ),
}
"""The patterns of the resource schemas, each with its meaning.

CloudFormation rejects the whole template for one value that doesn't match.
"""

_REGIONS_WITHOUT = frozenset(
    {
        "ap-east-1",
        "ap-east-2",
        "ap-southeast-4",
        "ap-southeast-6",
        "ap-southeast-7",
        "cn-north-1",
        "cn-northwest-1",
        "eu-south-2",
        "mx-central-1",
    }
)
"""Regions where CloudFormation lacks the types (resource specification of November 2026)."""


def judge(path: str, value: object) -> Verdict | None:
    """Return why a value can't be written in a template; None if it can."""
    if path in _NO_PROPERTY:
        return Verdict("the CloudFormation type has no property for it")
    if isinstance(value, str):
        pattern, meaning = _PATTERNS.get(path, (None, ""))
        if pattern and not re.fullmatch(pattern, value):
            return Verdict(
                f"{value!r} is not valid for the CloudFormation type, which takes {meaning}"
            )
        if "{{resolve:" in value:
            return Verdict("CloudFormation would resolve it as a dynamic reference")
    return common_verdict(path, value)


def scope_fault(region: str) -> str:
    """Return why CloudFormation can't deploy the export in a region; empty if it can."""
    if region in _REGIONS_WITHOUT:
        return f"CloudFormation has no AWS::SES::ConfigurationSet in {region}"
    return ""


def render_files(plan: RenderContext, inputs: RenderInputs) -> Rendering:
    """Return the templates and import files of one scope."""
    stacks = cut(plan, inputs.previous.stacks)
    references = refer(plan.targets, plan.scope, inputs.options.references, plan.labels)
    files: list[RenderedFile] = []
    sections: list[dict[str, object]] = []
    adopted: list[Identity] = []
    for stack in stacks:
        outputs = output_ids(plan, stack) if inputs.options.outputs else {}
        template = _template(plan, stack, "template", references, outputs)
        files.append(template)
        to_import = pending(stack, inputs)
        recreated = to_recreate(stack, inputs)
        if not inputs.options.with_imports or not (to_import or recreated):
            continue
        adopted += recreated
        for_import = import_template(plan, stack, stacks, inputs) if to_import else None
        if for_import is not None:
            files.append(for_import)
        sections.append(_section(stack, template, for_import or template, inputs))
        if to_import:
            text = codec.pretty([_resource_to_import(plan, identity) for identity in to_import])
            name = f"resources-to-import{stack.suffix}.json"
            files.append(RenderedFile(name, text, FileRole.IMPORT, tuple(to_import)))
    if sections:
        data = {
            "scope": plan.scope,
            "stacks": sections,
            "import_files": [*import_paths(files), NOTES_FILE],
            **import_notes(plan, inputs),
        }
        name = "IMPORT.md" if inputs.facts.adopted is None else "ADOPT.md"
        text = render(f"cloudformation/{name}", **data)
        files.append(RenderedFile(NOTES_FILE, text, FileRole.IMPORT, tuple(adopted)))
    addresses = {identity: plan.labels[identity] for identity in plan.identities}
    steps = ("follow the steps in IMPORT.md",) if sections else ()
    return Rendering(
        tuple(files),
        addresses,
        steps,
        assignment(stacks),
        mapped_by=references.used,
        notes=import_remarks(stacks, inputs) if sections else (),
    )


def import_template(
    plan: RenderContext, stack: Stack, stacks: list[Stack], inputs: RenderInputs
) -> RenderedFile | None:
    """Return the template to import with, if that isn't the stack's own.

    It differs if destinations are recreated after the import, if resources that are already in the
    stack have changed, or if the template has outputs: an import must neither add nor change any.

    Args:
        plan: What the export writes.
        stack: The stack.
        stacks: All stacks of the scope.
        inputs: What to import, and what is in the stacks already.
    """
    before = before_import(stack, stacks, inputs)
    has_outputs = inputs.options.outputs and bool(output_ids(plan, stack))
    if before is None or inputs.before is None:
        return _import_only(plan, stack, inputs) if has_outputs else None
    for_import = _import_only(inputs.before, before, inputs)
    code = replace(stack, views=without_comments(replace(plan, sets=stack.views)).sets)
    is_same = for_import.text == _import_only(without_comments(plan), code, inputs).text
    is_needed = has_outputs or inputs.facts.adopted is not None
    return None if is_same and not is_needed else for_import


def _import_only(plan: RenderContext, stack: Stack, inputs: RenderInputs) -> RenderedFile:
    """A template that only the import uses."""
    references = refer(plan.targets, plan.scope, inputs.options.references, plan.labels)
    template = _template(plan, stack, "import-template", references, {})
    return replace(template, role=FileRole.IMPORT)


def _template(
    plan: RenderContext,
    stack: Stack,
    stem: str,
    references: CloudFormationReferences,
    outputs: Mapping[str, str],
) -> RenderedFile:
    parameters = references.parameters_of(targets_of(stack.views))
    references = references.sharing(replace(plan, sets=stack.views).repeated_targets)
    text = render(
        "cloudformation/template.yaml",
        plan=plan,
        stack=stack,
        references=references,
        parameters=parameters,
        outputs=outputs,
    )
    return RenderedFile(f"{stem}{stack.suffix}.yaml", text)


def _section(
    stack: Stack, template: RenderedFile, for_import: RenderedFile, inputs: RenderInputs
) -> dict[str, object]:
    """The values of a stack's section in ``IMPORT.md``.

    Args:
        stack: The stack.
        template: Its template.
        for_import: The template to import with, which may be the same.
        inputs: What to import.
    """
    return {
        "stack_name": stack_name(stack.number, inputs.options.stack_name),
        "suffix": stack.suffix,
        "template": _passed(template),
        "import_template": _passed(for_import),
        "has_update": for_import is not template and inputs.facts.adopted is None,
        "has_outputs": inputs.options.outputs,
        **import_counts(stack, inputs),
        "to_delete": to_delete(stack, inputs),
    }


def _passed(template: RenderedFile) -> dict[str, object]:
    """How a template is passed to CloudFormation: in the request, or through a bucket."""
    is_large = len(template.text.encode()) > _INLINE_LIMIT
    url = f"--template-url https://BUCKET.s3.amazonaws.com/{template.path}"
    return {
        "path": template.path,
        "is_large": is_large,
        "argument": url if is_large else f"--template-body file://{template.path}",
    }


def _resource_to_import(plan: RenderContext, identity: Identity) -> dict[str, object]:
    """An entry of ``--resources-to-import`` (API reference, CreateChangeSet)."""
    return {
        "ResourceType": resource_type(identity),
        "LogicalResourceId": plan.labels[identity],
        "ResourceIdentifier": resource_identifier(identity),
    }


FORMAT = Format(
    name="cloudformation",
    title="CloudFormation",
    style=LOGICAL_ID,
    supports=SUPPORTED,
    rule=judge,
    render=render_files,
    scope_fault=scope_fault,
    beside=no_code_beside,
    refuse_clashes=no_clashes,
    read_back=READ_BACK,
    parse_expression=parse_expression,
    checked=checked,
    language="CloudFormation",
    reference_modes=(ReferenceMode.LITERAL, ReferenceMode.PORTABLE, ReferenceMode.VARIABLES),
    checks="exporter.verify.cloudformation",
    later=no_later_effect,
    keeps_empty=False,
    can_move=False,
    has_stacks=True,
    folder=scope_folder,
    join=no_shared_files,
    layouts=(),
    ignored=(),
)
