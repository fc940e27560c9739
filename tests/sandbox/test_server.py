"""The sandbox behind real sockets: the protocol, many connections at once, and the process around it."""

import io
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox, serve
from kustom_facade.sandbox.__main__ import main

from .talking import KEY, ORDERS, Talk

_HEAD = f"Host: shop.example.com\r\nAuthorization: Basic {KEY}\r\n"
_GET = f"GET {ORDERS}/{EXAMPLE_ORDER_ID} HTTP/1.1\r\n{_HEAD}\r\n".encode()
_COMMAND = [sys.executable, "-m", "kustom_facade.sandbox"]


@pytest.fixture
def address(sandbox: Sandbox) -> Iterator[tuple[str, int]]:
    """Where a served sandbox listens."""
    with serve(sandbox) as url:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        yield parts.hostname, parts.port


def _exchange(address: tuple[str, int], data: bytes) -> bytes:
    """Send bytes, say that there are no more, and read until the server closes."""
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_requests_in_one_packet_are_answered_in_order(address: tuple[str, int]) -> None:
    """A connection is kept and its requests are answered one after the other."""
    answer = _exchange(address, _GET + _GET.replace(b"GET", b"PUT") + _GET)
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"405", b"200"]
    assert answer.lower().count(b"\r\ntransfer-encoding: chunked\r\n") == 3
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_request_may_arrive_byte_by_byte(address: tuple[str, int]) -> None:
    """Packets have no meaning."""
    body = b'{"captured_amount": 7}'
    head = f"POST {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.1\r\n{_HEAD}Content-Type: application/json\r\n"
    request = head.encode() + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
    with socket.create_connection(address, timeout=5) as connection:
        for index in range(len(request)):
            connection.send(request[index : index + 1])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert b"\r\nlocation: http://shop.example.com/ordermanagement/v1/orders/" in answer
    assert b"\r\ncapture-id: " in answer


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET /" + b"a" * 100_000,
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\ncut",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
    ids=["words", "no host", "length", "long", "chunks", "cut", "TLS", "target"],
)
def test_what_is_no_http_is_a_400(address: tuple[str, int], data: bytes) -> None:
    """Such a connection is closed after the answer, and the others go on."""
    answer = _exchange(address, data)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"error_code":"BAD_REQUEST"' in answer
    assert _exchange(address, _GET).startswith(b"HTTP/1.1 200 ")


def test_odd_but_valid_requests_are_answered(address: tuple[str, int]) -> None:
    """Older versions, proxies' targets, methods without bodies, and offers that are not taken."""
    old = _GET.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"Host: shop.example.com\r\n", b"")
    assert _exchange(address, old).startswith(b"HTTP/1.1 200 ")
    absolute = _GET.replace(b"GET /", b"GET http://shop.example.com/")
    assert _exchange(address, absolute).startswith(b"HTTP/1.1 200 ")
    head, _, body = _exchange(address, _GET.replace(b"GET", b"HEAD")).partition(b"\r\n\r\n")
    assert (head[:13], body) == (b"HTTP/1.1 200 ", b"")
    assert _exchange(address, f"OPTIONS * HTTP/1.1\r\n{_HEAD}\r\n".encode()).startswith(b"HTTP/1.1 404 ")
    connect = f"CONNECT api.example.com:443 HTTP/1.1\r\n{_HEAD}\r\n".encode()
    assert _exchange(address, connect).startswith(b"HTTP/1.1 404 ")
    upgrade = _GET.replace(b"\r\n\r\n", b"\r\nUpgrade: websocket\r\nX-A: 1\r\nX-A: 2\r\n\r\n")
    assert _exchange(address, upgrade).startswith(b"HTTP/1.1 200 ")
    assert _exchange(address, f"GET shop HTTP/1.1\r\n{_HEAD}\r\n".encode()).startswith(b"HTTP/1.1 404 ")
    for page in (
        b"GET http://[ HTTP/1.1",
        b"GET http://shop HTTP/1.1",
        b"GET / HTTP/1.1",
    ):  # for this machine only
        assert _exchange(address, page + f"\r\n{_HEAD}\r\n".encode()).startswith(b"HTTP/1.1 403 ")
    assert _exchange(address, b"") == b""


def test_headers_may_hold_any_byte(address: tuple[str, int]) -> None:
    """What was sent in a host comes back in the location, and odd credentials are wrong ones."""
    start = f"POST {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.1\r\nHost: ".encode()
    rest = f"Basic {KEY}\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n".encode()
    answer = _exchange(address, start + b"\xe5\r\nAuthorization: " + rest + b'{"captured_amount":7}')
    assert answer.startswith(b"HTTP/1.1 201 Created\r\n")
    assert b"\r\nlocation: http://\xe5/ordermanagement/" in answer
    odd = _GET.replace(b"Basic ", b"Basic \xe5")
    assert _exchange(address, odd).startswith(b"HTTP/1.1 401 ")


def test_without_a_host_the_address_is_in_the_location(address: tuple[str, int]) -> None:
    """An old client that names no host is told where the server is."""
    request = (
        f"POST {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.0\r\nAuthorization: Basic {KEY}\r\n"
        'Content-Type: application/json\r\nContent-Length: 21\r\n\r\n{"captured_amount":7}'
    )
    location = f"\r\nlocation: http://{address[0]}:{address[1]}/ordermanagement/"
    assert location.encode() in _exchange(address, request.encode())


