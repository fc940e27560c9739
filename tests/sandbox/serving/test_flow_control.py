"""Bounded buffers, and turns between connections."""

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Fault, Sandbox
from kustom_facade.sandbox.serving.server import listen
from kustom_facade.sandbox.serving.state_file import StateFile

from ..api_client import KEY, ORDERS

_HEAD = f"Host: localhost\r\nAuthorization: Basic {KEY}\r\n"
_GET = f"GET {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.1\r\n{_HEAD}\r\n".encode()
_READ = f"GET {ORDERS}/{EXAMPLE_ORDER_ID} HTTP/1.1\r\n{_HEAD}\r\n".encode()


# As long as may be, so that few of them fill all that the system buffers.
_LONG = _GET[:-2] + b"X-Long: " + b"x" * 12_000 + b"\r\n\r\n"
_ANSWER = b"\r\n[]\r\n0\r\n\r\n"
_SENT_AT_MOST = 20_000_000  # what the system itself buffers of a connection is a few megabytes


def _flood(connection: socket.socket, data: bytes, most: int = _SENT_AT_MOST) -> int:
    """Send data until none is taken for half a second, and return how much was."""
    connection.settimeout(0.5)
    sent = 0
    try:
        while sent < most:
            sent += connection.send(data)
    except TimeoutError:
        pass
    return sent


def _received(connection: socket.socket, end: bytes, times: int) -> bytearray:
    """Return what comes until the end was seen a number of times."""
    connection.settimeout(30)
    got = bytearray()
    while got.count(end) < times:
        part = connection.recv(1 << 20)
        assert part
        got += part
    return got


def test_behind_a_delayed_answer_nothing_is_hoarded(
    sandbox: Sandbox, address: tuple[str, int]
) -> None:
    """The peer is not read from while its answer waits. Afterwards it goes on where it was."""
    sandbox.faults.add(Fault("delay", nth=1, seconds=2))
    with socket.create_connection(address) as connection:
        sent = _flood(connection, _LONG * 50)
        assert sent < _SENT_AT_MOST
        whole, begun = divmod(sent, len(_LONG * 50))
        rest = (_LONG * 50)[begun:]
        whole = (whole + 1) * 50
        connection.settimeout(30)
        connection.sendall(rest)
        assert _received(connection, _ANSWER, whole).count(b"HTTP/1.1 200 OK") == whole
    assert len(sandbox.calls) == 200  # of all these the last are remembered


def test_a_peer_that_does_not_read_is_not_answered_on(
    sandbox: Sandbox, address: tuple[str, int]
) -> None:
    """Its requests stay with it until it takes the answers. Then it goes on where it was."""
    order_id = sandbox.add_order({"merchant_data": "x" * 500_000})
    request = (
        f"GET {ORDERS}/{order_id} HTTP/1.1\r\n{_HEAD}X-Long: ".encode()
        + b"x" * 12_000
        + b"\r\n\r\n"
    )
    with socket.create_connection(address) as connection:
        assert _flood(connection, request * 50) < _SENT_AT_MOST
        answered = len(sandbox.calls)
        assert answered < 100
        _received(connection, b"\r\n0\r\n\r\n", answered + 10)
    assert len(sandbox.calls) >= answered + 10


