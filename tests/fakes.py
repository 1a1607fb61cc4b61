"""A loopback server that answers as SES and STS do, or as badly as a test wants.

It speaks the four calls that the reader makes, the one that asks CloudFormation what it can import,
and the one with which Terraform reads tags; what Terraform changes with a PUT it records. A route
is written as one string: ``identity``, ``list``, ``set NAME``, ``destinations NAME``, ``summary``
or ``tags``. Every fault turns the right answer of a route into a bad one, so that one fault serves
every route.
"""

import itertools
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote

ACCOUNT_ID = "123456789012"
REGION = "eu-west-1"
IDENTITY = "identity"
LIST = "list"
SUMMARY = "summary"
TAGS = "tags"
_XMLNS = {
    IDENTITY: "https://sts.amazonaws.com/doc/2011-06-15/",
    SUMMARY: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
}
_IMPORTABLE = {
    "AWS::SES::ConfigurationSet": ("Name",),
    "AWS::SES::ConfigurationSetEventDestination": ("Id", "ConfigurationSetName"),
}
_USER = f"arn:aws:iam::{ACCOUNT_ID}:user/reader"
_TIMEOUT = 30
_ARRIVAL = 0.2
_MOST_REQUESTS = 200  # a reader that goes in a circle must fail its test, not hang it

Json = Any


