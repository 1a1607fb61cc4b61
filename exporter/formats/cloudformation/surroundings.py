"""What is known of a template beside its text, from what a comparison knows of its code."""

from collections.abc import Callable, Mapping

from exporter.formats.cloudformation.template_context import Surroundings
from exporter.formats.code_inputs import CodeInputs


def surroundings_of(
    given: Mapping[str, str],
    account_id: str | None,
    region: str | None,
    inputs: CodeInputs,
    *,
    nested_text: Callable[[str], tuple[str, str] | None],
) -> Surroundings:
    """What is known of a template.

    Args:
        given: Values of its parameters that its code says, with ``AWS::StackName`` if known.
        account_id: Its account, if its code says it.
        region: Its region, if its code says it.
        inputs: What is known beside its code; counts where the code says nothing.
        nested_text: Reads the template of a nested stack (``Surroundings.nested_text``).
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
    )
