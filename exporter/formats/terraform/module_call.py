"""Check that a root calls the export's module as the import addresses expect."""

from exporter.formats.code_beside import Refusal
from exporter.formats.terraform.hcl.instances import repetition_argument
from exporter.formats.terraform.hcl.module import Module
from exporter.formats.terraform.hcl.syntax import Block
from exporter.formats.terraform.steps import names_in


def refusal(root: Module, module: str) -> Refusal | None:
    """Return why Terraform can't import into a module; None if it can.

    Args:
        root: The root module, which may not call the module yet.
        module: The address of the module, without its first ``module.``: ``mail``, ``mail[0]``.
    """
    prefix, calling_module = "", root
    for step in names_in(module):
        name = step.partition("[")[0]
        block = calling_module.config.calls.get(name)
        if block is None:
            return None
        call_refusal = _call_refusal(calling_module, block, prefix, step)
        if call_refusal is not None:
            return call_refusal
        children = calling_module.children(name)
        if not isinstance(children, list) or not children:
            return None
        prefix, calling_module = f"{prefix}{step}.module.", children[0].module
    return None


def _call_refusal(parent: Module, block: Block, prefix: str, step: str) -> Refusal | None:
    name, bracket, _ = step.partition("[")
    repetition = repetition_argument(block.body.attributes)
    instances = parent.instances(block, f"module.{name}")
    if instances and instances[0].doubt:
        if bracket:
            return None
        example = '"KEY"' if repetition == "for_each" else "0"
        hint = f"add the key of its instance: --module '{prefix}{name}[{example}]'"
        what = (
            f"module.{prefix}{name} has {repetition or 'an override'}, so an import needs its key"
        )
        return Refusal(what, block.where, hint)
    if len(instances) != 1:
        return Refusal(
            f"module.{prefix}{name} has {len(instances)} instances ({repetition}); "
            "an export is only one",
            block.where,
            "add a separate module call for this code, with one instance",
        )
    address = instances[0].address(name)
    if address == step:
        return None
    return Refusal(
        f"the call creates module.{prefix}{address}, not module.{prefix}{step}",
        block.where,
        f"use --module '{prefix}{address}'",
    )
