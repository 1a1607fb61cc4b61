"""``docs/templates.md`` from the templates, the filters and the types that templates see.

``make docs`` writes it anew; a test compares it with what the code says today.
"""

# ruff: noqa: E501 - the text has the width of the other documents

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args, get_type_hints

import msgspec
from jinja2 import Environment, meta

from exporter.formats import catalogue, environment, filters, sandbox, yaml_data
from exporter.formats.render_context import DestinationView, RenderContext, SetView
from exporter.formats.stacks import Stack
from exporter.model import resources
from exporter.model.identities import Identity
from tests.support import ROOT

FILE = ROOT / "docs" / "templates.md"

VARIABLES = {
    "class_name": "the name of the stack's class",
    "constants": "the constants that the module of a set imports from `ses_targets.py`",
    "data": "the sets as data, with the blocks that the code needs for it (`--layout data`); none without sets",
    "data_file": "the name of the file with the sets (`--layout data`)",
    "has_data": "whether sets are data (`--layout data`)",
    "sets": "the sets as data (`--layout data`)",
    "targets": "the targets of a stack by their keys in the data, each with its code",
    "example": "`Identity` of a destination, or none",
    "folder": "the prefix of the paths of a package's files, relative to the app",
    "guide": "what to change by hand in code that is replaced: `deleted`, `renamed`, `undecided`; whether its `folder` `is_own`, that of the export; the addresses `removed` there; the `expected` plan",
    "has_body": "whether the stack's `__init__` has a body",
    "has_destinations": "whether there is a destination",
    "has_outputs": "whether the names of the sets are outputs (`--outputs`), which an import doesn't add",
    "has_sets": "whether the set itself is written",
    "has_targets": "whether the stack uses a target of `ses_targets.py`; in `app.py` and `scope.py`, whether it gets them as an argument",
    "has_tags": "whether a set has tags",
    "imported": "the resources that the stack imports by their ARNs (`--references data`)",
    "imports": "the address of each import block, with the import id or the keys of the instances",
    "import_files": "the names of the import files",
    "imports_after": "import statements below those of `aws_cdk.aws_ses`",
    "imports_before": "import statements above those of `aws_cdk.aws_ses`",
    "is_package": "whether the app has several accounts and regions, and this is a package of it",
    "is_portable": "whether the app's environment is configurable (`--references portable`)",
    "is_part": "whether the template writes part of a file (`--layout per-set`)",
    "modules": "each `SetView` with the name of its module",
    "kept": "`Identity` of each old destination without a replacement in the code",
    "modules_imported": "import statements of whole modules",
    "removed": "the address of each block, and the instance that is moved there first",
    "moves": "the old and new address of each move",
    "owned": "each `SetView` that a CloudFormation stack already owns",
    "packages": "the packages of accounts and regions that share the app",
    "parameters": "the parameters (`--references variables`): name, description, default",
    "plan": "`Plan`, below",
    "receiver": "the name in code of the stack to add to",
    "references": "the code for targets: `arn(destination.sns_destination, 'topic_arn')` returns it, for the filter of the language; also what each format needs for it",
    "root": "the relative path from the folder of `IMPORT.md` to the export",
    "outputs": "the outputs of `--outputs`: for Terraform `names`, the pairs of a map, or `instances`, the resource to loop over; otherwise the logical id of each, by label of the set",
    "scope": "`Scope`, below",
    "setting": "what the code around the files needs: `provider`, the provider configuration that each resource refers to, if any; `with_provider`, whether the export configures it",
    "stack": "`Stack`, below",
    "stacks": "the names of each stack and, for `IMPORT.md`, its numbers",
    "terraform": "the first Terraform version that supports all of the code",
    "unsupported": "`unsupported(destination)` stops the export: the template has no branch for the destination's target",
    "takes_targets": "whether the function of the set takes the targets; in `stack_per_set.py`, the names of such sets",
    "view": "the `SetView` of the file",
}
"""What a template may find beside its language's own; a new one must be said here."""

INTRO = """\
# Templates

<!-- Written by `make docs` from the code: edit tests/template_docs.py. -->

A [Jinja](https://jinja.palletsprojects.com) template writes each file of an export, except `names.toml` and the JSON files of the
import. To change how the code looks, copy the templates that you want to change, edit them, and pass the folder:

```sh
ses2iac templates list
ses2iac templates eject my-templates terraform/versions.tf
ses2iac export terraform --out infra --templates my-templates
```

A file in the folder replaces the built-in template of the same name, so keep only the files that you changed. A file with any
other name is an error; hidden files are ignored. A link must lead to a file in the same repository. `.ses2iac.json` records which
templates wrote the code. `diff` then reads it like any other code, and `verify` checks it like any export. For CDK, they read its
`cdk.out`, unless the code is still what the built-in templates write.

## What a template may do

- Write values only through one of the filters below, as the last step: unquoted text is an error. Jinja's own filters don't count
  (`safe`, `escape`, `tojson`, `urlize`, `xmlattr`), and text that you cut, join or change (`~`, `[1:]`, `trim`) has to be quoted
  again. The result of a macro or a block needs no filter; that of `{{% set x %}}...{{% endset %}}` does, and `{{% filter x %}}` takes a
  quoting filter.
- Use (`include`, `import`, `extends`) the templates listed below by name, and no other file.
- Read the data below, but not change it (Jinja's `ImmutableSandboxedEnvironment`).
- Use {seconds:g} seconds plus {each:g} per resource; {memory} GiB of memory, if the system can limit a process; and {steps:,} numbers plus
  {steps_each:,} per resource from all calls of `range` together.

If a template breaks these rules, has a syntax error or uses an unknown variable, the export fails (exit 1) with the file and line
of the template, and writes nothing. The output must be valid code: Terraform, YAML and JSON are parsed, and Python is parsed and
formatted with Black (`pip install black`).
"""


