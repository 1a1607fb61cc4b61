"""CDK Python: an app of L1 constructs that makes the resources of the CloudFormation template."""

from dataclasses import replace

from exporter import wire
from exporter.naming import LOGICAL_ID
from exporter.render import cloudformation
from exporter.render.base import Format, RenderedFile, Rendering, RenderOptions
from exporter.render.environment import render
from exporter.render.fidelity import Verdict
from exporter.render.layout import Layout, python_module
from exporter.render.plan import Plan, SetView
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
    data = {"plan": plan, "scope": plan.scope, "stacks": [_names(stack) for stack in stacks]}
    files = [RenderedFile("app.py", render("cdk/app.py", **data))]
    if options.layout is Layout.PER_SET:
        files += _stacks_of_modules(plan, stacks)
    else:
        files += [_stack_file("cdk/stack.py", plan, stack, **_WHOLE) for stack in stacks]
    files.append(RenderedFile("cdk.json", render("cdk/cdk.json")))
    files.append(RenderedFile("requirements.txt", render("cdk/requirements.txt")))
    if options.imports:
        files += [_mapping(plan, stack, options) for stack in stacks if pending(stack, options)]
        files.append(_import_notes(plan, stacks, options))
    addresses = {who: plan.labels[who] for who in plan.identities}
    later = ("pip install -r requirements.txt", "npx aws-cdk@2 diff    # reads only")
    importing = ("read IMPORT.md: it holds the commands of the import",) if options.imports else ()
    return Rendering(tuple(files), addresses, later + importing, later, assignment(stacks))


_WHOLE = {"is_part": False, "receiver": "self"}
"""The methods of a stack's class add to the stack itself."""
_PART = {"is_part": True, "receiver": "stack"}
"""The function of a module adds to the stack that it is given."""
_PACKAGE = "configuration_sets"


def _stack_file(template: str, plan: Plan, stack: Stack, **more: object) -> RenderedFile:
    """The module of a stack."""
    names = _names(stack)
    text = render(template, plan=plan, stack=stack, **_used(stack), **names, **more)
    return RenderedFile(f"{names['module']}.py", text)


def _stacks_of_modules(plan: Plan, stacks: list[Stack]) -> list[RenderedFile]:
    """The stacks, and a module for each set: functions, as a construct would change logical ids."""
    files = []
    for stack in stacks:
        modules = sorted(
            ((view, python_module(view)) for view in stack.views if view.identities),
            key=lambda pair: pair[1],
        )
        files.append(_stack_file("cdk/stack_per_set.py", plan, stack, modules=modules))
    files.append(RenderedFile(f"{_PACKAGE}/__init__.py", render("cdk/sets.py", plan=plan)))
    for stack in stacks:
        files += [_module(plan, stack, view) for view in stack.views if view.identities]
    return files


def _module(plan: Plan, stack: Stack, view: SetView) -> RenderedFile:
    """The module of a set."""
    alone = replace(stack, views=(view,))
    text = render("cdk/set.py", plan=plan, stack=alone, view=view, **_used(alone), **_PART)
    return RenderedFile(f"{_PACKAGE}/{python_module(view)}.py", text)


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


FORMAT = Format(
    name="cdk",
    title="CDK",
    style=LOGICAL_ID,
    judge=judge,
    render=render_files,
    scope_fault=cloudformation.scope_fault,
    layouts=tuple(Layout),
)
