"""CDK Python: an app of L1 constructs that synthesizes to the CloudFormation template."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from exporter.formats.base import FileRole, RenderedFile, Rendering, RenderInputs
from exporter.formats.cdk import app, data_layout
from exporter.formats.cdk.python_names import module, natural, with_names
from exporter.formats.cdk.read_back import READ_BACK
from exporter.formats.cdk.references import IN_MODULES, IN_STACKS, CdkReferences, refer
from exporter.formats.cdk.syntax import checked, parse_expression
from exporter.formats.cloudformation import render as cloudformation
from exporter.formats.cloudformation.outputs import output_ids
from exporter.formats.environment import render
from exporter.formats.fidelity import Verdict
from exporter.formats.layout import Layout
from exporter.formats.manifest import HERE
from exporter.formats.references import LITERAL, ReferenceMode
from exporter.formats.render_context import RenderContext, SetView, targets_of
from exporter.formats.stacks import (
    NOTES_FILE,
    Stack,
    assignment,
    cut,
    import_counts,
    import_notes,
    import_paths,
    import_remarks,
    pending,
    resource_identifier,
    to_delete,
    to_recreate,
)
from exporter.model import codec


def judge(path: str, value: object) -> Verdict | None:
    """Return why a value can't be written; ``{Token[`` would be one of CDK's placeholders."""
    if isinstance(value, str) and "{Token[" in value:
        return Verdict("CDK would read it as one of its tokens")
    return cloudformation.judge(path, value)


def render_files(plan: RenderContext, inputs: RenderInputs) -> Rendering:
    """Return the files of one scope, and of the app if it has no other scope."""
    plan = with_names(plan)
    stacks = cut(plan, inputs.previous.stacks)
    names = IN_MODULES if inputs.options.layout is Layout.PER_SET else IN_STACKS
    references = refer(plan.targets, plan.scope, inputs.options.references, plan.labels, names)
    folder = inputs.facts.folder
    entry = app.entry(
        plan.scope,
        folder,
        [_app_stack(plan, stack, inputs) for stack in stacks],
        has_targets=bool(references.fields),
        is_portable=references.is_portable,
    )
    is_apart = inputs.options.layout is Layout.PER_SET
    if is_apart:
        references = references.sharing(plan.repeated_targets)
    has_data = inputs.options.layout is Layout.DATA
    outputs: dict[str, str] = {}
    for stack in stacks if inputs.options.outputs else ():
        outputs |= output_ids(plan, stack)
    render_stacks = _RENDERERS[inputs.options.layout]
    files = [entry, *render_stacks(plan, stacks, references, outputs, is_package=folder != HERE)]
    if references.fields or (is_apart and (references.imported or references.constants)):
        text = render("cdk/ses_targets.py", plan=plan, references=references)
        files.append(RenderedFile("ses_targets.py", text))
    if inputs.options.references.lines:
        # Expressions of a map may be any length.
        files = [
            replace(file, text=_formatted(file.text)) if file.path.endswith(".py") else file
            for file in files
        ]
    if folder == HERE:
        files += app.surroundings(has_data=has_data)
    with_imports = inputs.options.with_imports
    importing = [stack for stack in stacks if with_imports and pending(stack, inputs)]
    files += [_mapping(plan, stack, inputs) for stack in importing]
    adopted = [
        identity for stack in stacks if with_imports for identity in to_recreate(stack, inputs)
    ]
    is_importing = bool(importing or adopted)
    if is_importing:
        notes = _import_notes(plan, stacks, inputs, import_paths(files))
        files.append(replace(notes, imports=tuple(adopted)))
    addresses = {identity: plan.labels[identity] for identity in plan.identities}
    return Rendering(
        tuple(files),
        addresses,
        _next_steps(folder, is_importing=is_importing),
        assignment(stacks),
        mapped_by=references.used,
        notes=import_remarks(stacks, inputs) if is_importing else (),
    )


_READ_FIRST = ("follow the steps in IMPORT.md",)
_LOOK = (
    "python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt",
    'PATH="$PWD/.venv/bin:$PATH" npx aws-cdk@2 diff    # reads only',
)
"""The commands of the next steps."""


def _next_steps(folder: str, *, is_importing: bool) -> tuple[str, ...]:
    if is_importing:
        return _READ_FIRST
    return _LOOK if folder == HERE else ("cd ..    # where app.py is", *_LOOK)


_WHOLE = {"is_part": False, "receiver": "self"}
"""For methods, which add resources to the stack itself."""
_PART = {"is_part": True, "receiver": "stack"}
"""For functions of modules, which add resources to the stack that they take."""
_PACKAGE = "configuration_sets"


def _whole_stacks(
    plan: RenderContext,
    stacks: list[Stack],
    references: CdkReferences,
    outputs: Mapping[str, str],
    *,
    is_package: bool,
) -> list[RenderedFile]:
    return [
        _stack_file(
            "cdk/stack.py",
            plan,
            stack,
            **_referred(
                stack, references.sharing(replace(plan, sets=stack.views).repeated_targets)
            ),
            **_WHOLE,
            outputs=_named(stack.views, outputs),
            is_package=is_package,
        )
        for stack in stacks
    ]


def _stacks_of_data(
    plan: RenderContext,
    stacks: list[Stack],
    references: CdkReferences,
    outputs: Mapping[str, str],
    *,
    is_package: bool,
) -> list[RenderedFile]:
    """Return the stacks, the data of each, and the loop that they share."""
    keys = data_layout.target_keys(plan)
    files = [
        _stack_file(
            "cdk/stack_data.py",
            plan,
            stack,
            **_referred(stack, references),
            targets=data_layout.targets_in(stack, references, keys),
            data_file=data_layout.data_file(stack.suffix),
            outputs=_named(stack.views, outputs),
            is_package=is_package,
        )
        for stack in stacks
    ]
    return [*files, *data_layout.data_files(plan, stacks, keys)]


def _stack_file(template: str, plan: RenderContext, stack: Stack, **more: object) -> RenderedFile:
    suffix = stack.suffix
    module, class_name = (
        f"ses_stack{suffix.replace('-', '_')}",
        f"SesStack{suffix.replace('-', '')}",
    )
    text = render(template, plan=plan, stack=stack, class_name=class_name, **_used(stack), **more)
    return RenderedFile(f"{module}.py", text)


def _stacks_of_modules(
    plan: RenderContext,
    stacks: list[Stack],
    references: CdkReferences,
    outputs: Mapping[str, str],
    *,
    is_package: bool,
) -> list[RenderedFile]:
    """Return the stacks, and a module with a function for each set.

    A construct instead of a function would change logical ids.
    """
    files = []
    for stack in stacks:
        modules = sorted(
            ((view, module(view)) for view in stack.views if view.identities),
            key=lambda pair: natural(pair[1]),
        )
        of_targets = {
            "is_package": is_package,
            "references": references,
            "has_targets": references.has_named(targets_of(stack.views)),
            "takes_targets": {
                view.name for view, _ in modules if references.has_named(targets_of([view]))
            },
        }
        files.append(
            _stack_file("cdk/stack_per_set.py", plan, stack, modules=modules, **of_targets)
        )
    files.append(RenderedFile(f"{_PACKAGE}/__init__.py", render("cdk/sets.py", plan=plan)))
    for stack in stacks:
        files += [
            _module(plan, stack, view, references, outputs, is_package=is_package)
            for view in stack.views
            if view.identities
        ]
    return files


_RENDERERS = {
    Layout.RESOURCES: _whole_stacks,
    Layout.PER_SET: _stacks_of_modules,
    Layout.DATA: _stacks_of_data,
}


def _named(views: Iterable[SetView], outputs: Mapping[str, str]) -> dict[str, str]:
    """The outputs of some sets by the sets' labels."""
    return {view.label: outputs[view.label] for view in views if view.label in outputs}


