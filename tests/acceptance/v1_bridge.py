"""The SES API v1 for Terraform, answered by the API v2 of an emulator: both are the same SES.

ministack has no event destinations of v1. It answers what the AWS provider asks for
``aws_ses_configuration_set`` and ``aws_ses_event_destination`` (SES API v1 Reference, query
protocol), and nothing else.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

Client = Any
Fields = Mapping[str, str]


def _camel(text: str) -> str:
    first, *rest = text.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


def _upper(text: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).upper()


def _members(fields: Fields, prefix: str) -> list[dict[str, str]]:
    """The members of a list, each with its fields; a plain one has the empty name."""
    found: dict[int, dict[str, str]] = {}
    for name, value in fields.items():
        if name.startswith(f"{prefix}.member."):
            number, _, inner = name.removeprefix(f"{prefix}.member.").partition(".")
            found.setdefault(int(number), {})[inner] = value
    return [found[number] for number in sorted(found)]


# What v1 asks, done by v2
# --------------------------------------------------------------------------------------


def _create_set(client: Client, fields: Fields) -> str:
    client.create_configuration_set(
        ConfigurationSetName=fields["ConfigurationSet.Name"],
        ReputationOptions={"ReputationMetricsEnabled": False},
        SendingOptions={"SendingEnabled": True},
    )
    return ""


def _delete_set(client: Client, fields: Fields) -> str:
    client.delete_configuration_set(ConfigurationSetName=fields["ConfigurationSetName"])
    return ""


def _delivery(client: Client, fields: Fields) -> str:
    policy = _upper(fields.get("DeliveryOptions.TlsPolicy", "Optional"))
    name = fields["ConfigurationSetName"]
    client.put_configuration_set_delivery_options(ConfigurationSetName=name, TlsPolicy=policy)
    return ""


def _reputation(client: Client, fields: Fields) -> str:
    client.put_configuration_set_reputation_options(
        ConfigurationSetName=fields["ConfigurationSetName"],
        ReputationMetricsEnabled=fields["Enabled"] == "true",
    )
    return ""


def _sending(client: Client, fields: Fields) -> str:
    client.put_configuration_set_sending_options(
        ConfigurationSetName=fields["ConfigurationSetName"],
        SendingEnabled=fields["Enabled"] == "true",
    )
    return ""


def _tracking(client: Client, fields: Fields) -> str:
    client.put_configuration_set_tracking_options(
        ConfigurationSetName=fields["ConfigurationSetName"],
        CustomRedirectDomain=fields["TrackingOptions.CustomRedirectDomain"],
    )
    return ""


def _destination(fields: Fields) -> tuple[str, dict[str, Any]]:
    place = "EventDestination"
    types = [each[""] for each in _members(fields, f"{place}.MatchingEventTypes")]
    found: dict[str, Any] = {
        "Enabled": fields.get(f"{place}.Enabled") == "true",
        "MatchingEventTypes": [_upper(each) for each in types],
    }
    if f"{place}.SNSDestination.TopicARN" in fields:
        found["SnsDestination"] = {"TopicArn": fields[f"{place}.SNSDestination.TopicARN"]}
    stream = f"{place}.KinesisFirehoseDestination"
    if f"{stream}.DeliveryStreamARN" in fields:
        found["KinesisFirehoseDestination"] = {
            "DeliveryStreamArn": fields[f"{stream}.DeliveryStreamARN"],
            "IamRoleArn": fields[f"{stream}.IAMRoleARN"],
        }
    dimensions = _members(fields, f"{place}.CloudWatchDestination.DimensionConfigurations")
    if dimensions:
        found["CloudWatchDestination"] = {
            "DimensionConfigurations": [
                {**each, "DimensionValueSource": _upper(each["DimensionValueSource"])}
                for each in dimensions
            ]
        }
    return fields[f"{place}.Name"], found


def _create_destination(client: Client, fields: Fields) -> str:
    name, found = _destination(fields)
    client.create_configuration_set_event_destination(
        ConfigurationSetName=fields["ConfigurationSetName"],
        EventDestinationName=name,
        EventDestination=found,
    )
    return ""


def _update_destination(client: Client, fields: Fields) -> str:
    name, found = _destination(fields)
    client.update_configuration_set_event_destination(
        ConfigurationSetName=fields["ConfigurationSetName"],
        EventDestinationName=name,
        EventDestination=found,
    )
    return ""


def _delete_destination(client: Client, fields: Fields) -> str:
    client.delete_configuration_set_event_destination(
        ConfigurationSetName=fields["ConfigurationSetName"],
        EventDestinationName=fields["EventDestinationName"],
    )
    return ""


def _describe(client: Client, fields: Fields) -> str:
    name = fields["ConfigurationSetName"]
    found = client.get_configuration_set(ConfigurationSetName=name)
    asked = [each[""] for each in _members(fields, "ConfigurationSetAttributeNames")]
    parts = [_element("ConfigurationSet", _element("Name", escape(name)))]
    if "eventDestinations" in asked:
        every = client.get_configuration_set_event_destinations(ConfigurationSetName=name)
        shown = "".join(map(_shown, every["EventDestinations"]))
        parts.append(_element("EventDestinations", shown))
    policy = found.get("DeliveryOptions", {}).get("TlsPolicy")
    if "deliveryOptions" in asked and policy:
        parts.append(_element("DeliveryOptions", _element("TlsPolicy", policy.capitalize())))
    domain = found.get("TrackingOptions", {}).get("CustomRedirectDomain")
    if "trackingOptions" in asked and domain:
        inner = _element("CustomRedirectDomain", escape(domain))
        parts.append(_element("TrackingOptions", inner))
    if "reputationOptions" in asked:
        metrics = found.get("ReputationOptions", {}).get("ReputationMetricsEnabled", False)
        sending = found.get("SendingOptions", {}).get("SendingEnabled", True)
        inner = _element("ReputationMetricsEnabled", str(metrics).lower())
        parts.append(
            _element("ReputationOptions", inner + _element("SendingEnabled", str(sending).lower()))
        )
    return "".join(parts)


def _shown(found: Mapping[str, Any]) -> str:
    """A destination as v1 shows it; nothing of what v1 does not know."""
    types = [_camel(each) for each in found["MatchingEventTypes"]]
    parts = [
        _element("Name", escape(found["Name"])),
        _element("Enabled", str(found.get("Enabled", False)).lower()),
        _element("MatchingEventTypes", "".join(_element("member", each) for each in types)),
    ]
    if "SnsDestination" in found:
        arn = _element("TopicARN", escape(found["SnsDestination"]["TopicArn"]))
        parts.append(_element("SNSDestination", arn))
    stream = found.get("KinesisFirehoseDestination")
    if stream:
        inner = _element("DeliveryStreamARN", escape(stream["DeliveryStreamArn"]))
        inner += _element("IAMRoleARN", escape(stream["IamRoleArn"]))
        parts.append(_element("KinesisFirehoseDestination", inner))
    metrics = found.get("CloudWatchDestination")
    if metrics:
        members = "".join(
            _element(
                "member",
                _element("DimensionName", escape(each["DimensionName"]))
                + _element("DimensionValueSource", _camel(each["DimensionValueSource"]))
                + _element("DefaultDimensionValue", escape(each["DefaultDimensionValue"])),
            )
            for each in metrics["DimensionConfigurations"]
        )
        parts.append(
            _element("CloudWatchDestination", _element("DimensionConfigurations", members))
        )
    return _element("member", "".join(parts))


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>"


_ACTIONS: Mapping[str, Callable[[Client, Fields], str]] = {
    "CreateConfigurationSet": _create_set,
    "CreateConfigurationSetEventDestination": _create_destination,
    "CreateConfigurationSetTrackingOptions": _tracking,
    "DeleteConfigurationSet": _delete_set,
    "DeleteConfigurationSetEventDestination": _delete_destination,
    "DescribeConfigurationSet": _describe,
    "PutConfigurationSetDeliveryOptions": _delivery,
    "UpdateConfigurationSetEventDestination": _update_destination,
    "UpdateConfigurationSetReputationMetricsEnabled": _reputation,
    "UpdateConfigurationSetSendingEnabled": _sending,
    "UpdateConfigurationSetTrackingOptions": _tracking,
}


@contextmanager
def v1_of(client: Client) -> Iterator[str]:
    """Serve the API v1 of what a client of the API v2 reaches; gives the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fields = dict(parse_qsl(body, keep_blank_values=True))
            action = fields["Action"]
            try:
                result, code = _ACTIONS[action](client, fields), 200
            except client.exceptions.AlreadyExistsException:
                # The provider asked again, as an answer got lost on a busy machine.
                result, code = "", 200
            except client.exceptions.NotFoundException:
                name = "ConfigurationSetDoesNotExist"
                error = _element("Code", name) + _element("Message", name)
                self._answer(_element("ErrorResponse", _element("Error", error)), 400)
                return
            inner = _element(f"{action}Result", result)
            self._answer(_element(f"{action}Response", inner), code)

        def _answer(self, text: str, code: int) -> None:
            data = text.encode()
            self.send_response(code)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
