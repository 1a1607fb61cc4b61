"""A loopback AWS that fails as networks and services do, by a seed.

SES, STS, Organizations and two calls of CloudFormation, for several accounts and regions. What goes
wrong with a call depends on the seed, the call and how often it was made, and not on which thread
came first: a seed that found a fault finds it again.
"""

import json
import random
import re
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from tests.fakes import Answer, FakeSet

Json = Any
Sets = dict[str, FakeSet]
Place = tuple[str, str]
"""An account id and a region."""

CALLER = "123456789012"
SECRET_OF_ROLE = "PlantedSecretKeyOfARole"
TOKEN_OF_ROLE = "PlantedSessionTokenOfARole"

IDENTITY = "sts:GetCallerIdentity"
ASSUME = "sts:AssumeRole"
MEMBERS = "organizations:ListAccounts"
LIST = "ses:ListConfigurationSets"
OPTIONS = "ses:GetConfigurationSet"
DESTINATIONS = "ses:GetConfigurationSetEventDestinations"
STACKS = "cloudformation:DescribeStacks"
TEMPLATE = "cloudformation:GetTemplate"
SUMMARY = "cloudformation:GetTemplateSummary"
RESOURCES = "cloudformation:ListStackResources"
EXPORTS = "cloudformation:ListExports"

_XMLNS = {
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "cloudformation": "http://cloudformation.amazonaws.com/doc/2010-05-15/",
}
_CREDENTIAL = re.compile(r"Credential=([^/, ]*)/[^/]*/([^/]*)/")
_STALL = 0.8
_TIMEOUT = 30
_HTML = b"<!DOCTYPE html>\n<html><body>Sign in to the guest network</body></html>\n"


@dataclass(frozen=True)
class Call:
    """A call that arrived: of what, where, and about which set, page, role or stack."""

    action: str
    account: str
    region: str
    about: str = ""

    @property
    def place(self) -> Place:
        """Account and region."""
        return self.account, self.region


Bad = Callable[["_Handler", Call, Answer], None]
"""Sends something else than the right answer."""


def error(call: Call, status: int, code: str, message: str) -> Answer:
    """A refusal as AWS words it."""
    service = call.action.partition(":")[0]
    if service in _XMLNS:
        text = (
            f'<ErrorResponse xmlns="{_XMLNS[service]}"><Error><Type>Sender</Type>'
            f"<Code>{code}</Code><Message>{escape(message)}</Message></Error><RequestId>0</RequestId></ErrorResponse>"
        )
        return Answer(status, text.encode(), {"Content-Type": "text/xml"})
    body = json.dumps({"message": message, "Message": message, "__type": code}).encode()
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return Answer(status, body, headers)


def _instead(status: int, code: str, message: str) -> Bad:
    return lambda handler, call, _right: handler.send(error(call, status, code, message))


def _body(change: Callable[[bytes], bytes], content_type: str = "application/json") -> Bad:
    def send(handler: "_Handler", _call: Call, right: Answer) -> None:
        handler.send(Answer(200, change(right.body), {"Content-Type": content_type}))

    return send


def _short(handler: "_Handler", _call: Call, right: Answer) -> None:
    # What does arrive is whole JSON, so that nothing but the length tells that it is not all.
    handler.send(Answer(200, b"{}", right.headers, promised=len(right.body)))


def _reset_before(handler: "_Handler", _call: Call, _right: Answer) -> None:
    handler.reset()


