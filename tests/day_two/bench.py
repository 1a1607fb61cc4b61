"""What a person has at hand: an account, a folder, the command, Terraform; and what was done."""

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporter.formats import manifest
from exporter.formats.manifest import MANIFEST_FILE
from exporter.model.identities import Identity
from exporter.model.resources import Scope
from tests.day_two import code
from tests.day_two.accounts import Account, identities
from tests.day_two.plans import Engine
from tests.support import Ran

Json = Any

ONCE = ("imports.tf", "moved.tf", "removed.tf")
"""The files that are deleted after an apply."""


@dataclass
class Bench:
    """One sequence of steps.

    Attributes:
        account: What is alive.
        engine: Terraform, in ``infra``.
        folder: Where ``infra`` and the snapshots are.
        scope: The account and region.
        command: Runs ``ses2iac``.
        typed: What was done, as a person would type it.
    """

    account: Account
    engine: Engine
    folder: Path
    scope: Scope
    command: Callable[..., Ran]
    typed: list[str] = field(default_factory=list)

    @property
    def infra(self) -> Path:
        """The export."""
        return self.folder / "infra"

    @property
    def is_exported(self) -> bool:
        """Whether the folder holds an export; one of nothing at all is not written."""
        return (self.infra / MANIFEST_FILE).exists()

    def run(self, *arguments: str) -> Ran:
        """Run ``ses2iac``."""
        place = f"{self.folder}/"
        self.typed.append(shlex.join(["ses2iac", *(each.replace(place, "") for each in arguments)]))
        ran = self.command(*arguments)
        self.must("Traceback" not in ran.err, ran.err)
        self.must("fault in ses2iac" not in ran.err, ran.err)
        return ran

    def aws(self, operation: str, **parameters: Json) -> None:
        """Change the account by an operation of SES."""
        verb, shown = operation.replace("_", "-"), json.dumps(parameters)
        self.typed.append(shlex.join(["aws", "sesv2", verb, "--cli-input-json", shown]))
        self.account.call(operation, **parameters)

    def must(self, holds: bool, message: str) -> None:
        """Fail with all that was done when something does not hold."""
        if not holds:
            steps = "\n".join(f"  {each}" for each in self.typed)
            raise AssertionError(f"{message}\nafter these steps:\n{steps}")

    def alive(self) -> set[Identity]:
        """What exists in SES."""
        return identities(self.account)

    def held(self) -> set[Identity]:
        """What the last export wrote, as its manifest says."""
        found = manifest.load(self.infra) if self.is_exported else None
        scopes = found.scopes if found else ()
        return {each.identity for scope in scopes for each in scope.resources}

    def code(self) -> code.Code:
        """What the generated files say."""
        return code.read(self.infra, self.scope)

    def once(self) -> dict[str, bytes]:
        """The files that are deleted after an apply, as they are."""
        paths = [self.infra / name for name in ONCE]
        return {path.name: path.read_bytes() for path in paths if path.exists()}

    def names(self) -> list[str]:
        """The names in code that ``names.toml`` gives."""
        file = self.infra / "names.toml"
        return _NAME.findall(file.read_text(encoding="utf-8")) if file.exists() else []

    def rename(self, old: str, new: str) -> None:
        """Give a resource another name in code."""
        file = self.infra / "names.toml"
        self.typed.append(f"""sed -i 's/ = "{old}"$/ = "{new}"/' infra/names.toml""")
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(f' = "{old}"\n', f' = "{new}"\n'), encoding="utf-8")


_NAME = re.compile(r'^\S+ = "(\w+)"$', re.MULTILINE)
