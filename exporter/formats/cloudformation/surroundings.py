"""What is known of a template beside its text, from what a comparison knows of its code."""

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
) -> Surroundings:
    """What is known of a template.

    Args:
        given: Values of its parameters that its code says, with ``AWS::StackName`` if known.
        account_id: Its account, if its code says it.
        region: Its region, if its code says it.
        inputs: What is known beside its code; counts where the code says nothing.
        nested_text: Reads the template of a nested stack (``Surroundings.nested_text``).
        exports: What the templates of the same code export.
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
        exported=partial(_exported, exports, stacks),
    )


def _exported(
    exports: Exports,
    stacks: Stacks | None,
    name: str,
    account_id: str | None,
    region: str | None,
) -> Json:
    """What is exported under a name, by the same code or else by a deployed stack."""
    found = exports.value(name, account_id, region)
    if stacks is None or not (found is None or isinstance(found, Unknown)):
        return found
    told = stacks.imported(name, account_id, region)
    return found if told is None else told
