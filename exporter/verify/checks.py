"""The types that each format's checks use."""

from collections.abc import Callable
from dataclasses import dataclass, field

from exporter.formats.manifest import ScopeRecord
from exporter.verify.live import Live
from exporter.verify.results import CheckFinding, ResourceReadiness, Tool
from exporter.verify.trust import Trust
from exporter.verify.workspace import Workspace


@dataclass(frozen=True)
class Check:
    """One check, before it runs.

    Attributes:
        run: Runs the check.
        version: The version of the tool; empty if it is missing.
    """

    name: str
    tool: Tool
    run: Callable[[], CheckFinding]
    version: str = ""


@dataclass(frozen=True)
class Context:
    """The input of the checks of one scope.

    Attributes:
        python: The Python interpreter from ``--python``; None if it isn't given.
        state: The Terraform state; None if there is none.
        resources: Filled by checks with what CloudFormation could do with each resource.
    """

    workspace: Workspace
    live: Live
    python: str | None = None
    trust: Trust = field(default_factory=Trust)
    state: bytes | None = None
    resources: list[ResourceReadiness] = field(default_factory=list)

    @property
    def record(self) -> ScopeRecord:
        """The scope's entry in the manifest, with ``imported`` brought up to date."""
        return self.workspace.record
