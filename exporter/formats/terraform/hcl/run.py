"""The state that all modules of a root share while they are evaluated."""

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
from exporter.formats.terraform.hcl.resolver import Budget
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.hcl.tree import CodeTree
from exporter.formats.terraform.hcl.types import Value
from exporter.support.errors import ExporterError

_MODULES = "modules/modules.json"

HINT = (
    "compare the state instead: terraform state pull > s.tfstate; ses2iac diff s.tfstate live "
    "(for code that is not applied yet: terraform show -json PLANFILE > plan.json)"
)
_MAY_CONCERN_SES = re.compile(r"aws_ses|^\s*module\b", re.MULTILINE)
"""Matches the code of any module that may have to do with SES."""

_INIT_HINT = "run 'terraform init' to download it"


@dataclass
class Run:
    """One evaluation of a root module.

    Attributes:
        tree: The files of its modules.
        inputs: The values that the code doesn't contain.
        budget: How much may still be evaluated.
        accesses: How each provider configuration read so far reaches its account.
    """

    tree: CodeTree
    inputs: CodeInputs
    budget: Budget
    accesses: set[str] = field(default_factory=set)
    _configs: dict[str, Config | None] = field(default_factory=dict)
    _concerned: dict[tuple[str, str], bool] = field(default_factory=dict)

    def config(self, folder: str) -> Config | None:
        """Return what a folder declares; None if there is no such folder.

        Raises:
            ExporterError: when a file in it isn't Terraform code and may concern SES.
        """
        if folder not in self._configs:
            files = self.tree.code(folder)
            self.budget.left += 20 * sum(map(len, (files or {}).values()))
            self._configs[folder] = None if files is None else self._read(folder, files)
        return self._configs[folder]

    def _read(self, folder: str, files: Mapping[str, str]) -> Config:
        try:
            return config.read(files)
        except ExporterError:
            # A broken module that has nothing to do with SES must not stop a comparison.
            if folder == "." or any(map(_MAY_CONCERN_SES.search, files.values())):
                raise
            return Config()

    def source_folder(
        self, call: Block, folder: str, calls: tuple[str, ...]
    ) -> "str | MissingModule":
        """Return the folder of a called module, or why its code can't be read.

        Args:
            call: The ``module`` block.
            folder: The folder that contains the block.
            calls: The names of the calls that lead to the module, including this one.
        """
        local = call.local_source
        if local:
            path = posixpath.normpath(posixpath.join(folder, local))
            if self.config(path) is None:
                return MissingModule(f"there is no folder {local}", HINT)
            return path
        recorded = self._installed.get(".".join(calls))
        if recorded is None:
            return MissingModule(f"its code is not in {self._data_folder}/modules", _INIT_HINT)
        path = posixpath.normpath(recorded)
        if posixpath.isabs(path) or path.startswith("..") or "\\" in path:
            return MissingModule(f"{self._modules} says that it is outside the root module", HINT)
        try:
            if self.config(path) is None:
                return MissingModule(
                    f"{self._modules} names a folder that is not there", _INIT_HINT
                )
        except ExporterError as error:
            return MissingModule(f"its code cannot be read: {error}", HINT)
        return path

    def concerns_ses(self, folder: str, calls: tuple[str, ...], folders: tuple[str, ...]) -> bool:
        """Whether a module, or one that it calls, may contain SES resources.

        Args:
            folder: Its folder.
            calls: The names of the calls that lead to it.
            folders: The folders of its callers.
        """
        key = (folder, ".".join(calls))
        if key not in self._concerned:
            self._concerned[key] = self._may_contain_ses(folder, calls, (*folders, folder))
        return self._concerned[key]

    def _may_contain_ses(
        self, folder: str, calls: tuple[str, ...], folders: tuple[str, ...]
    ) -> bool:
        config = self.config(folder)
        if config is None or config.ses or self.budget.spend(1):
            return True
        for name, call in config.calls.items():
            inner = (*calls, name)
            source = self.source_folder(call, folder, inner)
            # A module that calls itself is refused when it is evaluated.
            if isinstance(source, MissingModule) or source in folders:
                return True
            if self.concerns_ses(source, inner, folders):
                return True
        return False

    @property
    def _data_folder(self) -> str:
        """The folder that ``terraform init`` downloads to."""
        return self.inputs.environment.get("TF_DATA_DIR") or ".terraform"

    @property
    def _modules(self) -> str:
        return f"{self._data_folder}/{_MODULES}"

    @cached_property
    def _installed(self) -> dict[str, str]:
        """The folder of each installed module by its call, from ``modules.json``.

        Raises:
            ExporterError: when the file doesn't have the form that ``terraform init`` writes.
        """
        text = self.tree.text(self._modules)
        if text is None:
            return {}
        try:
            modules: Any = json.loads(text)["Modules"]
            return {str(module["Key"]): str(module["Dir"]) for module in modules}
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ExporterError(
                "not the list of modules that Terraform writes",
                where=self.tree.shown(self._modules),
                hint="run 'terraform init' to write it again",
            ) from None

    @cached_property
    def workspace(self) -> Value:
        """The workspace: ``TF_WORKSPACE``, or the one selected in this folder."""
        from_environment = self.inputs.environment.get("TF_WORKSPACE")
        selected = (self.tree.text(f"{self._data_folder}/environment") or "").strip()
        return from_environment or selected or "default"


@dataclass(frozen=True)
class MissingModule:
    """Why the code of a module can't be read, and what to do about it."""

    reason: str
    hint: str

    @property
    def unknown(self) -> Unknown:
        """The reason, as the value of anything in the module."""
        return Unknown(self.reason)
