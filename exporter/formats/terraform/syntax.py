"""Check the HCL that users supply: expressions of ``--map``, and output of custom templates."""

from exporter.support.errors import ExporterError


def parse_expression(code: str) -> None:
    """Check that a text is exactly one expression, without a comment or a second argument.

    Raises:
        ValueError: when it isn't.
    """
    from exporter.formats.terraform.hcl.syntax import parse  # noqa: PLC0415 - loads its parser

    try:
        body = parse(f"value = {code}\n", "")
    except ExporterError as error:
        raise ValueError(error.what) from None
    if set(body.attributes) != {"value"} or body.blocks:
        raise ValueError("it is more than one")
    expression = body.attributes["value"]
    if expression.source.text_of(expression.node) != code:
        raise ValueError("there is something after it")


def checked(path: str, text: str) -> str:
    """Return the text of a file unchanged.

    Raises:
        ExporterError: when it isn't valid HCL.
    """
    import pygohcl  # noqa: PLC0415 - a library of Go

    try:
        pygohcl.loads(text)
    except (pygohcl.HCLParseError, ValueError) as error:
        raise ExporterError(f"the templates wrote invalid HCL: {error}", where=path) from None
    return text
