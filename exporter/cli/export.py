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
"""The most stale files to list one per line; the most folders to print next steps for."""


@grouped
def export(  # noqa: PLR0913, PLR0917 - Typer needs one argument per option
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
    # Before any error: it may be about an option that comes from a file.
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
    export_input = _export_input(output_format, source, ownership, out, options)
    export_input = replace(
        export_input, inputs=source.given_to(CodeInputs()), replaces=part.replaces
    )
    try:
        report = run.export(output_format, export_input, options)
    except StrictError as error:
        losses, notes = _entries(error.report)
        console.remarks(losses, notes)
        raise
    # --check doesn't repeat losses: the export printed them, and its files contain them.
    shows_entries = not options.check or console.settings.verbose
    losses, notes = _entries(report) if shows_entries else ([], [])
    is_nothing = report.outcome is None and not options.check
    console.remarks([*losses, *report.warnings], [*notes, *(() if is_nothing else report.notes)])
    if is_nothing:
        # Printed apart, so that losses don't crowd out why nothing was written.
        console.remarks(notes=report.notes)
    if report.outcome is not None:
        _say_done(report, out, root)
    code = exit_code(export_input.reading)
    if options.check:
        _say_differences(report, out, diff=writing.diff)
        if report.differences and code is ExitCode.DONE:
            code = ExitCode.DIFFERENT
    raise typer.Exit(code)


def _export_input(
    format_: "Format",
    source: ExportPartOptions,
    ownership: StackOwnedOptions,
    out: Path,
    options: ExportOptions,
) -> ExportInput:
    """Read what to export, without what other code or stacks manage.

    Raises:
        typer.Exit: if they manage all of it, and there is nothing to do.
        ExporterError: if something cannot be read, or the folder's export would become empty.
    """
    force = options.force and not options.check
    # The folder is checked first, because a large account takes minutes to read.
    known = CONFIGURED.get().manifest_file
    manifest_file = (
        writer.checked_manifest(out, known)
        if options.check
        else writer.previous_manifest(out, known, partial(console.undone, str(out)))
    )
    manifest = manifest_file.manifest if manifest_file else None
    code = source.code(out, manifest)
    reading = read(source, set_options=options.configuration_sets)
    unmanaged = code.leave(
        reading, configuration_sets=options.configuration_sets, strict=options.strict
    )
    if unmanaged.is_nothing_for(out, manifest, force=force):
        raise typer.Exit(exit_code(reading))
    code.refuse_same_stack(unmanaged.reading, format_, options.stack_name)
    tags_skipped = source.origin == LIVE and not options.configuration_sets
    rest = ownership.leave(
        unmanaged.reading,
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
        managed_by_code=unmanaged.managed_by_code,
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
    """List the files that differ from what an export would write; with ``diff``, print a patch."""
    shown = {file.path: module_root.shown(out, file.path) for file in report.differences}
    remarks = [Remark(shown[file.path], file.state, "file") for file in report.differences]
    # As text they are not grouped by cause; a few files read better one per line.
    few = len(remarks) <= _FEW
    console.remarks(map(str, remarks) if few else remarks)
    for file in report.differences if diff else ():
        console.result(_unified(file, Path(shown[file.path]).as_posix()))
    if not report.differences:
        console.say(f"{out}: up to date")


def _unified(file: StaleFile, path: str) -> str:
    name = path.lstrip("/")
    lines = difflib.unified_diff(
        (file.old or b"").decode("utf-8", "replace").splitlines(keepends=True),
        (file.new or b"").decode("utf-8", "replace").splitlines(keepends=True),
        "/dev/null" if file.old is None else f"a/{name}",
        "/dev/null" if file.new is None else f"b/{name}",
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
    """Return the losses and the notes of the fidelity report."""
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
    identities = [identity for _, done in report.exports for identity in done.plan.identities]
    destinations = sum(1 for identity in identities if identity.event_destination)
    resources = inventory(len(identities) - destinations, destinations)
    files = count(len(outcome.written) + len(outcome.unchanged), "file")
    is_unchanged = not outcome.written and not outcome.removed
    suffix = " (all up to date)" if is_unchanged else ""
    console.say(f"{out}: {resources} in {files}{suffix}")
    if outcome.written:
        _say_next(report, out, root)


def _say_next(report: ExportReport, out: Path, root: Path | None) -> None:
    """Print the commands to run; in full for a few folders, since only numbers differ."""
    steps_by_folder = [
        (str(root or (out if path == HERE else out / path)), done.rendering.next_steps)
        for path, done in report.exports
        if done.rendering.next_steps
    ]
    most = len(steps_by_folder) if console.settings.verbose else _MOST_FOLDERS
    for folder, steps in steps_by_folder[:most]:
        console.say(f"next, in {folder}:")
        for step in steps:
            console.say(f"  {step}")
    others = [folder for folder, _ in steps_by_folder[most:]]
    if others:
        console.say(
            f"the same in {count(len(others), 'more folder')}: {listed(others, _MOST_FOLDERS)}"
        )
