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
from exporter.formats.layout import Layout
from exporter.formats.references import ReferenceMode
from exporter.formats.render_context import RenderContext
from exporter.formats.supported import COMMON, Supported
from exporter.formats.terraform import migration, module_code, moves, outputs, steps
from exporter.formats.terraform.beside import beside, refuse_clashes
from exporter.formats.terraform.read_back import READ_BACK
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
from exporter.support.text import listed

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
_SHOWN = 5
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
        return Verdict("the provider requires at least one dimension_configuration")
    if isinstance(value, PinpointDestination) and value.application_arn is None:
        return Verdict("the provider requires an application_arn")
    if path in _IMPORTED_BY and "|" in str(value):
        return Verdict("the import id SET|DESTINATION can't contain another '|'")
    if path == "Tags" and isinstance(value, tuple) and _has_one_key_twice(value):
        reason = "HCL normalizes strings to Unicode NFC, which makes two of the keys the same"
        return Verdict(reason, Effect.UNMANAGED)
    if isinstance(value, str) and not _is_kept_by_hcl(value):
        # A name in another form is not the one that the resource is imported by.
        effect = Effect.OPTION if path in _IMPORTED_BY else Effect.ALTERED
        return Verdict("HCL normalizes every string to Unicode NFC", effect)
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
        return f"Terraform ignores {argument}, so it stays unchanged"
    if option == "EventDestinations":
        return "Terraform unsets it with its next change to this event destination"
    if option in _BLOCKS:
        return f"Terraform unsets it with its next change to {argument}"
    return "" if option == "Tags" else "Terraform never writes it, so it stays unchanged"


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
            yield f"{verdict.reason} ({path.partition('.')[2]})"


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
    plan, lacking = setting.without_default_tags(plan)
    is_data = inputs.options.layout is Layout.DATA
    code = (module_code.of_data if is_data else module_code.of_resources)(plan, inputs, setting)
    addresses = {who: str(at) for who, at in code.addresses.items()}
    rendered = [*code.files]
    if inputs.options.outputs:
        rendered += _output_files(plan, addresses)
    former = moves.former(inputs.previous.previous_addresses, addresses)
    once = steps.files(plan, inputs, addresses, former, code.instances)
    elsewhere = steps.imported_elsewhere(inputs, addresses)
    imports = next((len(file.imports) for file in once if file.imports), 0) + len(elsewhere)
    differing = sum(1 for each in inputs.facts.described.values() if each.differs)
    changed = len(set().union(*lacking.values())) + differing
    expected = steps.expected(imports, changed)
    once += migration.files(plan, inputs, addresses, expected)
    files = [*rendered, *once]
    placed = setting.placed(files)
    return Rendering(
        placed,
        addresses,
        migration.with_steps(inputs.replacement, placed, _next_steps(imports, expected)),
        former=former,
        keyed=code.keyed,
        imported=frozenset(elsewhere),
        mapped_by=code.references.used,
        notes=(*setting.notes, *setting.renamed(files, placed), *_imported_by(elsewhere)),
        warnings=setting.warnings(lacking),
    )


def _imported_by(elsewhere: Mapping[Identity, str]) -> tuple[str, ...]:
    """What to say of resources that a person's own blocks import."""
    if not elsewhere:
        return ()
    shown = listed((f"{where} {who}" for who, where in elsewhere.items()), _SHOWN)
    return (f"your own import blocks import these, so the export doesn't: {shown}",)


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
    layouts=tuple(Layout),
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
