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

from exporter.formats import catalogue, environment, filters, sandbox
from exporter.formats.render_context import DestinationView, RenderContext, SetView
from exporter.formats.stacks import Stack
from exporter.model import resources
from exporter.model.identities import Identity
from tests.support import ROOT

FILE = ROOT / "docs" / "templates.md"

VARIABLES = {
    "class_name": "the name of the stack's class",
    "example": "`Identity` of a destination, or none",
    "folder": "what stands before the paths of files of a package, from where the app is",
    "has_body": "whether anything stands in the stack's `__init__`",
    "has_destinations": "whether there is a destination",
    "has_sets": "whether a set itself is written",
    "has_targets": "whether the stack names a target of `ses_targets.py`; in `app.py` and `scope.py`, whether it is given them",
    "has_tags": "whether a set has tags",
    "imported": "the resources that the stack imports by their ARNs (`--references data`)",
    "imports": "what is to be imported: type, label and import id of each",
    "import_files": "the names of the files that serve the import",
    "imports_after": "import statements that stand below those of `aws_cdk.aws_ses`",
    "imports_before": "and above them",
    "is_package": "whether the app is of several accounts and regions, and this a package of it",
    "is_portable": "whether the app's environment can be chosen (`--references portable`)",
    "is_part": "whether the template makes a part of a file (`--layout per-set`)",
    "modules": "each `SetView` with the name of its module",
    "kept": "`Identity` of each old destination that nothing in the code takes the place of",
    "module_path": "the names of the modules that lead from the root to the code (`--module`)",
    "modules_imported": "import statements of whole modules",
    "removed": "of each address the type and the label",
    "moves": "of each move the type and the label, before and after",
    "owned": "each `SetView` that a CloudFormation stack owns already",
    "packages": "the packages of accounts and regions that share the app",
    "parameters": "what is to be a parameter (`--references variables`): name, description, default",
    "plan": "`Plan`, below",
    "receiver": "the name in code of the stack that is added to",
    "references": "what stands for targets: `arn(destination.sns_destination, 'topic_arn')` gives it, for the filter of the language; beside them what a format needs for it",
    "root": "the way from the folder of `IMPORT.md` to that of the export",
    "scope": "`Scope`, below",
    "setting": "what the code around the files makes of them: `provider`, the configuration that each resource names, or nothing; `with_provider`, whether the export configures it",
    "stack": "`Stack`, below",
    "stacks": "of each stack the names and, for `IMPORT.md`, the numbers",
    "unsupported": "`unsupported(destination)` ends the export: the template has no branch for a destination's target",
    "takes_targets": "whether the function of the set is given the targets; in `stack_per_set.py`, the names of such sets",
    "view": "the one `SetView` that the file is for",
}
"""What a template may find beside its language's own; a new one must be said here."""

INTRO = """\
# Templates

<!-- Written by `make docs` from the code: edit tests/template_docs.py. -->

Every file of an export but `names.toml` and the JSON of the import is made by a [Jinja](https://jinja.palletsprojects.com) template. To
change how the code looks, copy what you want to change, edit it, and name the folder:

```sh
ses2iac templates list
ses2iac templates eject my-templates terraform/versions.tf
ses2iac export terraform --out infra --templates my-templates
```

A file in the folder takes the place of the template of the same name; all others stay ours, so keep only those that you
changed. A file that has the name of none is an error, and hidden ones are left alone. A link may lead to a file of the same
repository only. `.ses2iac.json` notes which templates made
the code; `diff` then reads it as anybody's code, and `verify` judges it as it does any export. For CDK that means: it is compared by
its `cdk.out`, unless it still is what ours would write.

## What a template may do

- Write a value only through one of the filters below, as the last step: text that no quoting rule has seen is an error. No filter
  of Jinja counts as one (`safe`, `escape`, `tojson`, `urlize`, `xmlattr`), and what is cut, joined or changed (`~`, `[1:]`, `trim`)
  has to be quoted again. The result of a macro and of a block may be written; that of `{{% set x %}}...{{% endset %}}` goes through a
  filter, and `{{% filter x %}}` takes a quoting one.
- Take in (`include`, `import`, `extends`) the templates of the list by their names, and nothing else. It reads no other file.
- Read the data below, and change none of it (Jinja's `ImmutableSandboxedEnvironment`).
- Take {seconds:g} seconds, and {each:g} more for each resource; {memory} GiB of memory, where the system can hold a process to that;
  {steps:,} numbers of all calls of `range` together, and {steps_each:,} more for each resource.

What breaks these rules, a syntax error, or a variable that is not there ends the export (exit 1) with the file and line of the
template, and nothing is written. What comes out must be code: Terraform, YAML and JSON are parsed, and Python is parsed and
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
        _table(("template", "makes", "uses"), _templates()),
        "## Variables\n",
        _table(("name", "is"), ((f"`{name}`", what) for name, what in sorted(VARIABLES.items()))),
        "## Filters\n",
        _table(("filter", "gives"), _filters()),
        "## Data\n",
        "Names are those of the SES API v2, in `snake_case`. Tuples are in the order in which they are written.\n"
        "What SES does not give is `none`. Every one of its types has `unknown_fields` too: what "
        "this version does not know.\n",
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
        yield f"`{name}`", _summary(getattr(filters, name))


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