def _module(
    plan: RenderContext,
    stack: Stack,
    view: SetView,
    references: CdkReferences,
    outputs: Mapping[str, str],
    *,
    is_package: bool,
) -> RenderedFile:
    alone = replace(stack, views=(view,))
    targets = targets_of(alone.views)
    data = {
        **_used(alone),
        **_imports(references.modules_of(targets)),
        "references": references,
        "constants": [each.name for each in references.constants_of(targets)],
        "takes_targets": references.has_named(targets),
        "outputs": _named([view], outputs),
        "is_package": is_package,
    }
    text = render("cdk/set.py", plan=plan, stack=alone, view=view, **data, **_PART)
    return RenderedFile(f"{_PACKAGE}/{module(view)}.py", text)


def _import_notes(
    plan: RenderContext, stacks: list[Stack], inputs: RenderInputs, listed: list[str]
) -> RenderedFile:
    """Return the steps of the import; ``listed`` are the other import files."""
    sections = [
        {
            **_names(plan, stack, inputs),
            **import_counts(stack, inputs),
            "to_delete": to_delete(stack, inputs),
            "has_update": _has_update(plan, stack, stacks, inputs),
        }
        for stack in stacks
    ]
    name = "IMPORT.md" if inputs.facts.adopted is None else "ADOPT.md"
    folder = "" if inputs.facts.folder == HERE else f"{inputs.facts.folder}/"
    text = render(
        f"cdk/{name}",
        scope=plan.scope,
        stacks=sections,
        folder=folder,
        has_outputs=inputs.options.outputs,
        import_files=[f"{folder}{path}" for path in (*listed, NOTES_FILE)],
        # Commands run where the app is, which is the folder of the export.
        **{**import_notes(plan, inputs), "root": HERE},
    )
    return RenderedFile(NOTES_FILE, text, FileRole.IMPORT)


