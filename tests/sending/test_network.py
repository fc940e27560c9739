"""The network beneath a blocking connection: names, addresses and pieces, within the deadline."""

import socket
import threading
import time
from queue import SimpleQueue
from typing import Any

import httpx
import pytest
from support import CANARY, ORDER

from kustom_facade import ConnectionFailed, KustomClient
from kustom_facade._sending.network import Network, _look_up
from kustom_facade._sending.steps import CallEnded

from .silence import serving


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Answers of the system's lookup, by name: addresses, seconds to wait, or an error."""
    answers: dict[str, Any] = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        answer = answers.get(host)
        if answer is None:
            return real(host, port, *args, **kwargs)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, threading.Event):
            answer.wait()
            raise OSError("too late")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in answer]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers


@pytest.mark.parametrize("verb", ["get_order", "cancel"])
def test_a_name_that_is_never_found_ends_with_the_deadline(
    names: dict[str, Any], verb: str
) -> None:
    """The system's lookup takes no timeout. Nothing was sent."""
    names["localhost"] = threading.Event()
    with KustomClient(CANARY, base_url="http://localhost") as kustom:
        with pytest.raises(ConnectionFailed, match="deadline") as caught:
            getattr(kustom, verb)(ORDER, deadline=0.1)
        assert not caught.value.outcome_unknown
    names["localhost"].set()


def test_a_name_that_is_slow_is_a_timeout_of_the_connect(names: dict[str, Any]) -> None:
    """And is tried again, as every connect that fails."""
    names["localhost"] = threading.Event()
    with (
        KustomClient(CANARY, base_url="http://localhost", timeout=0.05) as kustom,
        pytest.raises(ConnectionFailed, match=r"'localhost' was not looked up in time"),
    ):
        kustom.get_order(ORDER, max_attempts=1)
    names["localhost"].set()


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("no name")])
def test_a_name_that_is_none_is_told(names: dict[str, Any], error: Exception) -> None:
    """As the system tells it."""
    names["localhost"] = error
    with (
        KustomClient(CANARY, base_url="http://localhost") as kustom,
        pytest.raises(ConnectionFailed, match="ConnectError") as caught,
    ):
        kustom.cancel(ORDER, max_attempts=1)
    assert str(error) in str(caught.value)
    assert not caught.value.outcome_unknown


def test_closing_ends_a_lookup(names: dict[str, Any]) -> None:
    """From another thread."""
    names["localhost"] = threading.Event()
    kustom = KustomClient(CANARY, base_url="http://localhost")
    closer = threading.Timer(0.1, kustom.close)
    closer.start()
    with pytest.raises(ConnectionFailed, match="the client was closed"):
        kustom.get_order(ORDER)
    closer.join()
    names["localhost"].set()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (["127.0.0.1", "127.0.0.1", "127.0.0.2"], ["127.0.0.1", "127.0.0.2"]),
        (socket.gaierror(-2, "unknown"), "[Errno -2] unknown"),
        (UnicodeError("no name"), "no name"),
    ],
)
def test_a_lookup_gives_each_address_once_or_an_error_of_the_system(
    names: dict[str, Any], answer: Any, expected: Any
) -> None:
    """What the thread does (which no tool of coverage follows)."""
    names["localhost"] = answer
    found: SimpleQueue[Any] = SimpleQueue()
    _look_up("localhost", 80, found)
    got = found.get_nowait()
    assert (got if isinstance(got, list) else str(got)) == expected
    assert isinstance(got, list | OSError)


@pytest.mark.parametrize("addresses", [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
def test_the_next_address_is_tried(names: dict[str, Any], addresses: list[str]) -> None:
    """A host with two addresses, of which one refuses."""

    def answer(connection: socket.socket, _: threading.Event) -> None:
        connection.recv(65536)
        body = b'{"order_id": "%s"}' % ORDER.encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    names["localhost"] = addresses
    with serving(answer) as url:
        kustom = KustomClient(CANARY, base_url=url.replace("127.0.0.1", "localhost"))
        assert kustom.get_order(ORDER).order_id == ORDER
        kustom.close()


def test_a_jobs_deadline_tries_no_other_address(names: dict[str, Any]) -> None:
    """It ends the connecting, whichever address is tried."""

    class JobTimeout(Exception):
        """A deadline of a job queue."""

    class Struck:
        def connect_tcp(self, *_: Any) -> None:
            raise JobTimeout

    names["localhost"] = ["127.0.0.1", "127.0.0.2"]
    with pytest.raises(JobTimeout):
        Network(Struck(), httpx).connect_tcp("localhost", 80, 5.0)


class Peer:
    """A stream that takes its time for each piece."""

    def __init__(self) -> None:
        self.pieces: list[int] = []

    def write(self, piece: bytes, seconds: float) -> None:
        """Take a piece."""
        assert seconds <= 0.2
        self.pieces.append(len(piece))
        time.sleep(0.05)

    def close(self) -> None:
        """Close it."""

    def get_extra_info(self, name: str) -> None:
        """Return nothing."""


def test_a_body_that_is_taken_piece_by_piece_ends_with_the_deadline() -> None:
    """The library would wait for each piece anew."""
    network, peer = Network(None, httpx), Peer()
    network.ends = time.monotonic() + 0.2
    with pytest.raises(CallEnded, match="deadline"):
        network.kept(peer).write(bytes(10_000_000), 30.0)
    assert 1 <= len(peer.pieces) < 10
