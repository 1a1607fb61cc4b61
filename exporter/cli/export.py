"""``ses2iac export``."""

import difflib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import structs

from exporter.cli.options.configured import CONFIGURED
from exporter.cli.options.grouping import grouped
from exporter.cli.options.module import ModuleOptions
from exporter.cli.options.references import ReferenceFlags
from exporter.cli.options.stack_owned import StackOwnedOptions
from exporter.cli.options.unmanaged import ExportPartOptions
from exporter.cli.options.writing import WritingOptions
from exporter.cli.reading import exit_code, read
from exporter.cli.terminal import console
from exporter.export import adoption, module_root, repeated_options, run, writer
from exporter.export.export_input import ExportInput
from exporter.export.report import ExportReport, StrictError
from exporter.export.writer import StaleFile
from exporter.formats.code_inputs import CodeInputs
from exporter.formats.fidelity import Entry
from exporter.formats.layout import Layout
from exporter.formats.loading import load_format
from exporter.formats.manifest import HERE, RepeatedOptions
from exporter.formats.options import ExportOptions
from exporter.formats.registry import FormatName
from exporter.model.resources import Scope
from exporter.sources.read import LIVE
from exporter.support.errors import ExitCode, UsageError
from exporter.support.remarks import Remark
from exporter.support.text import count, inventory, listed

if TYPE_CHECKING:
    from exporter.formats.base import Format

_FEW, _MOST_FOLDERS = 6, 3
"""How many files that are out of date have a line of their own; whose next steps are shown."""


