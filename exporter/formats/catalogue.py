"""The templates: ours, and those of a person that take the place of ours. Nothing here runs one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exporter.formats.registry import FormatName
from exporter.support import regular_files, transaction
from exporter.support.errors import ExporterError, UsageError
from exporter.support.text import did_you_mean, nearest

SUFFIX = ".jinja"

TEMPLATES: Mapping[str, str] = {
    "cdk/ADOPT.md": "IMPORT.md of an export with --adopt-suffix",
    "cdk/IMPORT.md": "IMPORT.md, the steps of the import",
    "cdk/_import.md": "parts of the two above",
    "cdk/_macros.py": "comments in Python, for the other templates",
    "cdk/app.py": "app.py, the app and where its stacks go",
    "cdk/cdk.json": "cdk.json, how the app is run",
    "cdk/requirements.txt": "requirements.txt",
    "cdk/ses_targets.py": "ses_targets.py, what receives the events (--references)",
    "cdk/scope.py": "account_ACCOUNT_REGION/__init__.py, one of several accounts and regions",
    "cdk/set.py": "configuration_sets/SET.py, one set (--layout per-set); takes it from stack.py",
    "cdk/sets.py": "configuration_sets/__init__.py (--layout per-set)",
    "cdk/stack.py": "ses_stack.py, the sets and destinations of a stack",
    "cdk/stack_per_set.py": "ses_stack.py, which calls the modules of the sets (--layout per-set)",
    "cloudformation/ADOPT.md": "IMPORT.md of an export with --adopt-suffix",
    "cloudformation/IMPORT.md": "IMPORT.md, the commands of the import",
    "cloudformation/_import.md": "parts of the two above, and of CDK's",
    "cloudformation/template.yaml": "template.yaml, the sets and destinations of a stack",
    "terraform/MIGRATE.md": "MIGRATE.md, the way from the SES API v1 to v2 (--replaces)",
    "terraform/_macros.tf": "comments in HCL, for the other templates",
    "terraform/configuration_sets.tf": "configuration_sets.tf, the sets",
    "terraform/data.tf": "data.tf, what is looked up (--references portable, data)",
    "terraform/event_destinations.tf": "event_destinations.tf, the destinations",
    "terraform/imports.tf": "imports.tf, the import blocks",
    "terraform/moved.tf": "moved.tf, where renamed resources stood before",
    "terraform/outputs.tf": "outputs.tf, the names of the sets (--outputs)",
    "terraform/providers.tf": "providers.tf, region and account",
    "terraform/removed.tf": "removed.tf, what has left the code and is alive",
    "terraform/set.tf": "SET.tf, one set (--layout per-set); takes it from the two files above",
    "terraform/variables.tf": "variables.tf (--references portable, variables)",
    "terraform/versions.tf": "versions.tf, the versions of Terraform and of the provider",
}
"""What each template makes, by its name without the suffix; its folder is its format's name."""


def names() -> list[str]:
    """The names of our templates, with the suffix."""
    return [f"{name}{SUFFIX}" for name in TEMPLATES]


def folder() -> Path:
    """``exporter/templates`` in a wheel, ``templates`` beside the package in a checkout.

    Raises:
        ExporterError: when they are in neither.
    """
    package = Path(__file__).resolve().parent.parent
    for place in (package / "templates", package.parent / "templates"):
        if place.is_dir():
            return place
    raise ExporterError(
        "the templates are missing from this installation",
        where=str(package),
        hint="install ses2iac again",
    )


def text(name: str) -> str:
    """Our template of a name."""
    return (folder() / name).read_text(encoding="utf-8")


def matching(wanted: str) -> list[str]:
    """The templates that a person means: one, with or without the suffix, or those of a format.

    Raises:
        UsageError: when there is none.
    """
    if wanted in set(FormatName):
        return [name for name in names() if name.startswith(f"{wanted}/")]
    for name in (wanted, f"{wanted}{SUFFIX}"):
        if name in names():
            return [name]
    raise UsageError(f"no template {wanted!r}", hint=_nearest(wanted))


def _nearest(name: str) -> str:
    # The right file may stand in the wrong folder.
    same = (known for known in names() if Path(known).name == Path(name).name)
    near = nearest(name, names()) or next(same, "")
    return did_you_mean(near) or "'ses2iac templates list' names them all"


# A person's own
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnTemplate:
    """A template that takes the place of ours."""

    path: str
    text: str


OwnTemplates = Mapping[str, OwnTemplate]
"""By the names of those that they take the place of."""


def load_own(place: Path) -> OwnTemplates:
    """A folder of templates.

    Hidden files and folders are left alone. A link is followed within its repository only.

    Raises:
        ExporterError: when it cannot be read, holds none, or a file that is none of ours.
    """
    if not place.is_dir():
        raise ExporterError("no such folder", where=str(place), hint="--templates names a folder")
    found = {}
    for path in sorted(_files(place)):
        name = path.relative_to(place).as_posix()
        if name not in names():
            raise ExporterError(
                "takes the place of no template", where=str(path), hint=_nearest(name)
            )
        found[name] = OwnTemplate(str(path), regular_files.text(path, regular_files.read_within))
    if not found:
        raise ExporterError(
            "holds no template",
            where=str(place),
            hint=f"'ses2iac templates eject {place}' writes ours there",
        )
    return found


def _files(place: Path) -> Iterator[Path]:
    for path in place.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if path.is_symlink():
                raise ExporterError(
                    "is a link to a folder, and not followed",
                    where=str(path),
                    hint="copy the templates into the folder",
                )
            yield from _files(path)
        else:
            yield path


def of_code(own: OwnTemplates, format_: str, suffix: str) -> list[str]:
    """Which of these templates make code of a format, whose files of code end with the suffix."""
    ending = f"{suffix}{SUFFIX}"
    return sorted(n for n in own if n.startswith(f"{format_}/") and n.endswith(ending))


def eject(place: Path, wanted: list[str], *, force: bool) -> list[Path]:
    """Copy our templates to a folder; gives what was written.

    ``wanted`` names templates and formats; none means all.

    Raises:
        UsageError: when a name is none.
        ExporterError: when something is there already, or cannot be written; nothing has changed.
    """
    chosen = dict.fromkeys(name for each in wanted for name in matching(each)) or names()
    there = [name for name in chosen if (place / name).exists() or (place / name).is_symlink()]
    if there and not force:
        raise ExporterError(
            "holds already:", where=str(place), items=there, hint="--force overwrites them"
        )
    ours = folder()
    transaction.apply(place, transaction.Change({n: (ours / n).read_bytes() for n in chosen}))
    return [place / name for name in chosen]