def test_a_client_that_asks_first_is_told_to_go_on(address: tuple[str, int]) -> None:
    """`Expect: 100-continue`, which curl sends with large bodies."""
    head = f"POST {ORDERS}/{EXAMPLE_ORDER_ID}/captures HTTP/1.1\r\n{_HEAD}Expect: 100-continue\r\n"
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 21\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b'{"captured_amount":7}')
        assert connection.recv(65536).startswith(b"HTTP/1.1 201 ")


def test_64_connections_get_their_own_answers() -> None:
    """Each one works on its own order, in step with the others, and nothing is lost or mixed up."""
    connections, rounds = 64, 5
    sandbox = Sandbox(orders=[{"order_amount": 100_000 + number} for number in range(connections)])
    ids = [order_id for order_id in sandbox.order_ids if order_id != EXAMPLE_ORDER_ID]
    together = threading.Barrier(connections, timeout=20)

    with serve(sandbox) as url, httpx.Client(base_url=url, trust_env=False) as shared:
        context = httpx.create_ssl_context(trust_env=False)

        def work(number: int) -> list[str]:
            with httpx.Client(base_url=url, verify=context, trust_env=False) as client:
                talk = Talk(client, ids[number])
                talk.order()  # the connection is open from here on
                together.wait()
                made: list[str] = []
                for turn in range(rounds):
                    response = talk.capture(number + 1, reference=f"{number}-{turn}")
                    made.append(response.headers["capture-id"])
                    assert ids[number] in response.headers["location"]
                    assert talk.order()["captured_amount"] == (number + 1) * (turn + 1)
                return made

        with ThreadPoolExecutor(connections) as pool:
            made = list(pool.map(work, range(connections)))
        assert len({capture_id for some in made for capture_id in some}) == connections * rounds
        for number, order_id in enumerate(ids):
            order = Talk(shared, order_id).order()
            assert order["order_amount"] == 100_000 + number
            assert [entry["capture_id"] for entry in order["captures"]] == made[number]
            expected = [f"{number}-{turn}" for turn in range(rounds)]
            assert [entry["reference"] for entry in order["captures"]] == expected


def test_one_key_at_the_same_time_has_one_effect() -> None:
    """Requests with one key that come together all get the same capture."""
    sandbox = Sandbox()
    together = threading.Barrier(8, timeout=20)
    with serve(sandbox) as url:
        context = httpx.create_ssl_context(trust_env=False)

        def work(_: int) -> str:
            with httpx.Client(base_url=url, verify=context, trust_env=False) as client:
                together.wait()
                response = Talk(client)("POST", "/captures", {"captured_amount": 9}, key="k")
                capture_id: str = response.headers["capture-id"]
                return capture_id

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(work, range(8)))) == 1
    assert sandbox.order(EXAMPLE_ORDER_ID)["captured_amount"] == 9


def test_the_server_is_gone_after_the_block(sandbox: Sandbox) -> None:
    """Open connections are closed, the port is free again, and the state is still there."""
    with serve(sandbox) as url:
        port = urlsplit(url).port or 0
        idle = socket.create_connection(("127.0.0.1", port), timeout=5)
        idle.sendall(_GET)
        assert idle.recv(65536).startswith(b"HTTP/1.1 200 ")
    with idle:
        assert _ends(idle)
    with serve(sandbox, port=port) as again:
        assert again == url
        assert _exchange(("127.0.0.1", port), _GET).startswith(b"HTTP/1.1 200 ")


def _ends(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_there_is_no_such_port(sandbox: Sandbox) -> None:
    """Whatever keeps it from listening is raised, and nobody waits for ever."""
    with pytest.raises(OverflowError, match="port must be 0-65535"):
        serve(sandbox, port=70_000).__enter__()


def test_a_taken_port_is_an_error_of_its_caller(sandbox: Sandbox) -> None:
    """Not of a thread that nobody looks at."""
    with serve(sandbox) as url:
        second = serve(sandbox, port=urlsplit(url).port or 0)
        with pytest.raises(OSError, match="address already in use"):
            second.__enter__()


@contextmanager
def _process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*_COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_the_process_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    """One line with the URL, answers, and exit code 0 without a word, also while a client is connected."""
    with _process("--port", "0") as process:
        assert process.stdout is not None
        url = process.stdout.readline().rstrip("\n")
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert Talk(client).order()["order_amount"] == 10000
            process.send_signal(number)
            assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 0


def test_the_process_says_that_its_port_is_taken() -> None:
    """One line for people, and exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with _process("--port", port) as process:
            out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (1, "")
    assert err.count("\n") == 1
    assert err == f"cannot listen on 127.0.0.1:{port}: Address already in use\n"


class _Terminal(io.StringIO):
    """Answers the first line that is printed with Ctrl-C."""

    def flush(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_the_command_leaves_signals_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in this process: it prints its URL, stops, and a later Ctrl-C is somebody else's."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    assert main([]) == 0
    assert terminal.getvalue().startswith("http://127.0.0.1:")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_the_command_reports_a_taken_port(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and a reason, without a URL."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "in use" in printed.err


@pytest.mark.parametrize("arguments", [["--port", "http"], ["--port", "65536"], ["--port", "-1"], ["8080"]])
def test_a_wrong_command_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As any command does."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage: python -m kustom_facade.sandbox" in capsys.readouterr().err
