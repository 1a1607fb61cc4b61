"""An SES account for benchmarks: it responds at once, and throttles as SES documents.

``python -m benchmarks.server --sets 30 --rate 1`` prints its URL on the first line. It ends on
SIGTERM, and when standard input is a pipe that closes, so that it never outlives its parent.

It stores and checks nothing: the account is in the access key (AssumeRole returns keys that
contain it), the region in the credential scope. ``GET /stats`` returns the calls, ``POST /reset``
forgets them and refills the buckets.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import stat
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import cast
from urllib.parse import parse_qs, unquote

CALLER = "000000000000"
"""The account of access keys that are not from AssumeRole."""

LIST = "ListConfigurationSets"
OPTIONS = "GetConfigurationSet"
DESTINATIONS = "GetConfigurationSetEventDestinations"
TAGS = "ListTagsForResource"

_PAGE = 100
_ACCOUNTS_PAGE = 20
_SETS_PATH = b"/v2/email/configuration-sets"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CREDENTIAL = re.compile(rb"Credential=([^/, ]*)/[^/]*/([^/]*)/")
_TARGET = re.compile(rb"\r\nx-amz-target: *([^\r]*)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_JSON = b"application/x-amz-json-1.1"
_XML = b"text/xml"


@dataclass(frozen=True)
class Settings:
    """What the account contains and how it responds.

    Attributes:
        sets: Configuration sets in each account and region.
        destinations: Event destinations of each set.
        accounts: Accounts of the organization, including the caller's.
        rate: Requests per second for each SES action, account and region; 0 for no limit.
        burst: How many requests may arrive at once after a pause.
        latency: Seconds until a response is sent.
    """

    sets: int = 30
    destinations: int = 1
    accounts: int = 1
    rate: float = 0.0
    burst: int = 1
    latency: float = 0.0


class TokenBucket:
    """One quota: ``burst`` tokens, and ``rate`` new ones per second."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._tokens = self._burst
        self._at = now

    def take(self, now: float) -> bool:
        """Take a token; a throttled request takes none, as in SES."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@dataclass(frozen=True)
class AccountRegion:
    """An account and region, which has its own quotas."""

    account: str
    region: str

    def destinations(self, count: int) -> bytes:
        """Return the response about a set's event destinations, the same for all sets."""
        destinations = [self._destination(number) for number in range(count)]
        return json.dumps({"EventDestinations": destinations}).encode()

    def _destination(self, number: int) -> dict[str, object]:
        topic = f"arn:aws:sns:{self.region}:{self.account}:mail-{number}"
        return {
            "Name": f"to-{number}",
            "Enabled": True,
            "MatchingEventTypes": ["BOUNCE", "COMPLAINT"],
            "SnsDestination": {"TopicArn": topic},
        }


