"""Sides, brought into one shape: one function a kind."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from exporter.diff import files, remembered
from exporter.diff.detect import STACK_PREFIX, SideKind, recognise, templates_in
from exporter.diff.side import Side, SideScope, of_loaded, of_scope
from exporter.formats import export_files
from exporter.formats import manifest as manifests
from exporter.formats.code_resource import Loaded
from exporter.formats.manifest import HERE, Manifest, ScopeRecord
from exporter.formats.registry import FormatName, load_format
from exporter.formats.stacks import is_own_stack
from exporter.formats.terraform.hcl.variables import is_given as is_value_file
from exporter.model.account_query import AccountQuery
from exporter.model.checkpoint import ReadObserver
from exporter.model.resources import Scope, Snapshot
from exporter.sources.read import STDIN, Source
from exporter.sources.snapshot import FORMAT_VERSION
from exporter.support import regular_files
from exporter.support.errors import ExporterError, UsageError

_LARGEST_HCL = 10_000_000
_OPEN_IN_TERRAFORM = ("SendingOptions", "ReputationOptions", "Enabled")
"""Arguments of the provider that are optional and computed, or have a default of their own."""


@dataclass(frozen=True)
class SideRequest:
    """A side as the command line names it.

    Attributes:
        name: ``live``, ``stack:NAME``, ``-`` or a path.
        kind: What it is; None recognises it.
        source: How to reach an account, and which region and sets.
        told: Who hears of a live reading.
        account_id: The account that a template is for, where it does not say it.
        region: Its region.
    """

    name: str
    kind: SideKind | None = None
    source: Source = field(default_factory=Source)
    told: ReadObserver = field(default_factory=ReadObserver)
    account_id: str | None = None
    region: str | None = None


def load(request: SideRequest) -> Side:
    """Bring a side into the common shape.

    Raises:
        UsageError: when options do not go with it.
        ExporterError: when it cannot be read.
    """
    kind = request.kind or recognise(request.name)
    if request.name == STDIN and kind is not SideKind.SNAPSHOT:
        raise UsageError(
            f"standard input takes a snapshot only, and no {kind}",
            hint="write it to a file, and name that",
        )
    return _LOADERS[kind](request)


def load_both(old: SideRequest, new: SideRequest) -> tuple[Side, Side]:
    """Both sides of a comparison.

    A template says nothing of its account and region; where the other side is of one, it is meant
    for that, and its pseudo parameters have values.

    Raises:
        UsageError: when options do not go with a side.
        ExporterError: when a side cannot be read.
    """
    kinds = [request.kind or recognise(request.name) for request in (old, new)]
    old, new = replace(old, kind=kinds[0]), replace(new, kind=kinds[1])
    if kinds[0] is not SideKind.CLOUDFORMATION or kinds[1] is SideKind.CLOUDFORMATION:
        first = load(old)
        return first, load(_meant_for(new, first))
    second = load(new)
    return load(_meant_for(old, second)), second


def _meant_for(request: SideRequest, other: Side) -> SideRequest:
    if request.kind is not SideKind.CLOUDFORMATION or len(other.scopes) != 1:
        return request
    place = other.scopes[0]
    return replace(request, account_id=place.account_id, region=place.region)


# What SES says
# --------------------------------------------------------------------------------------


def _live(request: SideRequest) -> Side:
    # boto3 takes a third of a second to load, which no other side needs.
    from exporter.aws.reader import read_live  # noqa: PLC0415
    from exporter.aws.region_reader import Wanted  # noqa: PLC0415

    source = request.source
    if source.configuration_set is not None:
        raise UsageError(
            "--configuration-set goes with the raw answer of one set, and not with live",
            hint="choose sets with --include NAME",
        )
    # Not by the source itself: what it holds nothing of, the other side may hold.
    reading = read_live(source.targets(), Wanted(source.selection.may_hold), request.told)
    return Side(
        "live",
        tuple(map(of_scope, reading.scopes)),
        notes=reading.notes,
        unread=reading.unread,
        snapshot=Snapshot(format_version=FORMAT_VERSION, scopes=reading.scopes),
        is_live=True,
        in_account=reading.in_account,
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


# Code that anybody wrote
# --------------------------------------------------------------------------------------


def _terraform_is_open(path: str) -> bool:
    return path.startswith(_OPEN_IN_TERRAFORM)


def _template_is_open(path: str) -> bool:
    """CloudFormation leaves alone whatever a template does not name; of a list it names all."""
    return not path.startswith("Tags[") and not path.partition(".")[0].endswith("Destination")


def _terraform(request: SideRequest) -> Side:
    from exporter.formats.terraform.hcl.load import load as load_hcl  # noqa: PLC0415

    path = Path(request.name)
    found = files.terraform_files(path) if files.is_folder(path) else [path]
    if not found:
        raise ExporterError("holds no Terraform code", where=_name(request))
    judge = load_format(FormatName.TERRAFORM).judge
    scope = of_loaded(load_hcl(_texts(found, _LARGEST_HCL, is_named=found == [path])))
    return Side(f"terraform {_name(request)}", (scope,), judge, is_open=_terraform_is_open)


def _shown(request: SideRequest) -> Side:
    from exporter.formats.terraform.state_json import load_shown  # noqa: PLC0415

    return _told_by_terraform(request, load_shown)


def _state(request: SideRequest) -> Side:
    from exporter.formats.terraform.state_json import load_state  # noqa: PLC0415

    return _told_by_terraform(request, load_state)


def _told_by_terraform(request: SideRequest, loader: Callable[[str, str], list[Loaded]]) -> Side:
    loaded = loader(files.text(Path(request.name), is_named=True), _name(request))
    scopes = tuple(map(of_loaded, loaded))
    judge = load_format(FormatName.TERRAFORM).judge
    # Planned values may leave open what the code does; a state never does.
    return Side(f"terraform {_name(request)}", scopes, judge, is_open=_terraform_is_open)


def _cloudformation(request: SideRequest) -> Side:
    from exporter.formats.cloudformation.template import load as load_template  # noqa: PLC0415

    path = Path(request.name)
    found = templates_in(path) if files.is_folder(path) else [path]
    if not found:
        raise ExporterError("holds no CloudFormation template", where=_name(request))
    named = request.source.target.regions
    region = named[0] if len(named) == 1 else request.region
    loaded = [
        load_template(text, file, {}, request.account_id, region)
        for file, text in _texts(found, is_named=found == [path]).items()
    ]
    return _of_templates(f"cloudformation {_name(request)}", loaded)


def _of_templates(title: str, loaded: Iterable[Loaded]) -> Side:
    judge = load_format(FormatName.CLOUDFORMATION).judge
    scopes = tuple(map(of_loaded, _joined(loaded)))
    return Side(title, scopes, judge, is_open=_template_is_open)


def _stack(request: SideRequest) -> Side:
    from exporter.aws.deployed import deployed_template  # noqa: PLC0415 - loads boto3
    from exporter.formats.cloudformation.template import load as load_template  # noqa: PLC0415

    deployed = deployed_template(_access(request), request.name.removeprefix(STACK_PREFIX))
    loaded = load_template(
        deployed.template_text,
        request.name,
        deployed.parameters,
        deployed.account_id,
        deployed.region,
    )
    return _of_templates(request.name, [loaded])


def _access(request: SideRequest) -> Any:
    """How to reach the one account and region that a stack is in.

    Raises:
        UsageError: when the options name several.
    """
    from exporter.aws.session import Access, Role  # noqa: PLC0415

    targets = request.source.targets()
    target = targets[0]
    if len(targets) > 1 or len(target.regions) > 1 or len(target.role_arns) > 1:
        raise UsageError(f"{request.name} is in one account and one region, and several are named")
    if target.all_regions or target.organization_role:
        raise UsageError(
            f"{request.name} is in one account and one region",
            hint="name it with --region and --profile or --role-arn",
        )
    region = target.regions[0] if target.regions else None
    roles = [Role(a, target.external_id, target.role_session_name) for a in target.role_arns]
    return Access(target.profile, region, target.endpoint_url, roles[0] if roles else None)


def _cdk(request: SideRequest) -> Side:
    from exporter.formats.cdk.assembly import load as load_assembly  # noqa: PLC0415

    return _of_templates(f"cdk {_name(request)}", load_assembly(Path(request.name)))


def _joined(loaded: Iterable[Loaded]) -> list[Loaded]:
    """The parts of each account and region together.

    Raises:
        ExporterError: when two of them describe one resource.
    """
    from exporter.formats.cloudformation.template import joined  # noqa: PLC0415 - loads its parser

    together: dict[tuple[str | None, str | None], list[Loaded]] = {}
    for each in loaded:
        together.setdefault((each.account_id, each.region), []).append(each)
    return [joined(parts) for parts in together.values()]


# Our own exports
# --------------------------------------------------------------------------------------


def _own_is_open(path: str) -> bool:
    """An export writes all that is there; what was not read it leaves open, and says so."""
    return path in ("SendingOptions.SendingEnabled", "ReputationOptions.ReputationMetricsEnabled")


def _export(request: SideRequest) -> Side:
    folder = Path(request.name)
    manifest = manifests.load(folder)
    if manifest is None or manifest.format not in set(FormatName):
        raise ExporterError("not an export that this ses2iac knows", where=_name(request))
    export_files.refuse_links(folder, manifest)
    wrong, _ = export_files.differences(folder, manifest)
    format_ = FormatName(manifest.format)
    why = "edited since the export"
    if not wrong:
        wrong = [name for record in manifest.scopes for name in record.templates]
        why = "made with templates of its own"
    if not wrong and format_ is FormatName.TERRAFORM:
        wrong, why = _code_beside(folder, manifest), "holds more code than the export wrote"
    regions = request.source.target.regions
    records = [r for r in manifest.scopes if not regions or r.region in regions]
    title = f"{format_} {_name(request)}"
    if not wrong:
        known = [_remembered(folder, format_, manifest, record) for record in records]
        whole = tuple(scope for scope in known if scope is not None)
        if len(whole) == len(records):
            is_own = _own_stacks(format_)
            return Side(title, whole, is_remembered=True, is_own_stack=is_own, is_open=_own_is_open)
    read = _READ_EDITED if wrong else _READ_OWN
    scopes = tuple(
        _of_record(read[format_](folder / record.path, manifest, record), record)
        for record in records
    )
    notes = (f"{_name(request)}: {why}, so read as anybody's code",) if wrong else ()
    is_open = _EDITED_IS_OPEN[format_] if wrong else _own_is_open
    judge = load_format(format_).judge
    is_own = _own_stacks(format_)
    return Side(title, scopes, judge, is_own_stack=is_own, is_open=is_open, notes=notes)


def _own_stacks(format_: FormatName) -> Callable[[str], bool]:
    """Which stacks are those of an export; Terraform has none."""
    return (lambda _name: False) if format_ is FormatName.TERRAFORM else is_own_stack


def _remembered(
    folder: Path, format_: FormatName, manifest: Manifest, record: ScopeRecord
) -> SideScope | None:
    """A scope of an untouched export, by the values that its manifest remembers.

    None where the code may say more: expressions of a person's own, and variables that get their
    values from a file beside it.
    """
    place = folder / record.path
    is_given = record.references and any(
        is_value_file(path.name) for path in files.terraform_files(place)
    )
    if record.is_mapped or is_given:
        return None
    texts = _own_texts(place, manifest, record, remembered.suffix(format_))
    found = remembered.scope(format_, record, texts)
    if found is None or format_ is not FormatName.CLOUDFORMATION:
        return found
    return replace(found, unknown=_templates_beside(place, manifest, record))


def _others(folder: Path, manifest: Manifest, record: ScopeRecord) -> list[Path]:
    """What stands in a scope's folder and is no file of the export."""
    own = {folder / path for path in (*manifest.files, *manifest.editable)}
    return [path for path in files.listed(folder / record.path) if path not in own]