def test_many_requests_at_once_keep_nobody_waiting(
    sandbox: Sandbox, address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that comes while 1,000 of another connection wait is soon answered."""
    came: list[str] = []
    exchange = sandbox.exchange
    with socket.create_connection(address) as busy, socket.create_connection(address) as other:

        def watching(request: Any) -> Any:
            came.append(request.path.rpartition("/")[2])
            if len(came) == 1:
                other.sendall(_READ)
            return exchange(request)

        monkeypatch.setattr(sandbox, "exchange", watching)
        busy.sendall(_GET * 1000)
        _received(other, b"\r\n0\r\n\r\n", 1)
        _received(busy, _ANSWER, 1000)
    assert came.index(EXAMPLE_ORDER_ID) < 500  # far from last, on however busy a machine
    assert came.count("captures") == 1000


def test_turns_change_nothing_about_the_answers(address: tuple[str, int]) -> None:
    """All come, in order, also to a peer that has said that nothing more will come."""
    with socket.create_connection(address) as connection:
        connection.sendall(_GET * 199 + _READ)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(30)
        got = b"".join(iter(lambda: connection.recv(1 << 20), b""))
    assert got.count(b"HTTP/1.1 200 OK") == 200
    assert got.count(_ANSWER) == 199
    assert got.rindex(_ANSWER) < got.index(b'"order_id"')


def _vanish(connection: socket.socket) -> None:
    """Close it with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def test_a_peer_that_vanishes_is_not_answered_on(
    sandbox: Sandbox,
    address: tuple[str, int],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the middle of its requests: the rest of them is let go, and nothing is logged for each."""
    caplog.set_level(logging.WARNING, "asyncio")
    connection = socket.create_connection(address)
    exchange = sandbox.exchange

    def vanishing(request: Any) -> Any:
        if len(sandbox.calls) == 3:
            _vanish(connection)
        return exchange(request)

    monkeypatch.setattr(sandbox, "exchange", vanishing)
    connection.sendall(_GET * 1000)
    with socket.create_connection(address) as other:
        time.sleep(0.1)
        other.sendall(_GET)
        _received(other, _ANSWER, 1)
    assert caplog.records == []
    assert len(sandbox.calls) < 20


def test_a_peer_that_vanishes_does_not_get_its_late_answer(
    sandbox: Sandbox, address: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    """It is let go, and the others are answered."""
    caplog.set_level(logging.WARNING, "asyncio")
    sandbox.faults.add(Fault("delay", nth=1, seconds=0.1))
    connection = socket.create_connection(address)
    connection.sendall(_GET)
    time.sleep(0.05)
    _vanish(connection)
    time.sleep(0.15)
    with socket.create_connection(address) as other:
        other.sendall(_GET)
        _received(other, _ANSWER, 1)
    assert caplog.records == []


def test_a_peer_that_vanishes_between_two_turns_is_let_go(
    sandbox: Sandbox, address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its next turn does not come."""
    connection = socket.create_connection(address)
    exchange = sandbox.exchange

    def vanishing(request: Any) -> Any:
        if len(sandbox.calls) == 31:  # the last of its first turn
            _vanish(connection)
        return exchange(request)

    monkeypatch.setattr(sandbox, "exchange", vanishing)
    connection.sendall(_GET * 200)
    with socket.create_connection(address) as other:
        time.sleep(0.1)
        other.sendall(_GET)
        _received(other, _ANSWER, 1)
    assert len(sandbox.calls) < 64


def test_the_rest_of_a_request_that_is_no_http_is_let_go(address: tuple[str, int]) -> None:
    """The answer is still read, however much the peer goes on to send."""
    with socket.create_connection(address) as connection:
        connection.sendall(b"hello\r\n\r\n")
        _flood(connection, b"x" * 100_000, 2_000_000)
        connection.settimeout(5)
        assert connection.recv(1 << 20).startswith(b"HTTP/1.1 400 ")


def test_behind_a_write_that_goes_to_the_disk_nothing_is_hoarded(tmp_path: Path) -> None:
    """Requests in one packet wait for the disk one by one, and all are answered."""
    sandbox = Sandbox()
    state = StateFile(tmp_path / "state", sandbox)
    body = b'{"captured_amount":1}'
    write = f"POST {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.1\r\n{_HEAD}".encode()
    write += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    async def api(url: str) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
        writer.write(write * 50)
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(write * 50)
        writer.write_eof()
        got = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return got

    async def run() -> tuple[bytes, bytes]:
        both: asyncio.Future[tuple[bytes, bytes]] = asyncio.Future()

        def begin(url: str, stop: Callable[[], object]) -> None:
            task = asyncio.gather(api(url), api(url))
            task.add_done_callback(lambda done: both.set_result(done.result()))
            task.add_done_callback(lambda _: (stop(), stop()))  # once more is as good as once

        await listen(sandbox, 0, begin, state)
        return both.result()

    answers = asyncio.run(run())
    state.close()
    assert [got.count(b"HTTP/1.1 201 Created") for got in answers] == [100, 100]
    assert sandbox.order(EXAMPLE_ORDER_ID)["captured_amount"] == 200
