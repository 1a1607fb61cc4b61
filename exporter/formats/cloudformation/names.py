"""CloudFormation's types of SES resources."""

from exporter.model.identities import Identity

SET_TYPE = "AWS::SES::ConfigurationSet"
DESTINATION_TYPE = "AWS::SES::ConfigurationSetEventDestination"


def resource_type(identity: Identity) -> str:
    """Return the CloudFormation type of a resource."""
    return DESTINATION_TYPE if identity.event_destination else SET_TYPE
