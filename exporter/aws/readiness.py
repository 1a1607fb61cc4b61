"""Ask CloudFormation which resource types it can import in a region.

``GetTemplateSummary`` only reads. Its ``ResourceIdentifierSummaries`` list a template's types that
can be imported, each with the keys of its identifier (CloudFormation API reference).
"""

import json
from collections.abc import Mapping

from exporter.aws.session import Access, Connection, explained

Importable = dict[str, frozenset[str]]
"""Resource types with the keys of their identifiers."""


def importable_types(access: Access, template: Mapping[str, object]) -> Importable | None:
    """Return a template's resource types that CloudFormation can import there.

    The template needs only one resource of each type; it must be smaller than 51,200 bytes, the
    limit of a request.

    Returns:
        The types; None if the response has no such list, as from an emulator.

    Raises:
        ExporterError: if the call fails.
    """
    connection = Connection(access)
    with explained(f"region {connection.region}"):
        client = connection.cloudformation()
        response = client.get_template_summary(TemplateBody=json.dumps(template))
    summaries = response.get("ResourceIdentifierSummaries")
    if summaries is None:
        return None
    return {
        summary["ResourceType"]: frozenset(summary.get("ResourceIdentifiers", ()))
        for summary in summaries
        if "ResourceType" in summary
    }
