"""Load the sides of a comparison: one function for each kind."""

import os
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from exporter.diff import remembered
from exporter.diff.deployed_stacks import StacksOfSource, access_of
from exporter.diff.detect import STACK_PREFIX, SideKind, recognise, templates_in
from exporter.diff.other_names import scopes_of
from exporter.diff.side import Side, SideScope, of_loaded, of_scope
from exporter.formats import code_files as files
from exporter.formats import export_files
from exporter.formats import manifest as manifests
from exporter.formats.base import Format
from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import Loaded
from exporter.formats.exported_code import ExportedCode
from exporter.formats.loading import load_format
from exporter.formats.manifest import Manifest, ScopeRecord
from exporter.formats.registry import FormatName
from exporter.formats.stacks import is_own_stack
from exporter.model.account_query import AccountQuery
from exporter.model.checkpoint import ReadObserver
from exporter.model.resources import Snapshot
from exporter.sources.read import LIVE, STDIN, Source
from exporter.sources.snapshot import FORMAT_VERSION
from exporter.support import regular_files
from exporter.support.errors import ExporterError, UsageError


@dataclass(frozen=True)
class SideRequest:
    """A side as given on the command line.

    Attributes:
        name: ``live``, ``stack:NAME``, ``-`` or a path.
        kind: The kind of side; None to recognize it.
        source: How to read an account, with regions and selection.
        observer: Receives the progress of a live reader.
        inputs: Values that code needs, but doesn't have.
    """

    name: str
    kind: SideKind | None = None
    source: Source = field(default_factory=Source)
    observer: ReadObserver = field(default_factory=ReadObserver)
    inputs: CodeInputs = field(default_factory=CodeInputs)


def load(request: SideRequest) -> Side:
    """Load a side.

    Raises:
        UsageError: if an option can't be used with it.
        ExporterError: if it can't be read.
    """
    kind = request.kind or recognise(request.name)
    if request.name == STDIN and kind is not SideKind.SNAPSHOT:
        raise UsageError(
            f"standard input must be a snapshot, not a {kind}",
            hint="write it to a file and pass that",
        )
    return _LOADERS[kind](request)


def load_both(old: SideRequest, new: SideRequest) -> tuple[Side, Side]:
    """Load both sides of a comparison.

    Templates, and some other code, don't give their account and region. If the other side is of one
    account and region, assume the same, so that expressions that use them have values. Take names
    that CloudFormation generated from the deployed stack, or from the other side.

    Raises:
        UsageError: if an option can't be used with a side.
        ExporterError: if a side can't be read.
    """
    kinds = [request.kind or recognise(request.name) for request in (old, new)]
    old, new = replace(old, kind=kinds[0]), replace(new, kind=kinds[1])
    if kinds[0] not in MEANT_FOR_OTHERS or kinds[1] in MEANT_FOR_OTHERS:
        first = load(old)
        return first, load(meant_for(new, first))
    if kinds == [SideKind.TERRAFORM, SideKind.LIVE] and files.is_folder(Path(old.name)):
        # Report errors in the code before reading a large account.
        load(old)
    second = load(new)
    return load(meant_for(old, second)), second


MEANT_FOR_OTHERS = (SideKind.CLOUDFORMATION, SideKind.CDK, SideKind.TERRAFORM)
"""Code that may need the account and region of the other side, or its generated names."""


def load_ancestor(name: str, new: Side, inputs: CodeInputs) -> Side:
    """Load the common ancestor of both sides (``--base``).

    Args:
        name: A path, as given on the command line.
        new: The newer side, whose account and region apply to code that doesn't give its own.
        inputs: Values that code needs, but doesn't have.

    Raises:
        UsageError: if it is live, a stack or standard input.
        ExporterError: if it can't be read.
    """
    if name in (LIVE, STDIN) or name.startswith(STACK_PREFIX):
        raise UsageError(
            f"--base {name} is not an earlier state",
            hint="pass a file or folder: a state, a snapshot, or the target branch's code",
        )
    side = load(meant_for(SideRequest(name, recognise(name), inputs=inputs), new))
    return side.before or side


