"""The built-in templates, and a person's custom ones. Nothing here runs a template."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from exporter.formats.registry import FormatName
from exporter.support import regular_files, transaction
from exporter.support.errors import ExporterError, UsageError
from exporter.support.text import did_you_mean, nearest

SUFFIX = ".jinja"

TEMPLATES: Mapping[str, str] = {
    "cdk/ADOPT.md": "IMPORT.md for --adopt-suffix",
    "cdk/IMPORT.md": "IMPORT.md, the steps of the import",
    "cdk/_import.md": "shared parts of the two above",
    "cdk/_macros.py": "Python comments, for the other templates",
    "cdk/app.py": "app.py, the app and the environments of its stacks",
    "cdk/cdk.json": "cdk.json, how to run the app",
    "cdk/configuration_sets.yaml": "configuration_sets.yaml, the sets (--layout data)",
    "cdk/requirements.txt": "requirements.txt",
    "cdk/ses_data.py": "ses_data.py, the loop over the sets (--layout data)",
    "cdk/ses_targets.py": "ses_targets.py, the targets (--references)",
    "cdk/scope.py": "account_ACCOUNT_REGION/__init__.py, one of several accounts and regions",
    "cdk/set.py": "configuration_sets/SET.py, one set (--layout per-set); includes stack.py",
    "cdk/sets.py": "configuration_sets/__init__.py (--layout per-set)",
    "cdk/stack.py": "ses_stack.py, the sets and destinations of a stack",
    "cdk/stack_data.py": "ses_stack.py for --layout data",
    "cdk/stack_per_set.py": "ses_stack.py for --layout per-set, which calls a module per set",
    "cloudformation/ADOPT.md": "IMPORT.md for --adopt-suffix",
    "cloudformation/IMPORT.md": "IMPORT.md, the steps of the import",
    "cloudformation/_import.md": "shared parts of the two above, and of CDK's",
    "cloudformation/template.yaml": "template.yaml, the sets and destinations of a stack",
    "terraform/MIGRATE.md": "MIGRATE.md, the steps from the SES API v1 to v2 (--replaces)",
    "terraform/_macros.tf": "HCL comments, for the other templates",
    "terraform/configuration_sets.tf": "configuration_sets.tf, the sets",
    "terraform/configuration_sets.yaml": "configuration_sets.yaml, the sets (--layout data)",
    "terraform/data.tf": "data.tf, the data sources (--references portable, data)",
    "terraform/data_configuration_sets.tf": "configuration_sets.tf (--layout data)",
    "terraform/data_event_destinations.tf": "event_destinations.tf (--layout data)",
    "terraform/data_locals.tf": "locals.tf (--layout data)",
    "terraform/event_destinations.tf": "event_destinations.tf, the destinations",
    "terraform/imports.tf": "imports.tf, the import blocks",
    "terraform/locals.tf": "locals.tf, the targets that appear more than once",
    "terraform/moved.tf": "moved.tf, the old addresses of renamed resources",
    "terraform/outputs.tf": "outputs.tf, the names of the sets (--outputs)",
    "terraform/providers.tf": "providers.tf, region and account",
    "terraform/removed.tf": "removed.tf, what left the code but may still exist",
    "terraform/set.tf": "SET.tf, one set (--layout per-set); includes the two files above",
    "terraform/variables.tf": "variables.tf (--references portable, variables)",
    "terraform/versions.tf": "versions.tf, the versions of Terraform and the provider",
}
"""What each template makes, by its name without the suffix; the folder is the format's name."""


def names() -> list[str]:
    """Return the names of the built-in templates, with the suffix."""
    return [f"{name}{SUFFIX}" for name in TEMPLATES]


def folder() -> Path:
    """Return ``exporter/templates`` in a wheel, ``templates`` next to the package in a checkout.

    Raises:
        ExporterError: if neither exists.
    """
    package = Path(__file__).resolve().parent.parent
    for templates in (package / "templates", package.parent / "templates"):
        if templates.is_dir():
            return templates
    raise ExporterError(
        "the templates are missing from this installation",
        where=str(package),
        hint="reinstall ses2iac",
    )


