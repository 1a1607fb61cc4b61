"""What a command prints arrives whole, or the command says that it did not."""

import io
import sys
from typing import Any

import pytest

from exporter.cli.terminal import console
from exporter.support.errors import ExporterError


class Slow(io.RawIOBase):
    """A stream as PYTHONUNBUFFERED gives it, which takes at most a few bytes at a time."""

    def __init__(self, most: int | None) -> None:
        self.taken = b""
        self._most = most

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int | None:
        if self._most is None:
            return None
        part = bytes(data)[: self._most]
        self.taken += part
        return len(part)


def to(stream: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.TextIOWrapper(stream, write_through=True)  # type: ignore[type-var]
    monkeypatch.setattr(sys, "stdout", text)


def test_what_a_stream_takes_in_parts_arrives_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Slow(most=3)
    to(stream, monkeypatch)
    console.result("a result that is longer\n")
    assert stream.taken == b"a result that is longer\n"


def test_a_stream_that_takes_nothing_now_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    to(Slow(most=None), monkeypatch)
    with pytest.raises(ExporterError, match="stdout: cannot be written"):
        console.result("a result\n")


def test_a_result_in_parts_arrives_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Slow(most=1_000_000)
    to(stream, monkeypatch)
    parts = [f"line {number}\n" for number in range(20_000)]
    console.results(parts)
    assert stream.taken.decode() == "".join(parts)