def _reset_within(handler: "_Handler", _call: Call, right: Answer) -> None:
    handler.send(Answer(200, right.body[: len(right.body) // 2], right.headers, len(right.body)))
    handler.reset()


def _stalled(handler: "_Handler", _call: Call, _right: Answer) -> None:
    handler.server.closing.wait(_STALL)
    handler.close_connection = True


FAULTS: dict[str, Bad] = {
    "429": _instead(429, "TooManyRequestsException", "Rate exceeded"),
    "500": _instead(500, "InternalFailure", "An internal error occurred."),
    "503": lambda handler, _call, _right: handler.send(
        Answer(503, _HTML, {"Content-Type": "text/html"})
    ),
    "reset before": _reset_before,
    "reset within": _reset_within,
    "stalled": _stalled,
    "cut": _body(lambda right: right[: len(right) // 2]),
    "html": _body(lambda _right: _HTML, "text/html"),
    "empty": _body(lambda _right: b""),
    "short": _short,
    "denied": _instead(403, "AccessDeniedException", "User: reader is not authorized"),
    "expired": _instead(403, "ExpiredTokenException", "The security token has expired"),
    "rejected": _instead(403, "UnrecognizedClientException", "The security token is invalid"),
    "gone": _instead(404, "NotFoundException", "Configuration set does not exist."),
}
"""What can be wrong with an answer."""

BY_CHANCE = tuple(name for name in FAULTS if name not in ("denied", "expired", "rejected", "gone"))
"""What networks and services do of themselves."""

Weather = Callable[[Call], str | None]
"""Which fault a call meets; None for none."""


def fair(_call: Call) -> str | None:
    """No fault at all."""
    return None


def stormy(seed: int, rate: float) -> Weather:
    """Faults at a rate, most of them alone and some several in a row about the same thing."""
    lock = threading.Lock()
    chances: dict[Call, random.Random] = {}
    coming: dict[Call, list[str]] = {}

    def weather(call: Call) -> str | None:
        with lock:
            chance = chances.setdefault(call, random.Random(f"{seed} {call}"))
            rest = coming.setdefault(call, [])
            if not rest and chance.random() < rate:
                kind = chance.choice(BY_CHANCE)
                most = 8 if kind == "429" else chance.choice((1, 1, 2, 5))
                rest.extend([kind] * chance.randint(1, most))
            return rest.pop() if rest else None

    return weather


@dataclass
class World:
    """What there is and what goes wrong; each has an access key of its own.

    Attributes:
        sets: The configuration sets of each account and region; their order is the listing's.
        weather: Which faults calls meet.
        page_size: How many names a page of the listing holds.
        members: The accounts of the organization, each with its state.
        locked: Accounts whose role may not be assumed.
        stacks: Templates by the name of their stack.
        expires_after: After so many calls the credentials have expired.
        before: Called with every call before it is answered.
        caller: Whose the access key is.
        calls: What arrived, in order.
    """

    sets: dict[Place, Sets]
    weather: Weather = fair
    page_size: int = 2
    members: Mapping[str, str] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    stacks: Mapping[str, str] = field(default_factory=dict)
    expires_after: int | None = None
    before: Callable[[Call], object] = lambda _call: None
    caller: str = CALLER
    calls: list[Call] = field(default_factory=list)

    @property
    def counted(self) -> Counter[str]:
        """How often each action was called."""
        return Counter(call.action for call in self.calls)

    def fault(self, call: Call) -> str | None:
        """What goes wrong with a call."""
        if self.expires_after is not None and len(self.calls) > self.expires_after:
            return "expired"
        return self.weather(call)

    def answer(self, call: Call, asked: Mapping[str, str]) -> Answer:
        """The right answer."""
        service = call.action.partition(":")[0]
        makers: dict[str, Callable[[Call, Mapping[str, str]], Answer]] = {
            "ses": self._ses,
            "sts": self._sts,
            "organizations": self._members,
            "cloudformation": self._stack,
        }
        return makers[service](call, asked)

    def _ses(self, call: Call, asked: Mapping[str, str]) -> Answer:
        sets = self.sets.get(call.place, {})
        if call.action == LIST:
            names, start = list(sets), int(asked.get("NextToken", "0"))
            end = start + self.page_size
            page: dict[str, Json] = {"ConfigurationSets": names[start:end]}
            return _json({**page, "NextToken": str(end)} if end < len(names) else page)
        found = sets.get(call.about)
        if found is None:
            return error(call, 404, "NotFoundException", "Configuration set does not exist.")
        if call.action == OPTIONS:
            return _json({"ConfigurationSetName": call.about, **found.options})
        return _json({"EventDestinations": list(found.destinations)})

    def _sts(self, call: Call, asked: Mapping[str, str]) -> Answer:
        if call.action == IDENTITY:
            arn = f"arn:aws:iam::{call.account}:user/reader"
            return _xml(
                call, f"<Arn>{arn}</Arn><UserId>U</UserId><Account>{escape(call.account)}</Account>"
            )
        arn = asked["RoleArn"]
        account = arn.split(":")[4]
        if account in self.locked:
            said = f"User: reader is not authorized to perform: sts:AssumeRole on resource: {arn}"
            return error(call, 403, "AccessDenied", said)
        key = asked["key"].partition(".")[0]
        return _xml(
            call,
            f"<Credentials><AccessKeyId>{key}.{account}</AccessKeyId>"
            f"<SecretAccessKey>{SECRET_OF_ROLE}</SecretAccessKey>"
            f"<SessionToken>{TOKEN_OF_ROLE}</SessionToken>"
            "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser>"
            f"<Arn>arn:aws:sts::{account}:assumed-role/reader/s</Arn>"
            "<AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>",
        )

    def _members(self, _call: Call, asked: Mapping[str, str]) -> Answer:
        listed = [
            {"Id": number, "Name": number, "State": state, "Status": state}
            for number, state in self.members.items()
        ]
        start = int(asked.get("NextToken", "0"))
        end = start + self.page_size
        page: dict[str, Json] = {"Accounts": listed[start:end]}
        return _json({**page, "NextToken": str(end)} if end < len(listed) else page)

    def _stack(self, call: Call, _asked: Mapping[str, str]) -> Answer:
        if call.action == SUMMARY:
            keys = {
                "AWS::SES::ConfigurationSet": ("Name",),
                "AWS::SES::ConfigurationSetEventDestination": ("Id", "ConfigurationSetName"),
            }
            members = "".join(
                f"<member><ResourceType>{kind}</ResourceType><ResourceIdentifiers>"
                + "".join(f"<member>{key}</member>" for key in names)
                + "</ResourceIdentifiers></member>"
                for kind, names in keys.items()
            )
            return _xml(
                call, f"<ResourceIdentifierSummaries>{members}</ResourceIdentifierSummaries>"
            )
        if call.action in (RESOURCES, EXPORTS):
            kind = "StackResourceSummaries" if call.action == RESOURCES else "Exports"
            return _xml(call, f"<{kind}/>")
        name = call.about.rpartition("/")[2]
        if call.action == TEMPLATE:
            return _xml(call, f"<TemplateBody>{escape(self.stacks[name])}</TemplateBody>")
        stack_id = f"arn:aws:cloudformation:{call.region}:{call.account}:stack/{name}"
        return _xml(
            call,
            f"<Stacks><member><StackName>{name}</StackName><StackId>{stack_id}</StackId>"
            "<CreationTime>2026-01-01T00:00:00Z</CreationTime>"
            "<StackStatus>CREATE_COMPLETE</StackStatus></member></Stacks>",
        )


def _json(value: Json) -> Answer:
    return Answer(200, json.dumps(value).encode())


def _xml(call: Call, inner: str) -> Answer:
    service, _, name = call.action.partition(":")
    text = (
        f'<{name}Response xmlns="{_XMLNS[service]}"><{name}Result>{inner}</{name}Result>'
        f"<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></{name}Response>"
    )
    return Answer(200, text.encode(), {"Content-Type": "text/xml"})


class FaultyAws:
    """The server, for any number of worlds.

    Attributes:
        mistakes: Errors of the server itself; the first one is raised when it stops.
        strangers: Requests that the reader must not make.
    """

    def __init__(self) -> None:
        self.mistakes: list[BaseException] = []
        self.strangers: list[str] = []
        self._worlds: dict[str, World] = {}
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.aws = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        if problem is None:
            if self.mistakes:
                raise self.mistakes[0]
            assert self.strangers == []

    def enter(self, world: World) -> dict[str, str]:
        """The variables that lead a command into a world, and past any proxy."""
        key = f"KEY{len(self._worlds)}"
        self._worlds[key] = world
        return {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_port}",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def world(self, key: str) -> World:
        """The world of an access key, which a role's begins with too."""
        return self._worlds[key.partition(".")[0]]


class _Server(ThreadingHTTPServer):
    # A thread that outlived its test would speak into the next one.
    daemon_threads = False
    request_queue_size = 128
    aws: FaultyAws

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, which clients keep open."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget it."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection, so that no thread waits for the next request on it."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep a mistake of the server; clients that go away are what tests are about."""
        problem = sys.exception()
        if problem is not None and not isinstance(problem, OSError):
            self.aws.mistakes.append(problem)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _TIMEOUT
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        signed = _CREDENTIAL.search(self.headers.get("Authorization", ""))
        key, region = (signed[1], signed[2]) if signed else ("", "")
        action, about, asked = _asked(self.command, self.path, dict(self.headers), body)
        if not action or not signed:
            self.server.aws.strangers.append(f"{self.command} {self.path} {body!r}")
            self.send(Answer(404))
            return
        world = self.server.aws.world(key)
        call = Call(action, key.partition(".")[2] or world.caller, region, about)
        world.calls.append(call)
        world.before(call)
        right = world.answer(call, {**asked, "key": key})
        fault = world.fault(call)
        if fault is None:
            self.send(right)
        else:
            FAULTS[fault](self, call, right)

    def send(self, answer: Answer) -> None:
        """Send an answer, in one piece."""
        length = len(answer.body) if answer.promised is None else answer.promised
        head = [f"HTTP/1.1 {answer.status} -", f"Content-Length: {length}"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        self.wfile.write("\r\n".join([*head, "", ""]).encode() + answer.body)
        if answer.promised is not None:
            self.close_connection = True

    def reset(self) -> None:
        """End the connection as a machine does that has forgotten it."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        """Close the files; the socket may be gone already."""
        try:
            super().finish()
        except (OSError, ValueError):
            return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Keep the standard error stream, which tests look at, free of the server's log."""


def _asked(
    method: str, path: str, headers: Mapping[str, str], body: bytes
) -> tuple[str, str, dict[str, str]]:
    """The action, what it is about, and its parameters; an empty action for any other request."""
    target = headers.get("X-Amz-Target", "")
    if (method, path, target) == ("POST", "/", "AWSOrganizationsV20161128.ListAccounts"):
        asked = json.loads(body or b"{}")
        return MEMBERS, asked.get("NextToken", ""), asked
    if (method, path) == ("POST", "/"):
        query = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        known: Iterable[str] = (*(IDENTITY, ASSUME, STACKS, TEMPLATE, SUMMARY, RESOURCES, EXPORTS),)
        action = next((a for a in known if a.partition(":")[2] == query.get("Action")), "")
        return action, query.get("RoleArn", query.get("StackName", "")), query
    if (method, path) == ("POST", "/v2/email/list-configuration-sets"):
        asked = json.loads(body or b"{}")
        return LIST, asked.get("NextToken", ""), asked
    prefix = "/v2/email/configuration-sets/"
    if method == "GET" and path.startswith(prefix):
        name, _, rest = path.removeprefix(prefix).partition("/")
        action = {"": OPTIONS, "event-destinations": DESTINATIONS}.get(rest, "")
        return action, unquote(name), {}
    return "", "", {}
