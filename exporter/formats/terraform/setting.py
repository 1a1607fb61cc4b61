"""Where the files of an export stand: a folder of their own, a root that people have, a module."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from msgspec import structs

from exporter.formats.base import RenderedFile, RenderInputs
from exporter.formats.code_beside import CodeBeside
from exporter.formats.references import Expression
from exporter.formats.render_context import RenderContext, SetView
from exporter.formats.terraform.references import LOOKED_UP_REGION, TerraformReferences
from exporter.formats.terraform.steps import names_in
from exporter.support.text import listed

PREFIX = "ses_"
"""What stands before the name of a file whose own name is another's."""

_SHOWN = 5
_LOOKUPS = ("aws_caller_identity", "aws_partition", "aws_region")

Lacking = Mapping[str, tuple[str, ...]]
"""By the key of a default tag, the sets that lack it."""


@dataclass(frozen=True)
class Setting:
    """What the code around an export makes of it.

    Attributes:
        beside: What other people's code says there.
        module: The address of the module that it is, without ``module.``; empty for a root module.
        root: The way from its folder to that of the root module that calls it.
        region: The region of what is exported.
        with_versions: Whether the export says which versions it needs.
        with_provider: Whether it configures the provider.
    """

    beside: CodeBeside
    module: str = ""
    root: str = ""
    region: str = ""
    with_versions: bool = True
    with_provider: bool = True

    @classmethod
    def of(cls, inputs: RenderInputs, region: str) -> "Setting":
        """The setting of a scope."""
        options, beside = inputs.options, inputs.facts.beside
        how = beside.configured
        is_alone = not options.is_fragment
        return cls(
            beside,
            options.module,
            inputs.facts.module_root,
            region,
            with_versions=is_alone and not how.versions,
            with_provider=is_alone and not how.provider and not how.versions,
        )

    @property
    def provider(self) -> str:
        """The provider configuration that the resources name; empty for the default one."""
        return self.beside.configured.name

    # What is looked up

    def lookup(self, kind: str) -> str:
        """The label of a data source without arguments: another's may be of another provider."""
        return "ses" if self.beside.declares(f"data.{kind}.current") else "current"

    @property
    def region_local(self) -> str:
        """The name of the local that holds the region."""
        return "ses_region" if self.beside.declares("local.region") else "region"

    def looked_up(self, references: TerraformReferences) -> TerraformReferences:
        """The same references, by the names that data sources and the local get here."""
        names = {f"data.{kind}.current.": f"data.{kind}.{self.lookup(kind)}." for kind in _LOOKUPS}
        names[f"{{{LOOKED_UP_REGION}}}"] = f"{{local.{self.region_local}}}"
        if all(old == new for old, new in names.items()):
            return references
        found = dict(references.expressions)
        for target, expression in found.items():
            code = expression.code
            for old, new in names.items():
                code = code.replace(old, new)
            found[target] = Expression(code)
        return replace(references, expressions=found)

    # Files

    def placed(self, files: Iterable[RenderedFile]) -> tuple[RenderedFile, ...]:
        """The files under the names that they get here: another's is never taken."""
        rendered = list(files)
        own = {file.path for file in rendered}
        return tuple(replace(file, path=self._path(file, own)) for file in rendered)

    def _path(self, file: RenderedFile, own: set[str]) -> str:
        if self.module and file.role.is_deletable:
            name = "_".join(names_in(self.module))
            return f"{self.root}/{PREFIX}{name}_{file.path}"
        path = file.path
        while path in self.beside.files or (path != file.path and path in own):
            path = f"{PREFIX}{path}"
        return path

    # Tags

    def without_default_tags(self, plan: RenderContext) -> tuple[RenderContext, Lacking]:
        """A plan without the tags that the provider gives, and the sets that lack any.

        Written in the resource too, such a tag is a change to the plan of an import; so is one that
        a set lacks (seen with the provider 5.100).
        """
        tags = self.beside.configured.default_tags
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

    # What is to be said

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said of the code around it."""
        how = self.beside.configured
        return (*filter(None, [self._left_out()]), *how.notes)

    def _left_out(self) -> str:
        """Which files are not written, as others say the same."""
        how = self.beside.configured
        if self.with_provider or self.module or not (how.versions or how.provider):
            return ""
        where = " and ".join(dict.fromkeys(filter(None, (how.versions, how.provider))))
        names = [] if self.with_versions else ["versions.tf"]
        names.append("providers.tf")
        verb = "is" if len(names) == 1 else "are"
        said = f"{where}: configured there, so {' and '.join(names)} {verb} not written"
        if how.provider:
            return said
        return f"{said}; no provider is configured there, so plan with AWS_REGION={self.region}"

    def warnings(self, lacking: Lacking) -> tuple[str, ...]:
        """What the provider's default tags do to sets that lack them."""
        where, tags = self.beside.configured.tags_where, self.beside.configured.default_tags
        return tuple(
            f'{where}: default_tags has {key} = "{tags[key]}", which {_lack(sets)} in SES: the '
            "plan will add it. Let the apply do so, or tag them first (aws sesv2 tag-resource)"
            for key, sets in lacking.items()
        )


def _lack(sets: tuple[str, ...]) -> str:
    return f"{listed(sets, _SHOWN)} {'lacks' if len(sets) == 1 else 'lack'}"


def _without(view: SetView, tags: Mapping[str, str]) -> SetView:
    if view.model is None:
        return view
    kept = tuple(tag for tag in view.model.tags if tags.get(tag.key) != tag.value)
    return replace(view, model=structs.replace(view.model, tags=kept))