@dataclass(frozen=True)
class Answer:
    """What the server sends.

    Attributes:
        status: The HTTP status.
        body: The body's bytes.
        headers: Headers beside Content-Length.
        promised: The Content-Length when it is not the body's.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    promised: int | None = None


@dataclass(frozen=True)
class Request:
    """A request that arrived."""

    route: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def signed_for(self) -> tuple[str, str]:
        """The access key and the region in the signature."""
        credential = self.headers["authorization"].partition("Credential=")[2].split(",")[0]
        key, _day, region, *_ = credential.split("/")
        return key, region


Fault = Callable[[str, Answer], Answer]
"""Makes what is sent from a route and its right answer."""


def refusal(route: str, status: int, code: str, message: str) -> Answer:
    """An error as AWS words it: XML from STS and CloudFormation, JSON and a header from SES."""
    if route in _XMLNS:
        text = (
            f'<ErrorResponse xmlns="{_XMLNS[route]}"><Error>'
            f"<Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>"
            "</Error><RequestId>0</RequestId></ErrorResponse>"
        )
        return Answer(status, text.encode(), {"Content-Type": "text/xml"})
    body = json.dumps({"message": message}).encode()
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return Answer(status, body, headers)


def _refuses(status: int, code: str, message: str) -> Fault:
    return lambda route, _right: refusal(route, status, code, message)


def _body(body: bytes, content_type: str = "application/json") -> Fault:
    return lambda _route, right: replace(right, body=body, headers={"Content-Type": content_type})


def _denied(route: str, _right: Answer) -> Answer:
    action = _action(route)
    message = (
        f"User: {_USER} is not authorized to perform: {action} on resource: * because no "
        f"identity-based policy allows the {action} action"
    )
    return refusal(route, 403, "AccessDeniedException", message)


def _action(route: str) -> str:
    actions = {
        IDENTITY: "sts:GetCallerIdentity",
        LIST: "ses:ListConfigurationSets",
        SUMMARY: "cloudformation:GetTemplateSummary",
        "set": "ses:GetConfigurationSet",
        "destinations": "ses:GetConfigurationSetEventDestinations",
    }
    return actions[route.partition(" ")[0]]


def _with(**fields: Json) -> Fault:
    def changed(_route: str, right: Answer) -> Answer:
        return replace(right, body=json.dumps({**json.loads(right.body), **fields}).encode())

    return changed


_TOKENS = itertools.count(10**6)

_HTML = b"<!DOCTYPE html>\n<html><body>Sign in to the guest network</body></html>\n"

FAULTS: dict[str, Fault] = {
    "right": lambda _route, right: right,
    "html": _body(_HTML, "text/html"),
    "cut": lambda _route, right: replace(right, body=right.body[: len(right.body) // 2]),
    # What did arrive is whole JSON, so that nothing but the length tells that it is not all.
    "short": lambda _route, right: replace(right, body=b"{}", promised=len(right.body)),
    "empty": _body(b""),
    "array": _body(b"[]"),
    "nested": _body(b"[" * 100_000),
    # JSON for the parser, but more than a walk through it in Python can follow.
    "nested_less": _body(b'{"EventDestinations": ' + b"[" * 900 + b"]" * 900 + b"}"),
    "broken": _refuses(500, "InternalFailure", "An internal error occurred."),
    "unavailable": lambda _route, _right: Answer(503, _HTML, {"Content-Type": "text/html"}),
    "throttled": _refuses(429, "TooManyRequestsException", "Rate exceeded"),
    "denied": _denied,
    "expired": _refuses(
        403, "ExpiredTokenException", "The security token included in the request is expired"
    ),
    "unknown_key": _refuses(
        403, "InvalidClientTokenId", "The security token included in the request is invalid."
    ),
    "gone": _refuses(404, "NotFoundException", "Configuration set does not exist."),
    "empty_page": _with(ConfigurationSets=[], NextToken="0"),
    # Somebody in between, as gateways, proxies and other services word it.
    "foreign_message": _body(b'{"message": "blocked by policy"}'),
    "foreign_Message": _body(b'{"Message": "blocked by policy"}'),
    "foreign_type": _body(b'{"__type": "UnknownOperationException"}'),
    "foreign_error": _body(b'{"error": {"code": 403}}'),
    "foreign_with_token": _body(b'{"NextToken": null, "status": "ok"}'),
    "bare": _body(b"{}"),
    # A token that was never there before, and nothing else.
    "endless": lambda _route, right: replace(
        right, body=json.dumps({"ConfigurationSets": [], "NextToken": str(next(_TOKENS))}).encode()
    ),
    "no_sets": _with(ConfigurationSets=[]),
    "circle": _with(NextToken="again"),
    "summary_without_types": lambda _route, right: replace(
        right, body=right.body.replace(b"ResourceIdentifierSummaries", b"Parameters")
    ),
    "nothing_importable": lambda _route, _right: _summary({}),
    "sets_importable": lambda _route, _right: _summary({"AWS::SES::ConfigurationSet": ("Name",)}),
    "importable_by_other_keys": lambda _route, _right: _summary(
        dict.fromkeys(_IMPORTABLE, ("Arn",))
    ),
    "null_list": _with(ConfigurationSets=None),
    "text_for_list": _with(ConfigurationSets="orders"),
    "objects_for_names": _with(ConfigurationSets=[{"ConfigurationSetName": "orders"}]),
    "empty_name": _with(ConfigurationSets=["", "orders"]),
    "object_for_token": _with(NextToken={}),
    "names_for_destinations": _with(EventDestinations=["bounces"]),
    "other_set": _with(ConfigurationSetName="somebody-elses"),
    "new_event_type": _with(
        EventDestinations=[
            {
                "Name": "bounces",
                "Enabled": True,
                "MatchingEventTypes": ["UNSUBSCRIBE"],
                "SnsDestination": {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:mail"},
            }
        ]
    ),
}
"""What can be wrong with an answer, by the names that ``tests/cases/*/case.toml`` use."""


def sns_destination(name: str) -> dict[str, Json]:
    """An event destination as SES answers it."""
    return {
        "Name": name,
        "Enabled": True,
        "MatchingEventTypes": ["BOUNCE", "COMPLAINT"],
        "SnsDestination": {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:mail-{name}"},
    }


@dataclass(frozen=True)
class FakeSet:
    """A configuration set of the fake account: its options and its destinations, in SES's JSON."""

    options: Mapping[str, Json]
    destinations: Sequence[Json] = ()


def plain_set(*destinations: str) -> FakeSet:
    """A set with the options that every set has, and SNS destinations of these names."""
    options = {
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": True},
    }
    return FakeSet(options, [sns_destination(name) for name in destinations])


class FakeAws:
    """The server: right answers for an account, and for single routes what a test scripts.

    Attributes:
        sets: The account's configuration sets by name; the listing keeps their order.
        page_size: How many names a page of the listing holds.
        requests: What arrived, in order.
        faults: Errors of the fake itself; the first one is raised when it stops.
    """

    def __init__(self, sets: Mapping[str, FakeSet], page_size: int = 100) -> None:
        self.sets = sets
        self.page_size = page_size
        self.requests: list[Request] = []
        self.answered: Counter[str] = Counter()
        self.faults: list[BaseException] = []
        self._scripts: dict[str, list[Fault]] = {}
        self._actions: dict[str, Callable[[], object]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self.faults and error is None:
            raise self.faults[0]

    @property
    def port(self) -> int:
        """The loopback port."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """The endpoint's URL."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Variables that lead a command here, with few retries and past any proxy."""
        return {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_MAX_ATTEMPTS": "2",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    @property
    def calls(self) -> Counter[str]:
        """How often each route was called."""
        return Counter(request.route for request in self.requests)

    def script(self, route: str, *faults: str) -> None:
        """Answer a route with these ``FAULTS`` in turn, and with the last one from then on."""
        self._scripts[route] = [FAULTS[name] for name in faults]

    def before(self, route: str, action: Callable[[], object]) -> None:
        """Do something each time before a route is answered."""
        self._actions[route] = action

    def hold(self, route: str) -> threading.Event:
        """Keep back every answer of a route until the server stops.

        Returns:
            An event that is set when the route is called.
        """
        arrived = threading.Event()

        def wait() -> None:
            arrived.set()
            self._closing.wait(_TIMEOUT)

        self.before(route, wait)
        return arrived

    def wait(self, route: str, others: Iterable[str]) -> None:
        """Answer a route only when these others have been answered, and had time to arrive."""

        def wait() -> None:
            for other in others:
                while not self.answered[other] and not self._closing.wait(0.01):
                    pass
            self._closing.wait(_ARRIVAL)

        self.before(route, wait)

    def answer(self, request: Request) -> Answer:
        """Record a request and make its answer."""
        with self._lock:
            self.requests.append(request)
            script = self._scripts.get(request.route, [FAULTS["right"]])
            fault = script.pop(0) if len(script) > 1 else script[0]
            too_many = len(self.requests) > max(_MOST_REQUESTS, 10 * len(self.sets))
        self._actions.get(request.route, lambda: None)()
        if too_many:
            return FAULTS["broken"](request.route, Answer())
        return fault(request.route, self._right(request))

    def _right(self, request: Request) -> Answer:
        if request.route == IDENTITY:
            text = (
                f'<GetCallerIdentityResponse xmlns="{_XMLNS[IDENTITY]}">'
                f"<GetCallerIdentityResult><Arn>{_USER}</Arn><UserId>AIDATESTING</UserId>"
                f"<Account>{ACCOUNT_ID}</Account></GetCallerIdentityResult>"
                "<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata>"
                "</GetCallerIdentityResponse>"
            )
            return Answer(200, text.encode(), {"Content-Type": "text/xml"})
        if request.route == SUMMARY:
            return _summary(_IMPORTABLE)
        if request.route == LIST:
            return _json(self._page(request.body))
        if request.route == TAGS:
            return _json({"Tags": []})
        if request.route.startswith("PUT "):
            # What a change sends is recorded, and changes nothing.
            return _json({})
        action, _, name = request.route.partition(" ")
        found = self.sets.get(name)
        if found is None:
            return FAULTS["gone"](request.route, Answer())
        if action == "set":
            return _json({"ConfigurationSetName": name, **found.options})
        return _json({"EventDestinations": list(found.destinations)})

    def _page(self, body: bytes) -> dict[str, Json]:
        names = list(self.sets)
        token = json.loads(body or b"{}").get("NextToken", "")
        start = int(token) if token.isdigit() else 0
        end = start + self.page_size
        page: dict[str, Json] = {"ConfigurationSets": names[start:end]}
        return {**page, "NextToken": str(end)} if end < len(names) else page


def _summary(importable: Mapping[str, Sequence[str]]) -> Answer:
    """What CloudFormation can import: types, each with the keys of its identifier."""
    members = "".join(
        f"<member><ResourceType>{type_}</ResourceType><ResourceIdentifiers>"
        + "".join(f"<member>{key}</member>" for key in keys)
        + "</ResourceIdentifiers></member>"
        for type_, keys in importable.items()
    )
    text = (
        f'<GetTemplateSummaryResponse xmlns="{_XMLNS[SUMMARY]}"><GetTemplateSummaryResult>'
        f"<ResourceIdentifierSummaries>{members}</ResourceIdentifierSummaries>"
        "</GetTemplateSummaryResult></GetTemplateSummaryResponse>"
    )
    return Answer(200, text.encode(), {"Content-Type": "text/xml"})


def _json(value: Json) -> Answer:
    return Answer(200, json.dumps(value).encode())


class _Server(ThreadingHTTPServer):
    # A thread that outlived its test would speak into the next one.
    daemon_threads = False
    fake: FakeAws

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep a fault of the fake for its end; clients that go away are what tests are about."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.fake.faults.append(error)


class _Handler(BaseHTTPRequestHandler):
    """One request a connection (HTTP/1.0), so that nothing stays open after a test."""

    server: _Server
    timeout = _TIMEOUT

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        route = _route(self.command, self.path, body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        fake = self.server.fake
        answer = fake.answer(Request(route, headers, body))
        length = len(answer.body) if answer.promised is None else answer.promised
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Length": str(length)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        fake.answered[route] += 1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep the standard error stream, which tests compare, free of the server's log."""


def _route(method: str, path: str, body: bytes) -> str:
    """The route of a request; a call that the reader must not make keeps its method and path."""
    if (method, path) == ("POST", "/"):
        actions = {b"GetCallerIdentity": IDENTITY, b"GetTemplateSummary": SUMMARY}
        [action] = parse_qs(body)[b"Action"]
        return actions.get(action, f"{method} {path}")
    if (method, path) == ("POST", "/v2/email/list-configuration-sets"):
        return LIST
    if method == "GET" and path.startswith("/v2/email/tags?"):
        return TAGS
    prefix = "/v2/email/configuration-sets/"
    if method == "GET" and path.startswith(prefix):
        name, _, rest = path.removeprefix(prefix).partition("/")
        if rest in ("", "event-destinations"):
            return f"{'destinations' if rest else 'set'} {unquote(name)}"
    return f"{method} {path}"