def _code_beside(folder: Path, manifest: Manifest) -> list[str]:
    """Terraform files beside an export that may describe what SES holds, or change what it says."""
    found = []
    for record in manifest.scopes:
        others = [path for path in _others(folder, manifest, record) if files.is_code(path)]
        if others:
            from exporter.formats.terraform.hcl.relevance import concerns_ses  # noqa: PLC0415

            found += [name for name, text in _texts(others).items() if concerns_ses(name, text)]
    return found


def _templates_beside(folder: Path, manifest: Manifest, record: ScopeRecord) -> tuple[str, ...]:
    """A sentence for each template beside an export: it may hold sets, and is not read.

    Like each reader, it is given the scope's own folder.
    """
    own = {folder / path for path in export_files.own_files(manifest, record)}
    return tuple(
        f"{regular_files.shown(path)}: not read, as the export did not write it; name it as a side"
        for path in templates_in(folder)
        if path not in own and b"AWS::SES::" in files.content(path)
    )


def _of_record(loaded: Loaded, record: ScopeRecord) -> SideScope:
    return of_loaded(replace(loaded, account_id=record.account_id, region=record.region))


def _own_texts(
    folder: Path, manifest: Manifest, record: ScopeRecord, suffix: str
) -> dict[str, str]:
    """The files of an export that hold code.

    Raises:
        ExporterError: when one is missing that nobody was told to delete.
    """
    found = []
    for path in export_files.own_files(manifest, record):
        if not path.endswith(suffix):
            continue
        if os.path.lexists(folder / path):
            found.append(folder / path)
        elif _below(record, path) in {*manifest.files} - manifest.deletable:
            raise ExporterError(
                "is missing, and the export wrote it",
                where=regular_files.shown(folder / path),
                hint="restore it, or name as a side what took its place",
            )
    return _texts(found)


