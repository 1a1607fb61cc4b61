"""Render Terraform: resources, provider and import blocks for the AWS provider 5.100 or later."""

import unicodedata
from collections.abc import Iterator, Mapping

from exporter.formats.base import (
    Format,
    RenderedFile,
    Rendering,
    RenderInputs,
    any_region,
    no_shared_files,
    scope_folder,
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

# From the provider's documentation and `terraform providers schema` of 5.100.0; the same in 6.62.0.
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
"""The options that the provider writes, each with one request that replaces the whole option."""
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
    """Return what the provider or HCL can't express: the format's rule."""
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
        return Verdict("the import ID SET|DESTINATION can't contain another '|'")
    if path == "Tags" and isinstance(value, tuple) and _has_duplicate_keys(value):
        reason = "HCL normalizes strings to Unicode NFC, which makes two of the keys the same"
        return Verdict(reason, Effect.UNMANAGED)
    if isinstance(value, str) and not _is_kept_by_hcl(value):
        # A name in another normalization form is not the one in the import id.
        effect = Effect.OPTION if path in _IMPORTED_BY else Effect.ALTERED
        return Verdict("HCL normalizes every string to Unicode NFC", effect)
    return common_verdict(path, value)


def later(path: str, effect: Effect) -> str:
    """Return what Terraform does to a live value that isn't in the code.

    Seen with the provider 5.100: a change to an argument sends its whole option, or the whole
    event destination, without values that have no argument. Arguments in ``ignore_changes`` are
    not sent.
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
    """Yield why the provider refuses a value in an option, if leaving it out changes the plan."""
    if isinstance(value, tuple):
        for item in value:
            yield from _refused(item, path)
    elif isinstance(value, Model):
        for info, inner in present(value):
            name = f"{path}.{info.encode_name}"
            if name in SUPPORTED.paths:
                yield from _refused(inner, name)
    # The provider reads 0 seconds as unset.
    elif value != 0:
        verdict = common_verdict(path, value) or SUPPORTED.refusal(path, value, _TITLE)
        if verdict and verdict.effect is Effect.OPTION:
            yield f"{verdict.reason} ({path.partition('.')[2]})"


def _is_kept_by_hcl(text: str) -> bool:
    """Whether HCL reads a string unchanged: in NFC, and without long runs of combining marks.

    Go's normalization is stream-safe (Unicode Standard Annex 15): after 30 combining marks,
    including those within a composed letter, it inserts a character.
    """
    marks = 0
    for char in unicodedata.normalize("NFKD", text) if not text.isascii() else "":
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > 30:
            return False
    return unicodedata.is_normalized("NFC", text)


def _has_duplicate_keys(tags: tuple[Tag, ...]) -> bool:
    return len({unicodedata.normalize("NFC", tag.key) for tag in tags}) < len(tags)


def render_files(plan: RenderContext, inputs: RenderInputs) -> Rendering:
    """Render one scope as a root module, or as part of one."""
    setting = Setting.of(inputs, plan.scope.region)
    plan, lacking = setting.without_default_tags(plan)
    is_data = inputs.options.layout is Layout.DATA
    code = (module_code.of_data if is_data else module_code.of_resources)(plan, inputs, setting)
    addresses = {identity: str(address) for identity, address in code.addresses.items()}
    files = [*code.files]
    if inputs.options.outputs:
        files += _output_files(plan, addresses)
    former = moves.former(inputs.previous.previous_addresses, addresses)
    one_time = steps.files(plan, inputs, addresses, former, code.instances)
    elsewhere = steps.imported_elsewhere(inputs, addresses)
    imports = next((len(file.imports) for file in one_time if file.imports), 0) + len(elsewhere)
    differing = sum(1 for resource in inputs.facts.described.values() if resource.differs)
    changed = len(set().union(*lacking.values())) + differing
    expected = steps.expected(imports, changed)
    files += one_time
    files += migration.files(plan, inputs, addresses, expected)
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
    of_scope = outputs.outputs(plan, addresses)
    if of_scope is None:
        return []
    return [RenderedFile(outputs.FILE, render("terraform/outputs.tf", plan=plan, outputs=of_scope))]


def _next_steps(imports: int, expected: str) -> tuple[str, ...]:
    """Return the commands to run next, with the expected plan."""
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
    folder=scope_folder,
    join=no_shared_files,
    layouts=tuple(Layout),
    # Not .terraform.lock.hcl, which belongs in version control.
    ignored=(".terraform/", "*.tfstate", "*.tfstate.*"),
    read_back=READ_BACK,
    parse_expression=parse_expression,
    checked=checked,
    language="HCL",
    reference_modes=tuple(ReferenceMode),
    checks="exporter.verify.terraform",
    has_stacks=False,
    scope_fault=any_region,
    beside=beside,
    refuse_clashes=refuse_clashes,
)