class Ledger:
    """Records calls. ``first`` and ``last`` are only about SES's actions."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._calls: Counter[tuple[str, str]] = Counter()
        self._first = self._last = 0.0
        self.buckets: dict[tuple[str, AccountRegion], TokenBucket] = {}
        self.account_regions: set[AccountRegion] = set()

    def count(self, action: str, outcome: str) -> None:
        """Count a call."""
        self._calls[action, outcome] += 1

    def saw(self, account_region: AccountRegion, now: float) -> None:
        """Record when and where SES was called."""
        self._first = self._first or now
        self._last = now
        self.account_regions.add(account_region)

    def stats(self) -> dict[str, object]:
        """Return everything; only differences between times are meaningful."""
        calls: dict[str, dict[str, int]] = {}
        for (action, outcome), times in sorted(self._calls.items()):
            calls.setdefault(action, {"answered": 0, "throttled": 0})[outcome] = times
        return {
            "calls": calls,
            "scopes": len(self.account_regions),
            "first": self._first,
            "last": self._last,
        }


class Service:
    """Responds to requests, independent of sockets."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ledger = Ledger()
        self._names = [f"set-{number:05d}" for number in range(settings.sets)]
        self._known = {name.encode() for name in self._names}
        self._account_regions: dict[tuple[bytes, bytes], AccountRegion] = {}
        self._destinations: dict[AccountRegion, bytes] = {}
        self._first_page = self._page(0, _PAGE)

    def answer(self, head: bytes, body: bytes, now: float) -> bytes:
        """Return the whole response to a request."""
        method, target, _ = head[: head.index(b"\r\n")].split(b" ", 2)
        path, _, query = target.partition(b"?")
        if path.startswith(b"/v2/email/"):
            return self._ses(head, path, body if method == b"POST" else query, now)
        if path == b"/stats":
            return _http(b"200 OK", _JSON, json.dumps(self._ledger.stats()).encode())
        if path == b"/reset":
            self._ledger.reset()
            return _http(b"200 OK", _JSON, b"{}")
        aimed = _TARGET.search(head)
        if aimed:
            return self._organizations(aimed[1], body)
        return self._sts(head, body)

    def _ses(self, head: bytes, path: bytes, data: bytes, now: float) -> bytes:
        action, name = _ses_action(path)
        if not action:
            return _error(b"404 Not Found", b"UnknownOperationException", "no such operation")
        account_region = self._account_region(head)
        self._ledger.saw(account_region, now)
        if self._settings.rate and not self._bucket(action, account_region, now).take(now):
            self._ledger.count(action, "throttled")
            return _THROTTLED
        self._ledger.count(action, "answered")
        if action == LIST:
            return self._list(data)
        if action == TAGS:
            return _ok(b'{"Tags":[]}')
        if name not in self._known:
            message = f"Configuration set <{name.decode('latin-1')}> does not exist."
            return _error(b"404 Not Found", b"NotFoundException", message)
        if action == OPTIONS:
            return _ok(_OPTIONS % name)
        return self._destinations[account_region]

    def _list(self, data: bytes) -> bytes:
        if data in (b"", b"{}"):
            return self._first_page
        if data.startswith(b"{"):
            asked = json.loads(data)
        else:
            asked = {key: values[0] for key, values in parse_qs(data.decode()).items()}
        return self._page(int(asked.get("NextToken", 0)), int(asked.get("PageSize", _PAGE)))

    def _page(self, start: int, size: int) -> bytes:
        page: dict[str, object] = {"ConfigurationSets": self._names[start : start + size]}
        if start + size < len(self._names):
            page["NextToken"] = str(start + size)
        return _ok(json.dumps(page).encode())

    def _bucket(self, action: str, account_region: AccountRegion, now: float) -> TokenBucket:
        buckets = self._ledger.buckets
        bucket = buckets.get((action, account_region))
        if bucket is None:
            bucket = TokenBucket(self._settings.rate, self._settings.burst, now)
            buckets[action, account_region] = bucket
        return bucket

    def _account_region(self, head: bytes) -> AccountRegion:
        signed = _CREDENTIAL.search(head)
        key, region = (signed[1], signed[2]) if signed else (b"", b"")
        account_region = self._account_regions.get((key, region))
        if account_region is None:
            account_region = self._account_regions[key, region] = AccountRegion(
                _account_of(key), region.decode()
            )
            self._destinations[account_region] = _ok(
                account_region.destinations(self._settings.destinations)
            )
        return account_region

    def _sts(self, head: bytes, body: bytes) -> bytes:
        asked = {key: values[0] for key, values in parse_qs(body.decode("latin-1")).items()}
        action = asked.get("Action", "")
        if action == "GetCallerIdentity":
            answer = _identity(self._account_region(head).account)
        elif action == "AssumeRole":
            answer = _role(asked.get("RoleArn", ""), asked.get("RoleSessionName", "bench"))
        else:
            return _error(b"404 Not Found", b"UnknownOperationException", "no such operation")
        self._ledger.count(action, "answered")
        return _http(b"200 OK", _XML, answer.encode())

    def _organizations(self, aimed: bytes, body: bytes) -> bytes:
        action = aimed.rpartition(b".")[2].decode()
        if action != "ListAccounts":
            return _error(b"400 Bad Request", b"UnknownOperationException", "no such operation")
        self._ledger.count(action, "answered")
        asked = json.loads(body or b"{}")
        start = int(asked.get("NextToken", 0))
        end = start + int(asked.get("MaxResults", _ACCOUNTS_PAGE))
        known = range(self._settings.accounts)
        page: dict[str, object] = {"Accounts": [_member(number) for number in known[start:end]]}
        if end < len(known):
            page["NextToken"] = str(end)
        return _ok(json.dumps(page).encode())


def _ses_action(path: bytes) -> tuple[str, bytes]:
    """Return the action of a path, and the set that it is about."""
    if path.startswith(_SETS_PATH):
        name, _, of = path[len(_SETS_PATH) :].strip(b"/").partition(b"/")
        if b"%" in name:
            name = unquote(name.decode("latin-1")).encode()
        if not name:
            return LIST, b""
        return {b"": OPTIONS, b"event-destinations": DESTINATIONS}.get(of, ""), name
    actions = {b"/v2/email/list-configuration-sets": LIST, b"/v2/email/tags": TAGS}
    return actions.get(path, ""), b""


def _http(status: bytes, kind: bytes, body: bytes, more: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nx-amzn-RequestId: bench\r\n%b"
        b"\r\n%b" % (status, kind, len(body), more, body)
    )


