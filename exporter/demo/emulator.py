"""An in-process AWS endpoint for the demo and the tests: moto's server with a full SES v2.

moto's own server application responds to every request. Only its SES v2 handler is replaced, for
this server alone, because moto has no event-destination operations and loses parts of a
configuration set. Nothing in moto is patched, and each `Emulator` has its own configuration
sets; the other services keep their state in the process, as always with moto.

Inputs are checked against botocore's copy of the SES API v2 model (members, types,
enumerations, limits). Rules that the model lacks are from the "Amazon SES API v2 Reference" and
from "Service quotas in Amazon SES".
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import RLock, Thread
from typing import Any, Self, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape
from flask import Flask
from moto.backends import SERVICE_NAMES
from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import JsonRESTError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request
from moto.core.utils import convert_to_flask_response, get_service_model
from moto.moto_server import werkzeug_app as moto_server
from moto.sesv2.responses import SESV2Response
from werkzeug.serving import BaseWSGIServer, make_server

from exporter.demo import template_summary

Document = dict[str, Any]

_DEFAULT_REGION = "eu-west-1"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MAX_DESTINATIONS = 10
_MAX_DIMENSIONS = 10
_DEFAULT_PAGE_SIZE = 100
# Options that AWS adds if the caller omits them, so a response always has them.
_DEFAULTS: dict[str, Document] = {
    "ReputationOptions": {"ReputationMetricsEnabled": False},
    "SendingOptions": {"SendingEnabled": True},
}
# The path of ListConfigurationSets changed between SDK releases; both work with every client.
_LIST_ROUTES = {
    ("GET", "/v2/email/configuration-sets"),
    ("POST", "/v2/email/list-configuration-sets"),
}
_JSON_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("structure", "map"), (dict,)),
    **dict.fromkeys(("integer", "long"), (int,)),
    "list": (list,),
    "string": (str,),
    "boolean": (bool,),
    "timestamp": (int, float),
}


class _ServiceError(JsonRESTError):
    """An SES API v2 error: moto writes the JSON body and the `x-amzn-errortype` header."""

    def __init__(self, error_type: str, message: str, status: int = 400) -> None:
        super().__init__(error_type, message)
        self.code = status


def _bad_request(message: str) -> _ServiceError:
    return _ServiceError("BadRequestException", message)


def _conform(shape: Shape, value: Any, where: str) -> Any:
    """Return `value` as in `shape` of the API model; unknown and null members are dropped.

    `where` names the value in error messages. Raises BadRequestException if a required member
    is missing or a value violates the type, enumeration, length, range or pattern of its shape.
    """
    # The exact type, because a JSON boolean is an `int` to isinstance().
    if type(value) not in _JSON_TYPES[shape.type_name]:
        raise _bad_request(f"Value at '{where}' must be a {shape.type_name}.")
    if isinstance(shape, ListShape):
        return [_conform(shape.member, item, where) for item in value]
    if isinstance(shape, MapShape):
        return {
            _conform(shape.key, key, where): _conform(shape.value, value[key], where)
            for key in value
        }
    if isinstance(shape, StructureShape):
        items = {key: item for key, item in value.items() if item is not None}
        if missing := [name for name in shape.required_members if name not in items]:
            raise _bad_request(f"Missing at '{where}': {', '.join(missing)}.")
        members = [(name, member) for name, member in shape.members.items() if name in items]
        return {name: _conform(member, items[name], f"{where}.{name}") for name, member in members}
    _check_limits(shape.metadata, value, where)
    return value


def _check_limits(limits: Mapping[str, Any], value: Any, where: str) -> None:
    """Raise BadRequestException when a string or number is outside the limits of its shape."""
    size = len(value) if isinstance(value, str) else value
    if (
        value not in limits.get("enum", [value])
        or not limits.get("min", size) <= size <= limits.get("max", size)
        or ("pattern" in limits and not re.fullmatch(limits["pattern"], value))
    ):
        raise _bad_request(f"Value '{value}' at '{where}' must satisfy {dict(limits)}.")


def _check_name(kind: str, name: str) -> None:
    """Raise BadRequestException for a bad name (API reference: 1-64 letters, digits, _ and -)."""
    if not _NAME.fullmatch(name):
        raise _bad_request(f"Invalid {kind} name <{name}>: use 1-64 of A-Z, a-z, 0-9, _ and -.")


def _check_tag_keys(keys: Iterable[str]) -> None:
    """Raise BadRequestException for a key with the prefix that AWS reserves, in any case."""
    for key in keys:
        if key.lower().startswith("aws:"):
            raise _bad_request(f"Tag key <{key}> must not start with the reserved prefix aws:.")


def _event_destination(name: str, definition: Document) -> Document:
    """Return the EventDestination in responses for a checked EventDestinationDefinition.

    Raises BadRequestException without any event type, without exactly one target (API reference,
    CreateConfigurationSetEventDestination) or with more than ten dimensions (service quotas; not
    LimitExceededException, which the Update operation does not have).
    """
    event_types = sorted(set(definition.get("MatchingEventTypes", ())))
    targets = [member for member in definition if member.endswith("Destination")]
    dimensions = definition.get("CloudWatchDestination", {}).get("DimensionConfigurations", ())
    if not event_types:
        raise _bad_request(f"Event destination <{name}> must match at least one event type.")
    if len(targets) != 1:
        raise _bad_request(f"Event destination <{name}> must have exactly one destination type.")
    if len(dimensions) > _MAX_DIMENSIONS:
        raise _bad_request(f"Event destination <{name}> has over {_MAX_DIMENSIONS} dimensions.")
    return {
        "Name": name,
        "Enabled": definition.get("Enabled", False),
        "MatchingEventTypes": event_types,
        targets[0]: definition[targets[0]],
    }


@dataclass
class _ConfigurationSet:
    """One configuration set; `options` and `destinations` are as in responses."""

    name: str
    tags: dict[str, str]
    options: dict[str, Document] = field(default_factory=dict)
    destinations: dict[str, Document] = field(default_factory=dict)

    def put(self, member: str, value: Document) -> None:
        """Replace one group of options; an empty group is removed."""
        self.options[member] = {**_DEFAULTS.get(member, {}), **value}
        if not self.options[member]:
            del self.options[member]

    def tag_list(self) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]


@dataclass
class _State:
    """The configuration sets of one emulator by account, region and name, oldest first."""

    lock: RLock = field(default_factory=RLock)
    sets: defaultdict[tuple[str, str], dict[str, _ConfigurationSet]] = field(
        default_factory=lambda: defaultdict(dict)
    )


def _put_operation(member: str) -> Callable[[_SesV2Response], str]:
    """Return the method of a Put operation whose input is the new value of a group of options."""

    def put(self: _SesV2Response) -> str:
        given = self._input()
        self._find(given.pop("ConfigurationSetName")).put(member, given)
        return "{}"

    return put


class _SesV2Response(SESV2Response):
    """moto's SES v2 handler with its configuration-set operations replaced.

    moto calls the method named after the operation; it returns the response's JSON.
    """

    def __init__(self, state: _State) -> None:
        super().__init__()
        self._state = state

    def respond(self, request: Request, full_url: str, headers: Any) -> TYPE_RESPONSE:
        """Respond to one request."""
        return self._dispatch(request, full_url, headers)

    def call_action(self) -> TYPE_RESPONSE:
        """Run the operation; respond with 501 if neither moto nor this class has it."""
        try:
            with self._state.lock:
                return super().call_action()
        except NotImplementedError as error:
            refusal = _ServiceError("UnknownOperationException", str(error), 501)
            return 501, dict(refusal.get_headers()), refusal.get_body()

    def _get_action(self) -> str:
        """Return the operation's name, from method and path only.

        moto also looks for an `Action` parameter in the body, where a tag value may look like one.
        """
        request = self.normalized_request
        if (request.method, request.path.rstrip("/")) in _LIST_ROUTES:
            return "ListConfigurationSets"
        return self._get_action_from_method_and_request_uri(request)

    def _input(self) -> Document:
        """Return the operation's checked input members, from path, query and body together."""
        model = get_service_model("sesv2").operation_model(self._get_action())
        shape = cast(StructureShape, model.input_shape)
        try:
            values = {**json.loads(self.body or "{}")}
        except (TypeError, ValueError) as error:
            raise _bad_request("The request body is not a JSON object.") from error
        for name, texts in self.normalized_request.args.lists():
            member = shape.members.get(name)
            if isinstance(member, ListShape):
                values[name] = texts
            elif member is not None:
                number = member.type_name == "integer" and texts[0].isdecimal()
                values[name] = int(texts[0]) if number else texts[0]
        return cast(Document, _conform(shape, {**values, **self.uri_match}, "input"))

    def _sets(self) -> dict[str, _ConfigurationSet]:
        return self._state.sets[self.current_account, self.region]

    def _find(self, name: str) -> _ConfigurationSet:
        """Return the set called `name`, or raise NotFoundException."""
        if name not in self._sets():
            message = f"Configuration set <{name}> does not exist."
            raise _ServiceError("NotFoundException", message, 404)
        return self._sets()[name]

    def _find_with(self, name: str, destination: str) -> _ConfigurationSet:
        """Return the set that has this event destination, or raise NotFoundException."""
        set_ = self._find(name)
        if destination not in set_.destinations:
            message = f"Event destination <{destination}> does not exist in <{name}>."
            raise _ServiceError("NotFoundException", message, 404)
        return set_

    def create_configuration_set(self) -> str:
        inputs = self._input()
        name = inputs["ConfigurationSetName"]
        _check_name("configuration set", name)
        created = _ConfigurationSet(name, {t["Key"]: t["Value"] for t in inputs.get("Tags", ())})
        _check_tag_keys(created.tags)
        for member in {**_DEFAULTS, **inputs}:
            if member.endswith("Options"):
                created.put(member, inputs.get(member, {}))
        if name in self._sets():
            message = f"Configuration set <{name}> already exists."
            raise _ServiceError("AlreadyExistsException", message)
        self._sets()[name] = created
        return "{}"

    def get_configuration_set(self) -> str:
        set_ = self._find(self._input()["ConfigurationSetName"])
        response = {"ConfigurationSetName": set_.name, "Tags": set_.tag_list(), **set_.options}
        return json.dumps(response)

    def delete_configuration_set(self) -> str:
        set_ = self._find(self._input()["ConfigurationSetName"])
        del self._sets()[set_.name]
        return "{}"

    def list_configuration_sets(self) -> str:
        """Return one page; the token is the position at which the next page starts."""
        inputs = self._input()
        token, size = inputs.get("NextToken", "0"), inputs.get("PageSize", _DEFAULT_PAGE_SIZE)
        if size < 1 or not re.fullmatch(r"[0-9]{1,9}", token):
            raise _bad_request("PageSize must be at least 1, and NextToken one from a response.")
        contained = inputs.get("Filter", {}).get("CONFIGURATION_SET_NAME_CONTAINS", "")
        names = [name for name in self._sets() if contained in name]
        end = int(token) + size
        response: Document = {"ConfigurationSets": names[int(token) : end]}
        if end < len(names):
            response["NextToken"] = str(end)
        return json.dumps(response)

    put_configuration_set_archiving_options = _put_operation("ArchivingOptions")
    put_configuration_set_delivery_options = _put_operation("DeliveryOptions")
    put_configuration_set_sending_options = _put_operation("SendingOptions")
    put_configuration_set_suppression_options = _put_operation("SuppressionOptions")
    put_configuration_set_tracking_options = _put_operation("TrackingOptions")

    def put_configuration_set_reputation_options(self) -> str:
        """Switch the metrics; the input has no LastFreshStart, so the known one stays."""
        inputs = self._input()
        set_ = self._find(inputs.pop("ConfigurationSetName"))
        current = set_.options["ReputationOptions"]
        set_.put("ReputationOptions", {**current, **_DEFAULTS["ReputationOptions"], **inputs})
        return "{}"

    def put_configuration_set_vdm_options(self) -> str:
        inputs = self._input()
        set_ = self._find(inputs["ConfigurationSetName"])
        set_.put("VdmOptions", inputs.get("VdmOptions", {}))
        return "{}"

    def create_configuration_set_event_destination(self) -> str:
        inputs = self._input()
        name = inputs["EventDestinationName"]
        _check_name("event destination", name)
        created = _event_destination(name, inputs["EventDestination"])
        owner = self._find(inputs["ConfigurationSetName"])
        if name in owner.destinations:
            message = f"Event destination <{name}> already exists in <{owner.name}>."
            raise _ServiceError("AlreadyExistsException", message)
        if len(owner.destinations) >= _MAX_DESTINATIONS:
            message = f"<{owner.name}> has {_MAX_DESTINATIONS} event destinations already."
            raise _ServiceError("LimitExceededException", message)
        owner.destinations[name] = created
        return "{}"

    def get_configuration_set_event_destinations(self) -> str:
        set_ = self._find(self._input()["ConfigurationSetName"])
        return json.dumps({"EventDestinations": list(set_.destinations.values())})

    def update_configuration_set_event_destination(self) -> str:
        """Replace the whole definition: a member left out goes back to its default."""
        inputs = self._input()
        name = inputs["EventDestinationName"]
        changed = _event_destination(name, inputs["EventDestination"])
        self._find_with(inputs["ConfigurationSetName"], name).destinations[name] = changed
        return "{}"

    def delete_configuration_set_event_destination(self) -> str:
        inputs = self._input()
        name = inputs["EventDestinationName"]
        del self._find_with(inputs["ConfigurationSetName"], name).destinations[name]
        return "{}"

    # Terraform reads and writes a set's tags with these, not with GetConfigurationSet.

    def _tagged(self, arn: str) -> _ConfigurationSet | None:
        """Return the set with this ARN; None if the ARN is of another type of resource."""
        if ":configuration-set/" not in arn:
            return None
        home = f"arn:{self.partition}:ses:{self.region}:{self.current_account}:configuration-set/"
        return self._find(arn.removeprefix(home))

    def list_tags_for_resource(self) -> str:
        set_ = self._tagged(self._input()["ResourceArn"])
        return json.dumps({"Tags": set_.tag_list()}) if set_ else super().list_tags_for_resource()

    def tag_resource(self) -> str:
        inputs = self._input()
        _check_tag_keys(tag["Key"] for tag in inputs["Tags"])
        if (set_ := self._tagged(inputs["ResourceArn"])) is None:
            return super().tag_resource()
        set_.tags.update({tag["Key"]: tag["Value"] for tag in inputs["Tags"]})
        return "{}"

    def untag_resource(self) -> str:
        inputs = self._input()
        _check_tag_keys(inputs["TagKeys"])
        if (set_ := self._tagged(inputs["ResourceArn"])) is None:
            return super().untag_resource()
        for key in inputs["TagKeys"]:
            set_.tags.pop(key, None)
        return "{}"


