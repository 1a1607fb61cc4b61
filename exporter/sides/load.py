"""Sides, brought into one shape: one function a kind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from exporter import manifest as manifests
from exporter import standing
from exporter.errors import ExporterError
from exporter.loaders.code import Loaded
from exporter.manifest import Manifest, ScopeRecord
from exporter.models import Snapshot
from exporter.progress import Progress
from exporter.render import FormatName, load_format
from exporter.side import Side, SideScope, of_loaded, of_scope
from exporter.sides.kinds import STACK_PREFIX, Kind, recognise, templates_in
from exporter.snapshot import FORMAT_VERSION
from exporter.source import STDIN, Source

_LARGEST_HCL = 10_000_000
_OPEN_IN_TERRAFORM = ("SendingOptions", "ReputationOptions", "Enabled")
"""Arguments of the provider that are optional and computed, or have a default of their own."""


@dataclass(frozen=True)
class Request:
    """A side as the command line names it.

    Attributes:
        name: ``live``, ``stack:NAME``, ``-`` or a path.
        kind: What it is; None recognises it.
        source: How to reach an account, and which region and sets.
        progress: Is told how far a live reading is.
        account_id: The account that a template is for, where it does not say it.
        region: Its region.
    """

    name: str
    kind: Kind | None = None
    source: Source = field(default_factory=Source)
    progress: Progress = field(default_factory=Progress)
    account_id: str | None = None
    region: str | None = None


def load(request: Request) -> Side:
    """Bring a side into the common shape.

    Raises:
        UsageError: when options do not go with it.
        ExporterError: when it cannot be read.
    """
    kind = request.kind or recognise(request.name)
    return _LOADERS[kind](request)


def load_both(old: Request, new: Request) -> tuple[Side, Side]:
    """Both sides of a comparison.

    A template says nothing of its account and region; where the other side is of one, it is meant
    for that, and its pseudo parameters have values.

    Raises:
        UsageError: when options do not go with a side.
        ExporterError: when a side cannot be read.
    """
    kinds = [request.kind or recognise(request.name) for request in (old, new)]
    old, new = replace(old, kind=kinds[0]), replace(new, kind=kinds[1])
    if kinds[0] is not Kind.CLOUDFORMATION or kinds[1] is Kind.CLOUDFORMATION:
        first = load(old)
        return first, load(_meant_for(new, first))
    second = load(new)
    return load(_meant_for(old, second)), second


def _meant_for(request: Request, other: Side) -> Request:
    if request.kind is not Kind.CLOUDFORMATION or len(other.scopes) != 1:
        return request
    place = other.scopes[0]
    return replace(request, account_id=place.account_id, region=place.region)


# What SES says
# --------------------------------------------------------------------------------------


def _live(request: Request) -> Side:
    reading = replace(request.source, origin="live").read(request.progress)
    return Side(
        "live",
        tuple(map(of_scope, reading.scopes)),
        notes=reading.notes,
        unread=reading.unread,
        snapshot=Snapshot(format_version=FORMAT_VERSION, scopes=reading.scopes),
        is_live=True,
    )


def _snapshot(request: Request) -> Side:
    source = Source(
        origin=request.name,
        configuration_set=request.source.configuration_set,
        region=request.source.region,
    )
    reading = source.read()
    name = "standard input" if request.name == STDIN else request.name
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


def _terraform(request: Request) -> Side:
    from exporter.loaders.hcl.load import load as load_hcl  # noqa: PLC0415 - loads its parser

    path = Path(request.name)
    folder = [path] if path.is_file() else _terraform_files(path)
    files = {str(file): _text(file, _LARGEST_HCL) for file in folder}
    judge = load_format(FormatName.TERRAFORM).judge
    scope = of_loaded(load_hcl(files))
    return Side(f"terraform {request.name}", (scope,), judge, _terraform_is_open)


def _terraform_files(folder: Path) -> list[Path]:
    patterns = ("*.tf", "*.tf.json", "terraform.tfvars", "*.auto.tfvars")
    return sorted({path for pattern in patterns for path in folder.glob(pattern)})


def _shown(request: Request) -> Side:
    from exporter.loaders.terraform_json import load_shown  # noqa: PLC0415

    return _told_by_terraform(request, load_shown)


def _state(request: Request) -> Side:
    from exporter.loaders.terraform_json import load_state  # noqa: PLC0415

    return _told_by_terraform(request, load_state)


def _told_by_terraform(request: Request, loader: Callable[[str, str], Loaded]) -> Side:
    scope = of_loaded(loader(_text(Path(request.name)), request.name))
    judge = load_format(FormatName.TERRAFORM).judge
    # Planned values may leave open what the code does; a state never does.
    return Side(f"terraform {request.name}", (scope,), judge, _terraform_is_open)


def _cloudformation(request: Request) -> Side:
    from exporter.loaders.template import load as load_template  # noqa: PLC0415

    path = Path(request.name)
    files = templates_in(path) if path.is_dir() else [path]
    region = request.source.region or request.region
    loaded = [
        load_template(_text(file), str(file), {}, request.account_id, region) for file in files
    ]
    return _of_templates(f"cloudformation {request.name}", loaded)


def _of_templates(title: str, loaded: Iterable[Loaded]) -> Side:
    judge = load_format(FormatName.CLOUDFORMATION).judge
    scopes = tuple(map(of_loaded, _joined(loaded)))
    return Side(title, scopes, judge, _template_is_open)


def _stack(request: Request) -> Side:
    from exporter.aws.deployed import deployed_template  # noqa: PLC0415 - loads boto3
    from exporter.aws.session import Access  # noqa: PLC0415
    from exporter.loaders.template import load as load_template  # noqa: PLC0415

    source = request.source
    name = request.name.removeprefix(STACK_PREFIX)
    deployed = deployed_template(Access(source.profile, source.region, source.endpoint_url), name)
    loaded = load_template(
        deployed.template_text,
        request.name,
        deployed.parameters,
        deployed.account_id,
        deployed.region,
    )
    return _of_templates(request.name, [loaded])


def _cdk(request: Request) -> Side:
    from exporter.loaders.assembly import load as load_assembly  # noqa: PLC0415

    return _of_templates(f"cdk {request.name}", load_assembly(Path(request.name)))


def _joined(loaded: Iterable[Loaded]) -> list[Loaded]:
    """The parts of each account and region together.

    Raises:
        ExporterError: when two of them describe one resource.
    """
    from exporter.loaders.template import joined  # noqa: PLC0415 - loads its parser

    together: dict[tuple[str | None, str | None], list[Loaded]] = {}
    for each in loaded:
        together.setdefault((each.account_id, each.region), []).append(each)
    return [joined(parts) for parts in together.values()]


# Our own exports
# --------------------------------------------------------------------------------------


def _own_is_open(path: str) -> bool:
    """An export writes all that is there; what was not read it leaves open, and says so."""
    return path in ("SendingOptions.SendingEnabled", "ReputationOptions.ReputationMetricsEnabled")


def _export(request: Request) -> Side:
    folder = Path(request.name)
    manifest = manifests.load(folder)
    if manifest is None or manifest.format not in set(FormatName):
        raise ExporterError("not an export that this ses2iac knows", where=request.name)
    wrong, _ = standing.differences(folder, manifest)
    format_ = FormatName(manifest.format)
    why = "edited since the export"
    if not wrong and format_ is FormatName.TERRAFORM:
        wrong, why = _beside(folder, manifest), "holds more code than the export wrote"
    records = [r for r in manifest.scopes if request.source.region in (None, r.region)]
    read = _READ_EDITED if wrong else _READ_OWN
    scopes = tuple(
        _of_record(read[format_](folder / record.path, manifest, record), record)
        for record in records
    )
    notes = (f"{request.name}: {why}, so read as anybody's code",) if wrong else ()
    is_open = _EDITED_IS_OPEN[format_] if wrong else _own_is_open
    return Side(f"{format_} {request.name}", scopes, load_format(format_).judge, is_open, notes)


def _beside(folder: Path, manifest: Manifest) -> list[str]:
    """Terraform files beside an export that may describe what SES holds too."""
    own = {folder / path for path in manifest.files}
    scopes = {folder / record.path for record in manifest.scopes}
    others = {path for place in scopes for path in place.glob("*.tf")} - own
    marks = (b"aws_sesv2_configuration_set", b"module ")
    return sorted(str(path) for path in others if any(mark in path.read_bytes() for mark in marks))


def _of_record(loaded: Loaded, record: ScopeRecord) -> SideScope:
    return of_loaded(replace(loaded, account_id=record.account_id, region=record.region))


def _own_texts(
    folder: Path, manifest: Manifest, record: ScopeRecord, suffix: str
) -> dict[str, str]:
    """The files of an export that hold code."""
    paths = [p for p in standing.own_files(manifest, record) if p.endswith(suffix)]
    return {str(folder / p): _text(folder / p) for p in paths if (folder / p).is_file()}


def _own_terraform(folder: Path, manifest: Manifest, record: ScopeRecord) -> Loaded:
    from exporter.loaders.own_terraform import load as load_own  # noqa: PLC0415

    texts = _own_texts(folder, manifest, record, ".tf")
    wanted = ("configuration_sets.tf", "event_destinations.tf")
    return load_own({path: text for path, text in texts.items() if path.endswith(wanted)})


def _own_cloudformation(folder: Path, manifest: Manifest, record: ScopeRecord) -> Loaded:
    from exporter.loaders.template import joined  # noqa: PLC0415
    from exporter.loaders.template import load as load_template  # noqa: PLC0415

    texts = _own_texts(folder, manifest, record, ".yaml")
    loaded = [
        load_template(text, path, {}, record.account_id, record.region)
        for path, text in texts.items()
        if Path(path).name.startswith("template")
    ]
    return joined(loaded)


def _own_cdk(folder: Path, manifest: Manifest, record: ScopeRecord) -> Loaded:
    from exporter.loaders.cdk_source import load as load_source  # noqa: PLC0415

    return load_source(_own_texts(folder, manifest, record, ".py"))


def _edited_terraform(folder: Path, _manifest: Manifest, _record: ScopeRecord) -> Loaded:
    from exporter.loaders.hcl.load import load as load_hcl  # noqa: PLC0415

    return load_hcl({str(path): _text(path, _LARGEST_HCL) for path in _terraform_files(folder)})


Reader = Callable[[Path, Manifest, ScopeRecord], Loaded]
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

_LOADERS: dict[Kind, Callable[[Request], Side]] = {
    Kind.LIVE: _live,
    Kind.SNAPSHOT: _snapshot,
    Kind.EXPORT: _export,
    Kind.TERRAFORM: _terraform,
    Kind.TERRAFORM_JSON: _shown,
    Kind.TFSTATE: _state,
    Kind.CLOUDFORMATION: _cloudformation,
    Kind.STACK: _stack,
    Kind.CDK: _cdk,
}


def _text(path: Path, largest: int | None = None) -> str:
    try:
        if largest is not None and path.stat().st_size > largest:
            raise ExporterError(
                f"larger than {largest // 1_000_000} MB, and not an export of ours",
                where=str(path),
                hint="compare with a snapshot, or with the output of 'terraform show -json'",
            )
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ExporterError("not UTF-8", where=str(path)) from None
    except OSError as error:
        raise ExporterError(f"cannot be read: {error.strerror}", where=str(path)) from None
