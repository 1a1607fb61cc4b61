"""How an export fits the code around it: an empty folder, an existing root module, or a module."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from msgspec import structs

from exporter.formats.base import RenderedFile, RenderInputs
from exporter.formats.code_beside import CodeBeside
from exporter.formats.references import Expression
from exporter.formats.render_context import RenderContext, SetView
from exporter.formats.terraform.references import (
    LOOKED_UP_REGION,
    PREFIX,
    Named,
    TerraformReferences,
)
from exporter.formats.terraform.steps import names_in
from exporter.support.text import listed

_SHOWN = 5
_LOOKUPS = ("aws_caller_identity", "aws_partition", "aws_region")

Lacking = Mapping[str, tuple[str, ...]]
"""The sets that lack each default tag, by its key."""


@dataclass(frozen=True)
class Setting:
    """How an export fits the code around it.

    Attributes:
        _beside: Other people's code in the folder; hidden from templates, because it gives access
            to files.
        module: The address of the module that the export is, without ``module.``; empty for a
            root module.
        root: The relative path from its folder to the root module that calls it.
        region: The region of the exported resources.
        with_versions: Whether the export requires versions.
        with_provider: Whether it configures the provider.
    """

    _beside: CodeBeside
    module: str = ""
    root: str = ""
    region: str = ""
    with_versions: bool = True
    with_provider: bool = True

    @classmethod
    def of(cls, inputs: RenderInputs, region: str) -> "Setting":
        """Return the setting of a scope."""
        options, beside = inputs.options, inputs.facts.beside
        configured = beside.configured
        is_root = not options.is_fragment
        return cls(
            beside,
            options.module,
            inputs.facts.module_root,
            region,
            with_versions=is_root and not configured.versions,
            with_provider=is_root and not configured.provider and not configured.versions,
        )

    @property
    def provider(self) -> str:
        """The provider configuration that the resources refer to; empty for the default one."""
        return self._beside.configured.name

    # Data sources and locals

    def is_declared(self, name: str) -> bool:
        """Whether other code declares a name, such as ``local.targets``."""
        return self._beside.declares(name)

    def lookup(self, kind: str) -> str:
        """Return the label of a data source without arguments, one that isn't declared yet.

        An existing one may use another provider configuration.
        """
        return "ses" if self._beside.declares(f"data.{kind}.current") else "current"

    @property
    def region_local(self) -> str:
        """The name of the local with the region."""
        return "ses_region" if self._beside.declares("local.region") else "region"

    def looked_up(self, references: TerraformReferences) -> TerraformReferences:
        """Return the references with the names that data sources and the local have here."""
        names = {f"data.{kind}.current.": f"data.{kind}.{self.lookup(kind)}." for kind in _LOOKUPS}
        names[f"{{{LOOKED_UP_REGION}}}"] = f"{{local.{self.region_local}}}"
        if all(old == new for old, new in names.items()):
            return references

        def renamed(expression: Expression) -> Expression:
            code = expression.code
            for old, new in names.items():
                code = code.replace(old, new)
            return Expression(code)

        def all_renamed(pairs: Named) -> Named:
            return tuple(
                (name, renamed(value) if isinstance(value, Expression) else value)
                for name, value in pairs
            )

        return replace(
            references,
            expressions={arn: renamed(value) for arn, value in references.expressions.items()},
            locals=all_renamed(references.locals),
            targets=all_renamed(references.targets),
        )

    # Files

    def placed(self, files: Iterable[RenderedFile]) -> tuple[RenderedFile, ...]:
        """Return the files with names that no other file in the folder has."""
        rendered = list(files)
        paths = {file.path for file in rendered}
        return tuple(replace(file, path=self._path(file, paths)) for file in rendered)

    def _path(self, file: RenderedFile, own: set[str]) -> str:
        if self.module and file.role.is_deletable:
            name = "_".join(names_in(self.module))
            name = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")
            return f"{self.root}/{PREFIX}{name}_{file.path}"
        path = file.path
        if path.endswith(".yaml"):
            # The code refers to it by name; if another file has that name, the export is refused.
            return path
        while path in self._beside.files or (path != file.path and path in own):
            path = f"{PREFIX}{path}"
        return path

    def renamed(
        self, files: Iterable[RenderedFile], placed: Iterable[RenderedFile]
    ) -> tuple[str, ...]:
        """Return a note for each file that got another name."""
        if self.module:
            files = [file for file in files if not file.role.is_deletable]
            placed = [file for file in placed if not file.role.is_deletable]
        return tuple(
            f"{self._beside.folder / file.path} is not part of the export; wrote {new.path} instead"
            for file, new in zip(files, placed, strict=True)
            if file.path != new.path
        )

    # Tags

    def without_default_tags(self, plan: RenderContext) -> tuple[RenderContext, Lacking]:
        """Return the plan without the provider's default tags, and the sets that lack any.

        If the resource has such a tag too, the plan of the import shows a change; the same if the
        set lacks it (seen with the provider 5.100).
        """
        tags = self._beside.configured.default_tags
        if not tags:
            return plan, {}
        lacking = {
            key: tuple(
                view.name
                for view in plan.sets
                if view.model and key not in {tag.key for tag in view.model.tags}
            )
            for key in tags
        }
        views = tuple(_without(view, tags) for view in plan.sets)
        return replace(plan, sets=views), {key: sets for key, sets in lacking.items() if sets}

    # Notes and warnings

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on the code around the export."""
        return (*filter(None, [self._not_written()]), *self._beside.configured.notes)

    def _not_written(self) -> str:
        """Return a note on the files that aren't written because other code configures the same."""
        configured = self._beside.configured
        if self.with_provider or self.module or not (configured.versions or configured.provider):
            return ""
        where = " and ".join(
            dict.fromkeys(filter(None, (configured.versions, configured.provider)))
        )
        names = [] if self.with_versions else ["versions.tf"]
        names.append("providers.tf")
        verb = "is" if len(names) == 1 else "are"
        note = f"{where}: configured there, so {' and '.join(names)} {verb} not written"
        if configured.provider:
            return note
        return f"{note}; no provider is configured, so set AWS_REGION={self.region} when you plan"

    def warnings(self, lacking: Lacking) -> tuple[str, ...]:
        """Return warnings that the provider's default tags will be added to sets without them."""
        where, tags = self._beside.configured.tags_where, self._beside.configured.default_tags
        return tuple(
            f'{where}: default_tags has {key} = "{tags[key]}", which {_lack(sets)} in SES: the '
            "plan will add it. Apply it, or tag the sets first (aws sesv2 tag-resource)"
            for key, sets in lacking.items()
        )


def _lack(sets: tuple[str, ...]) -> str:
    return f"{listed(sets, _SHOWN)} {'lacks' if len(sets) == 1 else 'lack'}"


def _without(view: SetView, tags: Mapping[str, str]) -> SetView:
    if view.model is None:
        return view
    kept = tuple(tag for tag in view.model.tags if tags.get(tag.key) != tag.value)
    return replace(view, model=structs.replace(view.model, tags=kept))
