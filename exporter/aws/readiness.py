"""What CloudFormation says that it can import in a region.

``GetTemplateSummary`` only reads. Its ``ResourceIdentifierSummaries`` list the types of a template
that can be imported, each with the keys of its identifier (CloudFormation API reference).
"""

import json
from collections.abc import Mapping

from exporter.aws.session import Access, Connection, explained

Importable = dict[str, frozenset[str]]
"""Resource types with the keys of their identifiers."""


def importable_types(access: Access, template: Mapping[str, object]) -> Importable | None:
    """The types of a template that CloudFormation can import there.

    The template holds one resource of each type that is asked about; it must be smaller than the
    51,200 bytes that a request may hold.

    Returns:
        The types; None when the answer has no such list, as that of an emulator.

    Raises:
        ExporterError: when CloudFormation does not answer.
    """
    connection = Connection(access)
    with explained(f"region {connection.region}"):
        client = connection.cloudformation()
        answer = client.get_template_summary(TemplateBody=json.dumps(template))
    summaries = answer.get("ResourceIdentifierSummaries")
    if summaries is None:
        return None
    return {
        summary["ResourceType"]: frozenset(summary.get("ResourceIdentifiers", ()))
        for summary in summaries
        if "ResourceType" in summary
    }