def meant_for(request: SideRequest, other: Side) -> SideRequest:
    """Add to a request for code what is known from the other side.

    Its account and region apply to the code, if they are the same in all of its scopes.
    """
    if request.kind not in MEANT_FOR_OTHERS:
        return request
    inputs = replace(
        request.inputs,
        account_id=_only({scope.account_id for scope in other.scopes}),
        region=_only({scope.region for scope in other.scopes}),
        partition=_only({scope.partition for scope in other.scopes}),
        others=scopes_of(other),
    )
    if other.is_live:
        inputs = replace(inputs, stacks=StacksOfSource(request.source))
    return replace(request, inputs=inputs)


def _only(values: set[str | None]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


# Accounts and snapshots
# ---------------------------------------------------------------------


def _live(request: SideRequest) -> Side:
    # boto3 takes a third of a second to load, which no other side needs.
    from exporter.aws.reader import read_live  # noqa: PLC0415
    from exporter.aws.region_reader import SetsToRead  # noqa: PLC0415

    source = request.source
    if source.configuration_set is not None:
        raise UsageError(
            "--configuration-set needs AWS CLI output about one set, not live",
            hint="select sets with --include NAME",
        )
    # Not source.read(), which refuses patterns that match nothing: the other side may match.
    reading = read_live(source.targets(), SetsToRead(source.selection.may_hold), request.observer)
    return Side(
        "live",
        tuple(map(of_scope, reading.scopes)),
        notes=reading.notes,
        unread=reading.unread,
        snapshot=Snapshot(format_version=FORMAT_VERSION, scopes=reading.scopes),
        is_live=True,
        in_account=reading.in_account,
        listed=reading.listed,
    )


def _snapshot(request: SideRequest) -> Side:
    source = Source(
        origin=request.name,
        configuration_set=request.source.configuration_set,
        target=AccountQuery(regions=request.source.target.regions),
    )
    if request.name != STDIN:
        with regular_files.readable(Path(request.name)):
            regular_files.check_named(Path(request.name))
    reading = source.read()
    name = "standard input" if request.name == STDIN else _name(request)
    whole = Snapshot(format_version=FORMAT_VERSION, scopes=reading.scopes)
    scopes = tuple(map(of_scope, reading.scopes))
    return Side(f"snapshot {name}", scopes, notes=reading.notes, snapshot=whole)


# Code
# ---------------------------------------------------------------------


def _terraform(request: SideRequest) -> Side:
    from exporter.formats.terraform.code_tree import FolderTree  # noqa: PLC0415
    from exporter.formats.terraform.hcl.load import load_root  # noqa: PLC0415
    from exporter.formats.terraform.hcl.run import HINT  # noqa: PLC0415

    path = Path(request.name)
    if files.is_folder(path) and not files.terraform_files(path):
        raise ExporterError("contains no Terraform code", where=_name(request))
    loaded = load_root(FolderTree(path), request.inputs)
    scopes = tuple(map(of_loaded, loaded))
    side = _of_code(f"terraform {_name(request)}", scopes, FormatName.TERRAFORM)
    notes = tuple(f"{_name(request)}: {note}" for note in loaded[0].notes)
    return replace(side, values_hint=HINT, notes=notes)


def _of_code(title: str, scopes: tuple[SideScope, ...], language: FormatName) -> Side:
    """Return a side for code that may not be an export."""
    format_ = load_format(language)
    return Side(title, scopes, format_.judge, is_open=format_.read_back.leaves_open)


def _shown(request: SideRequest) -> Side:
    from exporter.formats.terraform.state_json import load_before, load_shown  # noqa: PLC0415

    before = _from_terraform_json(request, load_before)
    before = replace(before, title=f"{before.title} (the state before the plan)")
    side = _from_terraform_json(request, load_shown)
    return replace(side, before=before) if before.scopes else side


def _state(request: SideRequest) -> Side:
    from exporter.formats.terraform.state_json import load_state  # noqa: PLC0415

    return _from_terraform_json(request, load_state)


def _from_terraform_json(request: SideRequest, loader: Callable[[str, str], list[Loaded]]) -> Side:
    loaded = loader(files.text(Path(request.name), is_named=True), _name(request))
    scopes = tuple(map(of_loaded, loaded))
    # A plan leaves open what the code does; a state has every value.
    return _of_code(f"terraform {_name(request)}", scopes, FormatName.TERRAFORM)


def _cloudformation(request: SideRequest) -> Side:
    from exporter.formats.cloudformation import template_files  # noqa: PLC0415

    path = Path(request.name)
    templates = templates_in(path) if files.is_folder(path) else [path]
    if not templates:
        raise ExporterError("contains no CloudFormation template", where=_name(request))
    regions = request.source.target.regions
    inputs = replace(request.inputs, region=regions[0]) if len(regions) == 1 else request.inputs
    texts = files.texts(templates, is_named=templates == [path])
    loaded = template_files.load(texts, path if path.is_dir() else path.parent, inputs)
    return _of_templates(f"cloudformation {_name(request)}", loaded, inputs)


def _of_templates(title: str, loaded: Iterable[Loaded], inputs: CodeInputs) -> Side:
    joined = _joined(loaded)
    side = _of_code(title, tuple(map(of_loaded, joined)), FormatName.CLOUDFORMATION)
    stack_notes = inputs.stacks.notes if inputs.stacks is not None else ()
    notes = (*stack_notes, *(note for part in joined for note in part.notes))
    return replace(side, notes=tuple(dict.fromkeys(notes)))


def _stack(request: SideRequest) -> Side:
    from exporter.aws.deployed import DeployedStacks  # noqa: PLC0415 - loads boto3
    from exporter.formats.cloudformation import template  # noqa: PLC0415
    from exporter.formats.cloudformation.template_context import Surroundings  # noqa: PLC0415

    name = request.name.removeprefix(STACK_PREFIX)
    if not name:
        raise UsageError(f"{STACK_PREFIX} names no stack", hint="pass stack:NAME")
    stacks = DeployedStacks(access_of(request.name, request.source))
    stack = stacks.stack(name)
    pseudo = {name: v for name, v in stack.parameters.items() if name.startswith("AWS::")}
    surroundings = Surroundings(pseudo, stack.parameters, deployment=stack, is_deployed=True)
    scope = (stacks.account_id, stacks.region)
    loaded = template.load(stack.template_text(), request.name, {}, *scope, around=surroundings)
    side = _of_templates(request.name, [loaded], request.inputs)
    return replace(side, notes=(*stacks.notes, *side.notes))


def _cdk(request: SideRequest) -> Side:
    from exporter.formats.cdk.assembly import load as load_assembly  # noqa: PLC0415

    loaded = load_assembly(Path(request.name), request.inputs)
    return _of_templates(f"cdk {_name(request)}", loaded, request.inputs)


def _joined(loaded: Iterable[Loaded]) -> list[Loaded]:
    """Join the templates of each account and region.

    Raises:
        ExporterError: if two of them describe the same resource.
    """
    from exporter.formats.cloudformation.template import joined  # noqa: PLC0415 - loads its parser

    by_scope: dict[tuple[str | None, str | None], list[Loaded]] = {}
    for part in loaded:
        by_scope.setdefault((part.account_id, part.region), []).append(part)
    return [joined(parts) for parts in by_scope.values()]


# Exports
# ---------------------------------------------------------------------


def _own_is_open(path: str) -> bool:
    """Whether an export may lack a value because it was not read; it writes all others."""
    return path in ("SendingOptions.SendingEnabled", "ReputationOptions.ReputationMetricsEnabled")


def _export(request: SideRequest) -> Side:
    folder = Path(request.name)
    manifest = manifests.load(folder)
    if manifest is None or manifest.format not in set(FormatName):
        raise ExporterError(
            "not an export that this version of ses2iac knows", where=_name(request)
        )
    export_files.refuse_links(folder, manifest)
    format_ = load_format(FormatName(manifest.format))
    edited, why = _why_edited(folder, manifest, format_)
    regions = request.source.target.regions
    records = [r for r in manifest.scopes if not regions or r.region in regions]
    codes = [ExportedCode(folder, manifest, record, request.inputs) for record in records]
    title = f"{format_.name} {_name(request)}"
    side = partial(
        Side,
        title,
        exported_as=FormatName(manifest.format),
        is_own_stack=partial(_is_own_stack, records) if format_.has_stacks else _is_no_stack,
        has_sets=manifest.options.configuration_sets,
    )
    if not edited:
        remembered_scopes = [_remembered(code, format_) for code in codes]
        complete = tuple(scope for scope in remembered_scopes if scope is not None)
        if len(complete) == len(records):
            return side(complete, is_remembered=True, is_open=_own_is_open)
    read = format_.read_back.read_edited if edited else format_.read_back.read
    scopes = tuple(_of_record(read(code), code.record) for code in codes)
    notes = (f"{_name(request)}: {why}, so it is read as hand-written code",) if edited else ()
    is_open = format_.read_back.leaves_open if edited else _own_is_open
    if manifest.options.module and any(scope.unresolved for scope in scopes):
        notes = (*notes, _module_note(request, manifest))
    return side(scopes, format_.judge, is_open=is_open, notes=notes)


def _module_note(request: SideRequest, manifest: Manifest) -> str:
    """Say where the values of a module's variables are."""
    root = os.path.normpath(Path(request.name, manifest.options.root or os.pardir))
    return (
        f"{_name(request)}: the code that calls this module sets its variables, so compare that: "
        f"ses2iac diff {shlex.quote(regular_files.shown(root))} live"
    )


def _is_own_stack(records: Iterable[ScopeRecord], name: str) -> bool:
    return any(is_own_stack(name, record.stack_name) for record in records)


def _is_no_stack(_name: str) -> bool:
    return False


def _why_edited(folder: Path, manifest: Manifest, format_: Format) -> tuple[list[str], str]:
    """Return the files that make an export differ from what ses2iac wrote, and the reason."""
    edited, _ = export_files.differences(folder, manifest)
    if edited:
        return edited, "edited since the export"
    templates = [name for record in manifest.scopes for name in record.templates]
    if templates:
        return templates, "made with custom templates"
    codes = (ExportedCode(folder, manifest, record) for record in manifest.scopes)
    beside = [name for code in codes for name in format_.read_back.beside(code).code]
    return beside, "contains code that the export did not write"


def _remembered(code: ExportedCode, format_: Format) -> SideScope | None:
    """Return a scope of an unedited export, with the values of its manifest.

    None if these aren't enough: they are missing, or variables get values from other files.
    """
    beside = format_.read_back.beside(code)
    if code.record.references and beside.has_values:
        return None
    texts = code.texts(format_.read_back.suffix)
    scope = remembered.scope(format_.read_back.resource, code.record, texts)
    if scope and code.record.is_mapped:
        scope = remembered.mapped(scope, of_loaded(format_.read_back.read(code)))
    return replace(scope, unresolved=beside.not_read) if scope and beside.not_read else scope


def _of_record(loaded: Loaded, record: ScopeRecord) -> SideScope:
    return of_loaded(replace(loaded, account_id=record.account_id, region=record.region))


_LOADERS: dict[SideKind, Callable[[SideRequest], Side]] = {
    SideKind.LIVE: _live,
    SideKind.SNAPSHOT: _snapshot,
    SideKind.EXPORT: _export,
    SideKind.TERRAFORM: _terraform,
    SideKind.TERRAFORM_JSON: _shown,
    SideKind.TFSTATE: _state,
    SideKind.CLOUDFORMATION: _cloudformation,
    SideKind.STACK: _stack,
    SideKind.CDK: _cdk,
}


def _name(request: SideRequest) -> str:
    """Return the name of a side, for messages."""
    return regular_files.shown(request.name)