def _ok(body: bytes) -> bytes:
    return _http(b"200 OK", _JSON, body)


def _error(status: bytes, code: bytes, message: str) -> bytes:
    body = json.dumps({"message": message}).encode()
    return _http(status, _JSON, body, b"x-amzn-errortype: %b\r\n" % code)


_THROTTLED = _error(b"429 Too Many Requests", b"TooManyRequestsException", "Rate exceeded")

_OPTIONS = (
    b'{"ConfigurationSetName":"%b","DeliveryOptions":{"TlsPolicy":"REQUIRE"},'
    b'"ReputationOptions":{"ReputationMetricsEnabled":true},'
    b'"SendingOptions":{"SendingEnabled":true},"Tags":[]}'
)


def _account_of(key: bytes) -> str:
    digits = key[4:16].decode("latin-1")
    is_handed_out = key.startswith(b"ASIA") and len(digits) == 12 and digits.isdigit()
    return digits if is_handed_out else CALLER


def _xml(action: str, inner: str) -> str:
    return (
        f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
        f"{inner}</{action}Result><ResponseMetadata><RequestId>bench</RequestId>"
        f"</ResponseMetadata></{action}Response>"
    )


def _identity(account: str) -> str:
    arn = f"arn:aws:iam::{account}:user/bench"
    if account != CALLER:
        arn = f"arn:aws:sts::{account}:assumed-role/bench/bench"
    inner = f"<Arn>{arn}</Arn><UserId>bench</UserId><Account>{account}</Account>"
    return _xml("GetCallerIdentity", inner)


def _role(arn: str, session: str) -> str:
    account, _, name = arn.removeprefix("arn:aws:iam::").partition(":role/")
    inner = (
        f"<Credentials><AccessKeyId>ASIA{account}ROLE</AccessKeyId>"
        "<SecretAccessKey>bench</SecretAccessKey><SessionToken>bench</SessionToken>"
        "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser>"
        f"<Arn>arn:aws:sts::{account}:assumed-role/{name}/{session}</Arn>"
        f"<AssumedRoleId>AROABENCH:{session}</AssumedRoleId></AssumedRoleUser>"
    )
    return _xml("AssumeRole", inner)


def account_id(number: int) -> str:
    """Return an account of the organization by number; the first is the caller's."""
    return f"{100_000_000_000 + number}" if number else CALLER


def _member(number: int) -> dict[str, object]:
    account = account_id(number)
    return {
        "Id": account,
        "Arn": f"arn:aws:organizations::{CALLER}:account/o-bench00000/{account}",
        "Email": f"account-{number}@example.com",
        "Name": f"account-{number}",
        "Status": "ACTIVE",
        "State": "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": 1700000000.0,
    }


class _Connection(asyncio.Protocol):
    """HTTP/1.1 as SDKs use it: bodies with a length, one request after the other."""

    def __init__(self, service: Service, latency: float) -> None:
        self._service = service
        self._latency = latency
        self._pending = b""
        self._loop = asyncio.get_running_loop()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._pending = self._pending + data if self._pending else data
        while (split := self._pending.find(b"\r\n\r\n")) >= 0:
            head = self._pending[: split + 2]
            length = _LENGTH.search(head) if b"ontent-" in head else None
            start = split + 4
            end = start + (int(length[1]) if length else 0)
            if len(self._pending) < end:
                return
            body, self._pending = self._pending[start:end], self._pending[end:]
            self._send(self._service.answer(head, body, self._loop.time()), head)

    def _send(self, answer: bytes, head: bytes) -> None:
        if self._latency:
            self._loop.call_later(self._latency, self._write, answer, False)
        else:
            self._write(answer, bool(_CLOSE.search(head)))

    def _write(self, answer: bytes, last: bool) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)
            if last:
                self._transport.close()


def _when_stdin_closes(stop: Callable[[], object]) -> None:
    """Call ``stop`` when the parent exits; only a pipe as standard input shows that."""
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        return

    def wait() -> None:
        while os.read(0, 4096):
            pass
        stop()

    threading.Thread(target=wait, daemon=True).start()


async def _serve(port: int, settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    _when_stdin_closes(partial(loop.call_soon_threadsafe, ended.set))
    service = Service(settings)
    server = await loop.create_server(
        lambda: _Connection(service, settings.latency), "127.0.0.1", port, backlog=1024
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await ended.wait()
    server.close()


def main() -> None:
    """Serve until a signal arrives or standard input closes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    for field in fields(Settings):
        kind = type(field.default)
        parser.add_argument(f"--{field.name}", type=kind, default=field.default)
    options = vars(parser.parse_args())
    asyncio.run(_serve(options.pop("port"), Settings(**options)))


if __name__ == "__main__":
    main()
