"""CDK Python: an app of L1 constructs that makes the resources of the CloudFormation template."""

from exporter import wire
from exporter.naming import LOGICAL_ID
from exporter.references.cdk import CdkReferences, refer
from exporter.render import cloudformation
from exporter.render.base import Format, RenderedFile, Rendering, RenderOptions
from exporter.render.environment import render
from exporter.render.fidelity import Verdict
from exporter.render.plan import Plan, targets_of
from exporter.render.stacks import (
    Stack,
    assignment,
    cut,
    import_counts,
    import_notes,
    pending,
    resource_identifier,
    stack_name,
    to_delete,
)


def judge(path: str, value: object) -> Verdict | None:
    """What CloudFormation cannot hold, and what CDK would take for a placeholder of its own."""
    if isinstance(value, str) and "{Token[" in value:
        return Verdict("CDK would take it for one of its tokens")
    return cloudformation.judge(path, value)


def render_files(plan: Plan, options: RenderOptions) -> Rendering:
    """The app of one scope."""
    stacks = cut(plan, options.stacks)
    references = refer(plan.targets, plan.scope, options.references, plan.labels)
    data = {
        "plan": plan,
        "scope": plan.scope,
        "stacks": [_names(stack) for stack in stacks],
        "references": references,
    }
    files = [RenderedFile("app.py", render("cdk/app.py", **data))]
    for stack in stacks:
        names = _names(stack)
        used = {**_used(stack), **_referred(stack, references)}
        text = render("cdk/stack.py", plan=plan, stack=stack, **used, **names)
        if options.references.lines:
            # An expression of the person's own may be any length.
            text = _formatted(text)
        files.append(RenderedFile(f"{names['module']}.py", text))
    if references.fields:
        files.append(RenderedFile("ses_targets.py", render("cdk/ses_targets.py", **data)))
    files.append(RenderedFile("cdk.json", render("cdk/cdk.json")))
    files.append(RenderedFile("requirements.txt", render("cdk/requirements.txt")))
    if options.imports:
        files += [_mapping(plan, stack, options) for stack in stacks if pending(stack, options)]
        files.append(_import_notes(plan, stacks, options))
    addresses = {who: plan.labels[who] for who in plan.identities}
    later = ("pip install -r requirements.txt", "npx aws-cdk@2 diff    # reads only")
    importing = ("read IMPORT.md: it holds the commands of the import",) if options.imports else ()
    next_steps = later + importing
    return Rendering(tuple(files), addresses, next_steps, later, assignment(stacks), references)


def _import_notes(plan: Plan, stacks: list[Stack], options: RenderOptions) -> RenderedFile:
    """How to import, step by step."""
    sections = [
        {
            **_names(stack),
            **import_counts(stack, options),
            "to_delete": to_delete(stack, options),
        }
        for stack in stacks
    ]
    name = "IMPORT.md" if options.adopted is None else "ADOPT.md"
    text = render(f"cdk/{name}", scope=plan.scope, stacks=sections, **import_notes(plan))
    return RenderedFile("IMPORT.md", text, is_import=True)


def _mapping(plan: Plan, stack: Stack, options: RenderOptions) -> RenderedFile:
    """The file of ``cdk import --resource-mapping``; what it does not name, CDK leaves alone."""
    mapping = {plan.labels[who]: resource_identifier(who) for who in pending(stack, options)}
    name = f"resource-mapping{stack.suffix}.json"
    return RenderedFile(name, wire.pretty(mapping), is_import=True)


def _names(stack: Stack) -> dict[str, object]:
    digits = stack.suffix.replace("-", "")
    return {
        "module": f"ses_stack{stack.suffix.replace('-', '_')}",
        "class_name": f"SesStack{digits}",
        "stack_name": stack_name(stack.number),
        "mapping": f"resource-mapping{stack.suffix}.json",
    }


def _used(stack: Stack) -> dict[str, bool]:
    """What the module needs: imports, and a blank line before its first call."""
    sets = [view.model for view in stack.views if view.model]
    return {
        "has_sets": bool(sets),
        "has_tags": any(model.tags for model in sets),
        "has_body": any(v.identities or v.comments or v.destinations for v in stack.views),
        "has_destinations": any(view.written_destinations for view in stack.views),
    }


def _referred(stack: Stack, references: CdkReferences) -> dict[str, object]:
    """What the module's destinations refer to."""
    found = targets_of(stack.views)
    statements = references.statements_of(found)
    return {
        "references": references,
        "imported": references.imported_of(found),
        "imports_before": [line for line in statements if line < _OWN_IMPORT],
        "imports_after": [line for line in statements if line > _OWN_IMPORT],
    }


_OWN_IMPORT = "from aws_cdk.aws_ses import"


def _formatted(text: str) -> str:
    """Python code as Black leaves it; without Black, as it is."""
    try:
        import black  # noqa: PLC0415 - slow to load, and not everybody has it
    except ImportError:
        return text
    return black.format_str(text, mode=black.Mode())


FORMAT = Format(
    name="cdk",
    title="CDK",
    style=LOGICAL_ID,
    judge=judge,
    render=render_files,
    scope_fault=cloudformation.scope_fault,
)
