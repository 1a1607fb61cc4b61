"""Terraform HCL: resources, provider and import blocks for the AWS provider 5.100 or later."""

import unicodedata
from collections.abc import Iterator, Mapping

from exporter.formats.base import (
    Format,
    RenderedFile,
    Rendering,
    RenderInputs,
    everywhere,
    nothing_shared,
    own_folder,
)
from exporter.formats.environment import render
from exporter.formats.fidelity import Effect, Verdict, common_verdict, present
from exporter.formats.labels import TERRAFORM
from exporter.formats.layout import Layout, part, terraform_file, with_file, without_file
from exporter.formats.references import ReferenceMode
from exporter.formats.render_context import RenderContext
from exporter.formats.supported import COMMON, Supported
from exporter.formats.terraform import migration, moves, outputs, steps
from exporter.formats.terraform.beside import beside, refuse_clashes
from exporter.formats.terraform.names import resource_type
from exporter.formats.terraform.read_back import READ_BACK
from exporter.formats.terraform.references import TerraformReferences, refer
from exporter.formats.terraform.setting import Setting
from exporter.formats.terraform.syntax import checked, parse_expression
from exporter.model.identities import Identity
from exporter.model.resources import (
    CloudWatchDestination,
    Model,
    PinpointDestination,
    Tag,
    TargetKind,
)

_TITLE = "Terraform"

# From the provider's documentation and `terraform providers schema` of 5.100.0; 6.62.0 is alike.
_NO_ARGUMENT = frozenset(
    {
        "ArchivingOptions",
        "DeliveryOptions.SharedPoolDeliveryMode",
        "MessageSecurityOptions",
        "SuppressionOptions.SuppressionScope",
        "SuppressionOptions.ValidationOptions",
    }
)
_BLOCKS = {
    "DeliveryOptions": "delivery_options",
    "ReputationOptions": "reputation_options",
    "SendingOptions": "sending_options",
    "SuppressionOptions": "suppression_options",
    "TrackingOptions": "tracking_options",
    "VdmOptions": "vdm_options",
}
"""The options that the provider writes, each by one request that replaces the whole of it."""
SUPPORTED = Supported(
    targets=frozenset(
        {
            TargetKind.SNS,
            TargetKind.CLOUDWATCH,
            TargetKind.FIREHOSE,
            TargetKind.EVENTBRIDGE,
            TargetKind.PINPOINT,
        }
    ),
    values={**COMMON, "EventDestinations.PinpointDestination.ApplicationArn": frozenset()},
)
_IMPORTED_BY = frozenset({"ConfigurationSetName", "EventDestinations.Name"})


def judge(path: str, value: object) -> Verdict | None:
    """What the provider or HCL cannot hold."""
    if path in _NO_ARGUMENT:
        return Verdict("the Terraform AWS provider has no argument for it")
    if path in _BLOCKS and isinstance(value, Model):
        refused = next(_refused(value, path), None)
        if refused:
            return Verdict(refused, Effect.UNMANAGED)
    if isinstance(value, CloudWatchDestination) and not value.dimension_configurations:
        return Verdict("the provider wants at least one dimension_configuration")
    if isinstance(value, PinpointDestination) and value.application_arn is None:
        return Verdict("the provider wants an application_arn")
    if path in _IMPORTED_BY and "|" in str(value):
        return Verdict("the import id SET|DESTINATION has no way to write a '|'")
    if path == "Tags" and isinstance(value, tuple) and _has_one_key_twice(value):
        reason = "in Unicode NFC, as HCL reads them, two of the keys are the same"
        return Verdict(reason, Effect.UNMANAGED)
    if isinstance(value, str) and not _is_kept_by_hcl(value):
        # A name in another form is not the one that the resource is imported by.
        effect = Effect.OPTION if path in _IMPORTED_BY else Effect.ALTERED
        return Verdict("HCL turns every string into Unicode NFC", effect)
    return common_verdict(path, value)


def later(path: str, effect: Effect) -> str:
    """What Terraform does to a live value that the code does not hold.

    Seen with the provider 5.100: a change of an argument sends its whole option, or the whole
    definition of the event destination, without what it has no argument for. What stands in
    ``ignore_changes`` it does not send.
    """
    option = path.partition(".")[0]
    argument = _BLOCKS.get(option, option.lower())
    if effect is Effect.UNMANAGED:
        return f"Terraform ignores {argument}, so it stays as it is"
    if option == "EventDestinations":
        return "Terraform's next change of this event destination unsets it"
    if option in _BLOCKS:
        return f"Terraform's next change of {argument} unsets it"
    return "" if option == "Tags" else "Terraform never writes it, so it stays as it is"


def _refused(value: object, path: str) -> Iterator[str]:
    """Values that the provider refuses, and which no plan is empty without."""
    if isinstance(value, tuple):
        for item in value:
            yield from _refused(item, path)
    elif isinstance(value, Model):
        for info, below in present(value):
            name = f"{path}.{info.encode_name}"
            if name in SUPPORTED.paths:
                yield from _refused(below, name)
    # To the provider, 0 seconds are none.
    elif value != 0:
        verdict = common_verdict(path, value) or SUPPORTED.refusal(path, value, _TITLE)
        if verdict and verdict.effect is Effect.OPTION:
            yield f"its {path.partition('.')[2]} {verdict.reason}"