class _Application(moto_server.DomainDispatcherApplication):
    """moto's server application for one emulator and its state."""

    def __init__(self, state: _State, account_id: str) -> None:
        super().__init__(self._build)
        self._state = state
        self._account_id = account_id

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        # The header with which moto lets a request choose its account.
        environ.setdefault("HTTP_X_MOTO_ACCOUNT_ID", self._account_id)
        return super().__call__(environ, start_response)

    def _build(self, service: SERVICE_NAMES) -> Flask:
        """Return moto's Flask application for `service`, for SES v2 with the handler above."""
        app = moto_server.create_backend_app(service)
        if service == "sesv2":
            view = convert_to_flask_response(self._ses_v2)
            # The handler finds the operation itself, so all of moto's routes lead to it, and one
            # more route for the paths that moto lacks.
            app.view_functions = dict.fromkeys(app.view_functions, view)
            methods = moto_server.HTTP_METHODS
            app.add_url_rule("/v2/email/<path:rest>", "rest", view, methods=methods)
        elif service == "cloudformation":
            template_summary.install(app)
        return app

    def _ses_v2(self, request: Request, full_url: str, headers: Any) -> TYPE_RESPONSE:
        return _SesV2Response(self._state).respond(request, full_url, headers)


class _QuietRequestHandler(moto_server.MotoRequestHandler):
    """A request handler that logs nothing."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Drop the message; errors inside the application are still reported by the server."""


