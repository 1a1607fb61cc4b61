"""One evaluation of a root module: what all of its modules share."""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from exporter.formats.code_inputs import CodeInputs
from exporter.formats.code_resource import Unknown
from exporter.formats.terraform.hcl import config
from exporter.formats.terraform.hcl.config import Config
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.hcl.tree import CodeTree
from exporter.formats.terraform.hcl.types import Value
from exporter.formats.terraform.hcl.world import Budget
from exporter.support.errors import ExporterError

_MODULES = "modules/modules.json"

HINT = (
    "compare the state instead: terraform state pull > s.tfstate; ses2iac diff s.tfstate live "
    "(for code that is not applied yet: terraform show -json PLANFILE > plan.json)"
)
_MAY_CONCERN = re.compile(r"aws_ses|^\s*module\b", re.MULTILINE)
"""What the code of a module that has nothing to do with SES does not hold."""

_INIT_HINT = "run 'terraform init' to download it"


@dataclass
class Run:
    """What the modules of one root share.

    Attributes:
        tree: Where their files are.
        inputs: What is known beside the code.
        effort: How much may be evaluated.
        accesses: How the provider configurations that were read reach their accounts.
    """

    tree: CodeTree
    inputs: CodeInputs
    effort: Budget
    accesses: set[str] = field(default_factory=set)
    _configs: dict[str, Config | None] = field(default_factory=dict)
    _concerned: dict[tuple[str, str], bool] = field(default_factory=dict)

    def config(self, folder: str) -> Config | None:
        """What a folder declares; None when it is not there.

        Raises:
            ExporterError: when a file in it is no code, and may be about SES.
        """
        if folder not in self._configs:
            files = self.tree.code(folder)
            self.effort.left += 20 * sum(map(len, (files or {}).values()))
            self._configs[folder] = None if files is None else self._read(folder, files)
        return self._configs[folder]

    def _read(self, folder: str, files: Mapping[str, str]) -> Config:
        try:
            return config.read(files)
        except ExporterError:
            # Code of others that has nothing to do with SES ends no comparison.
            if folder == "." or any(map(_MAY_CONCERN.search, files.values())):
                raise
            return Config()

    def source_of(self, call: Block, folder: str, calls: tuple[str, ...]) -> "str | Missing":
        """The folder of the module that a block calls.

        Args:
            call: The block ``module``.
            folder: The folder that it stands in.
            calls: The names of the calls that lead to the module, this one's included.
        """
        text = call.local_source
        if text:
            found = posixpath.normpath(posixpath.join(folder, text))
            there = self.config(found)
            return found if there is not None else Missing(f"there is no folder {text}", HINT)
        recorded = self._installed.get(".".join(calls))
        if recorded is None:
            return Missing(f"its code is not in {self._data_folder}/modules", _INIT_HINT)
        found = posixpath.normpath(recorded)
        if posixpath.isabs(found) or found.startswith("..") or "\\" in found:
            return Missing(f"{self._modules} says that it lies outside of the root module", HINT)
        try:
            if self.config(found) is None:
                return Missing(f"{self._modules} names a folder that is not there", _INIT_HINT)
        except ExporterError as error:
            return Missing(f"its code cannot be read: {error}", HINT)
        return found

    def concerns_ses(self, folder: str, calls: tuple[str, ...], folders: tuple[str, ...]) -> bool:
        """Whether a module, or one that it calls, may hold resources of SES.

        Args:
            folder: Its folder.
            calls: The calls that lead to it.
            folders: The folders that they lead through.
        """
        key = (folder, ".".join(calls))
        if key not in self._concerned:
            self._concerned[key] = self._holds_ses(folder, calls, (*folders, folder))
        return self._concerned[key]

    def _holds_ses(self, folder: str, calls: tuple[str, ...], folders: tuple[str, ...]) -> bool:
        found = self.config(folder)
        if found is None or found.ses or self.effort.spend(1):
            return True
        for name, call in found.calls.items():
            inner = (*calls, name)
            source = self.source_of(call, folder, inner)
            # One that calls itself is refused by whoever reads it.
            if isinstance(source, Missing) or source in folders:
                return True
            if self.concerns_ses(source, inner, folders):
                return True
        return False

    @property
    def _data_folder(self) -> str:
        """Where ``terraform init`` puts what it fetches."""
        return self.inputs.environment.get("TF_DATA_DIR") or ".terraform"

    @property
    def _modules(self) -> str:
        return f"{self._data_folder}/{_MODULES}"

    @cached_property
    def _installed(self) -> dict[str, str]:
        """The folder of each installed module by its call, as ``terraform init`` records them.

        Raises:
            ExporterError: when the record is of no shape that is known.
        """
        text = self.tree.text(self._modules)
        if text is None:
            return {}
        try:
            modules: Any = json.loads(text)["Modules"]
            return {str(each["Key"]): str(each["Dir"]) for each in modules}
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ExporterError(
                "not the list of modules that Terraform writes",
                where=self.tree.shown(self._modules),
                hint="run 'terraform init' to write it again",
            ) from None

    @cached_property
    def workspace(self) -> Value:
        """The name of the workspace: that of the process, or the one that was selected here."""
        own = self.inputs.environment.get("TF_WORKSPACE")
        selected = (self.tree.text(f"{self._data_folder}/environment") or "").strip()
        return own or selected or "default"


@dataclass(frozen=True)
class Missing:
    """Why the code of a module cannot be read, and what helps."""

    reason: str
    hint: str

    @property
    def unknown(self) -> Unknown:
        """The same for a value that it would give."""
        return Unknown(self.reason)
