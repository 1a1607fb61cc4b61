"""The call of the module that an export is: an import needs the key of its instance."""

from exporter.formats.code_beside import Refusal
from exporter.formats.terraform.hcl.instances import repetition_argument
from exporter.formats.terraform.hcl.module import Module
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.steps import names_in


def refused(root: Module, module: str) -> Refusal | None:
    """Why Terraform could not import to an address: its call has other instances.

    Args:
        root: The root module, which may not call the module yet.
        module: The address of the module, without its first ``module.``: ``mail``, ``mail[0]``.
    """
    within, calling = "", root
    for step in names_in(module):
        name = step.partition("[")[0]
        block = calling.config.calls.get(name)
        if block is None:
            return None
        found = _refused(calling, block, within, step)
        if found is not None:
            return found
        children = calling.children(name)
        if not isinstance(children, list) or not children:
            return None
        within, calling = f"{within}{step}.module.", children[0].module
    return None


def _refused(calling: Module, block: Block, within: str, step: str) -> Refusal | None:
    name, bracket, _ = step.partition("[")
    repetition = repetition_argument(block.body.attributes)
    instances = calling.instances(block, f"module.{name}")
    if instances and instances[0].doubt:
        if bracket:
            return None
        example = '"KEY"' if repetition == "for_each" else "0"
        hint = f"add the key of its instance: --module '{within}{name}[{example}]'"
        what = (
            f"module.{within}{name} has {repetition or 'an override'}, so an import needs its key"
        )
        return Refusal(what, block.where, hint)
    if len(instances) != 1:
        return Refusal(
            f"module.{within}{name} has {len(instances)} instances ({repetition}); "
            "an export is only one",
            block.where,
            "add a separate module call for this code, with one instance",
        )
    address = instances[0].address(name)
    if address == step:
        return None
    return Refusal(
        f"the call creates module.{within}{address}, not module.{within}{step}",
        block.where,
        f"use --module '{within}{address}'",
    )
