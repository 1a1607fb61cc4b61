"""Hints for values of a template that can't be evaluated."""

from exporter.formats.cloudformation import serverless
from exporter.formats.cloudformation.generated_names import GENERATED
from exporter.formats.cloudformation.template_context import Context
from exporter.formats.code_resource import Unknown

_OF_A_STACK = "compare with stack:NAME, which has the names that CloudFormation generated"

_FLAGS = "--stack-name (of export: --unmanaged-stack-name)"


def hint_of(unknown: Unknown, context: Context) -> str:
    """Return what the user can do; empty if nothing is known to help.

    Args:
        unknown: The unknown value.
        context: The context of its template.
    """
    if context.around.is_deployed:
        return ""
    if serverless.is_variable(unknown):
        return serverless.PACKAGE_HINT
    if GENERATED in unknown.reason:
        has_stack = context.around.stack_name is not None or len(context.around.above) > 1
        return _OF_A_STACK if has_stack else f"name its stack with {_FLAGS}, or {_OF_A_STACK}"
    if "the parameter " in unknown.reason:
        return "give its value with --parameter KEY=VALUE"
    return ""