class Emulator:
    """An AWS endpoint on a free loopback port, for SES v2 configuration sets and STS.

    The configuration sets live as long as the object; the server runs inside the `with` block.
    """

    def __init__(self, account_id: str = DEFAULT_ACCOUNT_ID) -> None:
        """Prepare an empty account with this 12-digit id; nothing runs yet."""
        self._account_id = account_id
        self._state = _State()
        self._server: BaseWSGIServer | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        """Start the server on a free port of 127.0.0.1. Raises RuntimeError if it is running."""
        if self._server is not None:
            raise RuntimeError("the emulator is already running")
        app = _Application(self._state, self._account_id)
        self._server = make_server(
            "127.0.0.1", 0, app, threaded=True, request_handler=_QuietRequestHandler
        )
        # A short interval, because shutdown() waits until the server next checks its flag.
        serve, interval = self._server.serve_forever, {"poll_interval": 0.02}
        self._thread = Thread(target=serve, kwargs=interval, name="aws-emulator", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        """Stop the server; its port is closed and its thread has ended afterwards."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()
            server.server_close()

    @property
    def url(self) -> str:
        """The endpoint, "http://127.0.0.1:PORT". Raises RuntimeError if it is not running."""
        if self._server is None:
            raise RuntimeError("the emulator is not running")
        return f"http://127.0.0.1:{self._server.server_port}"

    def environment(self) -> dict[str, str]:
        """Return the variables with which boto3, the AWS CLI and Terraform use this endpoint.

        With them, no configuration file and no instance metadata is read. The caller has to
        remove other AWS_* variables, such as AWS_PROFILE. Raises RuntimeError if the server is
        not running.
        """
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": _DEFAULT_REGION,
            "AWS_DEFAULT_REGION": _DEFAULT_REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def seed_system_tags(
        self, name: str, tags: dict[str, str], region: str = _DEFAULT_REGION
    ) -> None:
        """Add tags that only AWS itself may set (`aws:...`) to the configuration set `name`.

        Raises LookupError if the region has no such set.
        """
        with self._state.lock:
            set_ = self._state.sets[self._account_id, region].get(name)
            if set_ is None:
                raise LookupError(f"no configuration set {name!r} in {region}")
            set_.tags.update(tags)
