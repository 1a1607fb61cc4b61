"""What helps where something of a template is unknown."""

from exporter.formats.cloudformation import serverless
from exporter.formats.cloudformation.generated_names import MADE_UP
from exporter.formats.cloudformation.template_context import Context
from exporter.formats.code_resource import Unknown

_OF_A_STACK = "compare with stack:NAME, where CloudFormation tells the names that it made"

_FLAGS = "--stack-name (of export: --unmanaged-stack-name)"


def hint_of(unknown: Unknown, context: Context) -> str:
    """What a person can do; empty where nothing is known to help.

    Args:
        unknown: What is unknown.
        context: Of its template.
    """
    if context.around.is_deployed:
        return ""
    if serverless.is_variable(unknown):
        return serverless.PACKAGE_HINT
    if MADE_UP in unknown.reason:
        has_stack = context.around.stack_name is not None or len(context.around.above) > 1
        return _OF_A_STACK if has_stack else f"name its stack with {_FLAGS}, or {_OF_A_STACK}"
    if "the parameter " in unknown.reason:
        return "give its value with --parameter KEY=VALUE"
    return ""
