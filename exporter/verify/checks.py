"""What a format's checks are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field

from exporter.formats.manifest import ScopeRecord
from exporter.verify.live import Live
from exporter.verify.results import CheckFinding, ResourceReadiness, Tool
from exporter.verify.trust import Trust
from exporter.verify.workspace import Workspace


@dataclass(frozen=True)
class Check:
    """One check, not made yet.

    Attributes:
        version: Of the tool; empty when it is missing.
    """

    name: str
    tool: Tool
    make: Callable[[], CheckFinding]
    version: str = ""


@dataclass(frozen=True)
class Context:
    """What the checks of one scope work on.

    Attributes:
        python: The Python that the person chose to synthesize with; None when none was chosen.
        state: Of Terraform; None when there is none.
        resources: Filled with what CloudFormation could do with each resource.
    """

    workspace: Workspace
    live: Live
    python: str | None = None
    trust: Trust = field(default_factory=Trust)
    state: bytes | None = None
    resources: list[ResourceReadiness] = field(default_factory=list)

    @property
    def record(self) -> ScopeRecord:
        """The scope, as the manifest has it; ``imported`` tells what is done by now."""
        return self.workspace.record