def _is_kept_by_hcl(text: str) -> bool:
    """Whether HCL reads a string as it is: in NFC, and without runs of marks that it breaks up.

    Go's normalization is stream-safe (Unicode Standard Annex 15): it joins in a character after 30
    combining marks, those within a composed letter counted.
    """
    marks = 0
    for char in unicodedata.normalize("NFKD", text) if not text.isascii() else "":
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > 30:
            return False
    return unicodedata.is_normalized("NFC", text)


def _has_one_key_twice(tags: tuple[Tag, ...]) -> bool:
    return len({unicodedata.normalize("NFC", tag.key) for tag in tags}) < len(tags)


def render_files(plan: RenderContext, inputs: RenderInputs) -> Rendering:
    """The files of one scope: a root module, or what is to be part of one."""
    setting = Setting.of(inputs, plan.scope.region)
    references = setting.looked_up(refer(plan.targets, plan.scope, inputs.options.references))
    plan, lacking = setting.without_default_tags(plan)
    rendered = _frame_files(plan, references, setting)
    if inputs.options.layout is Layout.PER_SET:
        rendered += _set_files(plan, references, setting)
    else:
        rendered += _resource_files(plan, references, setting)
    addresses = {who: f"{resource_type(who)}.{plan.labels[who]}" for who in plan.identities}
    if inputs.options.outputs:
        rendered += _output_files(plan, addresses)
    former = moves.former(inputs.previous.previous_addresses, addresses)
    once = steps.files(plan, inputs, addresses, former)
    imports = next((len(file.imports) for file in once if file.imports), 0)
    differing = sum(1 for each in inputs.facts.described.values() if each.differs)
    changed = len(set().union(*lacking.values())) + differing
    expected = steps.expected(imports, changed)
    once += migration.files(plan, inputs, expected)
    return Rendering(
        setting.placed([*rendered, *once]),
        addresses,
        migration.with_steps(inputs.replacement, _next_steps(imports, expected)),
        former=former,
        mapped_by=references.used,
        notes=setting.notes,
        warnings=setting.warnings(lacking),
    )


def _frame_files(
    plan: RenderContext, references: TerraformReferences, setting: Setting
) -> list[RenderedFile]:
    """What is said beside the resources: versions, provider, variables, what is looked up."""
    files = ["versions.tf"] if setting.with_versions else []
    if setting.with_provider:
        files.append("providers.tf")
    if references.variables or (references.is_portable and setting.with_provider):
        files.append("variables.tf")
    if references.has_data:
        files.append("data.tf")
    data = {"plan": plan, "scope": plan.scope, "references": references, "setting": setting}
    return [RenderedFile(name, render(f"terraform/{name}", **data)) for name in files]


def _output_files(plan: RenderContext, addresses: Mapping[Identity, str]) -> list[RenderedFile]:
    found = outputs.outputs(plan, addresses)
    if found is None:
        return []
    return [RenderedFile(outputs.FILE, render("terraform/outputs.tf", plan=plan, outputs=found))]


def _next_steps(imports: int, expected: str) -> tuple[str, ...]:
    """The commands to go on with, and what the plan says when all is right."""
    if not imports:
        return ("terraform init", "terraform plan")
    return ("terraform init", f"terraform plan    # {expected}", "terraform apply")


def _resource_files(
    plan: RenderContext, references: TerraformReferences, setting: Setting
) -> list[RenderedFile]:
    """One file a kind of resource."""
    files = []
    if any(view.model or view.comments for view in plan.sets):
        files.append("configuration_sets.tf")
    if plan.destinations:
        files.append("event_destinations.tf")
    data = {
        "plan": plan,
        "scope": plan.scope,
        "references": references,
        "setting": setting,
        "is_part": False,
    }
    return [RenderedFile(name, render(f"terraform/{name}", **data)) for name in files]


def _set_files(
    plan: RenderContext, references: TerraformReferences, setting: Setting
) -> list[RenderedFile]:
    """One file a configuration set."""
    files = _resource_files(without_file(plan), references, setting)
    for view in with_file(plan):
        data = {
            "plan": part(plan, view),
            "scope": plan.scope,
            "view": view,
            "references": references,
            "setting": setting,
            "is_part": True,
        }
        files.append(RenderedFile(terraform_file(view.label), render("terraform/set.tf", **data)))
    return files


FORMAT = Format(
    name="terraform",
    title=_TITLE,
    style=TERRAFORM,
    supports=SUPPORTED,
    rule=judge,
    later=later,
    keeps_empty=True,
    render=render_files,
    can_move=True,
    folder=own_folder,
    join=nothing_shared,
    layouts=(Layout.RESOURCES, Layout.PER_SET),
    # Not .terraform.lock.hcl, which belongs beside the code.
    ignored=(".terraform/", "*.tfstate", "*.tfstate.*"),
    read_back=READ_BACK,
    parse_expression=parse_expression,
    checked=checked,
    language="HCL",
    reference_modes=tuple(ReferenceMode),
    checks="exporter.verify.terraform",
    has_stacks=False,
    scope_fault=everywhere,
    beside=beside,
    refuse_clashes=refuse_clashes,
)