def _has_update(
    plan: RenderContext, stack: Stack, stacks: list[Stack], inputs: RenderInputs
) -> bool:
    """Whether a stack needs a deployment after ``cdk import``, which changes nothing else."""
    if inputs.facts.adopted is not None or not pending(stack, inputs):
        return False
    literal = replace(inputs, options=replace(inputs.options, references=LITERAL))
    return cloudformation.import_template(plan, stack, stacks, literal) is not None


def _mapping(plan: RenderContext, stack: Stack, inputs: RenderInputs) -> RenderedFile:
    """The file of ``cdk import --resource-mapping``; CDK skips resources that it doesn't list."""
    listed = pending(stack, inputs)
    mapping = {plan.labels[identity]: resource_identifier(identity) for identity in listed}
    name = f"resource-mapping{stack.suffix}.json"
    return RenderedFile(name, codec.pretty(mapping), FileRole.IMPORT, tuple(listed))


def _app_stack(plan: RenderContext, stack: Stack, inputs: RenderInputs) -> app.AppStack:
    first = inputs.options.stack_name
    return app.app_stack(plan.scope, inputs.facts.folder, stack.number, stack.suffix, first)


def _names(plan: RenderContext, stack: Stack, inputs: RenderInputs) -> dict[str, object]:
    """The names of a stack in ``IMPORT.md``."""
    app_stack = _app_stack(plan, stack, inputs)
    return {
        "stack_name": app_stack.stack_name,
        "construct_id": app_stack.construct_id,
        "mapping": f"resource-mapping{stack.suffix}.json",
    }


def _used(stack: Stack) -> dict[str, bool]:
    """What a module uses: for its imports, and for a blank line before its first call."""
    sets = [view.model for view in stack.views if view.model]
    return {
        "has_sets": bool(sets),
        "has_tags": any(model.tags for model in sets),
        "has_body": any(v.identities or v.comments or v.destinations for v in stack.views),
        "has_destinations": any(view.written_destinations for view in stack.views),
    }


def _referred(stack: Stack, references: CdkReferences) -> dict[str, object]:
    targets = targets_of(stack.views)
    imported = references.imported_of(targets)
    return {
        **_imports([*references.modules_of(targets), *(each.call.statement for each in imported)]),
        "references": references,
        "imported": imported,
    }


def _imports(statements: Iterable[str]) -> dict[str, list[str]]:
    """Import statements other than those of every module, by where isort puts them."""
    ordered = sorted(set(statements))
    names = [line for line in ordered if line.startswith("from ")]
    return {
        "modules_imported": [line for line in ordered if line.startswith("import ")],
        "imports_before": [line for line in names if line < _OWN_IMPORT],
        "imports_after": [line for line in names if line > _OWN_IMPORT],
    }


_OWN_IMPORT = "from aws_cdk.aws_ses import"


def _formatted(text: str) -> str:
    """Python code formatted by Black; unchanged if Black isn't installed."""
    try:
        import black  # noqa: PLC0415 - slow to load, and optional
    except ImportError:
        return text
    return black.format_str(text, mode=black.Mode())


FORMAT = replace(
    # The same resource types, deployed another way.
    cloudformation.FORMAT,
    name="cdk",
    title="CDK",
    rule=judge,
    render=render_files,
    folder=app.package,
    join=app.join,
    layouts=tuple(Layout),
    ignored=(".venv/", "__pycache__/", "cdk.out/"),
    read_back=READ_BACK,
    parse_expression=parse_expression,
    checked=checked,
    language="Python",
    reference_modes=tuple(ReferenceMode),
    checks="exporter.verify.cdk",
)
