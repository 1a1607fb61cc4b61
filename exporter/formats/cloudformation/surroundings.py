"""What is known about a template besides its text, from the inputs of a comparison."""

from collections.abc import Callable, Mapping
from functools import partial

from exporter.formats.cloudformation.exports import Exports
from exporter.formats.cloudformation.template_context import Json, Surroundings
from exporter.formats.code_inputs import CodeInputs, Stacks
from exporter.formats.code_resource import Unknown


def surroundings_of(
    given: Mapping[str, str],
    account_id: str | None,
    region: str | None,
    inputs: CodeInputs,
    *,
    nested_text: Callable[[str], tuple[str, str] | None],
    exports: Exports,
    tags: Mapping[str, str] | None = None,
) -> Surroundings:
    """Return what is known about a template.

    Args:
        given: Values of its parameters in the code, with ``AWS::StackName`` if known.
        account_id: Its account, if the code sets it.
        region: Its region, if the code sets it.
        inputs: What the caller knows; the code takes precedence.
        nested_text: Reads the template of a nested stack (``Surroundings.nested_text``).
        exports: What the templates of the same code export.
        tags: The tags of its stack, if the code sets them.
    """
    other = inputs.other_at(account_id, region)
    account_id = account_id or (other.account_id if other else None) or inputs.account_id
    region = region or (other.region if other else None) or inputs.region
    name = given.get("AWS::StackName")
    stacks = inputs.stacks
    return Surroundings(
        given=given,
        resolved=inputs.parameters,
        account_id=account_id,
        region=region,
        deployment=stacks.find(name, account_id, region) if stacks and name else None,
        other=other.names if other is not None else None,
        nested_text=nested_text,
        tags=tags,
        exported=partial(_exported, exports, stacks),
    )


def _exported(
    exports: Exports,
    stacks: Stacks | None,
    name: str,
    account_id: str | None,
    region: str | None,
) -> Json:
    """The value exported under a name, by the same code or else by a deployed stack."""
    from_code = exports.value(name, account_id, region)
    if stacks is None or not (from_code is None or isinstance(from_code, Unknown)):
        return from_code
    deployed = stacks.imported(name, account_id, region)
    return from_code if deployed is None else deployed
