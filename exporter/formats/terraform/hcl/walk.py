"""Walk the modules of a root that may contain SES resources."""

from collections.abc import Iterator
from dataclasses import dataclass

from exporter.formats.terraform.hcl.module import Module
from exporter.formats.terraform.hcl.run import MissingModule
from exporter.formats.terraform.hcl.syntax import Block


@dataclass(frozen=True)
class MissingCall:
    """The call of a module whose code can't be read."""

    block: Block
    address: str
    why: MissingModule


def walk(module: Module) -> Iterator[Module | MissingCall]:
    """Yield a module, the modules below it, and the calls whose code can't be read.

    Modules without SES resources, in them or below them, are skipped.

    Raises:
        ExporterError: when a module calls itself.
    """
    yield module
    prefix = f"{module.address}." if module.address else ""
    for name, block in module.config.calls.items():
        calls = (*module.calls, name)
        folder = module.run.source_folder(block, module.folder, calls)
        if not isinstance(folder, MissingModule) and not module.run.concerns_ses(
            folder, calls, module.folders
        ):
            continue
        children = module.children(name)
        if isinstance(children, MissingModule):
            yield MissingCall(block, f"{prefix}module.{name}", children)
            continue
        for child in children:
            yield from walk(child.module)