@grouped
def export(  # noqa: PLR0913, PLR0917 - Typer wants an argument an option
    format_: Annotated[
        FormatName,
        typer.Argument(
            metavar="FORMAT", help="terraform, cloudformation or cdk.", show_default=False
        ),
    ],
    source: ExportPartOptions,
    ownership: StackOwnedOptions,
    writing: WritingOptions,
    referencing: ReferenceFlags,
    part: ModuleOptions,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write to.")],
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail if the format can't express a setting.")
    ] = False,
    imports: Annotated[
        bool | None,
        typer.Option(
            "--imports/--no-imports",
            help="Write import files for everything, or none; by default, for what isn't "
            "imported yet.",
            show_default=False,
        ),
    ] = None,
    configuration_sets: Annotated[
        bool,
        typer.Option(
            "--configuration-sets/--no-configuration-sets",
            help="Write the configuration sets too, or only their destinations.",
            show_default=False,
        ),
    ] = True,
    adopt_suffix: Annotated[
        str | None,
        typer.Option(
            metavar="SUFFIX",
            help="CloudFormation and CDK: where destinations can't be imported, recreate them "
            "with this suffix; IMPORT.md has the steps that lose no event.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Generate Terraform, CloudFormation or CDK code, with imports."""
    # An option that nobody typed may be what is refused next.
    CONFIGURED.get().say()
    output_format = load_format(format_)
    if adopt_suffix is not None:
        _check_adoption(output_format, adopt_suffix, configuration_sets=configuration_sets)
        if source.unmanaged_by:
            raise UsageError(
                "--adopt-suffix and --unmanaged-by can't be combined",
                hint="a recreated destination counts as a new one; select sets with --include",
            )
    part.check(output_format, out)
    root = part.root_for(out, CONFIGURED.get().manifest)
    layout = writing.layout_for(output_format)
    output_format, own_templates = writing.own_templates(output_format)
    options = ExportOptions(
        strict=strict,
        force=writing.force,
        check=writing.check or writing.diff,
        imports=imports,
        configuration_sets=configuration_sets,
        adopt_suffix=adopt_suffix or "",
        name_pattern=writing.pattern,
        names_file=writing.names,
        prune_names=writing.prune_names,
        layout=layout,
        stack_name=writing.stack_name_for(output_format),
        is_fragment=part.fragment or bool(part.module),
        module=part.module or "",
        root=root,
        outputs=writing.outputs_for(configuration_sets=configuration_sets),
        gitignore=writing.gitignore_for(output_format),
        templates=own_templates,
        references=referencing.choice(output_format),
        repeated=structs.replace(
            _repeated(out, source, writing, referencing),
            configuration_sets=configuration_sets,
            stack_owned=ownership.stack_owned,
            stack_name=writing.stack_name_for(output_format),
            name_pattern=writing.pattern.if_not_default,
            fragment=part.fragment,
            module=part.module or "",
            root=module_root.remembered(out, root),
            replaces=repeated_options.replaced(out, part.replaces),
        ),
    )
    given = _given(output_format, source, ownership, out, options)
    given = replace(given, inputs=source.given_to(CodeInputs()), replaces=part.replaces)
    try:
        report = run.export(output_format, given, options)
    except StrictError as refused:
        losses, said = _entries(refused.report)
        console.remarks(losses, said)
        raise
    # What was left out was said when it was written, and stands in the files.
    is_new = not options.check or console.settings.verbose
    losses, said = _entries(report) if is_new else ([], [])
    console.remarks([*losses, *report.warnings], [*said, *report.notes])
    if report.outcome is not None:
        _say_done(report, out, root)
    code = exit_code(given.reading)
    if options.check:
        _say_differences(report, out, diff=writing.diff)
        if report.differences and code is ExitCode.DONE:
            code = ExitCode.DIFFERENT
    raise typer.Exit(code)


def _given(
    format_: "Format",
    source: ExportPartOptions,
    ownership: StackOwnedOptions,
    out: Path,
    options: ExportOptions,
) -> ExportInput:
    """What is exported: what was read, without what others manage.

    Raises:
        typer.Exit: when others manage all of it, and there is nothing to do.
        ExporterError: when something cannot be read, or all of it would leave the folder.
    """
    force = options.force and not options.check
    # A large account takes minutes to read: what is wrong with the folder is said before.
    known = CONFIGURED.get().manifest_file
    manifest_file = (
        writer.checked_manifest(out, known)
        if options.check
        else writer.previous_manifest(out, known, partial(console.undone, str(out)))
    )
    manifest = manifest_file.manifest if manifest_file else None
    code = source.code(out, manifest)
    reading = read(source, set_options=options.configuration_sets)
    left = code.leave(reading, configuration_sets=options.configuration_sets, strict=options.strict)
    if left.is_nothing_for(out, manifest, force=force):
        raise typer.Exit(exit_code(reading))
    code.refuse_same_stack(left.reading, format_, options.stack_name)
    tags_skipped = source.origin == LIVE and not options.configuration_sets
    rest = ownership.leave(
        left.reading,
        FormatName(format_.name),
        manifest,
        tags_skipped=tags_skipped,
        stack_name=options.stack_name,
    )
    if rest.ends(out, manifest, force=force):
        raise typer.Exit(exit_code(reading))
    return ExportInput(
        rest.reading,
        out,
        manifest_file,
        managed_by_code=left.managed_by_code,
        selection=source.judged(),
        left_out=rest.left_out,
    )


def _repeated(
    out: Path,
    source: ExportPartOptions,
    writing: WritingOptions,
    referencing: ReferenceFlags,
) -> RepeatedOptions:
    selection = source.source().selection
    unmanaged, others = repeated_options.unmanaged(out, source.unmanaged_by or ())
    layout = writing.layout
    return RepeatedOptions(
        include=selection.include,
        exclude=selection.exclude,
        unmanaged_by=unmanaged,
        unmanaged_outside=others,
        references=referencing.references.if_not_literal,
        layout="" if layout in (None, Layout.RESOURCES) else layout.value,
        map_file=repeated_options.file_option(out, referencing.map_, repeated_options.file_digest),
        outputs=writing.outputs,
        templates=repeated_options.file_option(
            out, writing.templates, repeated_options.folder_digest
        ),
    )


def _say_differences(report: ExportReport, out: Path, *, diff: bool) -> None:
    """Which files are not what an export would write; the lines too, when they are wanted."""
    shown = {each.path: module_root.shown(out, each.path) for each in report.differences}
    remarks = [Remark(shown[each.path], each.state, "file") for each in report.differences]
    # A few are better read one a line.
    few = len(remarks) <= _FEW
    console.remarks(map(str, remarks) if few else remarks)
    for each in report.differences if diff else ():
        console.result(_unified(each, Path(shown[each.path]).as_posix()))
    if not report.differences:
        console.say(f"{out}: up to date")


def _unified(each: StaleFile, path: str) -> str:
    name = path.lstrip("/")
    lines = difflib.unified_diff(
        (each.old or b"").decode("utf-8", "replace").splitlines(keepends=True),
        (each.new or b"").decode("utf-8", "replace").splitlines(keepends=True),
        "/dev/null" if each.old is None else f"a/{name}",
        "/dev/null" if each.new is None else f"b/{name}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline\n" for line in lines)


def _check_adoption(format_: "Format", suffix: str, *, configuration_sets: bool) -> None:
    if not format_.has_stacks:
        raise UsageError(
            "--adopt-suffix needs CloudFormation or CDK",
            hint=f"{format_.title} imports event destinations under their own names",
        )
    if not configuration_sets:
        raise UsageError(
            "--adopt-suffix and --no-configuration-sets can't be combined",
            hint="the stack needs the sets before it can create destinations in them",
        )
    adoption.check_suffix(suffix)


def _entries(report: ExportReport) -> tuple[list[Remark], list[Remark]]:
    """The fidelity report: losses, and what is only to be known."""
    many = len({scope.title for scope, _ in report.entries}) > 1
    losses: list[Remark] = []
    notes: list[Remark] = []
    for scope, entry in report.entries:
        if not entry.is_state:
            (losses if entry.is_loss else notes).append(_remark(scope, entry, many=many))
    return losses, notes


def _remark(scope: Scope, entry: Entry, *, many: bool) -> Remark:
    if not entry.configuration_set:
        return Remark(scope.title, entry.message, "account and region")
    noun = "event destination" if entry.event_destination else "configuration set"
    place = scope.title if many else ""
    return Remark(str(entry.identity), entry.message, noun, place)


def _say_done(report: ExportReport, out: Path, root: Path | None) -> None:
    outcome = report.outcome
    assert outcome is not None
    for path in outcome.written:
        console.detail(f"wrote {module_root.shown(out, path)}")
    for path in outcome.removed:
        console.detail(f"removed {module_root.shown(out, path)}")
    resources = [who for _, done in report.exports for who in done.plan.identities]
    destinations = sum(1 for who in resources if who.event_destination)
    counted = inventory(len(resources) - destinations, destinations)
    files = count(len(outcome.written) + len(outcome.unchanged), "file")
    same = not outcome.written and not outcome.removed
    changed = " (all up to date)" if same else ""
    console.say(f"{out}: {counted} in {files}{changed}")
    if outcome.written:
        _say_next(report, out, root)


def _say_next(report: ExportReport, out: Path, root: Path | None) -> None:
    """The commands to run; for a few folders in full, as they differ only in numbers."""
    found = [
        (str(root or (out if path == HERE else out / path)), done.rendering.next_steps)
        for path, done in report.exports
        if done.rendering.next_steps
    ]
    most = len(found) if console.settings.verbose else _MOST_FOLDERS
    for folder, steps in found[:most]:
        console.say(f"next, in {folder}:")
        for step in steps:
            console.say(f"  {step}")
    others = [folder for folder, _ in found[most:]]
    if others:
        console.say(
            f"the same in {count(len(others), 'more folder')}: {listed(others, _MOST_FOLDERS)}"
        )
