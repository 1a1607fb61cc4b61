"""Terraform HCL: resources, provider and import blocks for the AWS provider 5.100 or later."""

import unicodedata
from collections.abc import Mapping

from exporter.models import CloudWatchDestination, Scope, Tag, TrackingOptions
from exporter.naming import TERRAFORM, Identity
from exporter.references.terraform import TerraformReferences, refer
from exporter.render import moves, removals
from exporter.render.base import FileRole, Format, RenderedFile, Rendering, RenderOptions
from exporter.render.environment import render
from exporter.render.fidelity import Effect, Verdict, common_verdict
from exporter.render.layout import Layout, part, terraform_file, with_file, without_file
from exporter.render.plan import Plan

IMPORTS_FILE = "imports.tf"
SET_TYPE = "aws_sesv2_configuration_set"
DESTINATION_TYPE = "aws_sesv2_configuration_set_event_destination"

# From the provider's documentation and `terraform providers schema` of 5.100.0; 6.62.0 is alike.
_NO_ARGUMENT = frozenset(
    {
        "ArchivingOptions",
        "MessageSecurityOptions",
        "SuppressionOptions.SuppressionScope",
        "SuppressionOptions.ValidationOptions",
    }
)
_IMPORTED_BY = frozenset({"ConfigurationSetName", "EventDestinations.Name"})


def judge(path: str, value: object) -> Verdict | None:
    """What the provider or HCL cannot hold."""
    if path in _NO_ARGUMENT:
        return Verdict("the Terraform AWS provider has no argument for it")
    if isinstance(value, TrackingOptions) and value.custom_redirect_domain is None:
        return Verdict("the provider's tracking_options needs a custom_redirect_domain")
    if isinstance(value, CloudWatchDestination) and not value.dimension_configurations:
        return Verdict("the provider wants at least one dimension_configuration")
    if path in _IMPORTED_BY and "|" in str(value):
        return Verdict("the import id SET|DESTINATION has no way to write a '|'")
    if path == "Tags" and isinstance(value, tuple) and _has_one_key_twice(value):
        return Verdict("in Unicode NFC, as HCL reads them, two of the keys are the same")
    if isinstance(value, str) and not _is_kept_by_hcl(value):
        # A name in another form is not the one that the resource is imported by.
        effect = Effect.OPTION if path in _IMPORTED_BY else Effect.ALTERED
        return Verdict("HCL turns every string into Unicode NFC", effect)
    return common_verdict(path, value)


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


def resource_type(identity: Identity) -> str:
    """The provider's type for a resource."""
    return DESTINATION_TYPE if identity.event_destination else SET_TYPE


def render_files(plan: Plan, options: RenderOptions) -> Rendering:
    """The root module of one scope."""
    labels = {who: plan.labels[who] for who in plan.identities}
    references = refer(plan.targets, plan.scope, options.references)
    files = ["versions.tf", "providers.tf"]
    if references.variables or references.is_portable:
        files.append("variables.tf")
    if references.has_data:
        files.append("data.tf")
    data = {"plan": plan, "scope": plan.scope, "references": references}
    rendered = [RenderedFile(name, render(f"terraform/{name}", **data)) for name in files]
    if options.layout is Layout.PER_SET:
        rendered += _set_files(plan, references)
    else:
        rendered += _resource_files(plan, references)
    pending = {who: label for who, label in labels.items() if who not in options.imported}
    if options.imports and pending:
        text = import_blocks(plan.scope, pending)
        rendered.append(RenderedFile(IMPORTS_FILE, text, FileRole.IMPORT, tuple(pending)))
    addresses = {who: f"{resource_type(who)}.{label}" for who, label in labels.items()}
    former = moves.former(options.stood, addresses)
    if former:
        blocks = moves.blocks(former, addresses)
        text = render(f"terraform/{moves.MOVES_FILE}", scope=plan.scope, moves=blocks)
        rendered.append(RenderedFile(moves.MOVES_FILE, text, FileRole.MOVES))
    removed = removals.addresses(options.departed, addresses, former)
    if removed:
        text = render(f"terraform/{removals.FILE}", scope=plan.scope, removed=removed)
        rendered.append(RenderedFile(removals.FILE, text, FileRole.REMOVALS))
    return Rendering(
        tuple(rendered),
        addresses,
        _next_steps(len(pending) if options.imports else 0),
        former=former,
        mapped_by=references.used,
    )


def _next_steps(imports: int) -> tuple[str, ...]:
    """The commands to go on with, and what the plan says when all is right."""
    if not imports:
        return ("terraform init", "terraform plan")
    expected = f"{imports} to import, 0 to add, 0 to change, 0 to destroy"
    return ("terraform init", f"terraform plan    # {expected}", "terraform apply")


def _resource_files(plan: Plan, references: TerraformReferences) -> list[RenderedFile]:
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
        "is_part": False,
    }
    return [RenderedFile(name, render(f"terraform/{name}", **data)) for name in files]


def _set_files(plan: Plan, references: TerraformReferences) -> list[RenderedFile]:
    """One file a configuration set."""
    files = _resource_files(without_file(plan), references)
    for view in with_file(plan):
        data = {
            "plan": part(plan, view),
            "scope": plan.scope,
            "view": view,
            "references": references,
            "is_part": True,
        }
        files.append(RenderedFile(terraform_file(view.label), render("terraform/set.tf", **data)))
    return files


def import_blocks(scope: Scope, labels: Mapping[Identity, str]) -> str:
    """The text of ``imports.tf``.

    Args:
        scope: The account and region, for the header.
        labels: The resources to import, with their labels.
    """
    imports = [
        (resource_type(who), labels[who], who.import_id) for who in sorted(labels, key=_sets_first)
    ]
    return render("terraform/imports.tf", scope=scope, imports=imports)


def _sets_first(identity: Identity) -> tuple[bool, tuple[str, ...]]:
    return (identity.event_destination is not None, identity.names)


FORMAT = Format(
    name="terraform",
    title="Terraform",
    style=TERRAFORM,
    judge=judge,
    render=render_files,
    can_move=True,
    layouts=tuple(Layout),
)