def text(name: str) -> str:
    """Return the text of a built-in template."""
    return (folder() / name).read_text(encoding="utf-8")


def matching(name_or_format: str) -> list[str]:
    """Return one template, named with or without the suffix, or all of a format.

    Raises:
        UsageError: if there is none.
    """
    if name_or_format in set(FormatName):
        return [name for name in names() if name.startswith(f"{name_or_format}/")]
    for name in (name_or_format, f"{name_or_format}{SUFFIX}"):
        if name in names():
            return [name]
    raise UsageError(f"no template {name_or_format!r}", hint=_nearest(name_or_format))


def _nearest(name: str) -> str:
    # The file may have the right name in the wrong folder.
    same_name = (known for known in names() if Path(known).name == Path(name).name)
    near = nearest(name, names()) or next(same_name, "")
    return did_you_mean(near) or "'ses2iac templates list' lists them all"


# Custom templates
# --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnTemplate:
    """A template that replaces a built-in one."""

    path: str
    text: str


OwnTemplates = Mapping[str, OwnTemplate]
"""By the names of the templates that they replace."""


def load_own(templates_dir: Path) -> OwnTemplates:
    """Read a folder of custom templates.

    Hidden files and folders are ignored. A link is followed only within its repository.

    Raises:
        ExporterError: if the folder can't be read or has no templates, or if a file doesn't have
            the name of a built-in template.
    """
    where = str(templates_dir)
    if not templates_dir.is_dir():
        raise ExporterError("no such folder", where=where, hint="pass a folder to --templates")
    own = {}
    for path in sorted(_files(templates_dir)):
        name = path.relative_to(templates_dir).as_posix()
        if name not in names():
            raise ExporterError("not the name of a template", where=str(path), hint=_nearest(name))
        own[name] = OwnTemplate(str(path), regular_files.text(path, regular_files.read_within))
    if not own:
        raise ExporterError(
            "has no templates",
            where=where,
            hint=f"run 'ses2iac templates eject {where}' to copy the built-in ones there",
        )
    return own


def _files(templates_dir: Path) -> Iterator[Path]:
    for path in templates_dir.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if path.is_symlink():
                raise ExporterError(
                    "links to a folder are not followed",
                    where=str(path),
                    hint="copy the templates into the folder",
                )
            yield from _files(path)
        else:
            yield path


def of_code(own: OwnTemplates, format_: str, suffix: str) -> list[str]:
    """Return those templates that make code of a format, or data that the code reads.

    ``suffix`` is the suffix of the format's code files.
    """
    endings = (f"{suffix}{SUFFIX}", f".yaml{SUFFIX}")
    return sorted(n for n in own if n.startswith(f"{format_}/") and n.endswith(endings))


def eject(out_dir: Path, requested: list[str], *, force: bool) -> list[Path]:
    """Copy built-in templates to a folder.

    Args:
        out_dir: The folder.
        requested: Names of templates and formats; all templates if empty.
        force: Overwrite files that exist.

    Returns:
        The files that were written.

    Raises:
        UsageError: if there is no template or format of a name.
        ExporterError: if a file exists, or can't be written; then nothing has changed.
    """
    chosen = dict.fromkeys(name for each in requested for name in matching(each)) or names()
    existing = [
        name for name in chosen if (out_dir / name).exists() or (out_dir / name).is_symlink()
    ]
    if existing and not force:
        raise ExporterError(
            "already has these files:",
            where=str(out_dir),
            items=existing,
            hint="use --force to overwrite them",
        )
    built_in = folder()
    transaction.apply(out_dir, transaction.Change({n: (built_in / n).read_bytes() for n in chosen}))
    return [out_dir / name for name in chosen]