def text() -> str:
    """The whole document."""
    parts = [
        INTRO.format(
            seconds=sandbox.SECONDS,
            each=sandbox.SECONDS_EACH,
            memory=sandbox.MEMORY // 1024**3,
            steps=sandbox.STEPS,
            steps_each=sandbox.STEPS_EACH,
        ),
        "## Templates\n",
        _table(("template", "writes", "uses"), _templates()),
        "## Variables\n",
        _table(("name", "is"), ((f"`{name}`", what) for name, what in sorted(VARIABLES.items()))),
        "## Filters\n",
        _table(("filter", "returns"), _filters()),
        "## Data\n",
        "Names are those of the SES API v2, in `snake_case`. Tuples are in the order in which they are written.\n"
        "What SES doesn't return is `none`. Each of its types also has `unknown_fields`: fields that "
        "this version doesn't know.\n",
    ]
    for kind in _types():
        parts += [f"### {kind.__name__}\n", f"{_summary(kind)}\n"]
        parts += [_table(("field", "type"), _fields(kind))]
    parts += ["### Values\n", _table(("type", "values"), _enumerations())]
    return "\n".join(parts)


def _table(heading: tuple[str, ...], rows: Any) -> str:
    lines = [heading, ("---",) * len(heading), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )


def _templates() -> Iterator[tuple[str, str, str]]:
    parser = _environment()
    for name, makes in catalogue.TEMPLATES.items():
        source = catalogue.text(f"{name}{catalogue.SUFFIX}")
        used = sorted(meta.find_undeclared_variables(parser.parse(source)))
        unknown = [variable for variable in used if variable not in VARIABLES]
        assert not unknown, f"{name} uses {unknown}, of which tests/template_docs.py says nothing"
        yield f"`{name}{catalogue.SUFFIX}`", makes, ", ".join(f"`{each}`" for each in used)


def _environment() -> Environment:
    return environment.make(Environment)


def _filters() -> Iterator[tuple[str, str]]:
    own = set(_environment().filters) - set(Environment().filters)
    for name in sorted(own):
        yield f"`{name}`", _summary(getattr(filters, name, None) or getattr(yaml_data, name))


def _summary(of: Any) -> str:
    """The first sentence of a docstring."""
    doc = inspect.getdoc(of) or ""
    return " ".join(doc.split("\n\n")[0].replace("``", "`").split())


def _types() -> list[type]:
    """The views, then every model below them, in the order in which they come up."""
    found: list[type] = [RenderContext, SetView, DestinationView, Stack, Identity, resources.Scope]
    for kind in found:
        for hint in get_type_hints(kind).values():
            found += [m for m in _models_in(hint) if m not in (*found, resources.UnknownField)]
    return found


def _models_in(hint: Any) -> list[type]:
    inner = [model for each in get_args(hint) for model in _models_in(each)]
    is_model = isinstance(hint, type) and issubclass(hint, msgspec.Struct)
    return list(dict.fromkeys([*([hint] if is_model else []), *inner]))


def _fields(kind: type) -> Iterator[tuple[str, str]]:
    names = (
        [field.name for field in dataclasses.fields(kind)]
        if dataclasses.is_dataclass(kind)
        else list(kind.__struct_fields__)  # type: ignore[attr-defined]
    )
    hints = get_type_hints(kind)
    for name in names:
        if name == "unknown_fields":
            continue
        yield f"`{name}`", f"`{_type_name(hints[name])}`"
    for name, member in inspect.getmembers(kind, lambda each: isinstance(each, property)):
        if not name.startswith("_"):
            returned = get_type_hints(member.fget)["return"]
            yield f"`{name}`", f"`{_type_name(returned)}`: {_summary(member)}"


def _enumerations() -> Iterator[tuple[str, str]]:
    for name, kind in inspect.getmembers(resources, inspect.isclass):
        if issubclass(kind, StrEnum) and kind not in (
            StrEnum,
            resources.OpenEnum,
            resources.TargetKind,
        ):
            yield f"`{name}`", ", ".join(f"`{each.value}`" for each in kind)


def _type_name(hint: Any) -> str:
    if isinstance(hint, type) and not get_args(hint):
        return "none" if hint is type(None) else hint.__name__
    named = re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", str(hint))
    named = re.sub(r"\bOptional\[(\w+)\]", r"\1 | none", named)
    return re.sub(r"\bNoneType\b|\bNone\b", "none", named)


def main() -> None:
    """Write the document anew."""
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{FILE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