def _below(record: ScopeRecord, path: str) -> str:
    """The path of a scope's file as the manifest has it."""
    return path if record.path == HERE else f"{record.path}/{path}"


def _own_terraform(folder: Path, manifest: Manifest, record: ScopeRecord) -> Loaded:
    texts = _own_texts(folder, manifest, record, ".tf")
    imports = {regular_files.shown(folder / path) for path in _import_files(manifest, record)}
    code = {path: text for path, text in texts.items() if path not in imports}
    # The tfvars beside it give its variables their values.
    given = [path for path in files.terraform_files(folder) if is_value_file(path.name)]
    return _evaluated({**code, **_texts(given)}, record)


def _import_files(manifest: Manifest, record: ScopeRecord) -> list[str]:
    """The files of a scope that only serve its import, below its folder."""
    own = export_files.own_files(manifest, record)
    return [path for path in own if _below(record, path) in manifest.imports]


def _own_cloudformation(folder: Path, manifest: Manifest, record: ScopeRecord) -> Loaded:
    from exporter.formats.cloudformation.template import joined  # noqa: PLC0415
    from exporter.formats.cloudformation.template import load as load_template  # noqa: PLC0415

    texts = _own_texts(folder, manifest, record, ".yaml")
    loaded = [
        load_template(text, path, {}, record.account_id, record.region)
        for path, text in texts.items()
        if Path(path).name.startswith("template")
    ]
    beside = _templates_beside(folder, manifest, record)
    whole = joined(loaded)
    return replace(whole, unknown=(*whole.unknown, *beside))


def _own_cdk(folder: Path, manifest: Manifest, record: ScopeRecord) -> Loaded:
    from exporter.formats.cdk.source import load as load_source  # noqa: PLC0415

    return load_source(_own_texts(folder, manifest, record, ".py"), record.partition)


def _edited_terraform(folder: Path, _manifest: Manifest, record: ScopeRecord) -> Loaded:
    return _evaluated(_texts(files.terraform_files(folder), _LARGEST_HCL), record)


def _evaluated(texts: dict[str, str], record: ScopeRecord) -> Loaded:
    from exporter.formats.terraform.hcl.load import load as load_hcl  # noqa: PLC0415

    place = Scope(account_id=record.account_id, partition=record.partition, region=record.region)
    return load_hcl(texts, place)


Reader = Callable[[Path, Manifest, ScopeRecord], Loaded]
"""Reads one scope of an export; the path is that of the scope's own folder."""
_READ_OWN: dict[FormatName, Reader] = {
    FormatName.TERRAFORM: _own_terraform,
    FormatName.CLOUDFORMATION: _own_cloudformation,
    FormatName.CDK: _own_cdk,
}
_READ_EDITED: dict[FormatName, Reader] = {**_READ_OWN, FormatName.TERRAFORM: _edited_terraform}
_EDITED_IS_OPEN: dict[FormatName, Callable[[str], bool]] = {
    FormatName.TERRAFORM: _terraform_is_open,
    FormatName.CLOUDFORMATION: _template_is_open,
    FormatName.CDK: _template_is_open,
}

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
    """The name of a side as a text."""
    return regular_files.shown(request.name)


def _texts(
    paths: Iterable[Path], largest: int | None = None, *, is_named: bool = False
) -> dict[str, str]:
    """The texts of files by their names."""
    return {
        regular_files.shown(path): files.text(path, largest, is_named=is_named) for path in paths
    }
